"""A document whose faulty parts are stepped over, so that the checks between parts may trust what they read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from negotiation.casefile.faults import Place

Row = dict[str, Any]


class View:
    """Reads a document, given the places at which its form is faulty."""

    def __init__(self, document: Any, faulty: Iterable[Place]) -> None:
        self._document = document
        self._faulty = set(faulty)
        self._broken = {place[:length] for place in self._faulty for length in range(len(place) + 1)}

    def at(self, place: Place) -> Any:
        """The value at a place, or None."""
        value = self._document
        for part in place:
            value = _inner(value, part)
        return value

    def sound(self, place: Place) -> Any:
        """The value at a place if it is there and well-formed with all that it holds, else None."""
        return None if place in self._broken else self.at(place)

    def is_faulty(self, place: Place) -> bool:
        """Whether this very place is one of a fault of form."""
        return place in self._faulty

    def row(self, place: Place) -> Row:
        """The keys of an object that are well-formed with all that they hold; none where no object stands."""
        found = self.at(place)
        return self._sound_keys(place, found) if isinstance(found, dict) else {}

    def _sound_keys(self, place: Place, row: Row) -> Row:
        if place not in self._broken:
            return row
        return {key: value for key, value in row.items() if (*place, key) not in self._broken}

    def every(self, *place: str | int) -> Iterator[tuple[Place, Any]]:
        """Each entry of a list, well-formed or not."""
        found = self.at(place)
        if isinstance(found, list):
            yield from (((*place, number), entry) for number, entry in enumerate(found))

    def rows(self, *place: str | int) -> Iterator[tuple[Place, Row]]:
        """Each object of a list, with those of its keys that are well-formed, as in `row`."""
        for where, entry in self.every(*place):
            if isinstance(entry, dict):
                yield where, self._sound_keys(where, entry)

    def codes(self, *place: str | int, key: str = "code") -> dict[str, Row]:
        """Code → object for each object of a list that has one, so that one fault elsewhere in it causes no others."""
        rows = (entry for _, entry in self.every(*place) if isinstance(entry, dict))
        return {row[key]: row for row in rows if isinstance(row.get(key), str)}

    def packages(self) -> Iterator[Place]:
        """The places of all packages that are objects at all."""
        return (place for place, entry in self.every("packages") if isinstance(entry, dict))


def _inner(value: Any, part: str | int) -> Any:
    if isinstance(part, str):
        return value.get(part) if isinstance(value, dict) else None
    return value[part] if isinstance(value, list) and 0 <= part < len(value) else None
