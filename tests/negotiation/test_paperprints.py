"""Ballot papers: one page for each seat, in files of 200, with a code that leads back to the seat."""

import io
import re

import pytest
from pypdf import PdfReader

from accounts.refusals import Invalid, NotAllowed, NotFound, WrongPhase
from audit.models import Entry
from negotiation import paperprints, papers, tasks
from negotiation.models import Ballot, PaperFile
from negotiation.paperprints import file_content, make_papers, print_papers
from negotiation.permissions import viewer_of
from negotiation.queries import papers as queries
from tests.negotiation.papers import code_of, opened

CODE = re.compile(r"\b[0-9A-Z]{3}-[0-9A-Z]{3}\b")


@pytest.fixture
def planner(mandate):
    return mandate("planner")


@pytest.fixture
def ballot(planner, zhuxi):
    return opened(planner, zhuxi)


def pages(file: PaperFile) -> list[str]:
    reader = PdfReader(io.BytesIO(file_content(file)))
    return [page.extract_text().replace("\u200b", "") for page in reader.pages]


def test_paper_says_what_is_voted_on_and_names_its_seat(ballot, planner) -> None:
    batch = print_papers(planner, ballot, "镇政府二楼", ["HH-150"])
    make_papers(batch)
    (page,) = pages(batch.files.get())
    assert CODE.findall(page) == [code_of(ballot, "HH-150")]
    short = " ".join(ballot.revision.digest[at : at + 4] for at in (0, 4, 8, 12))
    for words in ("HH-150", ballot.revision.title, "镇政府二楼", short):
        assert words in page


@pytest.mark.parametrize(("party", "boxes"), [("HH-150", 3), ("MKT-DEV", 2), ("GOV-FIN", 1)])
def test_paper_has_the_choices_of_its_chamber(ballot, planner, party: str, boxes: int) -> None:
    line = ballot.roll.get(seat__party__code=party)
    ((_line, choices),) = paperprints._papers(ballot, [line.pk])
    assert len(choices) == boxes


def test_every_seat_has_one_paper_in_files_of_two_hundred(ballot, planner) -> None:
    batch = print_papers(planner, ballot, "Town hall")
    make_papers(batch)
    batch.refresh_from_db()
    assert [(file.number, file.papers) for file in queries.files(batch)] == [(1, 200), (2, 29)]
    codes = [
        code for file in batch.files.order_by("number") for page in pages(file) for code in CODE.findall(page)[-1:]
    ]
    seats = [papers.find_line(ballot, code).pk for code in codes]
    assert (batch.done, sorted(seats)) == (229, sorted(ballot.roll.values_list("pk", flat=True)))


def test_making_papers_twice_makes_them_once(ballot, planner) -> None:
    batch = print_papers(planner, ballot, "Town hall", ["HH-150", "HH-151"])
    make_papers(batch)
    make_papers(batch)
    assert batch.files.count() == 1


def test_printing_is_in_the_log_by_number_alone(ballot, planner) -> None:
    print_papers(planner, ballot, "Town hall", ["HH-150"])
    body = bytes(Entry.objects.get(action="paper.print").body).decode()
    assert '"papers":1' in body and "HH-150" not in body


@pytest.mark.parametrize(("place", "codes", "field"), [("", [], "place"), ("Hall", ["HH-999"], "codes")])
def test_place_and_parties_must_be_there(ballot, planner, place: str, codes: list[str], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        print_papers(planner, ballot, place, codes)
    assert set(refusal.value.fields) == {field}


def test_only_officials_print(ballot, mandate) -> None:
    with pytest.raises(NotAllowed):
        print_papers(mandate("developer"), ballot, "Hall")


def test_papers_of_a_ballot_that_is_over_are_gone(ballot, planner, zhuxi) -> None:
    batch = print_papers(planner, ballot, "Hall", ["HH-150"])
    make_papers(batch)
    Ballot.objects.filter(pk=ballot.pk).update(state="closed")
    tasks.papers_pending()
    with pytest.raises(NotFound):
        queries.find_file(viewer_of(planner, zhuxi), ballot.pk, batch.pk, 1)
    with pytest.raises(WrongPhase):
        print_papers(planner, Ballot.objects.get(pk=ballot.pk), "Hall")
