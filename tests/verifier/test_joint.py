"""A joint proposal in a bundle: consents before the submission, to the same content, not taken back."""

from pathlib import Path

import pytest

from negotiation import bundles, joint, packages
from negotiation.consents import read_offer
from negotiation.queries.packages import latest
from tests.verifier.forging import Entry, Files, checked, edited, entries, find, forged, unpacked
from tongchou_verify.faults import Fault

_made: list[Files] = []


@pytest.fixture
def files(mandate, zhuxi, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The developer, the factory and the resident's household propose a package together; made once."""
    if not _made:
        developer = mandate("developer")
        draft = packages.start_package(developer, zhuxi, source=latest(zhuxi).get(package__code="B"))
        for name in ("factory", "resident"):
            joint.name_partner(developer, draft, mandate(name).party.code)
        joint.consent(mandate("factory"), draft, read_offer(draft).digest)
        joint.take_consent_back(mandate("factory"), draft)
        for name in ("factory", "resident"):
            joint.consent(mandate(name), draft, read_offer(draft).digest)
        packages.submit_package(developer, draft, draft.version)
        path = tmp_path_factory.mktemp("joint") / "bundle.zip"
        bundles.export_by_operator(zhuxi, path, "planner")
        _made.append(unpacked(path))
    return _made[0]


@pytest.fixture
def rows(files) -> list[Entry]:
    return entries(files)


def fault(files: Files, rows: list[Entry], tmp_path: Path) -> str:
    with pytest.raises(Fault) as found:
        checked(forged(files, rows), tmp_path)
    return str(found.value)


def test_it_holds_as_it_was(files, rows, tmp_path: Path) -> None:
    assert checked(files, tmp_path).course.revisions["D", 1] == rows[find(rows, "package.submit")]["data"]["digest"]


def test_submission_without_a_consent(files, rows, tmp_path: Path) -> None:
    consent = find(rows, "package.consent", 2)
    left = [*rows[:consent], *rows[consent + 1 :]]
    place = find(left, "package.submit")
    assert fault(files, left, tmp_path) == f"entry {place}: HH-017 did not consent to package D, or took it back"


@pytest.mark.parametrize("action", ["package.withdraw_consent", "package.decline", "package.unname", "package.discard"])
def test_consent_that_no_longer_stands(files, rows, tmp_path: Path, action: str) -> None:
    place = find(rows, "package.submit")
    resident = rows[find(rows, "package.consent", 2)]
    gone = {**resident, "action": action, "data": {"package": "D", "party": "HH-017"}}
    found = fault(files, [*rows[:place], gone, *rows[place:]], tmp_path)
    assert found.startswith(f"entry {place + 1}: ") and found.endswith(" did not consent to package D, or took it back")


@pytest.mark.parametrize("key", ["digest", "joint", "attachments"])
def test_consent_to_something_else(files, rows, tmp_path: Path, key: str) -> None:
    other = {"digest": "0" * 64, "joint": ["HH-017"], "attachments": ["0" * 64]}
    changed = edited(rows, find(rows, "package.consent", 2), lambda row: row["data"].update({key: other[key]}))
    place = find(rows, "package.submit")
    text = f"entry {place}: HH-017 consented to package D with another content than this"
    assert fault(files, changed, tmp_path) == text


def test_submission_that_names_another_mandate(files, rows, tmp_path: Path) -> None:
    place = find(rows, "package.submit")
    changed = edited(rows, place, lambda row: row["data"]["joint"][0].update(mandate="0" * 64))
    assert "with another content than this" in fault(files, changed, tmp_path)


def test_submission_that_leaves_one_out(files, rows, tmp_path: Path) -> None:
    place = find(rows, "package.submit")
    changed = edited(rows, place, lambda row: row["data"]["joint"].pop(0))
    assert "with another content than this" in fault(files, changed, tmp_path)


@pytest.mark.parametrize("joint_rows", ["HH-017", ["HH-017"], [{"party": 1}], [{"party": "HH-017"}]])
def test_list_of_another_form(files, rows, tmp_path: Path, joint_rows: object) -> None:
    place = find(rows, "package.submit")
    changed = edited(rows, place, lambda row: row["data"].update(joint=joint_rows))
    assert fault(files, changed, tmp_path).startswith(f"entry {place}: ")


def test_consent_taken_back_that_was_never_given(files, rows, tmp_path: Path) -> None:
    consent = find(rows, "package.consent")
    left = [*rows[:consent], *rows[consent + 1 :]]
    place = find(left, "package.withdraw_consent")
    assert fault(files, left, tmp_path) == f"entry {place}: a consent is taken back that was not given before"


def test_consent_holds_for_one_revision(files, rows, tmp_path: Path) -> None:
    place = find(rows, "package.submit")
    again = edited([rows[place]], 0, lambda row: row["data"].update(revision=2))
    found = fault(files, [*rows[: place + 1], *again, *rows[place + 1 :]], tmp_path)
    assert found == f"entry {place + 1}: HH-017 did not consent to package D, or took it back"
