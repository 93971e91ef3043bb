"""The parts of a card (queries/figures/parts.py) as the data that templates print: every figure already written."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from negotiation.queries.charts import Chart
from negotiation.queries.figures.parts import Cell, Line, Section, Table
from negotiation.queries.figures.writing import cell_text
from negotiation.queries.lights import Light

Shape = dict[str, Any]


def section_shape(section: Section, charts: Iterable[Chart] = (), tables: Iterable[Table] = ()) -> Shape:
    return {
        "title": section.title,
        "notes": [str(note) for note in section.notes],
        "lines": [line_shape(line) for line in section.lines],
        "charts": [chart_shape(chart) for chart in charts],
        "tables": [table_shape(table) for table in tables if table.rows],
    }


def line_shape(line: Line) -> Shape:
    mark = {"state": line.mark, "word": mark_word(line.mark)} if line.mark else None
    return {"label": line.label, "value": cell_text(line.value), "unit": line.unit, "mark": mark, "note": line.note}


def mark_word(mark: str) -> str:
    return {"met": _("met"), "tolerated": pgettext("light", "with care"), "broken": _("broken")}[mark]


def table_shape(table: Table) -> Shape:
    return {
        "caption": table.caption,
        "columns": [{"label": column.label, "numeric": column.numeric} for column in table.columns],
        "rows": [row_texts(row) for row in table.rows],
        "total": row_texts(table.total) if table.total else None,
    }


def row_texts(row: Sequence[Cell]) -> list[str]:
    return [cell_text(cell) for cell in row]


def chart_shape(chart: Chart) -> Shape:
    return {"key": chart.key, "label": chart.label, "data": chart.data, "text": chart.text, "notes": chart.notes}


def light_shape(light: Light, label: str) -> Shape:
    """A light as a sentence: what is asked, its state, why."""
    return {
        "label": label,
        "mark": {"state": light.state, "word": light_word(light.state)},
        "text": "；".join(light.reasons),
    }


def light_word(state: str) -> str:
    words = {
        "met": pgettext("light", "yes"),
        "warning": pgettext("light", "with care"),
        "broken": pgettext("light", "no"),
        "unknown": pgettext("light", "not yet known"),
    }
    return words[state]
