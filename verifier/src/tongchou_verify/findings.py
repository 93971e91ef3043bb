"""Findings: opened by an auditor on an entry, answered by the convener, closed by the auditor or asked about again."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tongchou_verify import canonical
from tongchou_verify.electoral import CHINA
from tongchou_verify.entries import UUID7, need, read_number
from tongchou_verify.faults import Fault, show

Data = dict[str, Any]
DAY = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]")
VERDICTS = ("settled", "unsettled", "withdrawn")
ID = re.compile(UUID7.pattern.encode())


@dataclass
class Finding:
    """A finding of `party` on the entry of an id, opened `at` an index. `due`: the last day for an answer."""

    at: int
    entry: str
    party: str
    due: str
    answered: bool = False
    verdict: str = ""

    def overdue(self, time: str) -> bool:
        """Whether at this time an answer is missing that was due."""
        return not self.answered and not self.verdict and self.due < _day(time)


def opened(findings: dict[int, Finding], at: int, party: str, data: Data) -> None:
    """Raises Fault."""
    number = read_number(data, "finding")
    if number in findings:
        raise Fault(f"finding {number} was opened before")
    findings[number] = Finding(at, need(data, "entry", UUID7), party, need(data, "due", DAY))


def answered(findings: dict[int, Finding], time: str, data: Data) -> None:
    """Raises Fault."""
    number, finding = _going(findings, data)
    if finding.answered:
        raise Fault(f"finding {number} is answered already")
    if data.get("late") is not finding.overdue(time):
        raise Fault(f"the answer to finding {number}, due by {finding.due}, says late: {show(data.get('late'))}")
    finding.answered = True


def asked_again(findings: dict[int, Finding], party: str, data: Data) -> None:
    """Raises Fault."""
    number, finding = _own(findings, party, data)
    if not finding.answered:
        raise Fault(f"it is asked again about finding {number}, which has no answer")
    finding.answered, finding.due = False, need(data, "due", DAY)


def closed(findings: dict[int, Finding], party: str, data: Data) -> None:
    """Raises Fault."""
    number, finding = _own(findings, party, data)
    verdict = data.get("verdict")
    if verdict not in VERDICTS:
        raise Fault(f"the verdict is {show(verdict)}, want one of {', '.join(VERDICTS)}")
    if verdict == "settled" and not finding.answered:
        raise Fault(f"finding {number} is settled without an answer")
    finding.verdict = verdict


def _own(findings: dict[int, Finding], party: str, data: Data) -> tuple[int, Finding]:
    number, finding = _going(findings, data)
    if finding.party != party:
        raise Fault(f"{show(party)} takes a step in finding {number} of {show(finding.party)}")
    return number, finding


def _going(findings: dict[int, Finding], data: Data) -> tuple[int, Finding]:
    number = read_number(data, "finding")
    finding = findings.get(number)
    if finding is None:
        raise Fault(f"finding {number} was not opened before")
    if finding.verdict:
        raise Fault(f"finding {number} is closed already")
    if data.get("entry") != finding.entry:
        raise Fault(f"finding {number} is on entry {finding.entry}, not {show(data.get('entry'))}")
    return number, finding


def check_entries(findings: Mapping[int, Finding], blocks: Iterable[bytes]) -> None:
    """Each finding is on an entry that stands before it. Reads the entries again, so that no pass keeps all ids."""
    wanted = {finding.entry.encode() for finding in findings.values()}
    places: dict[str, int] = {}
    lines = (line for raw in blocks for line in raw[:-1].split(b"\n"))
    for index, line in enumerate(lines):
        if not wanted.isdisjoint(ID.findall(line)):
            places.setdefault(canonical.read(line)["id"], index)
    for number, finding in findings.items():
        if places.get(finding.entry, finding.at) >= finding.at:
            raise Fault(f"finding {number} is on entry {finding.entry}, which does not stand before it", finding.at)


def summary(findings: Mapping[int, Finding], latest: str) -> list[str]:
    """How many there are of each state, and which are overdue when the log ends; nothing where there are none."""
    if not findings:
        return []
    rows = list(findings.values())
    verdicts = [f"{verdict} {sum(row.verdict == verdict for row in rows)}" for verdict in VERDICTS]
    going = [row for row in rows if not row.verdict]
    waiting = sum(not row.answered for row in going)
    told = [f"findings: {len(rows)}, open {waiting}, answered {len(going) - waiting}, {', '.join(verdicts)}"]
    late = [(number, row) for number, row in findings.items() if row.overdue(latest)]
    return told + [f"worth a look: finding {number} was to be answered by {row.due} and is not" for number, row in late]


def _day(time: str) -> str:
    return datetime.fromisoformat(time).astimezone(CHINA).date().isoformat()
