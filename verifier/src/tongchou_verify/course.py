"""The order of things: mandates before their use, consents before a joint package, votes between opening and close.

Times are texts of one fixed form in UTC, so that their order is the order of the texts.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

from negotiation import rules
from tongchou_verify import canonical
from tongchou_verify.entries import HEX, TIME, Act, need, read_number, read_text, read_texts
from tongchou_verify.faults import Fault, show

Data = dict[str, Any]
SLACK = timedelta(minutes=10)
WAYS = ("own", "paper", "proxy")
SEAT_KEYS = ("chamber", "kind", "party", "seat", "side", "weights")
OFFICES = {"convener", "government"}
GROUNDS = {"purpose_met", "period_over", "consent_withdrawn", "unlawful", "other_law"}
OPENING = ("ballot", "package", "revision", "revision_digest", "card", "roll", "rule", "seats")


@dataclass
class Mandate:
    party: str
    kind: str
    begins: str
    ends: str | None
    roles: frozenset[str] = frozenset()
    revoked: int | None = None


@dataclass(frozen=True)
class Consent:
    """What a party consented to propose too, and under which mandate."""

    mandate: str
    digest: str
    joint: tuple[str, ...]
    attachments: tuple[str, ...]


@dataclass
class Vote:
    index: int
    choice: str
    reason: bool


class Paper(NamedTuple):
    """A paper that one official has entered, under this mandate, and no other has confirmed yet."""

    number: int
    mandate: str


@dataclass
class Ballot:
    """An open or ended vote on one revision. `votes`: the last one of each seat and way; `papers`: those that wait.

    `calls`: the mandate that took each waiting roll call down; `heard`: how many votes a confirmed one still has.
    """

    number: int
    opens: str
    closes: str
    package: str
    revision: int
    rule: Data
    seats: list[Data]
    seat_codes: frozenset[str]
    votes: dict[tuple[str, str], Vote] = field(default_factory=dict)
    papers: dict[str, Paper] = field(default_factory=dict)
    calls: dict[int, str] = field(default_factory=dict)
    heard: dict[int, int] = field(default_factory=dict)
    cast: int = 0
    closed: bool = False
    outcome: str = ""


@dataclass
class Course:
    """What has happened so far; `follow` takes the acts in their order and raises Fault for what may not be."""

    mandates: dict[str, Mandate] = field(default_factory=dict)
    ballots: dict[int, Ballot] = field(default_factory=dict)
    revisions: dict[tuple[str, int], str] = field(default_factory=dict)
    consents: dict[tuple[str, str], Consent] = field(default_factory=dict)
    notices: set[str] = field(default_factory=set)
    cards: dict[str, tuple[int, str]] = field(default_factory=dict)
    carded: set[tuple[str, int, str]] = field(default_factory=set)
    latest: str = ""
    late: int = 0
    first_late: int = -1
    erased: int = 0
    erasures: list[int] = field(default_factory=list)
    restored: list[int] = field(default_factory=list)

    def follow(self, act: Act) -> None:
        """Raises Fault with the act's index."""
        try:
            self._follow(act)
        except Fault as fault:
            raise Fault(fault.what, act.at) from None

    def _follow(self, act: Act) -> None:
        if act.mandate:
            granted = self.mandates.get(act.mandate)
            if granted is None or granted.party != act.party:
                raise Fault(f"{show(act.party)} acts under a mandate that was not granted before")
        self._look_at_the_clock(act)
        if step := STEPS.get(act.action):
            step(self, act)

    def _look_at_the_clock(self, act: Act) -> None:
        """Entries are sealed as they commit, so that times may be a little out of order. More is worth a look."""
        if act.time >= self.latest:
            self.latest = act.time
        elif datetime.fromisoformat(self.latest) - datetime.fromisoformat(act.time) > SLACK:
            self.first_late = self.first_late if self.late else act.at
            self.late += 1


def _grant(course: Course, act: Act) -> None:
    data, commitment = act.data, need(act.data, "mandate", HEX)
    if commitment in course.mandates:
        raise Fault("this mandate was granted before")
    ends = data.get("valid_to")
    ends, roles = ends and need(data, "valid_to", TIME), read_texts(data, "roles")
    course.mandates[commitment] = Mandate(
        read_text(data, "party"), read_text(data, "kind"), need(data, "valid_from", TIME), ends, roles
    )


def _revoke(course: Course, act: Act) -> None:
    mandate = course.mandates.get(need(act.data, "mandate", HEX))
    if mandate is None or mandate.party != act.data.get("party"):
        raise Fault("a mandate is revoked that was not granted before")
    if mandate.revoked is not None:
        raise Fault(f"this mandate was revoked before, by entry {mandate.revoked}")
    mandate.revoked = act.at


