"""The order of things: mandates before their use, consents before a joint package, votes between opening and close.

Times are texts of one fixed form in UTC, so that their order is the order of the texts.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

from negotiation import rules
from tongchou_verify import canonical, findings, secrecy
from tongchou_verify.electoral import Roll, check_taken_over, published, read_owners
from tongchou_verify.entries import HEX, TIME, Act, need, read_number, read_text, read_texts
from tongchou_verify.faults import Fault, show

Data = dict[str, Any]
SLACK = timedelta(minutes=10)
PATIENCE = timedelta(days=14)  # that trustees have to open a secret ballot
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
    sealed: bytes = b""


class Paper(NamedTuple):
    """A paper that one official has entered, under this mandate, and no other has confirmed yet."""

    number: int
    mandate: str


@dataclass
class Ballot:
    """An open or ended vote on one revision. `votes`: the last one of each seat and way; `papers`: those that wait.

    `days`: from when until when each seat votes.

    `calls`: the mandate that took each waiting roll call down; `heard`: how many votes a confirmed one still has.
    `owners`: the mandates that vote for a seat where not any co-owner may; `together`: seats where only all do.
    """

    number: int
    opens: str
    closes: str
    package: str
    revision: int
    rule: Data
    seats: list[Data]
    days: dict[str, tuple[str, str]]
    votes: dict[tuple[str, str], Vote] = field(default_factory=dict)
    papers: dict[str, Paper] = field(default_factory=dict)
    calls: dict[int, str] = field(default_factory=dict)
    heard: dict[int, int] = field(default_factory=dict)
    owners: dict[str, frozenset[str]] = field(default_factory=dict)
    together: frozenset[str] = frozenset()
    cast: int = 0
    closed: bool = False
    outcome: str = ""
    secret: secrecy.Secret | None = None

    def sealed_votes(self) -> list[secrecy.Cast]:
        """Of a secret ballot the votes that count."""
        return secrecy.counting({key: vote.sealed for key, vote in self.votes.items()})


@dataclass
class Course:
    """What has happened so far; `follow` takes the acts in their order and raises Fault for what may not be.

    With `shares` (ballot → trustee → share) of enough trustees a secret ballot of the `scope` is counted again.
    """

    scope: str = ""
    shares: dict[int, dict[int, bytes]] = field(default_factory=dict)
    trust: secrecy.Trust | None = None
    mandates: dict[str, Mandate] = field(default_factory=dict)
    ballots: dict[int, Ballot] = field(default_factory=dict)
    revisions: dict[tuple[str, int], str] = field(default_factory=dict)
    consents: dict[tuple[str, str], Consent] = field(default_factory=dict)
    notices: set[str] = field(default_factory=set)
    cards: dict[str, tuple[int, str]] = field(default_factory=dict)
    carded: set[tuple[str, int, str]] = field(default_factory=set)
    roll: Roll | None = None
    contested: set[int] = field(default_factory=set)
    owed: dict[int, str] = field(default_factory=dict)
    objected: dict[int, str] = field(default_factory=dict)
    found: dict[int, findings.Finding] = field(default_factory=dict)
    latest: str = ""
    late: int = 0
    first_late: int = -1
    erased: int = 0
    erasures: list[int] = field(default_factory=list)
    restored: list[int] = field(default_factory=list)

    def follow(self, act: Act) -> None:
        """Raises Fault with the act's index."""
        try:
            if act.mandate:
                granted = self.mandates.get(act.mandate)
                if granted is None or granted.party != act.party:
                    raise Fault(f"{show(act.party)} acts under a mandate that was not granted before")
            if act.time >= self.latest:
                self.latest = act.time
            else:
                self._look_at_the_clock(act)
            if step := STEPS.get(act.action):
                step(self, act)
        except Fault as fault:
            raise Fault(fault.what, act.at) from None

    def _look_at_the_clock(self, act: Act) -> None:
        """Entries are sealed as they commit, so that times may be a little out of order. More is worth a look."""
        if datetime.fromisoformat(self.latest) - datetime.fromisoformat(act.time) > SLACK:
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
    days = _days(data, opens, closes)
    owners, together = _take_over(course, data, opens)
    made = Ballot(number, opens, closes, package, revision, data["rule"], seats, days)
    made.owners, made.together = owners, together
    if data["rule"].get("secret"):
        made.secret = secrecy.read_opening(data, course.trust)
    course.ballots[number] = made


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


