"""Answers to one comment and to several, the revision that carries them, and the published table."""

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from docx import Document
from openpyxl import load_workbook

from accounts.refusals import Conflict, Invalid, NotAllowed, WrongPhase
from audit.models import Commitment, Entry
from negotiation import answers, comments
from negotiation.models import Answer, Comment, Room
from negotiation.printing.office import document, workbook
from negotiation.queries import answers as queries
from negotiation.queries.packages import latest
from tests.negotiation.printing.reading import packed, pdf_text
from tests.negotiation.test_voting_concurrency import in_thread

ROOM = "/rooms/ZX-03-2026/"
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://evil.cn")', "＝1"]


@pytest.fixture
def planner(mandate):
    return mandate("planner")


@pytest.fixture
def said(mandate, zhuxi) -> list[Comment]:
    """Three like comments of two households and a company."""
    who = (("resident", "HH-017"), ("resident", "HH-018"), ("factory", ""))
    return [
        comments.add_comment(mandate(name, party=party), zhuxi, f"Too loud {n}") for n, (name, party) in enumerate(who)
    ]


def revision_of(room, code: str):
    return latest(room).get(package__code=code)


# One answer for several


def test_group_gets_one_answer_that_each_shows(planner, said, zhuxi, signed_in) -> None:
    made = answers.answer_comments(planner, zhuxi, said, "explained", "A noise wall is planned.")
    assert [Comment.objects.get(pk=row.pk).answer for row in said] == [made] * 3
    page = signed_in("resident").get(ROOM + "comments/").content.decode()
    assert page.count("A noise wall is planned.") == 3
    entry = Entry.objects.get(action="comment.answer_group")
    assert "noise wall" not in bytes(entry.body).decode()
    assert Commitment.objects.filter(entry=entry, path="/data/reason").count() == 1


def test_group_with_an_answered_comment_is_refused_whole(planner, said, zhuxi) -> None:
    answers.answer_comment(planner, said[1], "explained", "Already")
    with pytest.raises(Conflict) as refusal:
        answers.answer_comments(planner, zhuxi, said, "adopted", "All")
    assert str(said[1].pk) in refusal.value.message
    assert Answer.objects.count() == 1


@pytest.mark.parametrize("who", ["resident", "finance", "developer", "auditor", "observer"])
def test_only_the_convener_answers_and_links(said, mandate, planner, zhuxi, who: str) -> None:
    with pytest.raises(NotAllowed):
        answers.answer_comments(mandate(who), zhuxi, said, "adopted", "Yes")
    made = answers.answer_comment(planner, said[0], "adopted", "Yes")
    with pytest.raises(NotAllowed):
        answers.link_answer(mandate(who), made, revision_of(zhuxi, "B"))


@pytest.mark.parametrize("phase", ["negotiation", "vote", "decided"])
def test_answers_are_given_in_every_phase(planner, said, zhuxi, phase: str) -> None:
    Room.objects.filter(pk=zhuxi.pk).update(phase=phase)
    zhuxi.refresh_from_db()
    made = answers.answer_comments(planner, zhuxi, said, "adopted", "Yes")
    assert answers.link_answer(planner, made, revision_of(zhuxi, "B")).revision.package.code == "B"


def test_nothing_too_much_and_elsewhere_are_refused(planner, said, zhuxi, hekou, mandate) -> None:
    elsewhere = comments.add_comment(mandate("resident", "HK-2026"), hekou, "Elsewhere")
    for found in ([], [*said, elsewhere], said * 100):
        with pytest.raises(Invalid) as refusal:
            answers.answer_comments(planner, zhuxi, found, "adopted", "Yes")
        assert set(refusal.value.fields) == {"comments"}


