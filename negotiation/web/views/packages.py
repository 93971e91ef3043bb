"""Packages: list, one, and the editor of a draft."""

import re
from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.forms import formset_factory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.refusals import Conflict, Invalid, WrongPhase
from negotiation import drafting, packages, scorecards
from negotiation.consents import CONSENT_MISSING
from negotiation.models import Draft, Revision
from negotiation.permissions import Viewer
from negotiation.queries import packages as queries
from negotiation.queries.attachments import files_of, revision_files
from negotiation.queries.cards import card_context
from negotiation.queries.comments import comment_page
from negotiation.queries.joint import joint_drafts, withdrawn_support
from negotiation.queries.matrix import matrix, my_part
from negotiation.queries.path import four_parts, schedule
from negotiation.queries.plain_words import own_words
from negotiation.queries.tree import tree_page
from negotiation.queries.versions import versions
from negotiation.terms import Document, room_parties
from negotiation.web import forms
from negotiation.web.rooms import acting, in_room, page, show_faults

ROWS = 10
MOST_ROWS = 20_000
FORMS: dict[str, Any] = {
    "dispositions": forms.DispositionForm,
    "allocations": forms.AllocationForm,
    "flows": forms.FlowForm,
}
RENAMED = {"from": "source", "to": "target"}
BOUNDS = {"negotiable.min": "low", "negotiable.max": "high"}