def _days(data: Data, opens: str, closes: str) -> dict[str, tuple[str, str]]:
    """From when until when each seat votes: on the days of its chamber, else as long as the ballot is open."""
    given = data.get("days", {})
    if not isinstance(given, dict) or not all(isinstance(row, dict) for row in given.values()):
        raise Fault("days is not an object of objects")
    own = {code: (need(row, "opens_at", TIME), need(row, "closes_at", TIME)) for code, row in given.items()}
    if not all(opens <= first < last <= closes for first, last in own.values()):
        raise Fault("a chamber votes outside of the days of its ballot")
    return {row["seat"]: own.get(row["chamber"], (opens, closes)) for row in data["seats"]}


def _take_over(course: Course, data: Data, opens: str) -> tuple[dict[str, frozenset[str]], frozenset[str]]:
    """The published electoral roll is the one that the ballot takes; nothing about it is open any more."""
    if course.roll is None:
        if data["rule"].get("roll_days") or "published" in data:
            raise Fault("the electoral roll was not published before")
        return {}, frozenset()
    if course.contested:
        raise Fault(f"objection {min(course.contested)} to the electoral roll is not answered")
    if course.owed:
        raise Fault(f"objection {min(course.owed)} was upheld, and the electoral roll is not corrected")
    check_taken_over(course.roll, data, opens)
    return read_owners(data)


def _publish_roll(course: Course, act: Act) -> None:
    course.roll = published(act.data, course.roll)
    course.owed.clear()


def _correct_roll(course: Course, act: Act) -> None:
    """An upheld objection is settled by a correction of its line; one without a line by any."""
    if course.roll is None:
        raise Fault("the electoral roll is corrected before it was published")
    course.roll = published(act.data, course.roll)
    changes = act.data.get("changes")
    if not isinstance(changes, list) or not all(isinstance(row, dict) for row in changes):
        raise Fault("changes is not a list of objects")
    parties = {"", *(read_text(row, "party") for row in changes)}
    course.owed = {number: line for number, line in course.owed.items() if line not in parties}


def _object(course: Course, act: Act) -> None:
    number = read_number(act.data, "objection")
    course.contested.add(number)
    course.objected[number] = str(act.data.get("line", ""))


def _answer_objection(course: Course, act: Act) -> None:
    number = read_number(act.data, "objection")
    if number not in course.contested:
        raise Fault(f"objection {number} to the electoral roll was not made before, or is answered already")
    course.contested.remove(number)
    if act.data.get("verdict") == "upheld":
        course.owed[number] = course.objected[number]


def _open_finding(course: Course, act: Act) -> None:
    _in_office(course, act, "auditor")
    findings.opened(course.found, act.at, act.party, act.data)


def _answer_finding(course: Course, act: Act) -> None:
    _in_office(course, act, "convener")
    findings.answered(course.found, act.time, act.data)


def _ask_again(course: Course, act: Act) -> None:
    _in_office(course, act, "auditor")
    findings.asked_again(course.found, act.party, act.data)


def _close_finding(course: Course, act: Act) -> None:
    _in_office(course, act, "auditor")
    findings.closed(course.found, act.party, act.data)


def _in_office(course: Course, act: Act, role: str) -> None:
    mandate = course.mandates.get(act.mandate)
    if mandate is None or not _holds(mandate, act.time) or role not in mandate.roles:
        raise Fault(f"{show(act.party)} takes a step in a finding without a mandate as {role} that holds")


