"""What a constraint is called: a stable code and what it is about, wherever a suggestion names it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, order=True)
class Name:
    """One constraint.

    Attributes:
        code: ``supply``, ``pool``, ``limit``, ``gain``, ``outside``, ``bound``, ``whole`` or ``private``.
        data: what it is about: ``item``, ``year``, ``limit``, ``party``, ``side``, ``term``, ``end``; nothing for
            ``private``, so that no party's private demand can be told from another's.
    """

    code: str
    data: tuple[tuple[str, str | int], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The name as one flat object."""
        return {"code": self.code, **dict(self.data)}


def name(code: str, **data: str | int) -> Name:
    """Name a constraint; the order of the data is of no account."""
    return Name(code, tuple(sorted(data.items())))


PRIVATE = Name("private")