def _erase(course: Course, act: Act) -> None:
    """Personal data may go on a ground of the law, by the convener or the operator; the log says how much."""
    if act.data.get("ground") not in GROUNDS:
        raise Fault(f"personal data is erased on the ground {show(act.data.get('ground'))}")
    if act.mandate and "convener" not in course.mandates[act.mandate].roles:
        raise Fault(f"{show(act.party)} erases personal data without a convener's mandate")
    count = read_number(act.data, "count")
    if count < 1:
        raise Fault(f"{count} commitments are erased")
    course.erased += count
    course.erasures.append(act.at)


def _restore(course: Course, act: Act) -> None:
    if act.mandate:
        raise Fault("only the operator restores the log")
    course.restored.append(act.at)


def _submit(course: Course, act: Act) -> None:
    key = (read_text(act.data, "package"), read_number(act.data, "revision"))
    if key in course.revisions:
        raise Fault(f"revision {key[1]} of package {show(key[0])} was submitted before")
    course.revisions[key] = need(act.data, "digest", HEX)
    _check_joint(course, act, key[0])
    _forget(course, key[0])


def _check_joint(course: Course, act: Act, package: str) -> None:
    """Every party that the submission names has consented to just this, and has not taken it back."""
    rows = act.data.get("joint", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Fault("joint is not a list of objects")
    joint = tuple(read_text(row, "party") for row in rows)
    if act.party in joint or len(set(joint)) < len(joint):
        raise Fault("joint names a party twice")
    for row in rows:
        want = Consent(need(row, "mandate", HEX), act.data["digest"], joint, _listed(act.data, "attachments"))
        given = course.consents.get((package, row["party"]))
        if given is None:
            raise Fault(f"{show(row['party'])} did not consent to package {show(package)}, or took it back")
        if given != want:
            raise Fault(f"{show(row['party'])} consented to package {show(package)} with another content than this")


def _consent(course: Course, act: Act) -> None:
    data = act.data
    consent = Consent(act.mandate, need(data, "digest", HEX), _listed(data, "joint"), _listed(data, "attachments"))
    course.consents[read_text(data, "package"), act.party] = consent


def _take_back(course: Course, act: Act) -> None:
    if course.consents.pop((read_text(act.data, "package"), act.party), None) is None:
        raise Fault("a consent is taken back that was not given before")


def _decline(course: Course, act: Act) -> None:
    course.consents.pop((read_text(act.data, "package"), act.party), None)


def _unname(course: Course, act: Act) -> None:
    course.consents.pop((read_text(act.data, "package"), read_text(act.data, "party")), None)


def _discard(course: Course, act: Act) -> None:
    _forget(course, read_text(act.data, "package"))


def _forget(course: Course, package: str) -> None:
    """A draft that is submitted or thrown away takes its consents with it; the next one asks anew."""
    for key in [key for key in course.consents if key[0] == package]:
        del course.consents[key]


def _notice(course: Course, act: Act) -> None:
    course.notices.add(need(act.data, "digest", HEX))


def _score(course: Course, act: Act) -> None:
    digest, content = need(act.data, "digest", HEX), need(act.data, "sha256", HEX)
    known = course.cards.setdefault(digest, (act.at, content))
    if known[1] != content:
        raise Fault(f"the card {digest} has another content than by entry {known[0]}")
    course.carded.add((read_text(act.data, "package"), read_number(act.data, "revision"), digest))


def _open(course: Course, act: Act) -> None:
    data = act.data
    if missing := [key for key in OPENING if key not in data]:
        raise Fault(f"the opening of a ballot does not say its {missing[0]}; it can not be counted again")
    number, package, revision = read_number(data, "ballot"), read_text(data, "package"), read_number(data, "revision")
    _check_opening(course, number, (package, revision), data)
    opens, closes = need(data, "opens_at", TIME), need(data, "closes_at", TIME)
    if not opens < closes:
        raise Fault("the ballot closes before it opens")
    seats = _roll(data)
    codes = frozenset(row["seat"] for row in seats)
    course.ballots[number] = Ballot(number, opens, closes, package, revision, data["rule"], seats, codes)


def _check_opening(course: Course, number: int, key: tuple[str, int], data: Data) -> None:
    """What must have happened before a ballot opens."""
    if number in course.ballots:
        raise Fault(f"ballot {number} was opened before")
    if going := [row.number for row in course.ballots.values() if not row.outcome]:
        raise Fault(f"ballot {going[0]} is not decided yet")
    if course.revisions.get(key) != data["revision_digest"]:
        raise Fault(f"revision {key[1]} of package {show(key[0])} was never put on the table with this digest")
    if data["revision_digest"] not in course.notices:
        raise Fault("the public notice of this revision was not recorded before")
    if (*key, data["card"]) not in course.carded:
        raise Fault("the scorecard of this ballot was not computed before")


def _roll(data: Data) -> list[Data]:
    """The seats as `rules` counts them, after their digest and their chambers were checked."""
    given = data["seats"]
    if not isinstance(given, list) or not all(isinstance(row, dict) and tuple(row) == SEAT_KEYS for row in given):
        raise Fault(f"seats is not a list of objects of {', '.join(SEAT_KEYS)}")
    got = sha256(canonical.write(given).encode()).hexdigest()
    if got != data["roll"]:
        raise Fault(f"the digest of the roll is {got}, want {show(data['roll'])}")
    seats = [{key: value for key, value in row.items() if key != "chamber"} for row in given]
    try:
        placed = rules.roll(rules.parse_rule(data["rule"]), seats)
    except rules.RuleRefused as refusal:
        raise Fault(f"rule and roll do not fit: {show(refusal)}") from None
    if [row["chamber"] for row in placed] != [row["chamber"] for row in given]:
        raise Fault("a seat sits in another chamber than the rule says")
    return seats


def _vote(course: Course, act: Act) -> None:
    ballot, data = _open_ballot(course, act), act.data
    if "sealed" in data:
        raise Fault("a sealed vote can not be checked by this version")
    seat, choice, via = _seat(ballot, data), read_text(data, "choice"), read_text(data, "via")
    if via not in WAYS:
        raise Fault(f"via is {show(via)}, want one of {', '.join(WAYS)}")
    if via == "paper":
        _second_reading(course, act, ballot, seat)
    else:
        _check_mandate(course, act, seat, via)
    if "roll_call" in data:
        _answered(ballot, data)
    ballot.votes[seat, via] = Vote(act.at, choice, "reason" in data)
    ballot.cast += 1


def _open_ballot(course: Course, act: Act) -> Ballot:
    ballot = _ballot(course, act)
    if ballot.closed or not ballot.opens <= act.time < ballot.closes:
        raise Fault(f"the vote lies outside of ballot {ballot.number} ({ballot.opens} to {ballot.closes})")
    return ballot


def _seat(ballot: Ballot, data: Data) -> str:
    seat = read_text(data, "seat")
    if seat not in ballot.seat_codes:
        raise Fault(f"seat {show(seat)} is not on the roll of ballot {ballot.number}")
    return seat


def _check_mandate(course: Course, act: Act, seat: str, via: str) -> None:
    mandate = _valid(course, act)
    if mandate.party != seat:
        raise Fault(f"{show(act.party)} votes for seat {show(seat)}")
    if (mandate.kind == "proxy") != (via == "proxy"):
        raise Fault(f"a mandate of kind {show(mandate.kind)} votes by way of {via}")


def _valid(course: Course, act: Act) -> Mandate:
    """The mandate of a vote, or of an official who takes one down, as it holds at that time."""
    mandate = course.mandates.get(act.mandate)
    if mandate is None:
        raise Fault("a vote without a mandate")
    if mandate.revoked is not None:
        raise Fault(f"the vote is cast under a mandate that entry {mandate.revoked} revoked")
    if act.time < mandate.begins or (mandate.ends is not None and act.time >= mandate.ends):
        raise Fault(f"the mandate holds from {mandate.begins} to {mandate.ends}, not at {act.time}")
    return mandate


def _official(course: Course, act: Act, seat: str) -> None:
    mandate = _valid(course, act)
    if not OFFICES & mandate.roles:
        raise Fault(f"{show(act.party)} takes a vote down without an official's mandate")
    if mandate.party == seat:
        raise Fault(f"{show(act.party)} takes the paper of its own seat")


def _enter_paper(course: Course, act: Act) -> None:
    ballot = _open_ballot(course, act)
    seat = _seat(ballot, act.data)
    _official(course, act, seat)
    if seat in ballot.papers:
        raise Fault(f"a paper of seat {show(seat)} was entered before and still waits")
    ballot.papers[seat] = Paper(read_number(act.data, "paper"), act.mandate)


def _second_reading(course: Course, act: Act, ballot: Ballot, seat: str) -> None:
    """Another official, under another mandate, reads a paper that waits; after that it waits no more."""
    _official(course, act, seat)
    if _waiting(ballot, seat, act.data).mandate == act.mandate:
        raise Fault("a paper is entered and confirmed under one mandate")


def _waiting(ballot: Ballot, seat: str, data: Data) -> Paper:
    paper = ballot.papers.pop(seat, None)
    if paper is None or paper.number != data.get("paper"):
        raise Fault(f"no paper {show(data.get('paper'))} of seat {show(seat)} was entered before")
    return paper


def _differ(course: Course, act: Act) -> None:
    ballot = _open_ballot(course, act)
    _second_reading(course, act, ballot, _seat(ballot, act.data))


def _withdraw_paper(course: Course, act: Act) -> None:
    ballot = _ballot(course, act)
    _waiting(ballot, _seat(ballot, act.data), act.data)


def _take_roll_call(course: Course, act: Act) -> None:
    ballot = _open_ballot(course, act)
    _official(course, act, "")
    ballot.calls[read_number(act.data, "roll_call")] = act.mandate


def _confirm_roll_call(course: Course, act: Act) -> None:
    """The votes of the list follow."""
    ballot, number = _open_ballot(course, act), read_number(act.data, "roll_call")
    _official(course, act, "")
    if _waiting_call(ballot, number) == act.mandate:
        raise Fault("a roll call is taken down and confirmed under one mandate")
    ballot.heard[number] = read_number(act.data, "votes")


def _withdraw_roll_call(course: Course, act: Act) -> None:
    _waiting_call(_ballot(course, act), read_number(act.data, "roll_call"))


def _waiting_call(ballot: Ballot, number: int) -> str:
    if number not in ballot.calls:
        raise Fault(f"roll call {number} was not taken down before, or waits no more")
    return ballot.calls.pop(number)


def _answered(ballot: Ballot, data: Data) -> None:
    number = read_number(data, "roll_call")
    if not ballot.heard.get(number):
        raise Fault(f"a vote of roll call {number}, which was not confirmed before, or for fewer votes")
    ballot.heard[number] -= 1


def _close(course: Course, act: Act) -> None:
    ballot = _ballot(course, act)
    if ballot.closed:
        raise Fault(f"ballot {ballot.number} was closed before")
    if act.time < ballot.closes:
        raise Fault(f"ballot {ballot.number} closes at {act.time}, before {ballot.closes}")
    ballot.closed = True


def _decide(course: Course, act: Act) -> None:
    """Count again, and compare. The count holds no more than one vote of each seat."""
    ballot = _ballot(course, act)
    if not ballot.closed:
        raise Fault(f"ballot {ballot.number} is decided before it is closed")
    if ballot.outcome:
        raise Fault(f"ballot {ballot.number} was decided before")
    count = recount(ballot)
    if act.data.get("outcome") != count["state"]:
        raise Fault(f"ballot {ballot.number} is decided as {show(act.data.get('outcome'))}, counted {count['state']}")
    if act.data.get("count") != count:
        raise Fault(f"the count of ballot {ballot.number} is another than that of its votes")
    ballot.outcome = count["state"]
    ballot.votes.clear()


def recount(ballot: Ballot) -> dict[str, Any]:
    """The count of the ballot's votes in exact fractions, by the platform's own rules. Raises Fault."""
    votes = [
        {"seat": seat, "choice": vote.choice, "via": via} | ({"reason": "committed"} if vote.reason else {})
        for (seat, via), vote in ballot.votes.items()
    ]
    try:
        count: dict[str, Any] = rules.tally({"rule": ballot.rule, "seats": ballot.seats, "votes": votes})
    except rules.RuleRefused as refusal:
        raise Fault(f"ballot {ballot.number} can not be counted: {show(refusal)}") from None
    return count


def _ballot(course: Course, act: Act) -> Ballot:
    number = read_number(act.data, "ballot")
    if number not in course.ballots:
        raise Fault(f"ballot {number} was not opened before")
    return course.ballots[number]


def _listed(data: dict[str, Any], key: str) -> tuple[str, ...]:
    """A list of texts; empty where there is none."""
    value = data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(row, str) for row in value):
        raise Fault(f"{key} is not a list of texts")
    return tuple(value)


STEPS: dict[str, Callable[[Course, Act], None]] = {
    "log.erase": _erase,
    "log.restore": _restore,
    "mandate.grant": _grant,
    "mandate.revoke": _revoke,
    "package.load": _submit,
    "package.submit": _submit,
    "package.consent": _consent,
    "package.withdraw_consent": _take_back,
    "package.decline": _decline,
    "package.unname": _unname,
    "package.discard": _discard,
    "notice.publish": _notice,
    "card.score": _score,
    "ballot.open": _open,
    "vote.cast": _vote,
    "paper.enter": _enter_paper,
    "roll.take": _take_roll_call,
    "roll.withdraw": _withdraw_roll_call,
    "vote.roll_call": _confirm_roll_call,
    "paper.mismatch": _differ,
    "paper.withdraw": _withdraw_paper,
    "ballot.close": _close,
    "ballot.decide": _decide,
}
