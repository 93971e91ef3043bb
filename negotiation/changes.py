"""What changes from one package to another: rows matched to rows, and changes applied to a package.

Works on the packages of a case file, without their place in a room. Amounts are compared by value: 100.0 is 100.00.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

from negotiation.drafting import embedded, extracted, number
from negotiation.terms import Document

Row: TypeAlias = dict[str, Any]
Names: TypeAlias = tuple[str, ...]

# Rows are the same row where these agree, one set of names tried after the other.
KEYS: dict[str, tuple[Names, ...]] = {
    "dispositions": (("parcel", "action", "land_use"), ("parcel", "action"), ("parcel",)),
    "allocations": (("party", "item", "year"),),
    "flows": (("from", "to", "category", "stage", "year"),),
}
AMOUNTS: dict[str, Names] = {
    "dispositions": ("site_area", "floor_area"),
    "allocations": ("quantity",),
    "flows": ("yuan",),
}
FIELDS: dict[str, Names] = {
    "dispositions": (
        "action",
        "land_use",
        "site_area",
        "floor_area",
        "recipient",
        "responsible",
        "yields",
        "uses",
        "due",
    ),
    "allocations": ("quantity", "negotiable", "due"),
    "flows": ("yuan", "negotiable", "due"),
}
NUMBERS = ("site_area", "floor_area", "quantity", "yuan")
LISTS = ("yields", "uses")
HEAD = ("title", "summary")


@dataclass(frozen=True)
class Change:
    """One row that is added, taken out or changed. A row carries its bounds; places count from 0 in their package."""

    kind: str
    old: Row | None
    new: Row | None
    old_place: int | None = None
    new_place: int | None = None

    @property
    def id(self) -> str:
        """Names the change among those between two packages that do not change."""
        return ".".join((self.kind, *("x" if place is None else str(place) for place in self._places)))

    @property
    def _places(self) -> tuple[int | None, int | None]:
        return self.old_place, self.new_place

    @property
    def how(self) -> str:
        return "added" if self.old is None else "removed" if self.new is None else "changed"

    @property
    def rows(self) -> list[Row]:
        """The row before and after, as far as there is one."""
        return [row for row in (self.old, self.new) if row is not None]

    @property
    def fields(self) -> list[str]:
        """Names of what differs; of a row that comes or goes, of all that it says."""
        return [name for name in FIELDS[self.kind] if value(name, self.old) != value(name, self.new)]

    def difference(self, name: str) -> Decimal:
        """New − old of one of the row's amounts; a row that is not there has 0."""
        before, after = (number(row.get(name)) if row else Decimal(0) for row in (self.old, self.new))
        return after - before


@dataclass(frozen=True)
class Diff:
    """`head` maps title and summary to (old, new) where they differ."""

    head: dict[str, tuple[str, str]] = field(default_factory=dict)
    rows: list[Change] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.head or self.rows)


def diff(old: Document, new: Document) -> Diff:
    """What turns the package `old` into `new`. Code, proposer and what it answers are not compared."""
    head = {name: (_text(old, name), _text(new, name)) for name in HEAD if _text(old, name) != _text(new, name)}
    before, after = embedded(old), embedded(new)
    rows = [change for kind in KEYS for change in _changes(kind, before[kind], after[kind])]
    return Diff(head, rows)


def apply_changes(document: Document, changes: Diff) -> Document:
    """The package with the changes made. They must come from a `diff` whose first package it is."""
    made = embedded(document)
    for kind in KEYS:
        made[kind] = _applied(made[kind], [change for change in changes.rows if change.kind == kind])
    return extracted({**made, **{name: new for name, (_old, new) in changes.head.items()}})


def pair_rows(kind: str, old: list[Row], new: list[Row]) -> Iterator[tuple[int | None, int | None]]:
    """Places of rows that belong together; None on one side for a row without a counterpart."""
    left, right = dict(enumerate(old)), dict(enumerate(new))
    for read in (normal, *map(_reader, KEYS[kind])):
        waiting = _queues(right, read)
        for place, row in list(left.items()):
            if queue := waiting.get(read(row)):
                found = queue.popleft()
                del left[place], right[found]
                yield place, found
    yield from ((place, None) for place in left)
    yield from ((None, place) for place in right)


def same(left: Row | None, right: Row | None) -> bool:
    """Whether two rows say the same, however their amounts are written."""
    return (left is None) == (right is None) and normal(left or {}) == normal(right or {})


def key(kind: str, row: Row) -> Names:
    """What makes the row this row and not another one, in the strictest sense."""
    return tuple(str(row.get(name, "")) for name in KEYS[kind][0])


def normal(row: Row) -> tuple[tuple[str, Any], ...]:
    """The row for comparing: keys in order, amounts as numbers, nothing that is empty."""
    pairs = ((name, value(name, row)) for name in sorted(row))
    return tuple((name, found) for name, found in pairs if found is not None)


def value(name: str, row: Row | None) -> Any:
    """What a row says under a name, for comparing; None for nothing."""
    found = row.get(name) if row else None
    if found in ("", None, [], {}):
        return None
    if name in LISTS:
        return tuple(sorted(totals(found).items()))
    if name == "negotiable":
        return tuple(sorted((end, _amount(bound)) for end, bound in found.items()))
    return _amount(found) if name in NUMBERS else str(found)


def totals(parts: Iterable[Row] | None) -> dict[str, Decimal]:
    """Item → quantity of what a piece of land yields or uses."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for part in parts or ():
        found[part["item"]] += number(part["quantity"])
    return dict(found)


def _amount(found: object) -> Any:
    """The number that is written, or the text where none is (a draft may hold any)."""
    try:
        amount = Decimal(str(found))
    except ArithmeticError:
        return str(found)
    return amount if amount.is_finite() else str(found)


def _text(document: Document, name: str) -> str:
    return document.get(name) or ""


def _changes(kind: str, old: list[Row], new: list[Row]) -> list[Change]:
    pairs = list(pair_rows(kind, old, new))
    found = [
        Change(kind, old[left] if left is not None else None, new[right] if right is not None else None, left, right)
        for left, right in pairs
        if left is None or right is None or not same(old[left], new[right])
    ]
    return sorted(found, key=_order)


def _order(change: Change) -> tuple[int, bool, int]:
    """By place, what is taken out before what comes."""
    place = change.old_place if change.new_place is None else change.new_place
    return place or 0, change.old_place is None, change.new_place or 0


def _reader(names: Names) -> Callable[[Row], Any]:
    return lambda row: tuple(str(row.get(name, "")) for name in names)


def _queues(rows: dict[int, Row], read: Callable[[Row], Any]) -> dict[Any, deque[int]]:
    found: dict[Any, deque[int]] = defaultdict(deque)
    for place, row in rows.items():
        found[read(row)].append(place)
    return found


def _applied(rows: list[Row], changes: list[Change]) -> list[Row]:
    """Changed rows in their places, without those taken out; what is new comes last."""
    known = {change.old_place: change.new for change in changes if change.old_place is not None}
    kept = [known.get(place, row) for place, row in enumerate(rows)]
    return [dict(row) for row in [*kept, *(c.new for c in changes if c.old_place is None)] if row is not None]
