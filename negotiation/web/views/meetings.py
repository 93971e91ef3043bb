"""Hearings and meetings: the list, one with its minutes, demanding, announcing, recording, cancelling."""

import re
from typing import Any

from django.core.paginator import Paginator
from django.forms import formset_factory
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Mandate
from accounts.refusals import Invalid
from negotiation import meetings as domain
from negotiation.models import Meeting, RollCall
from negotiation.permissions import Viewer
from negotiation.queries import meetings as queries
from negotiation.queries import procedure
from negotiation.queries.packages import find_revision, package_titles
from negotiation.queries.rollcalls import calls_of, open_ballot
from negotiation.web import procedure_forms as forms
from negotiation.web.act_pages import Words, act_page
from negotiation.web.rooms import acting, in_room, page

PER_PAGE = 20
ATTENDANCES = 100
ROWS = 6
ROW = re.compile(r"resolutions\[(\d+)\]\.(\w+)")


@require_safe
@in_room
def meeting_list(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    public = viewer.mandate is not None and viewer.mandate.party.side == "public"
    demand = queries.demand_state(viewer)
    context = {
        "rows": Paginator(queries.meetings(viewer), PER_PAGE).get_page(request.GET.get("page")),
        "demands": Paginator(procedure.demands(viewer), PER_PAGE).get_page(request.GET.get("demands")),
        "demand": demand,
        "may_plan": viewer.can("plan_meeting"),
        "may_demand": public and viewer.can("demand_hearing") and not demand["own"],
        "may_declare": viewer.can("declare_hearing") and not demand["own"],
    }
    return page(request, viewer, "negotiation/meetings.html", context)


@require_safe
@in_room
def meeting(request: HttpRequest, viewer: Viewer, meeting: int) -> HttpResponse:
    found = queries.find_meeting(viewer, meeting)
    planned = found.state == Meeting.State.PLANNED
    context = {
        "meeting": found,
        "attendance": queries.attendance(viewer, found),
        "present": Paginator(queries.seen_attendances(viewer, found), ATTENDANCES).get_page(request.GET.get("present")),
        "resolutions": found.resolutions.select_related("revision__package").order_by("pk"),
        "roll_calls": _roll_calls(request, viewer, found),
        "may_call": _may_call(viewer, found),
        "may_end": planned and viewer.can("plan_meeting"),
    }
    return page(request, viewer, "negotiation/meeting.html", context)


def _list(viewer: Viewer) -> str:
    return reverse("meetings", args=[viewer.room.code])


def _roll_calls(request: HttpRequest, viewer: Viewer, found: Meeting) -> Any:
    """For officials alone: households stand in the lists."""
    rows = calls_of(found) if viewer.mandate is not None and viewer.may("read_names") else RollCall.objects.none()
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("calls"))


def _may_call(viewer: Viewer, found: Meeting) -> bool:
    begun = found.state != Meeting.State.CANCELLED and found.begins_at <= timezone.now()
    return begun and viewer.can("take_roll_call") and open_ballot(viewer) is not None


