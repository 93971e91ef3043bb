"""The list of households as a workbook: the room's parties to fill in, and what stands in one that comes back."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl.utils import get_column_letter

from accounts import phones
from accounts.models import Mandate, Party, Side
from accounts.refusals import Invalid
from negotiation.mandates import LONGEST_DOCUMENT
from negotiation.models import Room
from negotiation.printing.office import XLSX, clean, workbook
from negotiation.printing.papers import File
from negotiation.sheets.guard import check_workbook
from negotiation.sheets.layout import HEAD, said_as
from negotiation.sheets.read import Faults, opened, title_in

TITLE = gettext_lazy("Households")
COLUMNS = {
    "party": gettext_lazy("Party (code)"),
    "party_name": gettext_lazy("Party (name; not read)"),
    "acting": gettext_lazy("Somebody acts for it (not read)"),
    "name": gettext_lazy("Who acts for it"),
    "kind": gettext_lazy("In own right, or as representative"),
    "document": gettext_lazy("Document (for representatives)"),
    "phone": gettext_lazy("Phone (optional)"),
    "address": gettext_lazy("Address or building"),
    "note": gettext_lazy("Note"),
}
TYPED = ("name", "kind", "document", "phone", "address", "note")
LONGEST = {"name": 80, "kind": 40, "document": LONGEST_DOCUMENT, "phone": 20, "address": 200, "note": 400, "party": 64}
KINDS = (Mandate.Kind.SELF, Mandate.Kind.REPRESENTATIVE)
MOST = 5000
Row = dict[str, str]


@dataclass
class Households(Faults):
    """Rows to be invited, and what is wrong in which cell."""

    rows: list[Row] = field(default_factory=list)

    def fault(self, column: str, line: int, reason: str) -> None:
        self.note(str(TITLE), f"{get_column_letter(list(COLUMNS).index(column) + 1)}{line}", reason)


def template(room: Room) -> File:
    """The workbook to fill in: a row for each party of the public side. Two statements."""
    acting = _acting(room)
    rows = (
        [party.code, party.name, _("yes") if party.code in acting else _("no"), "", "", "", "", "", ""]
        for party in public_parties(room).order_by("code")
    )
    heads = [str(head) for head in COLUMNS.values()]
    content = workbook([(str(TITLE), heads, (16, 24, 16, 20, 20, 28, 18, 30, 30), rows)])
    return File(content, XLSX, f"{room.code}-households.xlsx")


def public_parties(room: Room) -> Any:
    return Party.objects.filter(realm=room.code, side=Side.PUBLIC, seats__room=room)


def read_list(room: Room, content: bytes) -> Households:
    """What the workbook asks for. Rows without anything typed are passed over. Raises Invalid for a hostile file."""
    check_workbook(content)
    found = Households()
    known = set(public_parties(room).values_list("code", flat=True))
    acting = _acting(room)
    seen: set[tuple[str, str]] = set()
    for line, row in _lines(content, found):
        _check(found, line, row)
        _check_party(found, line, row, known, acting, seen)
        found.rows.append(row)
    if not found.rows and not found.faults:
        raise Invalid({"file": _("Nobody is named in this list.")}, code="sheet_empty")
    found.rows.sort(key=lambda row: (row["address"], row["party"]))
    return found


def _acting(room: Room) -> dict[str, set[str]]:
    """Party → names of those who act for it today."""
    rows = Mandate.objects.valid().filter(party__realm=room.code).values_list("party__code", "user__name")
    found: dict[str, set[str]] = {}
    for code, name in rows:
        found.setdefault(code, set()).add(name)
    return found


def _lines(content: bytes, found: Households) -> Iterator[tuple[int, Row]]:
    with opened(content) as book:
        title = title_in(book, TITLE)
        if title is None:
            raise Invalid({"file": _("The sheet of households is not in the file.")}, code="sheet_type")
        page = book[title]
        page.reset_dimensions()
        for line, cells in enumerate(page.iter_rows(max_col=len(COLUMNS), max_row=HEAD + 20_000), start=1):
            if line == HEAD:
                _check_head(cells, found)
                continue
            row = {key: _text(found, key, line, cell) for key, cell in zip(COLUMNS, cells, strict=False)}
            if any(row.get(key) for key in TYPED):
                if len(found.rows) == MOST:
                    text = _("At most %(most)s households at once, please.") % {"most": MOST}
                    raise Invalid({"file": text}, code="sheet_rows")
                yield line, {key: row.get(key, "") for key in ("party", *TYPED)}


def _check_head(cells: Any, found: Households) -> None:
    for place, (key, head) in enumerate(COLUMNS.items()):
        if place >= len(cells) or cells[place].value not in set(said_as(head)):
            found.fault(key, HEAD, _("The head “%(head)s” belongs here.") % {"head": head})


def _text(found: Households, key: str, line: int, cell: Any) -> str:
    """What is typed in the cell, as one line of text."""
    if cell.value is None or key not in LONGEST:
        return ""
    if cell.data_type == "f":
        found.fault(key, line, _("This is a formula; only its value can be taken (copy, then paste values)."))
    elif cell.data_type in ("e", "b", "d"):
        found.fault(key, line, _("A text or a number is expected."))
    elif key == "party" and not isinstance(cell.value, str):
        text = _("This is a number, and a code is a text: format the cell as text, so that 01 stays 01.")
        found.fault(key, line, text)
    else:
        value = int(cell.value) if isinstance(cell.value, float) and cell.value.is_integer() else cell.value
        return " ".join(clean(str(value)).split())
    return ""


def _check(found: Households, line: int, row: Row) -> None:
    """The cells of one row by themselves; kind and phone are brought into their form."""
    for key, longest in LONGEST.items():
        if len(row[key]) > longest:
            found.fault(key, line, _("At most %(most)s characters, please.") % {"most": longest})
    if not row["name"]:
        found.fault("name", line, _("Please fill this in."))
    row["phone"] = phones.bare(row["phone"])
    if row["phone"] and not phones.is_number(row["phone"]):
        found.fault("phone", line, _("A phone number has 6 to 15 digits."))
    kind = _kind(row["kind"])
    if kind is None:
        found.fault("kind", line, _("Write “own right” or “representative”."))
    elif kind == Mandate.Kind.REPRESENTATIVE and not row["document"]:
        found.fault("document", line, _("Name the document that gives this right."))
    row["kind"] = kind or ""


def _kind(text: str) -> str | None:
    """The kind that a word stands for; nothing typed is one's own right."""
    if not text:
        return str(Mandate.Kind.SELF)
    for kind in KINDS:
        if text.casefold() in {kind.value, *(word.casefold() for word in said_as(kind.label))}:
            return str(kind.value)
    return None


def _check_party(
    found: Households, line: int, row: Row, known: set[str], acting: dict[str, set[str]], seen: set[tuple[str, str]]
) -> None:
    code, name = row["party"], row["name"]
    if code not in known:
        found.fault("party", line, _("This is no party of the public side in this room."))
    elif name in acting.get(code, ()):
        found.fault("name", line, _("This person acts for the party already."))
    elif (code, name) in seen:
        found.fault("name", line, _("This stands here twice."))
    seen.add((code, name))
