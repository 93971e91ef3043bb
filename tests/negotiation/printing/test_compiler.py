"""Papers: the same bytes for the same data, and data that never becomes code."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typst
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from config.settings import PRINT_FONTS
from negotiation.printing import compiler
from negotiation.printing.compiler import PrintingUnavailable, canonical, compile_pdf, content_key
from negotiation.printing.shapes import section_shape
from negotiation.queries.charts import charts
from tests.negotiation.printing.reading import packed, pdf_metadata, pdf_pages, pdf_text
from tests.negotiation.printing.sample import sample, section, table

ROOT = Path(__file__).parents[3]
HOSTILE = [
    '#read("/etc/passwd") *x* $y$ \\u{41} "]',
    '#import "house.typ": *\n= Heading\n/* not a comment */ // nor this',
    "`raw` _em_ <label> @ref https://example.org ~ -- --- ... [#panic()]",
    "\\ \\# \\\\ \" ' “quotes” {json} %s {0} {{ x }} {% x %} <script>",
]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def printed(**changes: object) -> str:
    return packed(pdf_text(compile_pdf("scorecard.typ", sample(**changes))))


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_anybody_prints_as_it_is(text: str) -> None:
    parts = section_shape(section(text, text), tables=[table(1, text)])
    found = printed(title=text, head=[[text, text]], running={"left": text, "right": text}, sections=[parts])
    assert found.count(packed(text)) == 8


@settings(max_examples=25)
@given(st.text(max_size=80))
def test_any_text_can_be_printed(text: str) -> None:
    parts = section_shape(section(text, text), tables=[table(1, text)])
    compile_pdf("scorecard.typ", sample(title=text, head=[[text, text]], sections=[parts]))


def test_the_same_data_gives_the_same_bytes_in_every_process() -> None:
    command = (
        "import json, os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'\n"
        "from negotiation.printing.compiler import compile_pdf\n"
        "sys.stdout.buffer.write(compile_pdf('scorecard.typ', json.load(sys.stdin)))"
    )
    data = sample()
    other = subprocess.run(
        [sys.executable, "-c", command], cwd=ROOT, input=canonical(data).encode(), capture_output=True, check=True
    )
    assert compile_pdf("scorecard.typ", data) == compile_pdf("scorecard.typ", data) == other.stdout


def test_the_key_follows_the_data_and_the_template() -> None:
    keys = {
        content_key("scorecard.typ", sample()),
        content_key("scorecard.typ", dict(reversed(sample().items()))),
        content_key("scorecard.typ", sample(lang="zh")),
        content_key("other.typ", sample()),
    }
    assert len(keys) == 3


def test_a_paper_has_the_date_of_its_data() -> None:
    found = pdf_metadata(compile_pdf("scorecard.typ", sample()))
    assert found["/Title"] == "A title"
    assert found["/CreationDate"] == found["/ModDate"] == "D:20260301000000Z"


def test_templates_read_nothing_outside_their_folder(tmp_path, monkeypatch) -> None:
    outside = tmp_path / "secret.txt"
    outside.write_text("secret")
    folder = tmp_path / "templates"
    folder.mkdir()
    monkeypatch.setattr(compiler, "TEMPLATES", folder)
    for path in ("/etc/passwd", "../secret.txt", str(outside)):
        (folder / "bad.typ").write_text(f'#read("{path}")')
        with pytest.raises(typst.TypstError):
            compile_pdf("bad.typ", {})


def test_a_template_gives_no_warning() -> None:
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(PRINT_FONTS)])
    template = compiler.TEMPLATES / "scorecard.typ"
    inputs = {"data": canonical(sample())}
    _pdf, warnings = typst.compile_with_warnings(template, format="pdf", font_paths=fonts, sys_inputs=inputs)
    assert [warning.message for warning in warnings] == []


def test_templates_fetch_no_package() -> None:
    for template in compiler.TEMPLATES.glob("*.typ"):
        assert "@" not in template.read_text(encoding="utf-8")


def test_without_its_fonts_printing_is_refused(tmp_path, settings) -> None:
    settings.PRINT_FONTS = tmp_path
    with pytest.raises(PrintingUnavailable) as refused:
        compile_pdf("scorecard.typ", sample())
    assert (refused.value.code, refused.value.status) == ("printing_unavailable", 503)


def test_figures_stand_with_unit_sign_and_word() -> None:
    found = printed()
    assert packed("Net ≥ 0 −1,234.57 万元 ✗ broken") in found
    assert packed("Share 25.0 % ✓ met") in found
    assert packed("Floor 99,600 m² ! with care") in found
    assert packed("Absent —") in found


def test_a_long_table_repeats_its_head_on_every_page() -> None:
    pages = pdf_pages(compile_pdf("scorecard.typ", sample(sections=[section_shape(section(), tables=[table(150)])])))
    tabled = [page for page in pages if "row " in page]
    assert len(tabled) >= 3
    assert all("Year of it Net of it" in page for page in tabled)
    assert [f"page {number} of {len(pages)}" in page for number, page in enumerate(pages, 1)] == [True] * len(pages)


CARDS = [
    {"balance": {"basic": {"cumulative": [-1.0], "peak_year": 0}}},
    {"balance": {"basic": {"cumulative": [float(year) for year in range(-500, 501)], "peak_year": 0}}},
    {"balance": {"basic": {"cumulative": [0.0, 1e12, -1e12], "peak_year": 2}}},
    {"fairness": {"classes": {"a": dict.fromkeys(("min", "median", "mean", "max"), 1.0) | {"n": 5}}}},
    {"fairness": {"sides": {"public": {"gain": -5.0}, "market": {"gain": 0.0, "contribution": 0.0}}}},
    {
        "balance": {"project": {"npv": 0.0}},
        "sensitivity": {"delay": {"rows": [{"years": 1, "project_npv": -5.0}]}, "cost": {"rows": []}},
    },
]


@pytest.mark.parametrize("card", CARDS)
def test_charts_of_odd_cards_can_be_drawn(card) -> None:
    drawn = list(charts(card).values())
    assert len(drawn) == 1
    assert packed(drawn[0].label) in printed(sections=[section_shape(section(), drawn)])


def test_a_code_without_spaces_does_not_leave_its_column() -> None:
    found = compile_pdf(
        "scorecard.typ", sample(sections=[section_shape(section("x" * 400), tables=[table(1, "y" * 400)])])
    )
    lines = pdf_text(found).splitlines()
    for sign in "xy":
        assert len([line for line in lines if line.count(sign) > 20]) >= 3