@pytest.mark.django_db(transaction=True)
def test_two_group_answers_at_once_leave_each_comment_with_one(transactional_db, mandate, zhuxi, said) -> None:
    def answer(number: int) -> bool:
        rows = [Comment.objects.get(pk=row.pk) for row in (said if number % 2 else reversed(said))]
        try:
            answers.answer_comments(mandate("planner"), zhuxi, rows, "adopted", f"At once {number}")
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(in_thread(answer), range(4))) == 1
    assert Answer.objects.filter(reason__startswith="At once").count() == 1


# The revision that carries it


def test_adopted_answer_names_its_revision_at_once_or_later(planner, said, zhuxi) -> None:
    b, c = revision_of(zhuxi, "B"), revision_of(zhuxi, "C")
    at_once = answers.answer_comment(planner, said[0], "adopted", "Yes", revision=b)
    later = answers.answer_comment(planner, said[1], "partly", "In part")
    assert answers.link_answer(planner, later, c).revision == c
    assert answers.link_answer(planner, at_once, c).revision == c
    with pytest.raises(Conflict):
        answers.link_answer(planner, at_once, c)
    assert Entry.objects.filter(action="answer.link").count() == 2


@pytest.mark.parametrize("verdict", ["not_adopted", "explained"])
def test_what_was_not_adopted_is_carried_by_nothing(planner, said, zhuxi, verdict: str) -> None:
    with pytest.raises(Invalid) as refusal:
        answers.answer_comment(planner, said[0], verdict, "No", revision=revision_of(zhuxi, "B"))
    assert set(refusal.value.fields) == {"revision"}
    made = answers.answer_comment(planner, said[0], verdict, "No")
    with pytest.raises(WrongPhase):
        answers.link_answer(planner, made, revision_of(zhuxi, "B"))


def test_revision_of_another_room_is_refused(planner, said, hekou) -> None:
    with pytest.raises(Invalid) as refusal:
        answers.answer_comment(planner, said[0], "adopted", "Yes", revision=revision_of(hekou, "B"))
    assert set(refusal.value.fields) == {"revision"}


# Pages


def test_convener_answers_ticked_comments_without_script(said, signed_in, zhuxi) -> None:
    client = signed_in("planner")
    assert f'name="c" value="{said[0].pk}"' in client.get(ROOM + "comments/").content.decode()
    where = f"{ROOM}comments/answer/?c={said[0].pk}&c={said[2].pk}"
    assert "Too loud 2" in client.get(where).content.decode()
    form = {"verdict": "adopted", "reason": "We build a wall.", "revision": "B.1"}
    assert client.post(where, form).status_code == 302
    made = Answer.objects.get()
    assert (made.comments.count(), str(made.revision)) == (2, "B.1")
    assert client.post(where, form).status_code == 422


def test_convener_names_the_revision_later(said, planner, signed_in) -> None:
    made, client = answers.answer_comment(planner, said[0], "adopted", "Yes"), signed_in("planner")
    where = f"{ROOM}answers/{made.pk}/revision/"
    assert where in client.get(ROOM + "answers/").content.decode()
    assert client.post(where, {"revision": "C.1"}).url == ROOM + "answers/"
    assert client.post(where, {"revision": "C.1"}).status_code == 422
    assert "C.1" in client.get(ROOM + "answers/").content.decode()


def test_resident_sees_what_became_of_hers_and_of_nobody_elses(said, planner, signed_in) -> None:
    answers.answer_comment(planner, said[0], "not_adopted", "The road is needed.")
    for path in ("mine/", "mine/comments/"):
        page = signed_in("resident").get(ROOM + path).content.decode()
        assert "Too loud 0" in page and "The road is needed." in page
        assert "Too loud 1" not in page and "Too loud 2" not in page


# The table


