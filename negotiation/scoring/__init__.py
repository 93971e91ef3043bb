"""Scoring: is a package allowed, does it balance, is it fair, what breaks it first? Pure functions over one document.

Neither Django nor any app is imported here, nothing is read or written. ``card`` and ``cards`` take a case
(``tongchou-case/1``) as parsed JSON and raise ScoringRefused with a JSON path when it cannot be scored.
"""

from negotiation.scoring.card import card, cards
from negotiation.scoring.digest import ENGINE, digest
from negotiation.scoring.refusal import ScoringRefused
from negotiation.scoring.summary import summarize

__all__ = ["ENGINE", "ScoringRefused", "card", "cards", "digest", "summarize"]
