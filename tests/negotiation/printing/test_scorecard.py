"""The printed scorecard: the card's figures, for its reader's eyes only."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import translation

from accounts.models import Party, User
from negotiation.figures import index, percent, wan
from negotiation.models import Package, Revision, Scorecard
from negotiation.permissions import look
from negotiation.printing.compiler import canonical
from negotiation.printing.scorecard import scorecard_paper
from negotiation.printing.scorecard_tables import TABLES
from negotiation.printing.shapes import row_texts
from negotiation.queries.charts import charts
from negotiation.queries.figures import read_card, sections
from negotiation.queries.figures.writing import cell_text
from negotiation.queries.packages import find_revision
from tests.negotiation.printing.reading import packed, pdf_pages, pdf_text

DEMO = Path(__file__).parents[3] / "demo"
ROOM = "ZX-03-2026"
PAGE = f"/rooms/{ROOM}/packages/B/1/card.pdf"
API = f"/api/v1/rooms/{ROOM}/packages/B/revisions/1/card.pdf"
ROLES = ["", "stranger", "observer", "resident", "neighbour", "chair", "developer", "factory"]


@pytest.fixture
def viewer(cast):
    return lambda name, room=ROOM: look(User.objects.get(username=name), room)


@pytest.fixture
def revision(zhuxi) -> Revision:
    return Revision.objects.get(package__room=zhuxi, package__code="B", number=1)


def paper_text(signed_in, role: str, address: str = PAGE) -> str:
    return packed(pdf_text(signed_in(role).get(address).content))


# The same figures everywhere


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("role", ["resident", "planner"])
@pytest.mark.parametrize("place", [(ROOM, "A"), (ROOM, "B"), ("HK-2026", "A")])
def test_every_line_and_row_of_the_card_is_printed(place, role: str, language: str, viewer, hekou) -> None:
    room, package = place
    person = viewer(role, room)
    with translation.override(language):
        found = find_revision(person, package)
        text = packed(pdf_text(scorecard_paper(person, found).pdf()))
        reading = read_card(person, found, found.cards[0].card)
        for section in sections(reading):
            for line in section.lines:
                assert packed(f"{line.label}{line.note}{cell_text(line.value)}{line.unit}") in text
        for chart in charts(reading.card).values():
            assert packed(chart.label) in text
        for table in [table for make in TABLES.values() for table in make(reading)]:
            for row in table.rows:
                assert packed("".join(row_texts(row))) in text


def test_paper_page_api_and_command_say_the_same(signed_in, zhuxi) -> None:
    out = StringIO()
    call_command("score", str(DEMO / "zhuxi.json"), "--package", "B", "--json", stdout=out)
    card = json.loads(out.getvalue())
    client = signed_in("planner")
    assert client.get(API.replace("card.pdf", "card/")).json()["card"] == card
    page = packed(client.get(f"/rooms/{ROOM}/packages/B/1/").content.decode())
    text = paper_text(signed_in, "planner")
    for figure in figures_of(card):
        assert (figure, figure in text) == (figure, True)
        assert (figure, figure in page) == (figure, True)
    assert packed(f"Digest of the input {card['digest']}") in text
    assert packed(f"Engine {card['engine']}") in text


def figures_of(card) -> list[str]:
    """Figures of every section as they are written."""
    balance, fairness = card["balance"], card["fairness"]
    money = [
        balance["project"]["npv"],
        balance["basic"]["net"],
        balance["basic"]["peak_gap"],
        balance["operating"]["npv"],
    ]
    money += [row["npv"] for row in balance["market"].values()]
    money += [row["gain"] for row in fairness["sides"].values()]
    money += [fairness["total"]["gain"], *fairness["coalitions"]["shapley"].values()]
    shares = [fairness["recovery"]["min"], fairness["recovery"]["median"], *balance["project"]["irr"]]
    written = [*map(wan, money), *map(percent, shares), *map(index, [fairness["recovery"]["gini"]])]
    return [packed(figure) for figure in written]


def test_series_are_printed_whole(signed_in, revision) -> None:
    card, text = revision.scorecards.get().card, paper_text(signed_in, "planner")
    basic, operating = card["balance"]["basic"], card["balance"]["operating"]
    for year, row in enumerate(zip(basic["yearly"], basic["cumulative"], operating["yearly"], strict=True)):
        if row[0] or row[2]:
            assert packed(f"{year} ({2026 + year}) {' '.join(map(wan, row))}") in text
    for change in card["sensitivity"].values():
        for row in change["rows"]:
            gains = [row["gains"][side] for side in ("government", "market", "public")]
            assert packed(" ".join(map(wan, [row["project_npv"], *gains]))) in text


def test_the_block_at_its_end_says_how_to_check_it(signed_in, zhuxi, revision) -> None:
    last = packed(pdf_pages(signed_in("resident").get(PAGE).content)[-1])
    assert packed(f"manage.py score {ROOM}.json --package B --json") in last
    assert last.count(revision.scorecards.get().digest) == 2


def test_it_is_a_paper_of_a_few_pages(signed_in, zhuxi) -> None:
    for role in ("resident", "planner"):
        assert 3 <= len(pdf_pages(signed_in(role).get(PAGE).content)) <= 6


def test_nothing_in_it_grows_with_the_households(viewer, revision) -> None:
    before = paper_length(viewer("resident")), paper_length(viewer("planner"))
    found = revision.scorecards.get()
    fairness = found.card["fairness"]
    for place in range(10_000):
        code = f"HH-X{place}"
        for key in ("before", "after", "gains"):
            fairness[key][code] = 1_000_000.0
        fairness["classes"]["self-built"]["outliers"].append(code)
        found.card["gates"]["rights"]["unserved"].append(code)
    Scorecard.objects.filter(pk=found.pk).update(card=found.card)
    after = paper_length(viewer("resident")), paper_length(viewer("planner"))
    assert all(new - old < 200 for new, old in zip(after, before, strict=True))


def test_who_answers_for_a_whole_village_fills_no_page_with_it(viewer, hekou) -> None:
    person = viewer("planner", "HK-2026")
    revision = find_revision(person, "A")
    town = revision.dispositions.filter(responsible__code="GOV-TOWN").order_by("pk")
    parcels = list(dict.fromkeys(town.values_list("parcel__code", flat=True)))
    with translation.override("en"):
        text = packed(pdf_text(scorecard_paper(person, revision).pdf()))
    assert len(parcels) == 63
    assert packed("、".join(parcels[:6]) + " and 57 more") in text
    assert parcels[6] not in text


def paper_length(viewer) -> int:
    return len(canonical(scorecard_paper(viewer, find_revision(viewer, "B")).data))


# For its reader's eyes only


@pytest.mark.parametrize("package", ["A", "B", "C"])
@pytest.mark.parametrize("role", ROLES)
def test_no_other_household_is_in_it(role: str, package: str, signed_in, cast, zhuxi) -> None:
    text = paper_text(signed_in, role, PAGE.replace("/B/", f"/{package}/"))
    own = set(cast(role).mandates.values_list("party__code", flat=True)) if role else set()
    others = Party.objects.filter(realm=ROOM, side="public").exclude(kind="collective").exclude(code__in=own)
    codes = list(others.values_list("code", "name"))
    assert len(codes) >= 218
    assert [code for code, name in codes if code in text or packed(name) in text] == []


def test_the_paper_says_for_whom_it_was_made(signed_in, zhuxi) -> None:
    said = {
        "": "Public version: without the rows of households.",
        "observer": "Members' version: without the rows of other households.",
        "resident": "Members' version: without the rows of other households.",
        "auditor": "For government and audit: with the rows of households. Not to be passed on.",
        "planner": "For government and audit: with the rows of households. Not to be passed on.",
    }
    for role, words in said.items():
        assert (role, packed(words) in paper_text(signed_in, role)) == (role, True)


# The answer


def test_page_and_api_send_the_same_paper(signed_in, zhuxi) -> None:
    client = signed_in("resident")
    page, api = client.get(PAGE), client.get(API)
    assert page.content == api.content
    assert page["ETag"] == api["ETag"]
    for answer in (page, api):
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"] == 'inline; filename="ZX-03-2026-B-1.pdf"'
        assert answer["Cache-Control"] == "private, no-cache"
        assert answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'self'" in page["Content-Security-Policy"]
    assert api.content[:5] == b"%PDF-"


def test_a_client_may_ask_for_the_type(signed_in, zhuxi) -> None:
    assert signed_in("resident").get(API, HTTP_ACCEPT="application/pdf").status_code == 200


def test_who_has_the_paper_is_not_sent_it_again(signed_in, zhuxi) -> None:
    client = signed_in("resident")
    etag = client.get(PAGE)["ETag"]
    for address in (PAGE, API):
        again = client.get(address, HTTP_IF_NONE_MATCH=etag)
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    others = [signed_in("planner").get(PAGE)["ETag"], client.get(PAGE, HTTP_ACCEPT_LANGUAGE="zh-hans")["ETag"]]
    assert len({etag, *others}) == 3
    assert client.get(PAGE, HTTP_IF_NONE_MATCH=others[0]).status_code == 200


def test_it_speaks_the_language_of_its_reader(signed_in, zhuxi) -> None:
    text = packed(pdf_text(signed_in("resident").get(PAGE, HTTP_ACCEPT_LANGUAGE="zh-hans").content))
    assert "评分卡" in text and "能不能做？" in text and "第1页" in text
    assert "Scorecard" in paper_text(signed_in, "resident")


@pytest.mark.parametrize("state", ["pending", "running", "failed"])
def test_without_a_card_there_is_nothing_to_print(state: str, signed_in, revision) -> None:
    Scorecard.objects.filter(revision=revision).update(state=state, card=None)
    client = signed_in("resident")
    assert client.get(PAGE).status_code == 409
    answer = client.get(API)
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
    assert answer.json()["code"] == "no_card"


def test_without_fonts_it_is_refused_in_words(signed_in, zhuxi, settings, tmp_path) -> None:
    settings.PRINT_FONTS = tmp_path
    client = signed_in("resident")
    page, api = client.get(PAGE), client.get(API)
    assert page.status_code == api.status_code == 503
    assert "Printing is not set up" in page.content.decode()
    assert api.json()["code"] == "printing_unavailable"


@pytest.mark.parametrize("address", [PAGE.replace("/1/", "/9/"), PAGE.replace("/B/", "/Z/"), PAGE.replace(ROOM, "X")])
def test_what_is_not_there_is_not_printed(address: str, signed_in, zhuxi) -> None:
    assert signed_in("resident").get(address).status_code == 404


def test_a_title_written_as_code_is_printed_as_it_is(signed_in, revision) -> None:
    title = '#read("/etc/passwd") *x* $y$ \\u{41} "]'
    Revision.objects.filter(pk=revision.pk).update(title=title)
    assert packed(f"B · {title}") in paper_text(signed_in, "resident")


def test_package_page_links_to_the_paper(signed_in, zhuxi) -> None:
    assert f'href="{PAGE}"' in signed_in("resident").get(f"/rooms/{ROOM}/packages/B/").content.decode()
    assert Package.objects.filter(room=zhuxi, code="B").exists()
