"""The log's signing keys: private parts in one file, public parts in the database, and how one follows another.

The file holds PEM blocks, the current key first; while two overlap, both sign. A key signs only once it is registered:
if the file is lost or another one is put in its place, sealing stops until the operator says that the key has changed.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.refusals import Conflict
from accounts.secrets import put_in_place, secret, write_draft
from audit import log
from audit.locks import lock
from audit.models import Checkpoint, Cosignature, Key
from audit.notes import fingerprint, public_bytes, signature_line, signed_text
from audit.roles import SEQUENCER, acting_as

Keys = list[Ed25519PrivateKey]
BLOCK = re.compile(r"-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n?")
BATCH = 2000


def signing_keys() -> Keys:
    """Those that sign now, the current one first; made at first use. Raises Conflict if the log knows them not."""
    keys = _stored()
    known = {bytes(public) for public in Key.objects.filter(ended=None).values_list("public", flat=True)}
    if not known:
        Key.objects.get_or_create(public=public_bytes(keys[0]))
        return keys[:1]
    if public_bytes(keys[0]) not in known:
        text = _("The log is sealed with another key than that of the key file; see docs/operator.md.")
        raise Conflict(text, code="log_key_unknown")
    return [key for key in keys if public_bytes(key) in known]


def current_key() -> Key | None:
    """The public part of the key that seals now, or None while nothing was sealed."""
    return Key.objects.filter(ended=None).order_by("-pk").first()


def rotate(reason: str) -> Key:
    """Let a new key seal from now on, beside the old one while it is in the file (`end_overlap`).

    The new key also signs every checkpoint there is. A key that the operator put first in the file, or that an
    interrupted rotation left there, is taken; otherwise one is made.
    """
    with transaction.atomic():
        lock("log-key")
        known = {bytes(public) for public in Key.objects.values_list("public", flat=True)}
        keys = _stored()
        if public_bytes(keys[0]) in known:
            keys = [Ed25519PrivateKey.generate(), *keys]
        before, fresh = current_key(), keys[0]
        with acting_as(SEQUENCER):
            row = Key.objects.create(public=public_bytes(fresh))
            _countersign(fresh)
        _record(before, row, reason)
        _store(keys)
    return row


def end_overlap() -> int:
    """Let only the current key sign from now on; the private parts of the others are thrown away. Returns how many."""
    with transaction.atomic():
        lock("log-key")
        current, *others = _stored()
        with acting_as(SEQUENCER):
            old = Key.objects.filter(ended=None).exclude(public=public_bytes(current))
            ended = old.update(ended=timezone.now())
        if others:
            _store([current])
    return ended


def _countersign(key: Ed25519PrivateKey) -> None:
    rows = _cosignatures(key)
    while batch := list(islice(rows, BATCH)):
        Cosignature.objects.bulk_create(batch)


def _cosignatures(key: Ed25519PrivateKey) -> Iterator[Cosignature]:
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


def _stored() -> Keys:
    blocks = BLOCK.findall(secret(settings.LOG_KEY_FILE, lambda: _pem(Ed25519PrivateKey.generate())))
    keys = [load_pem_private_key(block.encode(), None) for block in blocks]
    if not keys or not all(isinstance(key, Ed25519PrivateKey) for key in keys):
        text = _("The key file %(path)s holds no Ed25519 keys in PEM.") % {"path": settings.LOG_KEY_FILE}
        raise Conflict(text, code="log_key_file")
    return keys  # type: ignore[return-value]


def _store(keys: Sequence[Ed25519PrivateKey]) -> None:
    """Put another file in the place of the old one, whole, with mode 0600."""
    path: Path = settings.LOG_KEY_FILE
    put_in_place(write_draft(path, "".join(map(_pem, keys))), path)


def _pem(key: Ed25519PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
