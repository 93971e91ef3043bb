"""Two people's changes to one draft, taken together.

Both started from `base`; `theirs` is what is saved meanwhile, `mine` is what comes now. Row by row and field by field,
whoever changed something has it as they want it. Where both changed the same thing in different ways theirs stays,
because it is saved and others may have read it, and the clash is told.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from negotiation.changes import Row, normal, pair_rows, same, value
from negotiation.drafting import embedded, extracted
from negotiation.terms import ENDS, Document

HEAD = ("title", "summary", "counters")
Clashing = tuple[str, Any, Any]  # field, theirs, mine


@dataclass(frozen=True)
class Clash:
    """What both changed in different ways.

    `row` is the row that it is about; without a `kind` it is the head of the package. `theirs` is what stays, `mine`
    what was not kept. Without a `field` one of them took the row out that the other changed: then `theirs` and `mine`
    are the whole row or None.
    """

    kind: str
    row: Row
    field: str
    theirs: Any
    mine: Any


def merge_drafts(base: Document, theirs: Document, mine: Document) -> tuple[Document, list[Clash]]:
    """The draft with the changes of both, and what could not be put together."""
    start, saved, new = (embedded(document) for document in (base, theirs, mine))
    head, found = _merge_fields(_head(start), _head(saved), _head(new))
    clashes = [Clash("", head, *clash) for clash in found]
    merged: Document = {**{name: part for name, part in saved.items() if name not in HEAD}, **head}
    for kind in ENDS:
        merged[kind], clashing = _merge_rows(kind, start[kind], saved[kind], new[kind])
        clashes += clashing
    return extracted(merged), clashes


def _head(document: Document) -> Row:
    return {name: document[name] for name in HEAD if name in document}


def _merge_fields(base: Row, theirs: Row, mine: Row) -> tuple[Row, list[Clashing]]:
    """The row with the changes of both, and what both changed in different ways."""
    merged: Row = {}
    clashes: list[Clashing] = []
    for name in {**theirs, **mine}:
        old, their, my = (value(name, row) for row in (base, theirs, mine))
        source = mine if their == old else theirs
        if name in source:
            merged[name] = source[name]
        if their != old and my not in (old, their):
            clashes.append((name, theirs.get(name), mine.get(name)))
    return merged, clashes


def _merge_rows(kind: str, base: list[Row], theirs: list[Row], mine: list[Row]) -> tuple[list[Row], list[Clash]]:
    """The rows in the order in which they are saved, then those that only `mine` adds."""
    saved, new = _pairs(kind, base, theirs), _pairs(kind, base, mine)
    origin = {place: number for number, place in saved.items()}
    merged: list[Row] = []
    clashes: list[Clash] = []
    for place, row in enumerate(theirs):
        number = origin.get(place)
        if number is None:
            merged.append(row)
        elif number in new:
            whole, found = _merge_fields(base[number], row, mine[new[number]])
            merged.append(whole)
            clashes += [Clash(kind, whole, *clash) for clash in found]
        elif not same(row, base[number]):
            merged.append(row)
            clashes.append(Clash(kind, row, "", row, None))
    lost = [mine[place] for number, place in new.items() if number not in saved and not same(mine[place], base[number])]
    clashes += [Clash(kind, row, "", None, row) for row in lost]
    theirs_added = [row for place, row in enumerate(theirs) if place not in origin]
    kept = set(new.values())
    return [*merged, *_not_in(theirs_added, [row for place, row in enumerate(mine) if place not in kept])], clashes


def _pairs(kind: str, base: list[Row], other: list[Row]) -> dict[int, int]:
    """Place in `base` → place of the same row in `other`."""
    pairs = list(pair_rows(kind, base, other))
    found = {left: right for left, right in pairs if left is not None and right is not None}
    left = [left for left, right in pairs if left is not None and right is None]
    right = [right for left, right in pairs if left is None and right is not None]
    # As many rows left over on either side: none came or went, but what they are known by was changed.
    return found | (dict(zip(left, right, strict=True)) if len(left) == len(right) else {})


def _not_in(added: list[Row], rows: list[Row]) -> Iterator[Row]:
    """Those of the new rows that the other has not added too: a save that is sent twice adds nothing twice."""
    left = Counter(map(normal, added))
    for row in rows:
        if left[normal(row)]:
            left[normal(row)] -= 1
        else:
            yield row
