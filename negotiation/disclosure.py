"""Which commitments of the log a reader may open (design: who may see what).

The salts of what is not for a reader are not given away either: with its salt a short content could be guessed.
"""

from collections.abc import Iterator

from django.db.models.functions import Collate

from audit.models import Commitment
from negotiation.permissions import Viewer

# Whoever may read the log; who may see every household's rows; who may see names; the convener; one's own party.
LOG, ROWS, NAMES, CONVENE, OWN = "read_log", "read_households", "read_names", "convene", ""
FINDINGS = "read_findings"  # auditors and the convener
OPEN_TO = {
    ("comment.add", "/data/body"): LOG,
    ("ballot.give_up", "/data/reason"): LOG,
    ("comment.answer", "/data/reason"): LOG,
    ("duty.correct", "/data/reason"): CONVENE,
    ("duty.done", "/data/note"): CONVENE,
    ("finding.open", "/data/text"): FINDINGS,
    ("finding.answer", "/data/text"): FINDINGS,
    ("finding.ask_again", "/data/text"): FINDINGS,
    ("finding.close", "/data/text"): FINDINGS,
    ("log.key", "/data/reason"): LOG,
    ("log.restore", "/data/reason"): LOG,
    ("notice.publish", "/data/place"): LOG,
    ("vote.cast", "/data/reason"): ROWS,
    ("mandate.grant", "/data/document"): NAMES,
    ("mandate.grant", "/data/mandate"): NAMES,
    ("mandate.grant", "/data/person"): NAMES,
    ("mandate.revoke", "/data/mandate"): NAMES,
    ("mandate.revoke", "/data/reason"): NAMES,
    ("roll.publish", "/data/place"): LOG,
    ("roll.correct", "/data/reason"): LOG,
    ("roll.object", "/data/text"): ROWS,
    ("roll.answer", "/data/reason"): ROWS,
    ("paper.mismatch", "/data/first"): ROWS,
    ("paper.mismatch", "/data/second"): ROWS,
    ("proxy.name", "/data/person"): NAMES,
    ("proxy.accept", "/data/mandate"): NAMES,
    ("person.invite", "/data/name"): NAMES,
    ("person.invite", "/data/username"): NAMES,
}
MANDATE = "/actor/mandate"
# The second official, often of the same office, is not to know how the first one read a paper.
NOBODY = {("paper.enter", "/data/choice")}


def may_open(viewer: Viewer, action: str, path: str, party: str) -> bool:
    """Whether the commitment at `path` in an entry of `party` is for this reader; what is not listed is one's own."""
    if (action, path) in NOBODY:
        return False
    wanted = NAMES if path == MANDATE else OPEN_TO.get((action, path), OWN)
    return party in viewer.parties or (wanted != OWN and viewer.may(wanted))


def disclosed(viewer: Viewer, scope: str, size: int) -> Iterator[dict[str, object]]:
    """The rows of disclosed.jsonl for this reader, in the order of index and path; erased content is not there."""
    rows = Commitment.objects.filter(entry__scope=scope, entry__index__lt=size, content__isnull=False)
    columns = ("entry__index", "path", "salt", "content", "entry__action", "entry__party")
    for index, path, salt, content, action, party in (
        rows.order_by("entry__index", Collate("path", "C")).values_list(*columns).iterator(chunk_size=2000)
    ):
        if may_open(viewer, action, path, party):
            yield {"index": index, "path": path, "salt": bytes(salt), "content": bytes(content)}
