"""Codes: unique where they are given, known where they are used."""

from __future__ import annotations

from collections.abc import Container, Iterator
from itertools import chain

from negotiation.casefile.faults import Finding, Place, show
from negotiation.casefile.view import Row, View

RESERVED = ("project", "pool", "outside")
LISTS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("regions",), "code"),
    (("indicators",), "code"),
    (("parcels", "features"), "id"),
    (("parties",), "code"),
    (("rights",), "id"),
    (("catalogue",), "code"),
    (("outside_options",), "party"),
    (("packages",), "code"),
)


def reference_findings(view: View) -> Iterator[Finding]:
    """All findings about codes, part by part."""
    for place, key in LISTS:
        yield from _repeated(view, place, key)
    yield from _regions(view)
    yield from _case(view)
    yield from _coalitions(view)
    yield from _countering(view)
    yield from _terms(view)


def _repeated(view: View, place: tuple[str, ...], key: str) -> Iterator[Finding]:
    first: dict[str, Place] = {}
    for where, row in view.every(*place):
        code = row.get(key) if isinstance(row, dict) else None
        if isinstance(code, str) and first.setdefault(code, where) != where:
            yield Finding((*where, key), "duplicate", "a code not used before in this list", show(code))


def _regions(view: View) -> Iterator[Finding]:
    """A parent stands above its children in the list, which also rules out circles."""
    above: set[str] = set()
    for where, row in view.every("regions"):
        parent = view.sound((*where, "parent"))
        if parent is not None and parent not in above:
            expected = "the code of a region further up in the list"
            yield Finding((*where, "parent"), "unknown_code", expected, show(parent))
        if isinstance(row, dict) and isinstance(row.get("code"), str):
            above.add(row["code"])


def _case(view: View) -> Iterator[Finding]:
    """References between the parts of the case outside its packages."""
    parties, parcels = view.codes("parties"), view.codes("parcels", "features", key="id")
    yield from _known(("unit",), view.row(("unit",)), "region", view.codes("regions"), "the code of a region")
    indicators = view.codes("indicators")
    for where, row in view.rows("targets"):
        yield from _known(where, row, "indicator", indicators, "the code of an indicator")
    for where, row in view.rows("rights"):
        yield from _known(where, row, "parcel", parcels, "the id of a parcel")
        yield from _known(where, row, "party", parties, "the code of a party")
    for where, row in view.rows("outside_options"):
        yield from _known(where, row, "party", parties, "the code of a party")


def _coalitions(view: View) -> Iterator[Finding]:
    stated: set[frozenset[str]] = set()
    for where, row in view.rows("coalitions"):
        if "sides" not in row:
            continue
        sides = frozenset(row["sides"])
        if len(sides) < len(row["sides"]):
            yield Finding((*where, "sides"), "duplicate", "each side once", ", ".join(row["sides"]))
        if sides in stated:
            yield Finding((*where, "sides"), "duplicate", "sides not stated before", ", ".join(sorted(sides)))
        stated.add(sides)


def _countering(view: View) -> Iterator[Finding]:
    """A package answers another one of the case, and a chain of answers comes to an end."""
    answers = {code: row.get("counters") for code, row in view.codes("packages").items()}
    circling = _circling(answers)
    for where in view.packages():
        row = view.at(where)
        code, target = row.get("code"), row.get("counters")
        if not isinstance(target, str) or view.sound((*where, "counters")) is None:
            continue
        if target not in answers:
            yield Finding((*where, "counters"), "unknown_code", "the code of another package", show(target))
        elif isinstance(code, str) and code in circling:
            yield Finding((*where, "counters"), "circle", "a package that does not answer this one", show(target))


def _circling(answers: dict[str, object]) -> set[str]:
    """The packages that come back to themselves when one follows the answers. Each is walked over once."""
    found: set[str] = set()
    done: set[str] = set()
    for start in answers:
        walk: dict[str, None] = {}
        step: object = start
        while isinstance(step, str) and step in answers and step not in walk and step not in done:
            walk[step] = None
            step = answers[step]
        if isinstance(step, str) and step in walk:
            trail = list(walk)
            found.update(trail[trail.index(step) :])
        done.update(walk)
    return found


def _terms(view: View) -> Iterator[Finding]:
    parties, items = view.codes("parties"), view.codes("catalogue")
    parcels = view.codes("parcels", "features", key="id")
    for where in view.packages():
        yield from _known(where, view.row(where), "proposer", parties, "the code of a party")
        for place, row in view.rows(*where, "dispositions"):
            yield from _known(place, row, "parcel", parcels, "the id of a parcel")
            for key in ("recipient", "responsible"):
                yield from _known(place, row, key, parties, "the code of a party")
            for part, measured in chain(view.rows(*place, "yields"), view.rows(*place, "uses")):
                yield from _known(part, measured, "item", items, "the code of a catalogue item")
        for place, row in view.rows(*where, "allocations"):
            yield from _known(place, row, "party", parties, "the code of a party")
            yield from _known(place, row, "item", items, "the code of a catalogue item")
        for place, row in view.rows(*where, "flows"):
            yield from _flow(place, row, parties)


def _flow(where: Place, row: Row, parties: Container[str]) -> Iterator[Finding]:
    for key in ("from", "to"):
        if row.get(key) not in RESERVED:
            yield from _known(where, row, key, parties, "the code of a party, project, pool or outside")
    if "to" in row and row.get("from") == row["to"]:
        yield Finding((*where, "to"), "same_ends", "another end than the flow comes from", show(row["to"]))


def _known(where: Place, row: Row, key: str, codes: Container[str], expected: str) -> Iterator[Finding]:
    """A code that is given must be known."""
    if key in row and row[key] not in codes:
        yield Finding((*where, key), "unknown_code", expected, show(row[key]))
