"""The log's signing keys: private parts in one file or on a token, public parts in the database, one following another.

The file holds PEM blocks; `audit.tokens` has the keys of a token. The last key that was registered seals, and while
others overlap they sign too. A key signs only once it is registered: if it is lost or another one is put in its place,
sealing stops until the operator says that the key has changed.
"""

import errno
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.refusals import Conflict
from accounts.secrets import private_text, put_in_place, secret, write_draft
from audit import log
from audit.locks import lock
from audit.models import Checkpoint, Cosignature, Key
from audit.notes import Signer, fingerprint, public_bytes, signature_line, signed_text
from audit.roles import SEQUENCER, acting_as
from audit.tokens import on_token, token_keys

BLOCK = re.compile(r"-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n?")
BATCH = 2000


def signing_keys() -> list[Signer]:
    """Those that sign now, the current one first; made at first use. Raises Conflict if the log knows them not."""
    keys = _stored()
    known = [
        bytes(public) for public in Key.objects.filter(ended=None).order_by("-pk").values_list("public", flat=True)
    ]
    if not known:
        Key.objects.get_or_create(public=public_bytes(keys[0]))
        return keys[:1]
    kept = {public_bytes(key): key for key in keys}
    if known[0] not in kept:
        raise _unknown()
    return [kept[public] for public in known if public in kept]


def current_key() -> Key | None:
    """The public part of the key that seals now, or None while nothing was sealed."""
    return Key.objects.filter(ended=None).order_by("-pk").first()


def rotate(reason: str) -> Key:
    """Let a new key seal from now on, beside the old one while that is kept (`end_overlap`).

    The new key also signs every checkpoint there is. A key that the operator put on the token or into the file, or that
    an interrupted rotation left there, is taken; otherwise one is made in the file. Raises Conflict.
    """
    with transaction.atomic():
        lock("log-key")
        known = {bytes(public) for public in Key.objects.values_list("public", flat=True)}
        before, fresh = current_key(), next((key for key in _stored() if public_bytes(key) not in known), None)
        made = [] if fresh else [_make()]
        with acting_as(SEQUENCER):
            row = Key.objects.create(public=public_bytes(fresh or made[0]))
            _countersign(fresh or made[0])
        _record(before, row, reason)
        if made:
            _store([*made, *_file_keys()])
    return row


def end_overlap() -> int:
    """Let only the current key sign from now on; the file forgets the others. Returns how many. Raises Conflict.

    What a token keeps is not touched.
    """
    with transaction.atomic():
        lock("log-key")
        current = current_key()
        if current is None or bytes(current.public) not in {public_bytes(key) for key in _stored()}:
            raise _unknown()
        others = Key.objects.exclude(pk=current.pk)
        with acting_as(SEQUENCER):
            ended = others.filter(ended=None).update(ended=timezone.now())
        old = {bytes(public) for public in others.values_list("public", flat=True)}
        keys = _file_keys()
        rest = [key for key in keys if public_bytes(key) not in old]
        if len(rest) < len(keys):
            _store(rest)
    return ended


def _countersign(key: Signer) -> None:
    rows = _cosignatures(key)
    while batch := list(islice(rows, BATCH)):
        Cosignature.objects.bulk_create(batch)


def _cosignatures(key: Signer) -> Iterator[Cosignature]:
    for row in Checkpoint.objects.order_by("pk").iterator(chunk_size=BATCH):
        text = signed_text(row.note)
        yield Cosignature(checkpoint=row, line=signature_line(text, text.split("\n")[0], key))


def _record(before: Key | None, after: Key, reason: str) -> None:
    """The change stands in every log that the keys seal."""
    data = {
        "from": fingerprint(bytes(before.public)) if before else None,
        "to": fingerprint(bytes(after.public)),
        "reason": log.Private.text(reason),
    }
    scopes = Checkpoint.objects.values_list("scope", flat=True).distinct()
    for scope in sorted({log.SITE, *scopes}):
        log.append(scope, "log.key", None, "key", data["to"], data)


def _stored() -> list[Signer]:
    return [*token_keys(), *_file_keys()]


def _file_keys() -> list[Ed25519PrivateKey]:
    """Those of the key file; where no token is set it is made with one key. Raises Conflict."""
    path: Path = settings.LOG_KEY_FILE
    if on_token() and not path.exists():
        return []
    try:
        secret(path, lambda: _pem(Ed25519PrivateKey.generate()))
        keys = [load_pem_private_key(block.encode(), None) for block in BLOCK.findall(private_text(path))]
    except PermissionError as error:
        text = _("The key file %(path)s is not taken: %(reason)s; see docs/operator.md.")
        raise Conflict(text % {"path": path, "reason": error.strerror}, code="log_key_file") from None
    except (ValueError, UnsupportedAlgorithm):
        keys = []
    found = [key for key in keys if isinstance(key, Ed25519PrivateKey)]
    if not found or len(found) < len(keys):
        text = _("The key file %(path)s holds no Ed25519 keys in PEM.") % {"path": path}
        raise Conflict(text, code="log_key_file")
    return found


def _make() -> Ed25519PrivateKey:
    if on_token():
        text = _("Make the new key on the token first and name it in LOG_PKCS11_KEY beside the old one.")
        raise Conflict(text, code="log_key_token")
    return Ed25519PrivateKey.generate()


def _store(keys: Sequence[Ed25519PrivateKey]) -> None:
    """Put another file in the place of the old one, whole, with mode 0600; none where no key is left in it."""
    path: Path = settings.LOG_KEY_FILE
    try:
        if keys:
            put_in_place(write_draft(path, "".join(map(_pem, keys))), path)
        else:
            path.unlink()
    except PermissionError:
        raise _not_writable(path) from None
    except OSError as error:
        if error.errno != errno.EROFS:
            raise
        raise _not_writable(path) from None


def _not_writable(path: Path) -> Conflict:
    text = _("The key file %(path)s can not be changed from here: change it where it is made, then try again.")
    return Conflict(text % {"path": path}, code="log_key_file")


def _unknown() -> Conflict:
    text = _("The log is sealed with another key than those that are kept here; see docs/operator.md.")
    return Conflict(text, code="log_key_unknown")


def _pem(key: Ed25519PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
