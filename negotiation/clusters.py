"""Like comments found together for the planner: asked for by the convener, computed by a job. It decides nothing."""

from celery import current_app
from django.db import transaction
from django.utils import timezone

from accounts.models import Mandate
from accounts.refusals import WrongPhase
from negotiation.acting import record
from negotiation.faults import failure_words
from negotiation.likeness import MOST, common_words, like_groups
from negotiation.live.events import announce
from negotiation.models import Clustering, Comment, Room
from negotiation.permissions import authorize

State = Clustering.State
RUNNING = (State.PENDING, State.RUNNING)
SHOWN = 50  # groups that are kept, the largest


def find_clusters(mandate: Mandate, room: Room) -> Clustering:
    """Have the comments without an answer compared. Raises WrongPhase while that is under way."""
    authorize(mandate, room, "find_clusters")
    with transaction.atomic():
        clustering, _made = Clustering.objects.select_for_update().get_or_create(
            room=room, defaults={"state": State.FAILED}
        )
        if clustering.state in RUNNING:
            raise WrongPhase(code="clusters_running")
        clustering.state, clustering.error = State.PENDING, ""
        clustering.save()
        record(room, "clusters.find", mandate, "clustering", clustering.pk)
        announce(room, "clusters")
        transaction.on_commit(lambda: current_app.send_task("negotiation.tasks.cluster", [room.pk]), robust=True)
    return clustering


def compute_clusters(room: Room) -> Clustering | None:
    """Compare now and keep what is found, if it was asked for. May run twice without harm."""
    asked = Clustering.objects.filter(room=room, state__in=RUNNING).first()
    if asked is None:
        return None
    _move(asked, state=State.RUNNING)
    try:
        rows = open_comments(room)
        texts = [text for _number, text in rows]
        found = [
            {"comments": [rows[place][0] for place in group], "words": common_words([texts[p] for p in group], texts)}
            for group in like_groups(texts)[:SHOWN]
        ]
    except Exception as error:
        _move(asked, state=State.FAILED, error=failure_words(error))
        raise
    return _move(asked, state=State.DONE, groups=found, covered=len(rows), found_at=timezone.now())


def open_comments(room: Room) -> list[tuple[int, str]]:
    """Id and text of the newest MOST threads without an answer, oldest first; hidden ones are left out."""
    rows = Comment.objects.filter(room=room, parent=None, answer=None, hidden=False)
    return sorted(rows.order_by("-pk").values_list("pk", "body")[:MOST])


def _move(clustering: Clustering, **fields: object) -> Clustering:
    for name, value in fields.items():
        setattr(clustering, name, value)
    clustering.save()
    announce(clustering.room, "clusters")
    return clustering