def _say(course: Course, act: Act) -> None:
    ballot = _open_ballot(course, act)
    seat = _sitting(ballot, act)
    _valid(course, act)
    if seat not in ballot.together or act.mandate not in ballot.owners[seat]:
        raise Fault(f"{show(act.party)} is no co-owner who decides with others for seat {show(seat)}")


def _check_owners(course: Course, act: Act, ballot: Ballot, seat: str) -> None:
    """Who votes for co-owners: the representative that they have named, or all whose mandates hold, as they say."""
    owners = ballot.owners.get(seat)
    if owners is None:
        return
    if act.mandate not in owners:
        raise Fault(f"the co-owners of seat {show(seat)} have not named the mandate that votes")
    if seat in ballot.together:
        holding = {row for row in owners if _holds(course.mandates.get(row), act.time)}
        if sorted(holding) != act.data.get("together"):
            raise Fault(f"the vote of seat {show(seat)} is not that of all its co-owners")


def _holds(mandate: Mandate | None, time: str) -> bool:
    ended = mandate is None or mandate.revoked is not None or (mandate.ends is not None and time >= mandate.ends)
    return mandate is not None and not ended and mandate.begins <= time


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
    if ballot.secret:
        _sealed_vote(course, act, ballot)
        return
    if "sealed" in data:
        raise Fault("a sealed vote in an open ballot")
    seat, choice, via = _sitting(ballot, act), read_text(data, "choice"), read_text(data, "via")
    if via not in WAYS:
        raise Fault(f"via is {show(via)}, want one of {', '.join(WAYS)}")
    _check_not_final(ballot, seat, via)
    if via == "paper":
        _second_reading(course, act, ballot, seat)
    else:
        _check_mandate(course, act, seat, via)
    if via == "own":
        _check_owners(course, act, ballot, seat)
    if "roll_call" in data:
        _answered(ballot, data)
    ballot.votes[seat, via] = Vote(act.at, choice, "reason" in data)
    ballot.cast += 1


def _check_not_final(ballot: Ballot, seat: str, via: str) -> None:
    if ballot.rule.get("final") and (seat, via) in ballot.votes:
        raise Fault(f"seat {show(seat)} votes again, where a vote is final")


def _sealed_vote(course: Course, act: Act, ballot: Ballot) -> None:
    sealed = secrecy.read_vote(act.data)
    seat, via = _sitting(ballot, act), read_text(act.data, "via")
    if via not in secrecy.WAYS:
        raise Fault(f"a vote of a secret ballot by way of {show(via)}")
    _check_not_final(ballot, seat, via)
    _check_mandate(course, act, seat, via)
    if via == "own":
        _check_owners(course, act, ballot, seat)
    ballot.votes[seat, via] = Vote(act.at, "", False, sealed)
    ballot.cast += 1


def _open_ballot(course: Course, act: Act) -> Ballot:
    ballot = _ballot(course, act)
    if ballot.closed or not ballot.opens <= act.time < ballot.closes:
        raise Fault(f"the vote lies outside of ballot {ballot.number} ({ballot.opens} to {ballot.closes})")
    return ballot


def _sitting(ballot: Ballot, act: Act) -> str:
    """The seat, whose chamber votes at that time."""
    seat = _seat(ballot, act.data)
    opens, closes = ballot.days[seat]
    if not opens <= act.time < closes:
        raise Fault(f"the vote lies outside of the days of its chamber ({opens} to {closes})")
    return seat


def _seat(ballot: Ballot, data: Data) -> str:
    seat = read_text(data, "seat")
    if seat not in ballot.days:
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


def _handled_ballot(course: Course, act: Act) -> Ballot:
    """One in which others may take a vote down."""
    ballot = _open_ballot(course, act)
    if ballot.secret:
        raise Fault(f"a vote of the secret ballot {ballot.number} is taken down by others")
    return ballot


def _enter_paper(course: Course, act: Act) -> None:
    ballot = _handled_ballot(course, act)
    seat = _sitting(ballot, act)
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
    _second_reading(course, act, ballot, _sitting(ballot, act))


