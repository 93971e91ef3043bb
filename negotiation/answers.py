"""The convener's reasoned answers: to one comment, or to several like ones at once; final."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import Conflict, Invalid, WrongPhase
from audit.log import Private
from negotiation.acting import record
from negotiation.live.events import announce
from negotiation.models import Answer, Comment, Revision, Room
from negotiation.permissions import authorize
from negotiation.telling import tell_answered
from negotiation.texts import clean_text

MOST = 200  # comments in one answer: what a convener can still have read
CARRIED = (Answer.Verdict.ADOPTED, Answer.Verdict.PARTLY)


def answer_comment(
    mandate: Mandate, comment: Comment, verdict: str, reason: str, *, revision: Revision | None = None
) -> Answer:
    """Answer one comment."""
    return answer_comments(mandate, comment.room, [comment], verdict, reason, revision=revision)


def answer_comments(
    mandate: Mandate,
    room: Room,
    comments: Sequence[Comment],
    verdict: str,
    reason: str,
    *,
    revision: Revision | None = None,
) -> Answer:
    """Give like comments one answer with one reason; an adopted one may name the revision that carries it.

    All or none: raises Conflict if one of them has an answer.
    """
    authorize(mandate, room, "answer")
    _check_comments(room, comments)
    if verdict not in Answer.Verdict.values:
        raise Invalid({"verdict": _("Choose one of the answers.")})
    reason = clean_text(reason, "reason")
    _check_revision(room, verdict, revision)
    numbers = sorted({comment.pk for comment in comments})
    with transaction.atomic():
        _lock_open(numbers)
        answer = Answer.objects.create(room=room, verdict=verdict, reason=reason, revision=revision, mandate=mandate)
        Comment.objects.filter(pk__in=numbers).update(answer=answer)
        _log(mandate, answer, numbers)
        tell_answered(room, numbers, mandate)
        announce(room, "comments")
        announce(room, "answers")
    return answer


def link_answer(mandate: Mandate, answer: Answer, revision: Revision) -> Answer:
    """Name the revision that carries what was adopted; a later revision may take its place."""
    authorize(mandate, answer.room, "link_answer")
    if answer.verdict not in CARRIED:
        raise WrongPhase(_("Only what was adopted is carried by a revision."), code="not_adopted")
    _check_revision(answer.room, answer.verdict, revision)
    with transaction.atomic():
        current = Answer.objects.select_for_update(of=("self",)).select_related("room", "revision").get(pk=answer.pk)
        if current.revision_id == revision.pk:
            raise Conflict(_("The answer names this revision already."))
        before = str(_named(current.revision))
        current.revision = revision
        current.save(update_fields=["revision"])
        data = {"answer": answer.pk, "before": before, "revision": _named(revision)}
        record(answer.room, "answer.link", mandate, "answer", answer.pk, data)
        announce(answer.room, "comments")
        announce(answer.room, "answers")
    return current


def _check_comments(room: Room, comments: Sequence[Comment]) -> None:
    if not comments:
        raise Invalid({"comments": _("Tick the comments that you answer.")})
    if len(comments) > MOST:
        raise Invalid({"comments": _("At most %(most)s comments at once, please.") % {"most": MOST}})
    if any(comment.room_id != room.pk for comment in comments):
        raise Invalid({"comments": _("This comment is in another room.")})


def _check_revision(room: Room, verdict: str, revision: Revision | None) -> None:
    if revision is None:
        return
    if revision.package.room_id != room.pk:
        raise Invalid({"revision": _("This package is in another room.")})
    if verdict not in CARRIED:
        raise Invalid({"revision": _("Only what was adopted is carried by a revision.")})


def _lock_open(numbers: list[int]) -> None:
    """Lock the comments, always in the same order. Raises Conflict if one of them has an answer."""
    rows = Comment.objects.select_for_update(no_key=True).filter(pk__in=numbers).order_by("pk")
    taken = [number for number, answer in rows.values_list("pk", "answer_id") if answer]
    if taken and len(numbers) == 1:
        raise Conflict(_("This comment has been answered already."))
    if taken:
        listed = "、".join(map(str, taken))
        raise Conflict(_("These comments have been answered already: %(numbers)s") % {"numbers": listed})


def _log(mandate: Mandate, answer: Answer, numbers: list[int]) -> None:
    data = {"verdict": answer.verdict, "reason": Private.text(answer.reason), "revision": _named(answer.revision)}
    if len(numbers) == 1:
        one = {"comment": numbers[0], "answer": answer.pk, **data}
        record(answer.room, "comment.answer", mandate, "comment", numbers[0], one)
    else:
        several = {"comments": numbers, "count": len(numbers), **data}
        record(answer.room, "comment.answer_group", mandate, "answer", answer.pk, several)


def _named(revision: Revision | None) -> str:
    return str(revision) if revision else ""
