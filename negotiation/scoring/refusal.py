"""The one way scoring says no: a typed refusal that names the place in the document."""

from __future__ import annotations

from typing import NamedTuple


class Fault(NamedTuple):
    """One fault of a document: where it is (JSON pointer), its stable short name, and a sentence about it."""

    path: str
    code: str
    message: str


class ScoringRefused(ValueError):
    """The document cannot be scored.

    Attributes:
        path: JSON pointer to the faulty value, e.g. ``/packages/0/flows/3/yuan``.
        code: stable short name: ``missing``, ``not_a_list``, ``not_an_object``, ``not_a_code``, ``duplicate``,
            ``unknown_code``, ``not_a_decimal``, ``negative``, ``not_positive``, ``out_of_range``, ``year_outside``,
            ``unknown_value`` or ``not_canonical``.
        message: one English sentence for the person who wrote the document.
        faults: the same as a tuple of faults; scoring stops at the first, so it holds one.
    """

    def __init__(self, path: str, code: str, message: str) -> None:
        super().__init__(f"{path}: {message} [{code}]")
        self.path = path
        self.code = code
        self.message = message
        self.faults = (Fault(path, code, message),)
