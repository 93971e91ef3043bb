"""Secret ballots: what can be checked of sealed votes, and, with the shares of enough trustees, the count itself.

Without shares: who voted, turnout, the board of marks against heads, the arithmetic of every sum, the outcome. With
them (`--shares`): every choice, by a key that is put together here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

from negotiation import rules
from tongchou_verify import canonical
from tongchou_verify.entries import HEX, need, read_number, read_text
from tongchou_verify.faults import Fault, show
from tongchou_verify.notes import decode64

Data = dict[str, Any]
FORMAT = "tongchou-share/1"
SEALED = 72  # bytes of a sealed choice: key 32, choice 8, mark 16, tag 16
WIDTH, BLOCK = 8, 16
TRUSTEES = range(2, 10)
CHOICES = ("yes", "no", "abstain")
WAYS = {"own": 0, "proxy": 1}
FIELD = 2**128 + 2**7 + 2**2 + 2 + 1  # x^128 + x^7 + x^2 + x + 1, over which the shares are
MOST = 64 * 2**10


@dataclass
class Trust:
    """Those who were named, with the public key of each that has accepted."""

    needed: int
    keys: dict[str, str]


@dataclass
class Secret:
    """The key of a ballot. `trustees`: party → number and digest of its share; `given`: those who gave it."""

    public: bytes
    needed: int
    trustees: dict[str, tuple[int, str]]
    given: set[str] = field(default_factory=set)
    count: Data | None = None
    recounted: bool = False


@dataclass(frozen=True)
class Cast:
    """A seat's vote that counts."""

    seat: str
    via: str
    sealed: bytes


def read_naming(data: Data) -> Trust:
    needed, parties = read_number(data, "needed"), data.get("trustees")
    if not isinstance(parties, list) or not all(isinstance(row, str) and row for row in parties):
        raise Fault("trustees is not a list of texts")
    _check_number(needed, parties)
    return Trust(needed, dict.fromkeys(parties, ""))


def _check_number(needed: int, parties: Sequence[str]) -> None:
    if len(set(parties)) < len(parties) or len(parties) not in TRUSTEES:
        raise Fault("there are not two to nine trustees of different parties")
    if needed < 2 or not len(parties) // 2 < needed <= len(parties):
        raise Fault(f"{needed} of {len(parties)} trustees are needed: not two at least and more than half")


def read_opening(data: Data, trust: Trust | None) -> Secret:
    """The key with its shares, held by just those who were named and have accepted."""
    told = data.get("secret")
    rows = told.get("trustees") if isinstance(told, dict) else None
    if not isinstance(told, dict) or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Fault("the opening of a secret ballot does not say its key and its trustees")
    needed, held = read_number(told, "needed"), {read_text(row, "party"): read_text(row, "key") for row in rows}
    _check_number(needed, [row["party"] for row in rows])
    if trust is None or (trust.needed, trust.keys) != (needed, held):
        raise Fault("the trustees of this ballot are not those who were named and have accepted before")
    numbered = {row["party"]: (number, need(row, "sha256", HEX)) for number, row in enumerate(rows, 1)}
    return Secret(_bytes(told, "public", 32), needed, numbered)


def read_vote(data: Data) -> bytes:
    """The sealed choice of a vote that says nothing else of it."""
    if more := sorted(data.keys() - {"ballot", "seat", "sealed", "via"}):
        raise Fault(f"a vote of a secret ballot states {show(more[0])}")
    return _bytes(data, "sealed", SEALED)


def _bytes(data: Data, key: str, length: int) -> bytes:
    found = decode64(read_text(data, key))
    if len(found) != length:
        raise Fault(f"{key} has {len(found)} bytes, want {length}")
    return found


def take_share(secret: Secret, party: str) -> None:
    if party not in secret.trustees:
        raise Fault(f"{show(party)} gives a share without being a trustee")
    if party in secret.given:
        raise Fault(f"{show(party)} gave its share before")
    secret.given.add(party)


def counting(votes: Mapping[tuple[str, str], bytes]) -> list[Cast]:
    """Of each seat the vote that counts: own over proxy; of one way there is only the last."""
    best: dict[str, Cast] = {}
    for (seat, via), sealed in votes.items():
        if seat not in best or WAYS[via] < WAYS[best[seat].via]:
            best[seat] = Cast(seat, via, sealed)
    return list(best.values())


