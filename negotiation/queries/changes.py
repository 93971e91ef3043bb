"""The changes between two revisions in words and numbers, and who gains or loses by them, as one person may see it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Side
from accounts.refusals import NotFound
from negotiation.changes import NUMBERS, Change, diff, totals
from negotiation.drafting import is_hidden, number
from negotiation.merging import Clash
from negotiation.models import Disposition, Package, Revision
from negotiation.permissions import Viewer, is_personal
from negotiation.queries.comparison import Line as CardLine
from negotiation.queries.comparison import card_lines
from negotiation.queries.figures import read_card, sections
from negotiation.queries.figures.parts import Line as Figure
from negotiation.queries.figures.reading import Reading
from negotiation.queries.lights import Light, lights
from negotiation.queries.packages import find_revision, listed
from negotiation.queries.words import end_word, land_use_name, stage_name, unit_word, word
from negotiation.terms import package_document
from negotiation.visibility import FEW
from notifications.topics import day_word
from units.models import Parcel

Card = dict[str, Any]
MOST_CHOICES = 200
CENT = 0.005  # gains that read the same
LABELS = {
    "action": gettext_lazy("What becomes of it"),
    "land_use": gettext_lazy("Planned use"),
    "site_area": gettext_lazy("Site area"),
    "floor_area": gettext_lazy("Floor area"),
    "recipient": gettext_lazy("Recipient"),
    "responsible": gettext_lazy("Responsible"),
    "quantity": gettext_lazy("Quantity"),
    "yuan": gettext_lazy("Amount"),
    "due": gettext_lazy("Due on"),
}


@dataclass(frozen=True)
class Part:
    """One thing that a row says, before and after; None where the row is not there.

    `form` is text, number or money (yuan, written in 万元).
    """

    label: str
    old: Any
    new: Any
    form: str = "text"
    unit: str = ""

    @property
    def difference(self) -> Decimal | None:
        return None if self.form == "text" else (self.new or Decimal(0)) - (self.old or Decimal(0))


@dataclass(frozen=True)
class Line:
    """A change of one row: what the row is about, how it changes (added, removed, changed), and in what."""

    id: str
    kind: str
    what: str
    how: str
    parts: list[Part]
    takeable: bool = True


@dataclass(frozen=True)
class Together:
    """What changes for households that are not shown, together; at least five of them."""

    what: str
    households: int
    difference: Decimal
    form: str
    unit: str = ""


@dataclass(frozen=True)
class Changes:
    """`rows` are the changes that the reader may see; `few` tells that rows of some others change too, not what."""

    base: Revision
    target: Revision
    head: dict[str, tuple[str, str]]
    rows: list[Change]
    together: list[Together]
    few: bool

    @property
    def empty(self) -> bool:
        return not (self.head or self.rows or self.together or self.few)


def find_named(viewer: Viewer, name: str) -> Revision:
    """A revision by its name, such as `B.2`. Raises NotFound."""
    package, _dot, revision = name.rpartition(".")
    if not (revision.isdecimal() and revision.isascii() and len(revision) < 9 and int(revision) > 0):
        raise NotFound
    return find_revision(viewer, package, int(revision))


def usual_base(viewer: Viewer, target: Revision) -> Revision | None:
    """What a revision is compared with unless asked otherwise: the one before it, or the one that it answers."""
    if target.number > 1:
        return find_revision(viewer, target.package.code, target.number - 1)
    parent = target.parent
    return find_revision(viewer, parent.package.code, parent.number) if parent else None


def choices(viewer: Viewer) -> list[tuple[str, str]]:
    """(name, title) of the newest revisions of the room, for a choice."""
    rows = readable(viewer).order_by("-pk")[:MOST_CHOICES]
    found = rows.values_list("package__code", "number", "title")
    return sorted((f"{code}.{place}", title) for code, place, title in found)


def readable(viewer: Viewer) -> QuerySet[Revision]:
    """All revisions of the room that this person may read."""
    return Revision.objects.filter(package__room=viewer.room)


def own_packages(viewer: Viewer) -> QuerySet[Package]:
    """The packages of the party that the reader acts for."""
    party = viewer.mandate.party_id if viewer.mandate else None
    rows = Package.objects.filter(room=viewer.room, proposer=party).order_by("-pk")
    return rows.select_related("room", "proposer", "latest", "draft")


def find_own(viewer: Viewer, code: str) -> Package:
    """One of them. Raises NotFound."""
    found = own_packages(viewer).filter(code=code).first() if "\x00" not in code else None
    if found is None:
        raise NotFound
    return found


def read_changes(viewer: Viewer, base: Revision, target: Revision) -> Changes:
    """What turns `base` into `target`. A fixed number of statements, whatever the number of rows."""
    found = diff(package_document(base), package_document(target))
    hidden = viewer.hidden_codes
    unseen = [c for c in found.rows if c.kind != "dispositions" and _is_hidden(c, hidden)] if hidden else []
    names = {change.id for change in unseen}
    together, few = _sums(viewer, unseen)
    rows = [change for change in found.rows if change.id not in names]
    return Changes(base, target, found.head, rows, together, few)


def _is_hidden(change: Change, hidden: Iterable[str]) -> bool:
    return any(is_hidden(change.kind, row, frozenset(hidden)) for row in change.rows)


def _sums(viewer: Viewer, unseen: list[Change]) -> tuple[list[Together], bool]:
    """The changes of households that are not shown, summed by item and by direction of the money."""
    people: dict[tuple[str, str], set[str]] = defaultdict(set)
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for change in unseen:
        group, codes, difference = _group(change, viewer.hidden_codes)
        people[group] |= codes
        sums[group] += difference
    names = Names(viewer)
    told = [group for group in people if len(people[group]) >= FEW]
    rows = [_together(names, *group, len(people[group]), sums[group]) for group in told]
    return rows, len(told) < len(people)


def _group(change: Change, hidden: frozenset[str]) -> tuple[tuple[str, str], set[str], Decimal]:
    row = change.rows[-1]
    if change.kind == "allocations":
        return ("item", row["item"]), {row["party"]}, change.difference("quantity")
    end = "to" if row["to"] in hidden else "from"
    return ("money", end), {row[end]}, change.difference("yuan")


def _together(names: "Names", kind: str, which: str, count: int, difference: Decimal) -> Together:
    if kind == "item":
        return Together(names.item(which), count, difference, "number", names.unit(which))
    label = _("Money to households") if which == "to" else _("Money from households")
    return Together(label, count, difference, "money", _("万元"))


@dataclass
class Names:
    """What codes are called, as this person may know it; read when first asked for."""

    viewer: Viewer

    @cached_property
    def _items(self) -> dict[str, tuple[str, str]]:
        rows = self.viewer.room.catalogue.values_list("code", "name", "unit")
        return {code: (name, unit_word(unit)) for code, name, unit in rows}

    @cached_property
    def _parcels(self) -> dict[str, str]:
        return dict(Parcel.objects.filter(plan=self.viewer.room.plan_id).values_list("code", "name"))

    def item(self, code: str) -> str:
        return self._items.get(code, (code, ""))[0]

    def unit(self, code: str) -> str:
        return self._items.get(code, (code, ""))[1]

    def parcel(self, code: str) -> str:
        return f"{code} {self._parcels.get(code, '')}".strip()

    def party(self, code: str) -> str:
        """A party; another household stays unnamed."""
        return _("a household") if code in self.viewer.hidden_codes else self.viewer.code_label(code)

    def end(self, code: str) -> str:
        return _("a household") if code in self.viewer.hidden_codes else end_word(self.viewer, code)


def lines(viewer: Viewer, changes: Iterable[Change]) -> list[Line]:
    """The changes in words."""
    names = Names(viewer)
    return [_line(names, change) for change in changes]


def _line(names: Names, change: Change) -> Line:
    row = change.rows[-1]
    parts = [part for name in change.fields for part in _parts(names, change, name)]
    takeable = not _is_hidden(change, names.viewer.hidden_codes)
    return Line(change.id, change.kind, WHAT[change.kind](names, row), change.how, parts, takeable)


def _land(names: Names, row: Card) -> str:
    return names.parcel(row.get("parcel", ""))


def _allocation(names: Names, row: Card) -> str:
    year = _("year %(year)s") % {"year": row.get("year", "")}
    return " · ".join((names.party(row.get("party", "")), names.item(row.get("item", "")), year))


def _flow(names: Names, row: Card) -> str:
    ends = " → ".join(names.end(row.get(end, "")) for end in ("from", "to"))
    year = _("year %(year)s") % {"year": row.get("year", "")}
    return " · ".join((ends, word(row.get("category", "")), stage_name(row.get("stage", "")), year))


WHAT = {"dispositions": _land, "allocations": _allocation, "flows": _flow}


def _parts(names: Names, change: Change, name: str) -> list[Part]:
    """What differs under one name of a row: an amount, a text, a list of quantities, or bounds."""
    if name in NUMBERS:
        return [_amount(names, change, name)]
    if name in ("yields", "uses"):
        return _quantities(names, change, name)
    if name == "negotiable":
        old, new = (_bounds(row) for row in (change.old, change.new))
        return [Part(_("Negotiable"), old, new)]
    old, new = (_text(names, name, row) for row in (change.old, change.new))
    return [Part(str(LABELS[name]), old, new)]


def _amount(names: Names, change: Change, name: str) -> Part:
    old, new = (number(row.get(name)) if row else None for row in (change.old, change.new))
    if name == "yuan":
        return Part(str(LABELS[name]), old, new, "money", _("万元"))
    unit = names.unit(change.rows[-1].get("item", "")) if name == "quantity" else "m²"
    return Part(str(LABELS[name]), old, new, "number", unit)


def _quantities(names: Names, change: Change, name: str) -> list[Part]:
    before, after = (totals(row.get(name)) if row else {} for row in (change.old, change.new))
    label = _("Yields: %(item)s") if name == "yields" else _("Uses up: %(item)s")
    changed = [item for item in {**before, **after} if before.get(item) != after.get(item)]
    return [
        Part(label % {"item": names.item(item)}, before.get(item), after.get(item), "number", names.unit(item))
        for item in changed
    ]


def _bounds(row: Card | None) -> str | None:
    """Between what the mediator may move an amount, as it is written."""
    if row is None:
        return None
    bounds = row.get("negotiable") or {}
    return f"{bounds.get('min', '')} – {bounds.get('max', '')}" if bounds else _("fixed")


def _text(names: Names, name: str, row: Card | None) -> str | None:
    found = row.get(name) if row else None
    if not found:
        return None
    if name == "action":
        return str(dict(Disposition.Action.choices).get(found, found))
    if name == "land_use":
        return f"{land_use_name(found)} {found}"
    if name == "due":
        return day_word(found)
    return names.party(found)


def clash_lines(viewer: Viewer, clashes: Iterable[Clash]) -> list[tuple[Line, Line | None]]:
    """Of each row that both sides changed: what the other side makes of it, and what the draft made of it."""
    names = Names(viewer)
    return [(_line(names, clash.change), _mine(names, clash)) for clash in clashes]


def _mine(names: Names, clash: Clash) -> Line | None:
    """None where the draft's row is not for this person's eyes."""
    change = Change(clash.change.kind, clash.change.old, clash.mine)
    if clash.mine and is_hidden(change.kind, clash.mine, names.viewer.hidden_codes):
        return None
    return _line(names, change)


# Who gains or loses


@dataclass(frozen=True)
class Move:
    """What a party, a side or the households together gain under each, in yuan of year 0."""

    name: str
    side: str
    old: float
    new: float

    @property
    def difference(self) -> float:
        return self.new - self.old


@dataclass(frozen=True)
class Turn:
    """A gate, target or limit that stands otherwise than before."""

    old: Figure
    new: Figure


@dataclass(frozen=True)
class Effects:
    """`households`: those that are not shown, together; None where they are fewer than five."""

    lights: list[tuple[Light, Light]]
    turns: list[Turn]
    sides: list[Move]
    parties: list[Move]
    figures: list[CardLine] = field(default_factory=list)
    households: tuple[int, Move] | None = None


def effects(viewer: Viewer, base: Revision, target: Revision) -> Effects | None:
    """Who gains or loses, and what else the two scorecards say differently; None while one of them is not computed."""
    found = [listed(revision).card for revision in (base, target)]
    cards = [row.card for row in found if row and row.card]
    if len(cards) < 2:
        return None
    readings = [read_card(viewer, row, card) for row, card in zip((base, target), cards, strict=True)]
    old, new = readings
    columns = [(str(reading.revision), reading.card, "") for reading in readings]
    return Effects(
        lights=list(zip(lights(old.card), lights(new.card), strict=True)),
        turns=_turns(old, new),
        sides=_side_moves(old.whole, new.whole),
        parties=_moves(viewer, old.card, new.card),
        figures=[line for line in card_lines(viewer.room, columns) if line.differs],
        households=_others(viewer, old.whole, new.whole),
    )


def _turns(old: Reading, new: Reading) -> list[Turn]:
    before = {line.key: line for section in sections(old) for line in section.lines}
    after = [line for section in sections(new) for line in section.lines]
    return [Turn(before[row.key], row) for row in after if row.key in before and before[row.key].mark != row.mark]


def _side_moves(old: Card, new: Card) -> list[Move]:
    before, after = (card["fairness"]["sides"] for card in (old, new))
    return [
        Move(str(label), side, *(rows.get(side, {}).get("gain", 0) for rows in (before, after)))
        for side, label in Side.choices
        if side in before or side in after
    ]


def _moves(viewer: Viewer, old: Card, new: Card) -> list[Move]:
    """The parties whose gain changes, the largest change first. A party that a package does not touch gains nothing."""
    before, after = (card["fairness"]["gains"] for card in (old, new))
    sides = {
        party.code: "households" if is_personal(party) else party.side for party in viewer.parties_by_code.values()
    }
    moves = [
        Move(viewer.code_label(code), sides.get(code, ""), before.get(code, 0), after.get(code, 0))
        for code in {**before, **after}
    ]
    return sorted((move for move in moves if abs(move.difference) >= CENT), key=lambda move: -abs(move.difference))


def _others(viewer: Viewer, old: Card, new: Card) -> tuple[int, Move] | None:
    """The households that are not shown, together."""
    before, after = (
        {code: gain for code, gain in card["fairness"]["gains"].items() if code in viewer.hidden_codes}
        for card in (old, new)
    )
    count = len({*before, *after})
    if count < FEW:
        return None
    name = _("other households together")
    return count, Move(name, "households", sum(before.values()), sum(after.values()))
