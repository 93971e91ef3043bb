"""Scoring: is a package allowed, does it balance, is it fair, what breaks it first? Pure functions over one document.

A library of its own. ``card``, ``cards`` and ``compare`` take a case (``tongchou-case/1``) as parsed JSON and answer
in plain JSON types; what cannot be scored raises ScoringRefused with a JSON path. Every figure: docs/scorecard.md.

    >>> import json, pathlib
    >>> from negotiation.scoring import card, mediator
    >>> case = json.loads(pathlib.Path("docs/examples/riverbend.json").read_bytes())
    >>> card(case, "A")["fairness"]["recovery"]["gini"]
    0.08
    >>> mediator.suggest(case, "A", "improve").status
    'found'

It needs NumPy and rfc8785 (the mediator SciPy as well), neither Django nor any app, and reads and writes nothing. No
state is kept between calls, so that threads may call at the same time; the document is never changed. The same
document gives the same answer on every machine.
"""

from negotiation.scoring.card import card, cards, compare, gates
from negotiation.scoring.digest import ENGINE, digest
from negotiation.scoring.refusal import ScoringRefused
from negotiation.scoring.summary import summarize

__all__ = ["ENGINE", "ScoringRefused", "card", "cards", "compare", "digest", "gates", "summarize"]
