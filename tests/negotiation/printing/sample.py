"""A small card made by hand, so that the look of papers is tested without a database."""

from typing import Any

from negotiation.printing.shapes import section_shape
from negotiation.queries.figures.parts import Cell, Column, Line, Section, Table

DIGEST = "ab" * 32


def sample(**changes: Any) -> dict[str, Any]:
    """The data of scorecard.typ."""
    words = {"kicker": "Scorecard", "sentences": "Questions", "parts": "Parts", "check": "Check"}
    head = [["Room", "R-1"], ["Digest", DIGEST, "mono"]]
    sentence = {"label": "May it be done?", "mark": {"state": "met", "word": "yes"}, "text": "all is well"}
    data = {
        "lang": "en",
        "date": "2026-03-01",
        "title": "A title",
        "author": "R-1",
        "running": {"left": "R-1", "right": "A"},
        "footer": {"text": "Scorecard of 2026-03-01", "digest": DIGEST},
        "words": words | {"page_of": "page {page} of {pages}"},
        "head": head,
        "lights": [sentence],
        "parts": [sentence],
        "sections": [section_shape(section(), tables=[table(3)])],
        "check": {"text": ["Anyone can check."], "command": "manage.py score", "digest": DIGEST},
    }
    return data | changes


def section(label: str = "Net", note: str = "≥ 0") -> Section:
    lines = [
        Line("a", label, Cell(-12345678.9, "money"), "万元", "broken", note),
        Line("b", "Share", Cell(0.25, "percent"), mark="met"),
        Line("c", "Floor", Cell(99600, "number"), "m²", "tolerated"),
        Line("d", "Absent", Cell(None, "index")),
    ]
    return Section("s", "Does it carry itself?", lines, ["A note."])


def table(rows: int, name: str = "row") -> Table:
    body = [(Cell(f"{name} {place}"), Cell(place * 10_000, "money")) for place in range(rows)]
    return Table(
        "Year by year", [Column("Year of it"), Column("Net of it", True)], body, (Cell("Sum"), Cell(0, "money"))
    )
