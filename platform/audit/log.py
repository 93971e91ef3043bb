"""Writing and reading the decision log.

An entry is `{"v":1,"scope":…,"id":<uuid7>,"time":…,"action":…,"actor":{…},"object":{…},"data":{…}}` in the canonical
form of RFC 8785. Personal data never stands in it: pass it as `Private` and the entry holds `sha256(salt ‖ bytes)`
in hex, with salt and content kept beside it.
"""

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785
import uuid_utils
from django.db import connection, transaction

from accounts.models import new_salt
from audit.models import Commitment, Entry
from audit.waking import wake

SITE = "site"
TIME = b'"time":""'


@dataclass(frozen=True)
class Private:
    """Content that the log commits to without showing it."""

    content: bytes
    salt: bytes = b""  # empty: a new one for each entry, so that equal contents do not show as equal

    @classmethod
    def text(cls, value: object, salt: bytes = b"") -> "Private":
        return cls(str(value).encode(), salt)


@dataclass(frozen=True)
class Actor:
    """Who acted: the party's code, and the mandate that gave the right (committed, not shown).

    A mandate keeps one salt: its commitment is the same in the entry that grants it and in every act under it.
    """

    party: str
    mandate: Private


def commitment(salt: bytes, content: bytes) -> str:
    """sha256(salt ‖ content), in hex."""
    return hashlib.sha256(salt + content).hexdigest()


def room_scope(code: str) -> str:
    return f"room:{code}"


def clock() -> datetime:
    """The database's clock: the one by which entries are dated, whichever machine writes them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]  # type: ignore[no-any-return]


def append(
    scope: str,
    action: str,
    actor: Actor | None,
    kind: str,
    key: object,
    data: Mapping[str, Any] | None = None,
    *,
    time: datetime | None = None,
) -> Entry:
    """Write one entry in the transaction of the act, dated now or at the `time` that the act took from `clock`.

    It is sealed soon after the commit. Raises RuntimeError outside of a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a log entry is written in the transaction of its act")
    written, now = draft(scope, action, actor, kind, key, data), time or clock()
    party = actor.party if actor else ""
    about = {"action": action, "party": party, "object_type": kind, "object_id": str(key)}
    entry = Entry.objects.create(id=written.id, scope=scope, time=now, body=written.body(now), **about)
    for row in written.hidden:
        row.entry = entry
    Commitment.objects.bulk_create(written.hidden)
    transaction.on_commit(written.wake, robust=True)
    return entry


@dataclass(frozen=True)
class Draft:
    """An entry but for its time, which stands between `head` and `tail`; `hidden`: its commitments, not saved yet."""

    id: uuid.UUID
    scope: str
    head: bytes
    tail: bytes
    hidden: list[Commitment]

    def body(self, moment: datetime) -> bytes:
        return self.head + stamp(moment).encode() + self.tail

    def wake(self) -> None:
        """Have it sealed; called once it is committed."""
        wake(self.scope)


def draft(
    scope: str, action: str, actor: Actor | None, kind: str, key: object, data: Mapping[str, Any] | None = None
) -> Draft:
    """The entry of an act whose moment the database will say."""
    identifier = uuid.UUID(str(uuid_utils.uuid7()))
    hidden: list[Commitment] = []
    document = {
        "v": 1,
        "scope": scope,
        "id": str(identifier),
        "time": "",
        "action": action,
        "actor": _actor(actor),
        "object": {"type": kind, "id": str(key)},
        "data": data or {},
    }
    whole = rfc8785.dumps(_commit(document, "", hidden))
    # Of the entry's keys in their canonical order only "v" comes after the time.
    end = whole.rindex(TIME) + len(TIME) - 1
    return Draft(identifier, scope, whole[:end], whole[end:], hidden)


def read_body(raw: bytes) -> dict[str, Any] | None:
    """The entry that the bytes hold; None where they hold none: then they are not what was written here."""
    try:
        body = json.loads(raw.decode())
        # Half a surrogate pair and NaN can be parsed, but not shown or kept.
        json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) and isinstance(body.get("data"), dict) else None


def lines(entries: Iterator[Entry]) -> Iterator[bytes]:
    """entries.jsonl: each entry's canonical bytes, then a newline."""
    for entry in entries:
        yield bytes(entry.body) + b"\n"


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _actor(actor: Actor | None) -> dict[str, Any]:
    return {"party": actor.party, "mandate": actor.mandate} if actor else {"party": "", "system": True}


def _commit(value: Any, path: str, hidden: list[Commitment]) -> Any:
    """The value with each `Private` replaced by its commitment, which is added to `hidden`."""
    if isinstance(value, Private):
        salt = value.salt or new_salt()
        digest = commitment(salt, value.content)
        hidden.append(Commitment(path=path, digest=digest, salt=salt, content=value.content))
        return digest
    if isinstance(value, Mapping):
        return {key: _commit(item, f"{path}/{key}", hidden) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_commit(item, f"{path}/{number}", hidden) for number, item in enumerate(value)]
    return value
