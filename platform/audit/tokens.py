"""Signing keys on a PKCS#11 token, such as a hardware security module: their private parts never leave it.

LOG_PKCS11_MODULE names the maker's library, LOG_PKCS11_TOKEN the token's label, LOG_PKCS11_PIN_FILE a file with the PIN
and LOG_PKCS11_KEY the label of the key, or several with commas between. Needs the extra `pkcs11` (python-pkcs11).
"""

import os
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.utils.translation import gettext as _

from accounts.refusals import Conflict
from accounts.secrets import private_text

BYTES = 32
# A session belongs to the process that opened it, and does one thing at a time.
_sessions: dict[int, Any] = {}
_one_at_a_time = Lock()


class TokenKey:
    """A key pair of Ed25519 on the token; signs as `Ed25519PrivateKey` does."""

    def __init__(self, private: Any, public: bytes) -> None:
        self._private, self._public = private, Ed25519PublicKey.from_public_bytes(public)

    def public_key(self) -> Ed25519PublicKey:
        return self._public

    def sign(self, data: bytes) -> bytes:
        """Raises Conflict where the token does not sign, or not with the key whose public part it shows."""
        from pkcs11 import Mechanism, PKCS11Error

        try:
            with _one_at_a_time:
                signature = bytes(self._private.sign(data, mechanism=Mechanism.EDDSA))
            self._public.verify(signature, data)
        except PKCS11Error as error:
            raise _refusal(error) from None
        except InvalidSignature:
            raise _refusal("its signature is false") from None
        return signature


def on_token() -> bool:
    """Whether keys are kept on a token."""
    return bool(settings.LOG_PKCS11_MODULE)


def token_keys() -> list[TokenKey]:
    """Those that LOG_PKCS11_KEY names, in its order; none where no token is set. Raises Conflict."""
    if not on_token():
        return []
    try:
        from pkcs11 import PKCS11Error
    except ImportError:
        raise _refusal("python-pkcs11 is not installed") from None
    labels = [label.strip() for label in settings.LOG_PKCS11_KEY.split(",") if label.strip()]
    if not labels:
        raise _refusal("LOG_PKCS11_KEY names no key")
    with _one_at_a_time:
        try:
            return _find(labels)
        except PKCS11Error:
            # The token was pulled or began anew since the session was opened; or it is really not there.
            _forget()
        try:
            return _find(labels)
        except PKCS11Error as error:
            raise _refusal(error) from None


def _find(labels: list[str]) -> list[TokenKey]:
    return [_key(_session(), label) for label in labels]


def _key(session: Any, label: str) -> TokenKey:
    from pkcs11 import Attribute, KeyType, NoSuchKey, ObjectClass

    try:
        public, private = (
            session.get_key(object_class=kind, key_type=KeyType.EC_EDWARDS, label=label)
            for kind in (ObjectClass.PUBLIC_KEY, ObjectClass.PRIVATE_KEY)
        )
    except NoSuchKey:
        raise _refusal(f"it has no Ed25519 key pair {label}") from None
    # An OCTET STRING around the point (PKCS#11 2.40), or the point alone, as some modules have it.
    return TokenKey(private, bytes(public[Attribute.EC_POINT])[-BYTES:])


def _session() -> Any:
    import pkcs11

    found = _sessions.get(os.getpid())
    if found is None:
        token = pkcs11.lib(settings.LOG_PKCS11_MODULE).get_token(token_label=settings.LOG_PKCS11_TOKEN)
        found = _sessions[os.getpid()] = token.open(user_pin=_pin())
    return found


def _forget() -> None:
    from pkcs11 import PKCS11Error

    if session := _sessions.pop(os.getpid(), None):
        with suppress(PKCS11Error):
            session.close()


def _pin() -> str:
    path = Path(settings.LOG_PKCS11_PIN_FILE)
    try:
        return private_text(path)
    except OSError as error:
        raise _refusal(f"{path}: {error.strerror}") from None


def _refusal(reason: object) -> Conflict:
    shown = str(reason) or type(reason).__name__
    text = _("The token with the log's key does not serve: %(reason)s; see docs/operator.md.") % {"reason": shown}
    return Conflict(text, code="log_key_token")
