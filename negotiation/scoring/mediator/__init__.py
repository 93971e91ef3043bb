"""The mediator: could everyone do better, what would be fair, where would a bargain settle?

`suggest` moves the negotiable terms of one package inside their bounds and answers with a draft, or says why there is
none. It is nobody's proposal until a party adopts it. Pure functions over one document, as in the rest of scoring.
Definitions and limits: docs/mediator.md.
"""

from negotiation.scoring.mediator.certificate import check_certificate
from negotiation.scoring.mediator.document import Suggestion
from negotiation.scoring.mediator.program import Unsolved
from negotiation.scoring.mediator.suggest import MODES, suggest
from negotiation.scoring.mediator.summary import summarize
from negotiation.scoring.mediator.watch import MediationCancelled

__all__ = ["MODES", "MediationCancelled", "Suggestion", "Unsolved", "check_certificate", "suggest", "summarize"]
