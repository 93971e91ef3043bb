"""Joint proposals: the parties that a draft names, the draft as they read it, their answers, support withdrawn."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.refusals import Conflict, Invalid, WrongPhase
from negotiation import drafting, joint, packages
from negotiation.consents import CONSENT_MISSING, read_offer
from negotiation.models import Draft, Partner
from negotiation.permissions import Viewer
from negotiation.queries import joint as queries
from negotiation.queries.attachments import files_of
from negotiation.queries.drafts import draft_totals
from negotiation.queries.packages import find_draft, find_revision
from negotiation.terms import room_parties
from negotiation.web import forms
from negotiation.web.joint_forms import PartnerForm
from negotiation.web.rooms import acting, in_room, page, read_number, show_faults

ROWS = 20


@require_http_methods(["GET", "POST"])
@in_room
def partners(request: HttpRequest, viewer: Viewer, package: str) -> HttpResponse:
    """The parties that one's own draft names; the form names one more."""
    draft, form = find_draft(viewer, package), PartnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            joint.name_partner(acting(viewer, "propose"), draft, form.cleaned_data["party"])
        except Invalid as refusal:
            show_faults(form, refusal)
        else:
            return redirect("partners", viewer.room.code, package)
    return _partners(request, viewer, draft, form, status=422 if request.method == "POST" else 200)


def _partners(
    request: HttpRequest, viewer: Viewer, draft: Draft, form: PartnerForm, refused: Any = None, status: int = 200
) -> HttpResponse:
    rows = list(queries.partners_of(draft))
    named = {row.party.code for row in rows} | {draft.package.proposer.code} | viewer.hidden_codes
    context = {
        "draft": draft,
        "form": form,
        "partners": rows,
        "complete": bool(rows) and all(row.state == Partner.State.CONSENTED for row in rows),
        "parties": [(row.code, viewer.label(row)) for row in room_parties(viewer.room) if row.code not in named],
        "may_propose": viewer.can("propose"),
        "refused": refused,
    }
    return page(request, viewer, "negotiation/partners.html", context, status=status)


@require_POST
@in_room
def remove_partner(request: HttpRequest, viewer: Viewer, package: str) -> HttpResponse:
    draft = find_draft(viewer, package)
    joint.remove_partner(acting(viewer), draft, request.POST.get("party", ""))
    return redirect("partners", viewer.room.code, package)


@require_POST
@in_room
def submit_draft(request: HttpRequest, viewer: Viewer, package: str) -> HttpResponse:
    """Put the draft on the table as it stands, without the editor."""
    draft, version = find_draft(viewer, package), request.POST.get("version", "")
    try:
        packages.submit_package(acting(viewer), draft, read_number(version))
    except (Invalid, Conflict, WrongPhase) as refusal:
        if isinstance(refusal, WrongPhase) and refusal.code != CONSENT_MISSING:
            raise
        return _partners(request, viewer, draft, PartnerForm(), refusal, status=422)
    return redirect("package", viewer.room.code, package)


@require_safe
@in_room
def read_draft(request: HttpRequest, viewer: Viewer, package: str) -> HttpResponse:
    return _reading(request, viewer, queries.find_shared_draft(viewer, package), forms.WithdrawalForm())


def _reading(
    request: HttpRequest, viewer: Viewer, draft: Draft, form: Any, refused: Conflict | None = None, status: int = 200
) -> HttpResponse:
    """The whole draft as terms, with what its named parties say; one of them finds the forms of its answer."""
    partners = list(queries.partners_of(draft))
    own = viewer.mandate.party_id if viewer.mandate and viewer.can("propose") else None
    rows = queries.shown_rows(viewer, draft)
    files = files_of(viewer, package=draft.package).filter(removed_at=None)
    context = {
        "draft": draft,
        "stands": read_offer(draft).digest,
        "partners": partners,
        "mine": next((row for row in partners if row.party_id == own), None),
        "form": form,
        "refused": refused,
        **{kind: Paginator(rows[kind], ROWS).get_page(request.GET.get(kind)) for kind in rows},
        "hidden": sum(drafting.hidden_summary(draft.document, viewer.hidden_codes).values()),
        "parcel_names": dict(viewer.room.plan.parcels.values_list("code", "name")),
        **draft_totals(viewer, draft.document),
        "files": Paginator(files, ROWS).get_page(request.GET.get("files")),
    }
    return page(request, viewer, "negotiation/read_draft.html", context, status=status)


@require_POST
@in_room
def consent(request: HttpRequest, viewer: Viewer, package: str) -> HttpResponse:
    draft = queries.find_shared_draft(viewer, package)
    try:
        joint.consent(acting(viewer), draft, request.POST.get("stands", ""))
    except Conflict as refusal:
        return _reading(request, viewer, draft, forms.WithdrawalForm(), refusal, status=409)
    return redirect("read-draft", viewer.room.code, package)


@require_POST
@in_room
def take_back(request: HttpRequest, viewer: Viewer, package: str) -> HttpResponse:
    draft = queries.find_shared_draft(viewer, package)
    joint.take_consent_back(acting(viewer), draft)
    return redirect("read-draft", viewer.room.code, package)


@require_POST
@in_room
def decline(request: HttpRequest, viewer: Viewer, package: str) -> HttpResponse:
    draft, form = queries.find_shared_draft(viewer, package), forms.WithdrawalForm(request.POST)
    mandate = acting(viewer)
    if form.is_valid():
        try:
            joint.decline(mandate, draft, form.cleaned_data["reason"])
        except Invalid as refusal:
            show_faults(form, refusal)
        else:
            return redirect("read-draft", viewer.room.code, package)
    return _reading(request, viewer, draft, form, status=422)


@require_http_methods(["GET", "POST"])
@in_room
def withdraw_support(request: HttpRequest, viewer: Viewer, package: str) -> HttpResponse:
    """A page that asks for the reason first: what was withdrawn does not come back with this revision."""
    mandate, revision = acting(viewer, "propose"), find_revision(viewer, package)
    form = forms.WithdrawalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            joint.withdraw_support(mandate, revision.package, form.cleaned_data["reason"])
        except Invalid as refusal:
            show_faults(form, refusal)
        else:
            return redirect("package", viewer.room.code, package)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "revision": revision}
    return page(request, viewer, "negotiation/withdraw_support.html", context, status=status)
