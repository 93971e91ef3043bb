"""The verifier on findings: who takes which step, in which order, and on an entry that stands before."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from audit.models import Entry
from negotiation import bundles, findings
from negotiation.models import Finding
from tests.verifier.conftest import SCOPE
from tests.verifier.forging import checked, entries, forged, unpacked
from tests.verifier.test_audit_doc import table
from tests.verifier.test_papers import Rows, find, follow
from tongchou_verify.command import summary
from tongchou_verify.faults import Fault


@pytest.fixture
def told(mandate, zhuxi) -> list[Finding]:
    """One asked about again and settled, one that waits for its answer."""
    auditor, planner = mandate("auditor"), mandate("planner")
    entry = Entry.objects.get(scope=SCOPE, action="case.load")
    first = findings.open_finding(auditor, zhuxi, entry, "Whose case?")
    findings.answer_finding(planner, first, "Ours.")
    findings.ask_again(auditor, first, "Whose exactly?")
    findings.answer_finding(planner, first, "The department's.")
    findings.close_finding(auditor, first, "settled", "Thanks.")
    return [first, findings.open_finding(auditor, zhuxi, entry, "And by whom?")]


@pytest.fixture
def rows(told) -> Rows:
    found = Entry.objects.filter(scope=SCOPE).order_by("time", "id")
    return [json.loads(bytes(row.body)) for row in found]


@pytest.fixture
def bundle(told, zhuxi, tmp_path: Path) -> Path:
    bundles.export_by_operator(zhuxi, tmp_path / "bundle.zip", "auditor")
    return tmp_path / "bundle.zip"


def test_bundle_holds_and_says_how_many_wait(bundle: Path, tmp_path: Path) -> None:
    files = unpacked(bundle)
    report = checked(files, tmp_path)
    line = next(line for line in summary(report, pinned=False) if line.startswith("findings"))
    assert line == "findings: 2, open 1, answered 0, settled 1, unsettled 0, withdrawn 0"
    # What was said is disclosed to the auditor.
    opened = [json.loads(row) for row in files["disclosed.jsonl"].splitlines()]
    steps = [number for number, row in enumerate(entries(files)) if row["action"].startswith("finding.")]
    assert [row["index"] for row in opened if row["path"] == "/data/text"] == steps


def test_keys_of_the_entries_are_named_in_the_page(rows) -> None:
    named = table()
    for row in rows:
        if row["action"].startswith("finding."):
            assert set(row["data"]) <= set(re.findall(r"`([a-z_0-9]+)`", named[row["action"]])), row["action"]


def test_overdue_when_the_log_ends_is_worth_a_look(rows) -> None:
    from tongchou_verify.findings import summary

    last = max(number for number, row in enumerate(rows) if row["action"] == "finding.open")
    for day, lines in ((timezone.localdate(), 1), (timezone.localdate() - timedelta(days=1), 2)):
        rows[last]["data"]["due"] = day.isoformat()
        course = follow(rows)
        assert len(summary(course.found, course.latest)) == lines


def late_answer(rows: Rows) -> None:
    rows[find(rows, "finding.open")]["data"]["due"] = "2020-01-01"


def not_opened(rows: Rows) -> None:
    del rows[find(rows, "finding.open")]


def opened_twice(rows: Rows) -> None:
    place = find(rows, "finding.open")
    rows.insert(place, rows[place])


def answered_twice(rows: Rows) -> None:
    place = find(rows, "finding.answer")
    rows.insert(place, rows[place])


def settled_without_an_answer(rows: Rows) -> None:
    for _time in range(2):
        del rows[find(rows, "finding.answer")]
    del rows[find(rows, "finding.ask_again")]


def asked_before_the_answer(rows: Rows) -> None:
    del rows[find(rows, "finding.answer")]


def closed_twice(rows: Rows) -> None:
    place = find(rows, "finding.close")
    rows.insert(place, rows[place])


def on_another_entry(rows: Rows) -> None:
    rows[find(rows, "finding.close")]["data"]["entry"] = rows[0]["id"][:-1] + "x"


def by_the_convener(rows: Rows) -> None:
    rows[find(rows, "finding.close")]["actor"] = rows[find(rows, "finding.answer")]["actor"]


def by_the_auditor(rows: Rows) -> None:
    rows[find(rows, "finding.answer")]["actor"] = rows[find(rows, "finding.open")]["actor"]


def by_the_platform(rows: Rows) -> None:
    rows[find(rows, "finding.open")]["actor"] = {"party": "", "system": True}


def another_end(rows: Rows) -> None:
    rows[find(rows, "finding.close")]["data"]["verdict"] = "forgotten"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (late_answer, "due by 2020-01-01, says late: False"),
        (not_opened, "was not opened before"),
        (opened_twice, "was opened before"),
        (answered_twice, "is answered already"),
        (settled_without_an_answer, "is settled without an answer"),
        (asked_before_the_answer, "which has no answer"),
        (closed_twice, "is closed already"),
        (on_another_entry, "is on entry"),
        (by_the_convener, "without a mandate as auditor"),
        (by_the_auditor, "without a mandate as convener"),
        (by_the_platform, "without a mandate as auditor"),
        (another_end, "the verdict is forgotten"),
    ],
)
def test_what_may_not_be_is_found(rows, change: Callable[[Rows], None], words: str) -> None:
    follow(rows)
    change(rows)
    with pytest.raises(Fault) as found:
        follow(rows)
    assert words in str(found.value)


@pytest.mark.parametrize("which", ["nowhere", "later"])
def test_finding_on_what_does_not_stand_before_it_is_found(bundle: Path, tmp_path: Path, which: str) -> None:
    files = unpacked(bundle)
    rows = entries(files)
    place = max(number for number, row in enumerate(rows) if row["action"] == "finding.open")
    named = {"nowhere": "0199aaaa-0000-7000-8000-000000000000", "later": rows[-1]["id"]}[which]
    assert place < len(rows) - 1
    rows[place]["data"]["entry"] = named
    with pytest.raises(Fault) as found:
        checked(forged(files, rows), tmp_path)
    assert (found.value.index, "does not stand before it" in found.value.what) == (place, True)
