"""The procedure: where the room is, what is missing, who must act; and each act that moves it on."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.refusals import NotAllowed
from negotiation import phases
from negotiation import procedure as domain
from negotiation.calendars import notice_ends
from negotiation.duties import Facts, findings
from negotiation.models import Room
from negotiation.permissions import Viewer
from negotiation.queries import documents, meetings, overview
from negotiation.queries import procedure as queries
from negotiation.queries.packages import find_revision, on_the_table, package_titles
from negotiation.web import procedure_forms as forms
from negotiation.web.act_pages import Words, act_page
from negotiation.web.rooms import acting, in_room, page

PER_PAGE = 20


@require_safe
@in_room
def procedure(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    room = viewer.room
    packages, ballot, facts = on_the_table(room), overview.current_ballot(room), queries.facts(room)
    duties = queries.standing(room, facts)
    passes = all(row.passes for row in duties)
    context = {
        "packages": [
            {
                "listed": row,
                "ends": notice_ends(row.revision),
                "may_open": passes and viewer.can("open_ballot") and room.text_id in (None, row.revision.pk),
            }
            for row in packages
        ],
        "ballot": ballot,
        "next": overview.next_step(room, packages, ballot, facts),
        "owed": documents.owed(viewer),
        "upcoming": meetings.upcoming(room),
        "phases": phases.choices(room),
        "rule": room.rule,
        "facts": facts,
        "duties": [{"found": row, "link": _link(viewer, row.code, facts)} for row in duties],
        "pending": queries.pending(room),
        "overrides": Paginator(queries.confirmed(room), PER_PAGE).get_page(request.GET.get("overrides")),
        "reviews": Paginator(queries.reviews(room), PER_PAGE).get_page(request.GET.get("reviews")),
        **_rights(viewer, passes, ballot),
    }
    return page(request, viewer, "negotiation/procedure.html", context)


def _rights(viewer: Viewer, passes: bool, ballot: Any) -> dict[str, Any]:
    """Which buttons the page shows."""
    room = viewer.room
    following = phases.following(room)
    by_hand = viewer.can("advance") and following not in (None, Room.Phase.VOTE)
    return {
        "following": Room.Phase(following).label if following else "",
        "may_advance": by_hand and passes,
        "may_choose": viewer.can("choose_procedure") and ballot is None,
        "may_override": viewer.can("ask_override") and not passes,
        "may_answer_override": viewer.can("confirm_override"),
        "may_reopen": viewer.can("reopen"),
        "may_notice": viewer.can("publish_notice"),
        "may_publish": viewer.can("publish_room"),
    }


def _link(viewer: Viewer, duty: str, facts: Facts) -> dict[str, str]:
    """Where a duty is done: an act's page for whom it is open, else the page that shows the matter."""
    code = viewer.room.code
    acts = {
        "text_fixed": ("fix_text", "fix-text", _("Fix the text")),
        "legal_review": ("review", "record-review", _("Record the review")),
        "decision_published": ("publish_decision", "publish-decision", _("Record the publication")),
    }
    if duty in acts:
        act, name, words = acts[duty]
        return {"url": reverse(name, args=[code]), "words": words} if viewer.can(act) else {}
    places = {
        "package_tabled": (reverse("packages", args=[code]), _("To the packages")),
        "comments_answered": (reverse("comments", args=[code]) + "?sort=unanswered", _("To the open comments")),
        "hearing_held": (reverse("meetings", args=[code]), _("To the meetings")),
        "documents_there": (reverse("documents", args=[code]), _("To the documents")),
        "roll_settled": (reverse("electoral-roll", args=[code]), _("To the electoral roll")),
        "ballot_decided": (reverse("ballots", args=[code]), _("To the ballot")),
    }
    if duty == "mediator_run" and facts.text:
        package = facts.text.rpartition(".")[0]
        return {"url": reverse("mediator", args=[code, package]), "words": _("To the mediator")}
    url, words = places.get(duty, ("", ""))
    return {"url": url, "words": words} if url else {}


def _back(viewer: Viewer) -> str:
    return reverse("procedure", args=[viewer.room.code])


