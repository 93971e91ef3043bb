"""Comments on a room, a package's revision, one of its terms, or a parcel; who agrees; how many in an hour."""

import re
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import Conflict, Invalid, NotFound, TooMany
from audit.log import Private
from negotiation.acting import record
from negotiation.live.events import announce
from negotiation.models import Agreement, CaucusMessage, Comment, Report, Revision, Room, Seat
from negotiation.permissions import authorize
from negotiation.texts import clean_text
from units.models import Parcel

HOUR = timedelta(hours=1)
TERM = re.compile(r"/(dispositions|allocations|flows)/(0|[1-9]\d*)")


def add_comment(
    mandate: Mandate,
    room: Room,
    body: str,
    *,
    revision: Revision | None = None,
    term: str = "",
    parcel: Parcel | None = None,
    parent: Comment | None = None,
    quote: Comment | None = None,
) -> Comment:
    """Say something about the room, a revision, one term of it (`/flows/3`) or a parcel; `quote` is said before it.

    Replies stay with their thread. Raises TooMany beyond the rate of a seat.
    """
    authorize(mandate, room, "comment")
    body = clean_text(body, "body")
    if parent is not None:
        parent, revision, term, parcel = _thread(room, parent)
    check_place(room, revision, term, parcel)
    _check_quote(room, quote)
    with transaction.atomic():
        check_rate(mandate, room)
        comment = Comment.objects.create(
            room=room,
            revision=revision,
            term=term,
            parcel=parcel,
            parent=parent,
            quote=quote,
            party=mandate.party,
            mandate=mandate,
            body=body,
        )
        record(room, "comment.add", mandate, "comment", comment.pk, _place(comment) | {"body": Private.text(body)})
        announce(room, "comments")
    return comment


def _place(comment: Comment) -> dict[str, object]:
    """What a comment is about, for the log."""
    return {
        "revision": str(comment.revision or ""),
        "term": comment.term,
        "parcel": comment.parcel.code if comment.parcel else "",
        "parent": comment.parent_id,
        "quote": comment.quote_id,
    }


def agree(mandate: Mandate, comment: Comment) -> Agreement:
    """Say for one's seat that one agrees. Raises Conflict if the seat has said so already."""
    authorize(mandate, comment.room, "agree")
    if comment.party_id == mandate.party_id:
        raise Invalid({"comment": _("This is your own comment.")}, code="own_comment")
    seat = Seat.objects.get(room=comment.room_id, party=mandate.party_id)
    try:
        with transaction.atomic():
            if _locked(comment).hidden:
                raise Invalid({"comment": _("This comment is hidden.")})
            agreement = Agreement.objects.create(comment=comment, seat=seat, mandate=mandate)
            _count(comment, 1)
            record(comment.room, "comment.agree", mandate, "comment", comment.pk, {"comment": comment.pk})
            announce(comment.room, "comments")
    except IntegrityError:
        raise Conflict(_("Your seat agrees with this comment already.")) from None
    return agreement


def take_back_agreement(mandate: Mandate, comment: Comment) -> None:
    """Raises Conflict if the seat has not agreed."""
    authorize(mandate, comment.room, "agree")
    with transaction.atomic():
        _locked(comment)
        gone, _kinds = Agreement.objects.filter(comment=comment, seat__party=mandate.party_id).delete()
        if not gone:
            raise Conflict(_("Your seat has not agreed with this comment."))
        _count(comment, -1)
        record(comment.room, "comment.take_back", mandate, "comment", comment.pk, {"comment": comment.pk})
        announce(comment.room, "comments")


def _count(comment: Comment, step: int) -> None:
    Comment.objects.filter(pk=comment.pk).update(agreed=F("agreed") + step)


def _locked(comment: Comment) -> Comment:
    return Comment.objects.select_for_update(no_key=True).get(pk=comment.pk)


def check_rate(mandate: Mandate, room: Room) -> None:
    """Hold the seat's lock and count what it said in an hour: comments, private messages and reports together.

    Raises TooMany, with the seconds after which one more is possible.
    """
    Seat.objects.select_for_update(no_key=True).get(room=room, party=mandate.party_id)
    since, party = timezone.now() - HOUR, mandate.party_id
    said = [
        Comment.objects.filter(room=room, party=party, created_at__gt=since),
        CaucusMessage.objects.filter(caucus__room=room, party=party, created_at__gt=since),
        Report.objects.filter(comment__room=room, party=party, created_at__gt=since),
    ]
    moments = sorted(moment for rows in said for moment in rows.values_list("created_at", flat=True))
    most = settings.COMMENTS_PER_HOUR
    if len(moments) >= most:
        free_at = moments[len(moments) - most] + HOUR
        raise TooMany(_("Your seat has said %(n)s things within an hour.") % {"n": len(moments)}, _seconds(free_at))


def _seconds(moment: object) -> int:
    return max(1, int((moment - timezone.now()).total_seconds()) + 1)  # type: ignore[operator]


def find_parcel(room: Room, code: str) -> Parcel:
    """A parcel of the room's plan. Raises NotFound."""
    found = None if "\x00" in code else Parcel.objects.filter(plan=room.plan_id, code=code).first()
    if found is None:
        raise NotFound(_("There is no such parcel in this room."))
    return found


def _thread(room: Room, parent: Comment) -> tuple[Comment, Revision | None, str, Parcel | None]:
    """Threads are one level deep: a reply to a reply joins the same thread."""
    if parent.room_id != room.pk:
        raise Invalid({"parent": _("This comment is in another room.")})
    top = parent.parent or parent
    return top, top.revision, top.term, top.parcel


def check_place(room: Room, revision: Revision | None, term: str, parcel: Parcel | None = None) -> None:
    """Raise Invalid unless the revision is of this room and has the term, and the parcel is of its plan."""
    if revision is not None and revision.package.room_id != room.pk:
        raise Invalid({"revision": _("This package is in another room.")})
    if parcel is not None and parcel.plan_id != room.plan_id:
        raise Invalid({"parcel": _("This parcel is in another room.")})
    if parcel is not None and revision is not None:
        raise Invalid({"parcel": _("A comment is about a package or about a parcel.")})
    if not term:
        return
    found = TERM.fullmatch(term)
    if revision is None or found is None or int(found[2]) >= getattr(revision, found[1]).count():
        raise Invalid({"term": _("There is no such term in this package.")})


def _check_quote(room: Room, quote: Comment | None) -> None:
    if quote is None:
        return
    if quote.room_id != room.pk:
        raise Invalid({"quote": _("This comment is in another room.")})
    if quote.hidden:
        raise Invalid({"quote": _("This comment is hidden.")})
