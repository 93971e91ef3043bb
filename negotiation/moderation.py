"""Comments that should not stand: reported by members, hidden by the convener with a reason, appealed once.

What is hidden leaves a trace that everybody reads: when, why, what the author says to it, and how that was decided.
"""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import Conflict, Invalid, NotAllowed
from audit.log import Private
from negotiation.acting import record
from negotiation.comments import check_rate
from negotiation.live.events import announce
from negotiation.models import Comment, Hiding, Report
from negotiation.permissions import authorize
from negotiation.texts import clean_text

LONGEST = 1000
Outcome = Hiding.Outcome


def report_comment(mandate: Mandate, comment: Comment, reason: str) -> Report:
    """Tell the convener that a comment should not stand; once for each party."""
    authorize(mandate, comment.room, "report_comment")
    reason = clean_text(reason, "reason", LONGEST)
    if comment.party_id == mandate.party_id:
        raise Invalid({"comment": _("This is your own comment.")}, code="own_comment")
    try:
        with transaction.atomic():
            check_rate(mandate, comment.room)
            if _lock(comment).hidden:
                raise Conflict(_("This comment is hidden already."))
            report = Report.objects.create(comment=comment, party=mandate.party, mandate=mandate, reason=reason)
            _log("comment.report", mandate, comment, reason)
            announce(comment.room, "moderation")
    except IntegrityError:
        raise Conflict(_("Your party has reported this comment already.")) from None
    return report


def dismiss_reports(mandate: Mandate, comment: Comment, reason: str) -> int:
    """Let the comment stand in spite of its reports; how many there were. Raises Conflict if none is open."""
    authorize(mandate, comment.room, "dismiss_reports")
    reason = clean_text(reason, "reason", LONGEST)
    with transaction.atomic():
        _lock(comment)
        settled = _settle_reports(comment)
        if not settled:
            raise Conflict(_("No report on this comment is open."))
        _log("comment.keep", mandate, comment, reason)
        announce(comment.room, "moderation")
    return settled


def hide_comment(mandate: Mandate, comment: Comment, reason: str) -> Hiding:
    """Take a comment out of sight, with a reason that everybody reads."""
    authorize(mandate, comment.room, "hide_comment")
    reason = clean_text(reason, "reason", LONGEST)
    with transaction.atomic():
        if _lock(comment).hidden:
            raise Conflict(_("This comment is hidden already."))
        hiding = Hiding.objects.create(comment=comment, mandate=mandate, reason=reason)
        _show(comment, hidden=True)
        _settle_reports(comment)
        _log("comment.hide", mandate, comment, reason)
    return hiding


def appeal_hiding(mandate: Mandate, comment: Comment, reason: str) -> Hiding:
    """The author's party says why its comment should stand; once for each hiding."""
    authorize(mandate, comment.room, "appeal_hiding")
    if comment.party_id != mandate.party_id:
        raise NotAllowed(_("Only the party that said it may appeal."), code="not_your_comment")
    reason = clean_text(reason, "reason", LONGEST)
    with transaction.atomic():
        hiding = _hiding(comment)
        if hiding.appealed_at:
            raise Conflict(_("Your party has appealed already."))
        hiding.appeal, hiding.appealed_at = reason, timezone.now()
        hiding.save(update_fields=["appeal", "appealed_at"])
        _log("comment.appeal", mandate, comment, reason)
        announce(comment.room, "comments")
        announce(comment.room, "moderation")
    return hiding


def decide_appeal(mandate: Mandate, comment: Comment, outcome: str, reason: str) -> Hiding:
    """Uphold the hiding, or show the comment again. The convener or another member of the government side decides."""
    authorize(mandate, comment.room, "decide_appeal")
    if outcome not in Outcome.values:
        raise Invalid({"outcome": _("Choose one of the two.")})
    reason = clean_text(reason, "reason", LONGEST)
    with transaction.atomic():
        hiding = _hiding(comment)
        if hiding.appealed_at is None or hiding.outcome:
            raise Conflict(_("No appeal on this comment is open."))
        hiding.outcome, hiding.outcome_reason = outcome, reason
        hiding.decided_by, hiding.decided_at = mandate, timezone.now()
        hiding.save(update_fields=["outcome", "outcome_reason", "decided_by", "decided_at"])
        _show(comment, hidden=outcome == Outcome.UPHELD)
        _log(f"comment.{outcome}", mandate, comment, reason)
    return hiding


def _hiding(comment: Comment) -> Hiding:
    """The hiding that holds now, locked. Raises Conflict if there is none."""
    _lock(comment)
    found = Hiding.objects.exclude(outcome=Outcome.LIFTED).filter(comment=comment).first()
    if found is None:
        raise Conflict(_("This comment is not hidden."))
    return found


def _lock(comment: Comment) -> Comment:
    return Comment.objects.select_for_update(no_key=True).get(pk=comment.pk)


def _show(comment: Comment, *, hidden: bool) -> None:
    Comment.objects.filter(pk=comment.pk).update(hidden=hidden)
    announce(comment.room, "comments")
    announce(comment.room, "moderation")


def _settle_reports(comment: Comment) -> int:
    return Report.objects.filter(comment=comment, settled_at=None).update(settled_at=timezone.now())


def _log(action: str, mandate: Mandate, comment: Comment, reason: str) -> None:
    data = {"comment": comment.pk, "reason": Private.text(reason)}
    record(comment.room, action, mandate, "comment", comment.pk, data)