def _withdraw_paper(course: Course, act: Act) -> None:
    ballot = _ballot(course, act)
    _waiting(ballot, _seat(ballot, act.data), act.data)


def _take_roll_call(course: Course, act: Act) -> None:
    ballot = _handled_ballot(course, act)
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
    count = _opened(ballot) if ballot.secret else recount(ballot)
    if act.data.get("outcome") != count["state"]:
        raise Fault(f"ballot {ballot.number} is decided as {show(act.data.get('outcome'))}, counted {count['state']}")
    if act.data.get("count") != count:
        raise Fault(f"the count of ballot {ballot.number} is another than that of its votes")
    ballot.outcome = count["state"]
    ballot.votes.clear()


def _opened(ballot: Ballot) -> dict[str, Any]:
    if ballot.secret is None or ballot.secret.count is None:
        raise Fault(f"the secret ballot {ballot.number} is decided before it is opened")
    return ballot.secret.count


def _name_trustees(course: Course, act: Act) -> None:
    course.trust = secrecy.read_naming(act.data)


def _accept_trust(course: Course, act: Act) -> None:
    if course.trust is None or act.party not in course.trust.keys:
        raise Fault(f"{show(act.party)} accepts as a trustee without being named")
    course.trust.keys[act.party] = read_text(act.data, "key")


def _give_share(course: Course, act: Act) -> None:
    _found, secret = _closed_secret(course, act)
    _valid(course, act)
    secrecy.take_share(secret, act.party)


def _unseal(course: Course, act: Act) -> None:
    """Check what can be checked of the published count; with shares, all of it."""
    ballot, secret = _closed_secret(course, act)
    cast = ballot.sealed_votes()
    secrecy.check_opened(secret, ballot.rule, ballot.seats, cast, act.data)
    if ballot.number in course.shares:
        count, boards = count_with_shares(course, ballot)
        if (count, boards) != (act.data["count"], act.data["boards"]):
            raise Fault(f"opened with the shares, ballot {ballot.number} has another count or another board")
        secret.recounted = True


def _give_up(course: Course, act: Act) -> None:
    """A ballot that nobody can open ends without a decision; not before its trustees have had their time."""
    ballot, secret = _closed_secret(course, act)
    _valid(course, act)
    if secret.count is not None or ballot.outcome:
        raise Fault(f"ballot {ballot.number} is given up after it was opened or ended")
    if datetime.fromisoformat(act.time) < datetime.fromisoformat(ballot.closes) + PATIENCE:
        raise Fault(f"ballot {ballot.number} is given up at {act.time}, closed {ballot.closes}")
    ballot.outcome = "not_opened"


def count_with_shares(course: Course, ballot: Ballot) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Count and boards of a secret ballot, of votes that are opened here. Raises Fault."""
    if ballot.secret is None or not ballot.closed:
        raise Fault(f"ballot {ballot.number} is not a closed secret ballot")
    shares, place = course.shares[ballot.number], {"scope": course.scope, "ballot": ballot.number}
    return secrecy.count_with(ballot.secret, shares, place, ballot.rule, ballot.seats, ballot.sealed_votes())


def _closed_secret(course: Course, act: Act) -> tuple[Ballot, secrecy.Secret]:
    ballot = _ballot(course, act)
    if ballot.secret is None:
        raise Fault(f"ballot {ballot.number} is not secret")
    if not ballot.closed:
        raise Fault(f"the secret ballot {ballot.number} is opened before it is closed")
    return ballot, ballot.secret


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
    "roll.publish": _publish_roll,
    "roll.correct": _correct_roll,
    "roll.object": _object,
    "roll.answer": _answer_objection,
    "seat.say": _say,
    "finding.open": _open_finding,
    "finding.answer": _answer_finding,
    "finding.ask_again": _ask_again,
    "finding.close": _close_finding,
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
    "trustees.name": _name_trustees,
    "trustees.accept": _accept_trust,
    "ballot.share": _give_share,
    "ballot.unseal": _unseal,
    "ballot.give_up": _give_up,
}
