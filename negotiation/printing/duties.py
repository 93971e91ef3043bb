"""责—权—利 as a workbook: who answers for which land, pays how much when, and has confirmed it, as on the page."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from negotiation.models import Revision
from negotiation.permissions import Viewer
from negotiation.printing.office import XLSX, Row, workbook
from negotiation.printing.papers import File
from negotiation.queries.matrix import Line, matrix
from negotiation.templatetags.tongchou import cn_date, due_words
from negotiation.terms import amount

WIDTHS = (30, 60, 20, 14, 30, 18)


def duties_xlsx(viewer: Viewer, revision: Revision) -> File:
    """One row for each party that the revision asks something of; the households in one row."""
    head = [_("Party"), _("Answers for"), _("Pays (yuan)"), _("In years"), _("Due on"), _("Confirmed")]
    rows = (_row(line) for line in matrix(viewer, revision, None) if line.owes)
    sheet = (_("Duties, rights, benefits"), head, WIDTHS, rows)
    return File(workbook([sheet]), XLSX, f"{viewer.room.code}-{revision}-responsibilities.xlsx")


def _row(line: Line) -> Row:
    """Money as text to the cent: a spreadsheet's number would not keep it."""
    together = line.side == "households"
    name = _("%(count)s households together") % {"count": line.name} if together else line.name
    return [name, "、".join(line.parcels), amount(line.pays), line.years, due_words(line.dates), _confirmed(line)]


def _confirmed(line: Line) -> str:
    if line.side == "households":
        count = line.confirmed_by
        return ngettext("%(count)s household", "%(count)s households", count) % {"count": count}
    return cn_date(line.confirmed) if line.confirmed else ""
