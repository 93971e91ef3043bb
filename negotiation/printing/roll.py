"""The electoral roll as a workbook for officials: each line, and the rights whose sum it is."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from negotiation.models import Deciding, ElectoralRoll, RollLine
from negotiation.permissions import Viewer
from negotiation.printing.office import XLSX, Row, workbook
from negotiation.printing.papers import File
from negotiation.queries.electoral import chamber_titles, columns, lines, rights_of, weight_words
from negotiation.queries.words import word
from negotiation.terms import amount

CHUNK = 2000


def roll_xlsx(viewer: Viewer, roll: ElectoralRoll) -> File:
    """Figures as text: a spreadsheet's number would not keep all their digits. Four statements."""
    names = list(columns(viewer.room))
    head = [_("Code"), _("Party"), _("Chamber"), _("Heads"), *map(weight_words, names)]
    head += [_("Corrected"), _("How co-owners decide")]
    of_rights = [_("Code"), _("Right"), _("Parcel"), _("Kind of right")]
    of_rights += [weight_words(name) for name in ("floor_area", "site_area", "value")]
    sheets = [
        (_("Electoral roll"), head, (14, 30, 20, 8, *(16 for _name in names), 24, 40), _lines(viewer, roll, names)),
        (_("Rights"), of_rights, (14, 18, 30, 18, 16, 16, 18), _rights(viewer)),
    ]
    return File(workbook(sheets), XLSX, f"{viewer.room.code}-roll-{roll.number}.xlsx")


def _lines(viewer: Viewer, roll: ElectoralRoll, names: list[str]) -> Iterator[Row]:
    titles = chamber_titles(viewer.room)
    for line in lines(viewer, roll).iterator(CHUNK):
        party = line.seat.party
        weights = [line.weights.get(name, "") for name in names]
        chamber, heads = titles.get(line.chamber, line.chamber), 0 if line.struck else 1
        yield [party.code, viewer.label(party), chamber, heads, *weights, _corrected(line), _decides(viewer, line)]


def _corrected(line: RollLine) -> str:
    words = [weight_words(column) for column in line.corrected]
    return ", ".join([*words, *([_("struck off the roll")] if line.struck else [])])


def _decides(viewer: Viewer, line: RollLine) -> str:
    words = "" if line.deciding == Deciding.ANY else str(line.get_deciding_display())
    return f"{words}: {line.named.user}" if line.named and viewer.may("read_names") else words


def _rights(viewer: Viewer) -> Iterator[Row]:
    for rights in rights_of(viewer).values():
        for right in rights:
            figures = [amount(right.floor_area), amount(right.site_area), amount(right.value)]
            place = f"{right.parcel.code} {right.parcel.name}".strip()
            yield [right.party.code, right.code, place, word(right.kind), *figures]