def check_opened(secret: Secret, rule: Data, seats: list[Data], cast: Sequence[Cast], data: Data) -> None:
    """The published count and boards, as far as they can be checked without a key."""
    named = data.get("trustees")
    if not isinstance(named, list) or len(named) < secret.needed or not set(named) <= secret.given:
        raise Fault(f"the ballot is opened without the shares of {secret.needed} trustees")
    if secret.count is not None:
        raise Fault("the ballot was opened before")
    count = data.get("count")
    parsed = rules.parse_rule(rule)
    rows = count.get("chambers") if isinstance(count, dict) else None
    filled = rules.benches(parsed, seats, [_present(vote) for vote in cast], everyone=False)
    if not isinstance(rows, list) or not isinstance(data.get("boards"), list):
        raise Fault("count or boards are missing")
    want = rules.opened(parsed, seats, _anyhow(filled, data["boards"]))
    if len(rows) != len(filled):
        raise Fault("the count has not just the chambers of the rule")
    for bench, row, fixed in zip(filled, rows, want["chambers"], strict=True):
        _check_chamber(bench, row, fixed)
    if count != rules.conclude(rows):
        raise Fault("the state of the count is not that of its measures")
    secret.count = count


def _present(vote: Cast) -> Data:
    return {"seat": vote.seat, "choice": "abstain", "via": vote.via}


def _anyhow(filled: Sequence[rules.Bench], boards: list[Any]) -> list[Data]:
    """The choices of the boards, given to the chamber's voters in any order: heads and turnout are the same in each."""
    if [row.get("chamber") if isinstance(row, dict) else None for row in boards] != [b.chamber.code for b in filled]:
        raise Fault("the boards are not of just the chambers of the rule")
    votes = []
    for bench, row in zip(filled, boards, strict=True):
        choices = _choices(row.get("votes"), len(bench.choices), bench.chamber.code)
        votes += [{"seat": seat, "choice": choice} for seat, choice in zip(bench.choices, choices, strict=True)]
    return votes


def _choices(board: Any, cast: int, code: str) -> list[str]:
    if cast < rules.FEW:
        if board is not None:
            raise Fault(f"the board of chamber {show(code)} shows {cast} votes; fewer than {rules.FEW} are withheld")
        return ["abstain"] * cast
    if not isinstance(board, list) or not all(map(_is_line, board)):
        raise Fault(f"the board of chamber {show(code)} is not a list of marks and choices")
    marks = [mark for mark, _choice in board if mark]
    if len(board) != cast:
        raise Fault(f"the board of chamber {show(code)} has {len(board)} votes, cast were {cast}")
    if board != sorted(board) or len(set(marks)) < len(marks):
        raise Fault(f"the board of chamber {show(code)} is not in the order of its marks, or has one twice")
    return [choice for _mark, choice in board]


def _is_line(row: Any) -> bool:
    if not isinstance(row, list) or len(row) != 2 or not all(isinstance(part, str) for part in row):
        return False
    mark, choice = row
    return choice == rules.INVALID if not mark else choice in CHOICES and len(mark) == 2 * BLOCK


def _check_chamber(bench: rules.Bench, row: Any, fixed: Data) -> None:
    """Exactly what was counted where the choices' seats do not matter; for the other sums, what is possible."""
    if not isinstance(row, dict) or not isinstance(row.get("measures"), list) or row.keys() != fixed.keys():
        raise Fault("a chamber of the count does not have the keys that it must have")
    if len(row["measures"]) != len(fixed["measures"]) or not all(isinstance(found, dict) for found in row["measures"]):
        raise Fault(f"chamber {show(bench.chamber.code)} does not have the measures of the rule")
    for measure, found, want in zip(bench.chamber.measures, row["measures"], fixed["measures"], strict=True):
        if measure.kind == "turnout" or (measure.by == "heads" and not fixed["withheld"]):
            good = found == want
        elif fixed["withheld"]:
            good = type(found.get("passed")) is bool and {**found, "passed": want["passed"]} == want
        else:
            good = _is_possible(bench, measure, found, want)
        if not good:
            raise Fault(f"chamber {show(bench.chamber.code)}: {measure.kind} by {measure.by} is not what was cast")
    passed = all(found["passed"] is (found["kind"] != "objection") for found in row["measures"])
    if {key: row[key] for key in row if key not in ("measures", "passed")} != {
        key: fixed[key] for key in fixed if key not in ("measures", "passed")
    } or row["passed"] is not passed:
        raise Fault(f"chamber {show(bench.chamber.code)} is counted otherwise than its measures say")


def _is_possible(bench: rules.Bench, measure: rules.Measure, found: Data, want: Data) -> bool:
    """Whether some of those who voted weigh what is said, and whether the rest follows from it."""
    favour, base = (_sum(found.get(key)) for key in ("favour", "base"))
    everyone = [row[measure.by] for row in bench.weights.values()]
    voted = [bench.weights[seat][measure.by] for seat in bench.choices]
    if measure.of != "deciding" and base != Fraction(want["base"]):
        return False
    if not 0 <= favour <= base <= (sum(everyone, Fraction(0)) if measure.of == "entitled" else sum(voted, Fraction(0))):
        return False
    sums = rules.Sums(favour, base, sum(everyone, Fraction(0)) - sum(voted, Fraction(0)))
    return found == {**rules.judge(measure, sums), "favour": str(favour), "base": str(base)}