@require_http_methods(["GET", "POST"])
@in_room
def plan(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    mandate = acting(viewer, "convene")
    words = Words(
        title=_("Announce a hearing or a meeting"),
        button=_("Announce it"),
        intro=_("Everyone who may read the room sees it. A hearing is announced seven days before at the least."),
    )
    form = forms.MeetingForm(request.POST or None)
    return act_page(
        request,
        viewer,
        words,
        form,
        lambda data: domain.plan_meeting(mandate, viewer.room, **data),
        back=_list(viewer),
    )


@require_http_methods(["GET", "POST"])
@in_room
def hold(request: HttpRequest, viewer: Viewer, meeting: int) -> HttpResponse:
    """Attendance, minutes and resolutions on one page."""
    mandate = acting(viewer, "convene")
    found = queries.find_meeting(viewer, meeting)
    words = Words(
        title=_("Record the meeting"),
        button=_("Record the meeting"),
        lead=found.get_kind_display(),
        intro=_("The record is final. Minutes and resolutions are read by everyone who may read the room."),
    )
    form = forms.MinutesForm(request.POST or None, bodies=queries.bodies(viewer))
    rows = formset_factory(forms.ResolutionForm, extra=ROWS, max_num=domain.MOST_RESOLUTIONS)(
        request.POST or None, prefix="resolutions", form_kwargs={"packages": package_titles(viewer.room)}
    )
    return act_page(
        request,
        viewer,
        words,
        form,
        lambda data: _hold(mandate, viewer, found, data, rows),
        back=reverse("meeting", args=[viewer.room.code, found.pk]),
        template="negotiation/hold.html",
        context={"meeting": found, "rows": rows},
    )


def _hold(mandate: Mandate, viewer: Viewer, meeting: Meeting, data: dict[str, Any], rows: Any) -> Meeting:
    marked = Invalid({"resolutions": _("Please correct the marked places.")})
    if not rows.is_valid():
        raise marked
    written = [form for form in rows if form.has_changed()]
    present = [*data["bodies"], *data["households"]]
    resolutions = [_resolved(viewer, form.cleaned_data) for form in written]
    try:
        return domain.hold_meeting(mandate, meeting, present, data["minutes"], resolutions)
    except Invalid as refusal:
        if not _place_faults(refusal, written):
            raise
    raise marked


def _place_faults(refusal: Invalid, written: list[Any]) -> bool:
    """Put `resolutions[0].term: …` beside that row's field; whether there was such a fault."""
    found = {match: text for key, text in refusal.fields.items() if (match := ROW.fullmatch(key))}
    for match, text in found.items():
        form, field = written[int(match[1])], {"revision": "package"}.get(match[2], match[2])
        form.add_error(field if field in form.fields else None, text)
    return bool(found)


def _resolved(viewer: Viewer, data: dict[str, Any]) -> domain.Resolved:
    revision = find_revision(viewer, data["package"]) if data["package"] else None
    return domain.Resolved(data["text"], revision, data["term"])


@require_http_methods(["GET", "POST"])
@in_room
def cancel(request: HttpRequest, viewer: Viewer, meeting: int) -> HttpResponse:
    mandate = acting(viewer, "convene")
    found = queries.find_meeting(viewer, meeting)
    words = Words(
        title=_("Cancel the meeting?"),
        button=_("Cancel the meeting"),
        lead=found.get_kind_display(),
        intro=_("This can not be undone. The reason is read by everyone who may read the room."),
        danger=True,
    )
    form = forms.ShortReasonForm(request.POST or None)
    return act_page(
        request,
        viewer,
        words,
        form,
        lambda data: domain.cancel_meeting(mandate, found, data["reason"]),
        back=_list(viewer),
    )


@require_http_methods(["GET", "POST"])
@in_room
def demand(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    mandate = acting(viewer, "comment")
    words = Words(
        title=_("Demand a hearing?"),
        button=_("Demand a hearing"),
        intro=_(
            "Everyone sees how many demand one; who and why, only the government. It can not be taken back, "
            "and the next hearing settles it."
        ),
    )
    form = forms.ReasonForm(request.POST or None)
    return act_page(
        request,
        viewer,
        words,
        form,
        lambda data: domain.demand_hearing(mandate, viewer.room, data["reason"]),
        back=_list(viewer),
    )


@require_http_methods(["GET", "POST"])
@in_room
def declare(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    mandate = acting(viewer, "convene")
    words = Words(
        title=_("Declare a hearing?"),
        button=_("Declare a hearing"),
        intro=_("From now on the procedure waits until a hearing was held. It can not be taken back."),
    )
    form = forms.ReasonForm(request.POST or None)
    return act_page(
        request,
        viewer,
        words,
        form,
        lambda data: domain.declare_hearing(mandate, viewer.room, data["reason"]),
        back=_list(viewer),
    )
