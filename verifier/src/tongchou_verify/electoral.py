"""The published electoral roll: a chain of versions, the last of which is the roll of every ballot after it."""

from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any, NamedTuple

from tongchou_verify import canonical
from tongchou_verify.entries import HEX, need, read_number, read_text
from tongchou_verify.faults import Fault, show

Data = dict[str, Any]
CHINA = timezone(timedelta(hours=8))  # days of the roll are days there


class Roll(NamedTuple):
    """A version: its number, what names it, the version before it, and the first day after its days of objection."""

    number: int
    digest: str
    before: str
    rule: str
    ends: str


def published(data: Data, last: Roll | None) -> Roll:
    """The version that an entry makes, next in the chain. Raises Fault."""
    roll = Roll(
        read_number(data, "roll"),
        need(data, "digest", HEX),
        str(data.get("before")),
        need(data, "rule", HEX),
        read_text(data, "ends"),
    )
    number, before = (last.number + 1, last.digest) if last else (1, "")
    if (roll.number, roll.before) != (number, before):
        raise Fault(f"version {roll.number} of the electoral roll does not follow the one before it")
    return roll


def check_taken_over(roll: Roll, data: Data, opens: str) -> None:
    """The ballot's seats are exactly those of this version, whose days are over. Raises Fault."""
    if data.get("published") != {"roll": roll.number, "digest": roll.digest}:
        raise Fault(f"the ballot names {show(data.get('published'))}, want version {roll.number} of the electoral roll")
    parts = {"roll": roll.number, "before": roll.before, "seats": data["seats"], "deciding": data.get("deciding")}
    got = sha256(canonical.write(parts).encode()).hexdigest()
    if got != roll.digest:
        raise Fault(f"the ballot's seats are not those of version {roll.number} of the electoral roll")
    if sha256(canonical.write(data["rule"]).encode()).hexdigest() != roll.rule:
        raise Fault(f"version {roll.number} of the electoral roll was published under another rule")
    day = datetime.fromisoformat(opens).astimezone(UTC).astimezone(CHINA).date().isoformat()
    if day < roll.ends:
        raise Fault(f"the ballot opens on {day}, and the electoral roll lies open for objections until {roll.ends}")


def read_owners(data: Data) -> tuple[dict[str, frozenset[str]], frozenset[str]]:
    """Seat → the mandates that vote for it, where not any co-owner may; and the seats where only all together do."""
    owners, together = {}, set()
    stated = data.get("deciding")
    if not isinstance(stated, dict) or not all(isinstance(row, dict) for row in stated.values()):
        raise Fault("deciding is not an object of objects")
    for seat, row in stated.items():
        if row.get("by") == "named":
            owners[seat] = frozenset([need(row, "mandate", HEX)])
        elif row.get("by") == "all":
            owners[seat] = frozenset(_mandates(data, seat))
            together.add(seat)
        else:
            raise Fault(f"the co-owners of seat {show(seat)} decide in a way that is not known")
    return owners, frozenset(together)


def _mandates(data: Data, seat: str) -> list[str]:
    given = data.get("owners")
    found = given.get(seat) if isinstance(given, dict) else None
    if not isinstance(found, list) or not all(isinstance(row, str) and HEX.fullmatch(row) for row in found):
        raise Fault(f"the co-owners of seat {show(seat)} are not named")
    return found
