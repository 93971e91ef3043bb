"""Changes of other packages taken into a draft that has changes of its own: three sides, and nothing lost silently.

Without places of a room: `base` is what the changes start from, and what the draft is held against.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from negotiation.changes import KEYS, Change, Row, key, pair_rows, same
from negotiation.drafting import embedded, extracted
from negotiation.terms import Document

MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True)
class Clash:
    """A change whose row the draft has changed too: `mine` is the draft's row, None where it is taken out there."""

    change: Change
    mine: Row | None
    place: int | None


@dataclass(frozen=True)
class Merged:
    """The draft with the changes made that could be; `clashes` are those that nobody has decided."""

    document: Document
    clashes: list[Clash]
    taken: list[str]


def merge_changes(draft: Document, base: Document, changes: Iterable[Change], decided: Mapping[str, str]) -> Merged:
    """Take the changes over. `decided` says of a clash, by the change's id, whose row stays: mine or theirs."""
    made, start = embedded(draft), embedded(base)
    wanted = list(changes)
    clashes: list[Clash] = []
    taken: list[str] = []
    for kind in KEYS:
        board = Board(kind, start[kind], made[kind])
        for change in (row for row in wanted if row.kind == kind):
            clash = board.clash(change)
            choice = decided.get(change.id) if clash else THEIRS
            if clash and choice not in (MINE, THEIRS):
                clashes.append(clash)
            elif choice == THEIRS and board.take(change, clash):
                taken.append(change.id)
        made[kind] = board.rows()
    return Merged(extracted(made), clashes, taken)


class Board:
    """The rows of one kind in a draft, while changes are laid on them."""

    def __init__(self, kind: str, base: list[Row], draft: list[Row]) -> None:
        pairs = list(pair_rows(kind, base, draft))
        self.kind = kind
        self._places = {left: right for left, right in pairs if left is not None}
        self._own = [right for left, right in pairs if left is None and right is not None]
        self._rows: list[Row | None] = list(draft)
        self._found: dict[str, int | None] = {}

    def clash(self, change: Change) -> Clash | None:
        """What of the draft stands against the change, if anything."""
        place = self._place(change)
        mine = self._rows[place] if place is not None else None
        if same(mine, change.old) or same(mine, change.new):
            return None
        return Clash(change, mine, place)

    def take(self, change: Change, clash: Clash | None) -> bool:
        """Make the change; False where the draft says so already."""
        place = clash.place if clash else self._place(change)
        if same(self._rows[place] if place is not None else None, change.new):
            return False
        if place is None:
            self._rows.append(dict(change.new or {}))
        else:
            self._rows[place] = dict(change.new) if change.new else None
        return True

    def rows(self) -> list[Row]:
        return [row for row in self._rows if row is not None]

    def _place(self, change: Change) -> int | None:
        """The row of the draft that the change is about; no two changes are about the same."""
        if change.id not in self._found:
            self._found[change.id] = place = self._find(change)
            self._own = [row for row in self._own if row != place]
        return self._found[change.id]

    def _find(self, change: Change) -> int | None:
        """Where the draft has the row that the change is about; of a new row, one of the draft's own like it."""
        if change.old_place is not None:
            return self._places.get(change.old_place)
        new = change.new or {}
        exact = (place for place in self._own if same(self._rows[place], new))
        alike = (place for place in self._own if key(self.kind, self._rows[place] or {}) == key(self.kind, new))
        return next(exact, next(alike, None))