@require_http_methods(["GET", "POST"])
@in_room
def choose(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    mandate = acting(viewer, "convene")
    words = Words(
        title=_("Follow the full procedure?"),
        button=_("Follow the full procedure"),
        intro=_(
            "The room begins again with its preparation; each phase waits for its duties. "
            "There is no way back to the simple procedure."
        ),
        danger=True,
    )
    form = forms.ChooseForm(request.POST or None, initial={"procedure": "full"})
    context = {"stages": _declared(viewer)}
    return act_page(
        request,
        viewer,
        words,
        form,
        lambda data: domain.choose_procedure(mandate, viewer.room),
        back=_back(viewer),
        context=context,
    )


def _declared(viewer: Viewer) -> list[dict[str, Any]]:
    """The phases of the full procedure with their duties in words."""
    blank = Facts(today=timezone.localdate())
    return [
        {"label": Room.Phase(stage.phase).label, "duties": [row.label for row in findings(stage.duties, blank)]}
        for stage in phases.PROCEDURES[phases.FULL]
    ]


@require_http_methods(["GET", "POST"])
@in_room
def advance(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    mandate = acting(viewer, "convene")
    following = phases.following(viewer.room)
    words = Words(
        title=_("Go on to the next phase?"),
        button=_("Go on"),
        lead=f"{viewer.room.get_phase_display()} → {Room.Phase(following).label if following else '—'}",
        intro=_("A phase that is left is not entered again, but for the way back to the table."),
    )
    form = forms.LeaveForm(request.POST or None, initial={"leaving": viewer.room.phase})
    context = {"duties": [{"found": row} for row in queries.standing(viewer.room)]}
    return act_page(
        request,
        viewer,
        words,
        form,
        lambda data: domain.advance(mandate, viewer.room, data["leaving"]),
        back=_back(viewer),
        context=context,
    )


@require_http_methods(["GET", "POST"])
@in_room
def reopen(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    mandate = acting(viewer, "convene")
    words = Words(
        title=_("Back to the table?"),
        button=_("Go back to negotiation"),
        intro=_("The fixed text falls; what is written then needs a text, a notice and a review of its own."),
        danger=True,
    )
    form = forms.ShortReasonForm(request.POST or None)
    return act_page(
        request,
        viewer,
        words,
        form,
        lambda data: domain.reopen(mandate, viewer.room, data["reason"]),
        back=_back(viewer),
    )


@require_http_methods(["GET", "POST"])
@in_room
def fix_text(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    mandate = acting(viewer, "convene")
    words = Words(
        title=_("Fix the text to be voted on"),
        button=_("Fix this text"),
        intro=_("The latest revision of the package becomes the one that is voted on."),
    )
    form = forms.TextForm(request.POST or None, packages=package_titles(viewer.room))
    return act_page(
        request,
        viewer,
        words,
        form,
        lambda data: domain.fix_text(mandate, find_revision(viewer, data["package"])),
        back=_back(viewer),
    )


@require_http_methods(["GET", "POST"])
@in_room
def record_review(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    mandate = acting(viewer, "convene")
    words = Words(
        title=_("Record the legal review"),
        button=_("Record the review"),
        intro=_("It is about the text as it is fixed now; another text needs another review."),
    )
    form = forms.ReviewForm(request.POST or None, initial={"reviewed_on": timezone.localdate()})
    return act_page(
        request,
        viewer,
        words,
        form,
        lambda data: domain.record_review(mandate, viewer.room, **data),
        back=_back(viewer),
    )


@require_http_methods(["GET", "POST"])
@in_room
def publish_decision(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    mandate = acting(viewer, "convene")
    words = Words(
        title=_("Record the publication of the decision"),
        button=_("Record the publication"),
        intro=_("It is recorded once and can not be corrected."),
    )
    form = forms.PublicationForm(request.POST or None, initial={"published_on": timezone.localdate()})
    return act_page(
        request,
        viewer,
        words,
        form,
        lambda data: domain.publish_decision(mandate, viewer.room, **data),
        back=_back(viewer),
    )


@require_http_methods(["GET", "POST"])
@in_room
def ask_override(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    mandate = acting(viewer, "convene")
    words = Words(
        title=_("Go on without a duty?"),
        button=_("Ask for a second person"),
        intro=_(
            "Another person of the government must confirm within seven days. Both, and the reason, stand in the log "
            "and on this room's page in red for everyone who may read it: name nobody in the reason."
        ),
        danger=True,
    )
    form = forms.ReasonForm(request.POST or None)
    context = {"duties": [{"found": row} for row in queries.missing(viewer.room)]}
    return act_page(
        request,
        viewer,
        words,
        form,
        lambda data: domain.ask_override(mandate, viewer.room, data["reason"]),
        back=_back(viewer),
        context=context,
    )


@require_http_methods(["GET", "POST"])
@in_room
def answer_override(request: HttpRequest, viewer: Viewer, override: int) -> HttpResponse:
    """The second person confirms; a convener takes it back."""
    mandate = acting(viewer)
    if not (viewer.may("convene") or viewer.may("read_names")):
        raise NotAllowed
    found = queries.find_override(viewer, override)
    words = Words(title=_("An override waits for a second person"), button=_("Confirm the override"), danger=True)
    answers = {"confirm": domain.confirm_override, "withdraw": domain.withdraw_override}
    context = {
        "override": found,
        "current": queries.is_current(found, timezone.localdate()),
        "may_confirm": viewer.can("confirm_override") and found.asked_by.user_id != mandate.user_id,
        "may_withdraw": viewer.can("ask_override"),
    }
    return act_page(
        request,
        viewer,
        words,
        forms.OverrideAnswerForm(request.POST or None),
        lambda data: answers[data["answer"]](mandate, found),
        back=_back(viewer),
        template="negotiation/override.html",
        context=context,
    )