@require_safe
@in_room
def package_list(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    context = {
        "packages": queries.package_page(viewer.room, request.GET.get("page")),
        "paged": True,
        "proposals": tree_page(viewer, request.GET.get("tree")),
        "drafts": queries.own_drafts(viewer),
        "joint": Paginator(joint_drafts(viewer), ROWS).get_page(request.GET.get("joint")),
        "may_propose": viewer.can("propose"),
    }
    return page(request, viewer, "negotiation/packages.html", context)


@require_safe
@in_room
def package_cards(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The list alone, for a page that is already open."""
    paged = "page" in request.GET
    packages = queries.package_page(viewer.room, request.GET["page"]) if paged else queries.on_the_table(viewer.room)
    context = {"viewer": viewer, "room": viewer.room, "packages": packages, "paged": paged}
    return render(request, "negotiation/partials/package_cards.html", context)


@require_safe
@in_room
def tree(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The tree of proposals alone, for a page that is already open."""
    context = {"viewer": viewer, "room": viewer.room, "proposals": tree_page(viewer, request.GET.get("tree"))}
    return render(request, "negotiation/partials/tree.html", context)


@require_safe
@in_room
def package(request: HttpRequest, viewer: Viewer, package: str, number: int | None = None) -> HttpResponse:
    revision = queries.find_revision(viewer, package, number)
    withdrawal = getattr(revision, "withdrawal", None)
    current = revision.pk == revision.package.latest_id and withdrawal is None
    own = viewer.mandate is not None and revision.package.proposer_id == viewer.mandate.party_id
    context = card_context(viewer, revision)
    told = own_words(viewer, queries.on_the_table(viewer.room)) if current else []
    whole = context["listed"].card
    context |= {
        "own_words": next((row.sentences for row in told if row.listed.revision.pk == revision.pk), []),
        "versions": versions(viewer, revision),
        "matrix": matrix(viewer, revision, whole.card if whole else None),
        "four_parts": four_parts(context["card"], revision),
        "schedule": schedule(revision),
        "base_year": viewer.room.plan.base_year,
        "dispositions": _page(request, queries.dispositions(revision), "dispositions"),
        "allocations": _page(request, queries.visible_allocations(viewer, revision), "allocations"),
        "flows": _page(request, queries.visible_flows(viewer, revision), "flows"),
        "files": _page(request, revision_files(viewer, revision), "files"),
        "hidden_rows": bool(viewer.hidden_codes),
        "revisions": revision.package.revisions.order_by("-number").values_list("number", "submitted_at"),
        "comments": comment_page(viewer, "1", package=package),
        "withdrawal": withdrawal,
        "without_support": withdrawn_support(revision),
        "withdrawn_by": viewer.label(withdrawal.mandate.party) if withdrawal else "",
        "own": own,
        "my_part": my_part(viewer, revision) if current else "",
        "may_leave": current and viewer.can("withdraw_support") and _stands_by(viewer, revision),
        "may_withdraw": own and current and viewer.can("withdraw"),
        "may_propose": viewer.can("propose"),
        "may_comment": viewer.can("comment"),
        "may_agree": viewer.can("agree"),
        "may_answer": viewer.can("answer"),
        "may_mark": viewer.can("mark_acceptable"),
        "may_notice": current and viewer.can("publish_notice") and not revision.notice_on,
        "may_open": current and viewer.can("open_ballot") and bool(revision.notice_on),
    }
    return page(request, viewer, "negotiation/package.html", context)


def _stands_by(viewer: Viewer, revision: Revision) -> bool:
    return viewer.mandate is not None and viewer.mandate.party in revision.standing


def _page(request: HttpRequest, rows: Any, name: str) -> Any:
    return Paginator(rows, ROWS).get_page(request.GET.get(name))


@require_safe
@in_room
def card_fragment(request: HttpRequest, viewer: Viewer, package: str, number: int) -> HttpResponse:
    context = card_context(viewer, queries.find_revision(viewer, package, number))
    return render(request, "negotiation/partials/card.html", context | {"viewer": viewer, "room": viewer.room})


@require_POST
@in_room
def retry_card(request: HttpRequest, viewer: Viewer, package: str, number: int) -> HttpResponse:
    revision = queries.find_revision(viewer, package, number)
    scorecards.retry_card(acting(viewer), revision)
    return redirect("package", viewer.room.code, package)


@require_http_methods(["GET", "POST"])
@in_room
def start_package(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    mandate = acting(viewer, "propose")
    if request.method == "POST":
        code = request.POST.get("source", "")
        source = queries.find_revision(viewer, code) if code else None
        counter = request.POST.get("counter") == "yes"
        draft = packages.start_package(mandate, viewer.room, source=source, counter=counter)
        return redirect("draft", viewer.room.code, draft.package.code)
    context = {
        "packages": queries.package_titles(viewer.room),
        "source": request.GET.get("source", ""),
        "counter": "counter" in request.GET,
    }
    return page(request, viewer, "negotiation/start.html", context)


@require_POST
@in_room
def revise_package(request: HttpRequest, viewer: Viewer, package: str) -> HttpResponse:
    revision = queries.find_revision(viewer, package)
    packages.revise_package(acting(viewer), revision.package)
    return redirect("draft", viewer.room.code, package)


@require_http_methods(["GET", "POST"])
@in_room
def withdraw_package(request: HttpRequest, viewer: Viewer, package: str) -> HttpResponse:
    """A page that asks for the reason, then the withdrawal."""
    mandate, revision = acting(viewer, "propose"), queries.find_revision(viewer, package)
    form = forms.WithdrawalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            packages.withdraw_package(mandate, revision.package, form.cleaned_data["reason"])
        except Invalid as refusal:
            show_faults(form, refusal)
        else:
            return redirect("package", viewer.room.code, package)
    status = 422 if request.method == "POST" else 200
    return page(request, viewer, "negotiation/withdraw.html", {"form": form, "revision": revision}, status=status)


@require_http_methods(["GET", "POST"])
@in_room
def edit_draft(request: HttpRequest, viewer: Viewer, package: str) -> HttpResponse:
    """Edit the three kinds of terms; save keeps faults, submit refuses them beside their fields."""
    draft = queries.find_draft(viewer, package)
    if request.method == "GET":
        return _editor(request, viewer, draft, *_unbound(viewer, draft))
    head, sets = _bound(request, viewer)
    if not (head.is_valid() and all(rows.is_valid() for rows in sets.values())):
        return _editor(request, viewer, draft, head, sets, status=422)
    try:
        return _act(request, viewer, draft, head, sets)
    except Invalid as refusal:
        draft.refresh_from_db()
        _place_faults(refusal, head, sets, draft.document, viewer)
    except Conflict as refusal:
        head.add_error(None, refusal.message)
        # The version that was read stays in the form: to save over the other's work takes more than a second press.
        draft.version = int(request.POST["version"])
    except WrongPhase as refusal:
        if refusal.code != CONSENT_MISSING:
            raise
        head.add_error(None, refusal.message)  # what was typed is saved
        draft.refresh_from_db()
    return _editor(request, viewer, draft, head, sets, status=422)


def _act(request: HttpRequest, viewer: Viewer, draft: Draft, head: Any, sets: dict[str, Any]) -> HttpResponse:
    document = _document(draft, head, sets, viewer)
    posted = request.POST.get("version", "")
    version = int(posted) if posted.isdecimal() else 0
    if "totals" in request.POST:
        return _totals(request, viewer, document)
    draft = packages.save_draft(acting(viewer), draft, document, version)
    if "submit" in request.POST:
        packages.submit_package(acting(viewer), draft, draft.version)
        return redirect("package", viewer.room.code, draft.package.code)
    return redirect(f"{reverse('draft', args=[viewer.room.code, draft.package.code])}?saved=1")


@require_http_methods(["GET", "POST"])
@in_room
def discard_draft(request: HttpRequest, viewer: Viewer, package: str) -> HttpResponse:
    draft = queries.find_draft(viewer, package)
    if request.method == "POST":
        packages.discard_draft(acting(viewer), draft)
        return redirect("packages", viewer.room.code)
    return page(request, viewer, "negotiation/discard.html", {"draft": draft})


def _formset(kind: str, extra: int, items: list[tuple[str, str]]) -> Any:
    form = FORMS[kind]
    rows = formset_factory(form, formset=forms.TermRows, extra=extra, can_delete=True, max_num=MOST_ROWS)
    return partial(rows, form_kwargs={"items": items} if kind == "allocations" else {})


def _unbound(viewer: Viewer, draft: Draft) -> tuple[Any, dict[str, Any]]:
    hidden, document, items = viewer.hidden_codes, draft.document, forms.item_choices(viewer.room)
    sets = {}
    for kind in FORMS:
        initial = [
            {RENAMED.get(key, key): value for key, value in forms.BoundedForm.opened(row).items()} | {"row": place}
            for place, row in drafting.visible_rows(document, kind, hidden)
        ]
        sets[kind] = _formset(kind, 1, items)(initial=initial, prefix=kind)
    return forms.HeadForm(initial=document), sets


def _bound(request: HttpRequest, viewer: Viewer) -> tuple[Any, dict[str, Any]]:
    items = forms.item_choices(viewer.room)
    sets = {kind: _formset(kind, 0, items)(request.POST, prefix=kind) for kind in FORMS}
    return forms.HeadForm(request.POST), sets


def _document(draft: Draft, head: Any, sets: dict[str, Any], viewer: Viewer) -> Document:
    edited = {kind: [_row(form) for form in _kept(rows)] for kind, rows in sets.items()}
    merged = drafting.merge(draft.document, edited, viewer.hidden_codes)
    return {**merged, **head.cleaned_data}


def _kept(rows: Any) -> list[Any]:
    return [
        form
        for form in rows.forms
        if not form.cleaned_data.get("DELETE") and len(form.cleaned_data.keys() - {"row"}) > 1
    ]


def _row(form: Any) -> tuple[int | None, Document]:
    names = {new: old for old, new in RENAMED.items()}
    data = {names.get(key, key): value for key, value in form.cleaned_data.items() if key not in ("row", "DELETE")}
    return form.cleaned_data.get("row"), data


def _place_faults(refusal: Invalid, head: Any, sets: dict[str, Any], document: Document, viewer: Viewer) -> None:
    """Put `flows[3].yuan: …` beside that row's field where it is shown, the rest on top."""
    rest = {}
    forms_at = {
        kind: dict(zip(drafting.visible_places(document, kind, viewer.hidden_codes), _kept(rows), strict=False))
        for kind, rows in sets.items()
    }
    for path, message in refusal.fields.items():
        kind, _bracket, tail = path.partition("[")
        place, _dot, field = tail.partition("].")
        form = forms_at.get(kind, {}).get(int(place)) if place.isdigit() else None
        # `yields[0].quantity` is shown at the field that holds the list.
        name = BOUNDS.get(field) or RENAMED.get(field, re.split(r"[\[.]", field)[0])
        name = "low" if name == "negotiable" else name
        if form is not None and name in form.fields:
            form.add_error(name, message)
        else:
            rest[path] = message
    show_faults(head, Invalid(rest) if rest else Invalid({"__all__": _("Please correct the marked places.")}))


def _party_options(viewer: Viewer) -> list[tuple[str, str]]:
    parties = room_parties(viewer.room)
    return [(row.code, viewer.label(row)) for row in parties if row.code not in viewer.hidden_codes]


def _totals(request: HttpRequest, viewer: Viewer, document: Document) -> HttpResponse:
    return render(request, "negotiation/partials/totals.html", _totals_context(viewer, document))


def _totals_context(viewer: Viewer, document: Document) -> dict[str, Any]:
    items = list(viewer.room.catalogue.order_by("pk"))
    return {
        "items": items,
        "item_names": {item.code: item.name for item in items},
        "totals": drafting.totals(document, {item.code: item.price for item in items}),
    }


def _editor(
    request: HttpRequest, viewer: Viewer, draft: Draft, head: Any, sets: dict[str, Any], status: int = 200
) -> HttpResponse:
    titles = {"dispositions": _("Land"), "allocations": _("Allocations"), "flows": _("Money")}
    hidden = drafting.hidden_summary(draft.document, viewer.hidden_codes)
    context = {
        "draft": draft,
        "version": draft.version,
        "head": head,
        "sets": [{"title": titles[kind], "rows": rows, "hidden": hidden[kind]} for kind, rows in sets.items()],
        "faulty": any(rows.is_bound and not rows.is_valid() for rows in sets.values()),
        "parties": _party_options(viewer),
        "parcels": forms.parcel_options(viewer.room),
        **_totals_context(viewer, draft.document),
        "steps": draft.steps.count(),
        "partner_count": draft.partners.count(),
        "file_count": files_of(viewer, package=draft.package).filter(removed_at=None).count(),
        "saved": request.method == "GET" and "saved" in request.GET,
    }
    return page(request, viewer, "negotiation/draft.html", context, status=status)
