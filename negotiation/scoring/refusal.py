"""The one way scoring says no: a typed refusal that names the place in the document."""

from __future__ import annotations


class ScoringRefused(ValueError):
    """The document cannot be scored.

    Attributes:
        path: JSON pointer to the faulty value, e.g. ``/packages/0/flows/3/yuan``.
        code: stable short name: ``missing``, ``not_a_list``, ``not_an_object``, ``not_a_code``, ``duplicate``,
            ``unknown_code``, ``not_a_decimal``, ``negative``, ``not_positive``, ``too_large``, ``out_of_range``,
            ``year_outside``, ``unknown_value`` or ``not_canonical``.
        message: one English sentence for the person who wrote the document.
    """

    def __init__(self, path: str, code: str, message: str) -> None:
        super().__init__(f"{path}: {message} [{code}]")
        self.path = path
        self.code = code
        self.message = message