def _sum(value: Any) -> Fraction:
    try:
        return Fraction(value) if isinstance(value, str) and len(value) < 400 else Fraction(-1)
    except (ValueError, ZeroDivisionError):
        return Fraction(-1)


# With shares


def read_shares(paths: Iterable[Path], scope: str) -> dict[int, dict[int, bytes]]:
    """Ballot → number of the trustee → share. Raises Fault, OSError."""
    found: dict[int, dict[int, bytes]] = {}
    for path in paths:
        with path.open("rb") as file:
            row = canonical.read(file.read(MOST).removesuffix(b"\n"))
        if not isinstance(row, dict) or row.get("format") != FORMAT or row.get("scope") != scope:
            raise Fault(f"{show(path.name)} is no share ({FORMAT}) of {show(scope)}")
        found.setdefault(read_number(row, "ballot"), {})[read_number(row, "number")] = _bytes(row, "share", 32)
    return found


def count_with(
    secret: Secret, shares: Mapping[int, bytes], place: Data, rule: Data, seats: list[Data], cast: Iterable[Cast]
) -> tuple[Data, list[Data]]:
    """Count and boards of all votes, opened with the key that the shares give. `place`: scope and ballot."""
    digests = dict(secret.trustees.values())
    for number, share in shares.items():
        if digests.get(number) != sha256(share).hexdigest():
            raise Fault(f"the share of trustee {number} is not the one that the opening names")
    if len(shares) < secret.needed:
        raise Fault(f"{len(shares)} shares do not open the ballot, {secret.needed} are needed")
    key = combine(dict(list(shares.items())[: secret.needed]))
    opened = [(vote, *_open(key, secret.public, vote, place)) for vote in cast]
    votes = [{"seat": vote.seat, "via": vote.via, "choice": choice} for vote, choice, _mark in opened]
    count = rules.opened(rules.parse_rule(rule), seats, votes)
    chambers = {
        seat: bench.chamber.code
        for bench in rules.benches(rules.parse_rule(rule), seats, [], everyone=False)
        for seat in bench.weights
    }
    boards: dict[str, list[list[str]]] = {row["code"]: [] for row in count["chambers"]}
    for vote, choice, mark in opened:
        boards[chambers[vote.seat]].append([mark, choice])
    withheld = {row["code"] for row in count["chambers"] if row["withheld"]}
    return count, [{"chamber": c, "votes": None if c in withheld else sorted(rows)} for c, rows in boards.items()]


def _open(key: bytes, public: bytes, vote: Cast, place: Data) -> tuple[str, str]:
    """Choice and mark; INVALID for what does not open."""
    content = unseal(key, public, vote.sealed, {**place, "seat": vote.seat, "via": vote.via})
    choice = content[:WIDTH].rstrip(b"\0").decode("ascii", "replace") if content else ""
    return (choice, content[WIDTH:].hex()) if choice in CHOICES else (rules.INVALID, "")


def unseal(key: bytes, public: bytes, sealed: bytes, purpose: Data) -> bytes:
    """HPKE in base mode (RFC 9180); nothing for what does not open. Raises Fault for a key that is not the ballot's."""
    try:
        from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
    except ImportError:
        raise Fault("to open sealed votes a later version of `cryptography` is needed, with HPKE") from None
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    private = X25519PrivateKey.from_private_bytes(key)
    if private.public_key().public_bytes_raw() != public:
        raise Fault("the shares do not give the key of the ballot")
    try:
        suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
        return suite.decrypt(sealed, private, info=canonical.write(purpose).encode())
    except (InvalidTag, ValueError):
        return b""


def combine(shares: Mapping[int, bytes]) -> bytes:
    """Shamir's scheme over GF(2^128), in two blocks of 16 bytes."""
    return b"".join(
        _at_zero({number: int.from_bytes(share[place : place + BLOCK]) for number, share in shares.items()})
        for place in (0, BLOCK)
    )


def _at_zero(points: Mapping[int, int]) -> bytes:
    """The value at 0 of the polynomial through the points, by Lagrange."""
    value = 0
    for x, y in points.items():
        above, below = y, 1
        for other in points:
            if other != x:
                above, below = _times(above, other), _times(below, other ^ x)
        value ^= _times(above, _inverse(below))
    return value.to_bytes(BLOCK)


def _times(a: int, b: int) -> int:
    product = 0
    while b:
        if b & 1:
            product ^= a
        b >>= 1
        a <<= 1
        if a >> 128:
            a ^= FIELD
    return product


def _inverse(a: int) -> int:
    """a to the power 2^128 - 2."""
    found, power = 1, a
    for _step in range(127):
        power = _times(power, power)
        found = _times(found, power)
    return found
