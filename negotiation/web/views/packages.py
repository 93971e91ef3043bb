"""Packages: list, one, and the editor of a draft."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.refusals import Invalid
from negotiation import packages, scorecards
from negotiation.models import Revision
from negotiation.permissions import Viewer
from negotiation.queries import packages as queries
from negotiation.queries.attachments import revision_files
from negotiation.queries.cards import card_context, card_head
from negotiation.queries.comments import comment_page
from negotiation.queries.joint import joint_drafts, withdrawn_support
from negotiation.queries.matrix import matrix, my_part
from negotiation.queries.path import four_parts, schedule
from negotiation.queries.plain_words import own_words
from negotiation.queries.tree import tree_page
from negotiation.queries.versions import versions
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
    whole = context["listed"].card
    context |= {
        "own_words": _own_words(viewer, revision) if current else [],
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


def _own_words(viewer: Viewer, revision: Revision) -> list[str]:
    told = own_words(viewer, queries.on_the_table(viewer.room))
    return next((row.sentences for row in told if row.listed.revision.pk == revision.pk), [])


def _stands_by(viewer: Viewer, revision: Revision) -> bool:
    return viewer.mandate is not None and viewer.mandate.party in revision.standing


def _page(request: HttpRequest, rows: Any, name: str) -> Any:
    return Paginator(rows, ROWS).get_page(request.GET.get(name))


@require_safe
@in_room
def card_fragment(request: HttpRequest, viewer: Viewer, package: str, number: int) -> HttpResponse:
    context = card_context(viewer, queries.find_revision(viewer, package, number))
    return render(request, "negotiation/partials/card.html", context | {"viewer": viewer, "room": viewer.room})


@require_safe
@in_room
def card_words(request: HttpRequest, viewer: Viewer, package: str, number: int) -> HttpResponse:
    """What the scorecard says in sentences, for a page that was opened before it was computed."""
    revision = queries.find_revision(viewer, package, number)
    words = {"lights": card_head(viewer, revision)["lights"], "own_words": _own_words(viewer, revision)}
    return render(request, "negotiation/partials/card_words.html", words | {"viewer": viewer, "room": viewer.room})


@require_safe
@in_room
def card_parts(request: HttpRequest, viewer: Viewer, package: str, number: int) -> HttpResponse:
    """What it says about the four parts of the package."""
    revision = queries.find_revision(viewer, package, number)
    parts = four_parts(card_head(viewer, revision)["card"], revision)
    return render(request, "negotiation/partials/four_parts.html", {"four_parts": parts})


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
def discard_draft(request: HttpRequest, viewer: Viewer, package: str) -> HttpResponse:
    draft = queries.find_draft(viewer, package)
    if request.method == "POST":
        packages.discard_draft(acting(viewer), draft)
        return redirect("packages", viewer.room.code)
    return page(request, viewer, "negotiation/discard.html", {"draft": draft})