def test_table_counts_by_answer_and_side(said, planner, zhuxi) -> None:
    answers.answer_comments(planner, zhuxi, said[:2], "adopted", "Yes")
    found = queries.tally(zhuxi)
    assert dict(found.rows)[str(Answer.Verdict.ADOPTED.label)] == [0, 0, 2, 2]
    assert found.rows[-1][1] == [0, 1, 0, 1]
    assert found.total == 3


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", [0, 1, 2]),
        ("verdict=adopted", [0]),
        ("verdict=open", [1, 2]),
        ("side=market", [2]),
        ("verdict=open&side=public", [1]),
        ("package=B", []),
        ("verdict=nonsense", [0, 1, 2]),
    ],
)
def test_table_is_filtered(said, planner, signed_in, query: str, numbers: list[int]) -> None:
    answers.answer_comment(planner, said[0], "adopted", "Yes")
    page = signed_in("").get(f"{ROOM}answers/?{query}").content.decode()
    assert [n for n in range(3) if f"Too loud {n}" in page] == numbers


def sheet_rows(content: bytes) -> list[tuple[object, ...]]:
    return list(load_workbook(BytesIO(content)).worksheets[0].iter_rows(min_row=2, values_only=True))


def docx_text(content: bytes) -> str:
    made = Document(BytesIO(content))
    cells = (cell.text for table in made.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(row.text for row in made.paragraphs), *cells])


def test_files_hold_the_rows_of_the_page(said, planner, signed_in, zhuxi) -> None:
    answers.answer_comments(planner, zhuxi, said, "adopted", "我们修隔音墙。", revision=revision_of(zhuxi, "B"))
    client = signed_in("")
    rows = sheet_rows(client.get(ROOM + "answers.xlsx").content)
    assert [row[0] for row in rows] == [row.pk for row in said]
    assert [row[1] for row in rows] == ["HH-017", "HH-018", said[2].party.name]
    assert {row[7] for row in rows} == {"我们修隔音墙。"} and {row[8] for row in rows} == {"B.1"}
    text = docx_text(client.get(ROOM + "answers.docx").content)
    printed = packed(pdf_text(client.get(ROOM + "answers.pdf").content))
    for mark in ("Too loud 1", "我们修隔音墙。", "HH-018", said[2].party.name):
        assert mark in text and packed(mark) in printed
    only = sheet_rows(client.get(ROOM + "answers.xlsx?side=market").content)
    assert [row[0] for row in only] == [said[2].pk]


@pytest.mark.parametrize("who", ["", "resident", "planner", "finance"])
def test_table_and_files_name_no_household_for_anybody(said, signed_in, who: str) -> None:
    client = signed_in(who)
    texts = [str(sheet_rows(client.get(ROOM + "answers.xlsx").content))]
    texts += [docx_text(client.get(ROOM + "answers.docx").content), pdf_text(client.get(ROOM + "answers.pdf").content)]
    page = client.get(ROOM + "answers/").content.decode()
    texts.append(page[page.index("<main") :])
    assert ["东街" in text.replace("东街老住宅", "") for text in texts] == [False] * 4


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_looks_like_a_formula_stays_a_text(text: str) -> None:
    made = load_workbook(BytesIO(workbook([("x", ["head"], [10], [[text]])])))
    cell = made.worksheets[0]["A2"]
    assert (cell.value, cell.data_type) == (text, "s")
    assert cell.quotePrefix is (text[0] in "=+-@\t")


def test_characters_that_files_can_not_hold_are_left_out() -> None:
    odd = "a\x01\x0b\ud800b"
    assert load_workbook(BytesIO(workbook([("x", ["h"], [5], [[odd]])]))).worksheets[0]["A2"].value == "ab"
    assert "ab" in docx_text(document("t", [], [("h", ["h"], [50], [[odd]])]))


def test_same_paper_twice_is_the_same_file(said, signed_in) -> None:
    first = signed_in("").get(ROOM + "answers.pdf")
    again = signed_in("").get(ROOM + "answers.pdf", headers={"If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)


def test_empty_room_has_an_empty_table(zhuxi, signed_in) -> None:
    client = signed_in("")
    assert "Nothing was said that fits." in client.get(ROOM + "answers/").content.decode()
    assert sheet_rows(client.get(ROOM + "answers.xlsx").content) == []
    assert client.get(ROOM + "answers.pdf").status_code == 200
