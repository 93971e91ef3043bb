"""Comments on a room, a package's revision or one of its terms, and the convener's answers."""

import re

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import Conflict, Invalid
from audit.log import Private
from negotiation.acting import record
from negotiation.live.events import announce
from negotiation.models import Answer, Comment, Revision, Room
from negotiation.permissions import authorize
from negotiation.texts import clean_text

TERM = re.compile(r"/(dispositions|allocations|flows)/(0|[1-9]\d*)")


def add_comment(
    mandate: Mandate,
    room: Room,
    body: str,
    *,
    revision: Revision | None = None,
    term: str = "",
    parent: Comment | None = None,
) -> Comment:
    """Say something about the room, a revision, or one term of it (`/flows/3`). Replies stay with their thread."""
    authorize(mandate, room, "comment")
    body = clean_text(body, "body")
    if parent is not None:
        parent, revision, term = _thread(room, parent)
    check_place(room, revision, term)
    with transaction.atomic():
        comment = Comment.objects.create(
            room=room, revision=revision, term=term, parent=parent, party=mandate.party, mandate=mandate, body=body
        )
        place = {"revision": str(revision or ""), "term": term, "parent": parent.pk if parent else None}
        record(room, "comment.add", mandate, "comment", comment.pk, {**place, "body": Private.text(body)})
        announce(room, "comments")
    return comment


def answer_comment(mandate: Mandate, comment: Comment, verdict: str, reason: str) -> Answer:
    """The convener's reasoned answer; one for each comment, and final."""
    authorize(mandate, comment.room, "answer")
    if verdict not in Answer.Verdict.values:
        raise Invalid({"verdict": _("Choose one of the answers.")})
    reason = clean_text(reason, "reason")
    try:
        with transaction.atomic():
            answer = Answer.objects.create(comment=comment, verdict=verdict, reason=reason, mandate=mandate)
            data = {"comment": comment.pk, "verdict": verdict, "reason": Private.text(reason)}
            record(comment.room, "comment.answer", mandate, "comment", comment.pk, data)
            announce(comment.room, "comments")
    except IntegrityError:
        raise Conflict(_("This comment has been answered already.")) from None
    return answer


def _thread(room: Room, parent: Comment) -> tuple[Comment, Revision | None, str]:
    """Threads are one level deep: a reply to a reply joins the same thread."""
    if parent.room_id != room.pk:
        raise Invalid({"parent": _("This comment is in another room.")})
    top = parent.parent or parent
    return top, top.revision, top.term


def check_place(room: Room, revision: Revision | None, term: str) -> None:
    """Raise Invalid unless the revision is of this room and has the term."""
    if revision is not None and revision.package.room_id != room.pk:
        raise Invalid({"revision": _("This package is in another room.")})
    if not term:
        return
    found = TERM.fullmatch(term)
    if revision is None or found is None or int(found[2]) >= getattr(revision, found[1]).count():
        raise Invalid({"term": _("There is no such term in this package.")})
