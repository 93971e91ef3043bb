"""Reads of votes on paper, for officials. What one has read is shown to nobody until another has read it too."""

from django.db.models import Count, QuerySet

from accounts.refusals import NotFound
from negotiation.models import Ballot, PaperBatch, PaperEntry, PaperFile
from negotiation.permissions import Viewer

State = PaperEntry.State
RELATED = ("seat__party", "entered_by__user", "entered_by__party", "ended_by__user", "ended_by__party")


def entries(ballot: Ballot, state: str = "") -> QuerySet[PaperEntry]:
    """The ballot's papers, the newest first; `state` is one of the states, or all of them."""
    rows = ballot.papers.select_related(*RELATED).order_by("-pk")
    return rows.filter(state=state) if state in State.values else rows


def counts(ballot: Ballot) -> list[tuple[str, str, int]]:
    """Each state with its label and how many papers are in it."""
    found = dict(ballot.papers.values_list("state").annotate(count=Count("pk")))
    labels = {state: PaperEntry(ballot=ballot, state=state).state_words for state in State.values}
    return [(state, label, found.get(state, 0)) for state, label in labels.items()]


def find_entry(viewer: Viewer, ballot: int, number: int) -> PaperEntry:
    """Raises NotFound."""
    rows = PaperEntry.objects.select_related("ballot__room__plan", "ballot__revision__package", *RELATED)
    found = rows.filter(pk=number, ballot=ballot, ballot__room=viewer.room).first()
    if found is None:
        raise NotFound
    return found


def readings(entry: PaperEntry) -> list[str]:
    """How the officials read it: nothing while it waits, one choice where they agree, two where they do not."""
    if entry.state in (State.ENTERED, State.WITHDRAWN):
        return []
    return [entry.choice, entry.second_choice] if entry.second_choice else [entry.choice]


def batches(ballot: Ballot) -> QuerySet[PaperBatch]:
    return ballot.paper_batches.defer("lines").select_related("asked_by__user").order_by("-pk")


def find_batch(viewer: Viewer, ballot: int, number: int) -> PaperBatch:
    """Raises NotFound."""
    rows = PaperBatch.objects.defer("lines").select_related("ballot__room", "asked_by__user")
    found = rows.filter(pk=number, ballot=ballot, ballot__room=viewer.room).first()
    if found is None:
        raise NotFound
    return found


def files(batch: PaperBatch) -> QuerySet[PaperFile]:
    return batch.files.defer("sealed").order_by("number")


def find_file(viewer: Viewer, ballot: int, batch: int, number: int) -> PaperFile:
    """Raises NotFound, also when the ballot is over and the papers are gone."""
    found = files(find_batch(viewer, ballot, batch)).filter(number=number).first()
    if found is None:
        raise NotFound
    return found
