"""The mediator: could everyone do better, what would be fair, where would a bargain settle?

`suggest` moves the negotiable terms of one package inside their bounds and answers with a draft, or says why there is
none. It is nobody's proposal until a party adopts it. Definitions and limits: docs/mediator.md.

    >>> import json, pathlib
    >>> from negotiation.scoring.mediator import suggest
    >>> case = json.loads(pathlib.Path("docs/examples/riverbend.json").read_bytes())
    >>> answer = suggest(case, "A", "improve")
    >>> [(change.term, str(change.new)) for change in answer.changes]
    [('/allocations/1/quantity', '90.00'), ('/allocations/2/quantity', '60.00')]

Pure functions over one document, as in the rest of scoring, with SciPy (HiGHS) for the programs: nothing is read,
written or kept between calls, so that threads may call at the same time. The same document gives the same answer with
the same SciPy; another version may choose another package of the same objective.
"""

from negotiation.scoring.mediator.certificate import check_certificate
from negotiation.scoring.mediator.document import Suggestion
from negotiation.scoring.mediator.program import Unsolved
from negotiation.scoring.mediator.suggest import MODES, suggest
from negotiation.scoring.mediator.summary import summarize
from negotiation.scoring.mediator.watch import MediationCancelled

__all__ = ["MODES", "MediationCancelled", "Suggestion", "Unsolved", "check_certificate", "suggest", "summarize"]
