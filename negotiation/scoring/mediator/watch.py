"""Long work that tells how far it is and can be stopped between two steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[str], object]
Cancelled = Callable[[], bool]


class MediationCancelled(Exception):
    """The caller's ``cancelled`` said so; there is no result."""


@dataclass(frozen=True)
class Watch:
    """Whom to tell of each step, and whom to ask before it; either may be None."""

    progress: Progress | None = None
    cancelled: Cancelled | None = None

    def tell(self, step: str) -> None:
        """Announce a step. Raises MediationCancelled when the caller wants no more."""
        self.ask()
        if self.progress is not None:
            self.progress(step)

    def ask(self) -> None:
        """Raise MediationCancelled when the caller wants no more."""
        if self.cancelled is not None and self.cancelled():
            raise MediationCancelled
