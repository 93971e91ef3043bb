"""Ballots: notice, opening, the ballot paper, the live tally, the decision."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Mandate
from accounts.refusals import Conflict, Invalid, WrongPhase
from negotiation import coowners, receipts, sittings, voting
from negotiation.calendars import notice_ends
from negotiation.casting import cast_at_once, find_voter
from negotiation.live.tally import render as render_tally
from negotiation.models import Ballot, BallotSeat, Deciding
from negotiation.permissions import Viewer
from negotiation.queries import electoral, trustees
from negotiation.queries.packages import find_revision
from negotiation.queries.tallies import find_ballot, live_tally, state_words
from negotiation.rules import RuleRefused
from negotiation.rules.counting import CHOICES
from negotiation.web.forms import NoticeForm, OpenBallotForm, VoteForm
from negotiation.web.rooms import acting, in_room, page, show_faults

PER_PAGE = 20


@require_safe
@in_room
def ballot_list(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """All ballots, or straight to the one that is open."""
    rows = viewer.room.ballots.select_related("revision__package", "decision").order_by("-pk")
    open_now = rows.filter(state=Ballot.State.OPEN).first()
    if open_now:
        return redirect("ballot", viewer.room.code, open_now.pk)
    ballots = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return page(request, viewer, "negotiation/ballots.html", {"ballots": ballots})


@require_safe
@in_room
def ballot(request: HttpRequest, viewer: Viewer, ballot: int) -> HttpResponse:
    found = find_ballot(viewer, ballot)
    return _ballot_page(request, viewer, found, VoteForm(initial={"key": uuid.uuid4().hex}))


def _ballot_page(
    request: HttpRequest, viewer: Viewer, found: Ballot, form: VoteForm, status: int = 200
) -> HttpResponse:
    prefetch_related_objects([found], "sittings")
    line = _line(viewer, found)
    sitting = next((row for row in found.sittings.all() if line and row.chamber == line.chamber), None)
    sits = sittings.state(sitting, timezone.now()) if sitting else ""
    method = next((c["method"] for c in found.rule["chambers"] if line and c["code"] == line.chamber), "")
    decision = getattr(found, "decision", None)
    my_vote = voting.effective_vote(found, [line.seat_id]) if line else None
    # By a rule whose votes are final there is nothing more to do for whoever has voted in this way.
    is_final = bool(found.rule.get("final") and my_vote and my_vote.via != "proxy")
    context = {
        "ballot": found,
        "tally": live_tally(found),
        "line": line,
        "choices": CHOICES.get(method, ()),
        "method": method,
        "my_vote": my_vote,
        "receipt": receipts.receipt_state(my_vote) if my_vote else "",
        "acts_as_proxy": _is_proxy(viewer),
        "form": form,
        **_shared(viewer, found, line),
        "decision": decision,
        "outcome": state_words(decision.outcome) if decision else "",
        "sitting": sitting,
        "sits": sits,
        "final": bool(found.rule.get("final")),
        "may_vote": viewer.can("cast")
        and line is not None
        and sits == "open"
        and found.state == Ballot.State.OPEN
        and _votes(viewer, line)
        and not is_final,
        "may_see_papers": viewer.mandate is not None and viewer.may("read_names"),
        "may_decide": viewer.can("decide") and found.state != Ballot.State.DECIDED,
        "due": found.closes_at <= timezone.now(),
    }
    if found.is_secret and found.state != Ballot.State.OPEN:
        context["keepers"] = trustees.keepers(viewer, found)
    return page(request, viewer, "negotiation/ballot.html", context, status=status)


def _shared(viewer: Viewer, found: Ballot, line: BallotSeat | None) -> dict[str, Any]:
    """How the co-owners of the seat decide, for those who act for it; nothing where any of them may vote."""
    if line is None or line.deciding == Deciding.ANY:
        return {}
    owners = electoral.co_owner_choices(viewer, found, line) if line.deciding == Deciding.ALL else []
    return {"owners": owners, "representative": electoral.representative(line), "votes_here": _votes(viewer, line)}


def _votes(viewer: Viewer, line: BallotSeat) -> bool:
    """Whether the mandate that the person acts under has a say for the seat."""
    owned = viewer.mandate is not None and viewer.mandate.pk in line.owners
    return line.deciding == Deciding.ANY or _is_proxy(viewer) or owned


def _line(viewer: Viewer, found: Ballot) -> BallotSeat | None:
    if viewer.mandate is None:
        return None
    return found.roll.filter(seat__party=viewer.mandate.party_id).select_related("seat").first()


@require_http_methods(["GET", "POST"])
def vote(request: HttpRequest, code: str, ballot: int) -> HttpResponseBase:
    """One confirmation page (GET with the choice), then the vote (POST)."""
    if request.method == "POST" and _voted_plainly(request, code, ballot):
        return HttpResponseRedirect(request.path.removesuffix("vote/"))
    return _vote(request, code=code, ballot=ballot)


def _voted_plainly(request: HttpRequest, code: str, ballot: int) -> bool:
    """Nearly every vote of the busiest evening, with as few statements as it takes; else nothing is done here."""
    form = VoteForm(request.POST)
    found = find_voter(request.session, code, ballot) if form.is_valid() else None
    if found is None:
        return False
    data = form.cleaned_data
    return cast_at_once(found, data["choice"], data["reason"], data["key"]) is not None


@never_cache
@in_room
def _vote(request: HttpRequest, viewer: Viewer, ballot: int) -> HttpResponse:
    found, mandate = find_ballot(viewer, ballot), acting(viewer, "vote")
    together = _together(viewer, found)
    if request.method == "GET":
        initial = {"choice": request.GET.get("choice", ""), "key": uuid.uuid4().hex}
        context = {"ballot": found, "form": VoteForm(initial=initial), "together": together} | initial
        return page(request, viewer, "negotiation/vote.html", context)
    form = VoteForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            if together:
                coowners.say(mandate, found, data["choice"], reason=data["reason"])
                return redirect("ballot", viewer.room.code, found.pk)
            cast = voting.cast(mandate, found, data["choice"], reason=data["reason"], key=data["key"])
        except Invalid as refusal:
            show_faults(form, refusal)
        else:
            if cast.sealed:
                # The mark is kept nowhere, not even for a page that follows.
                told = {"ballot": found, "mark": cast.mark}
                return page(request, viewer, "negotiation/sealed_vote.html", told)
            return redirect("ballot", viewer.room.code, found.pk)
    context = {"ballot": found, "form": form, "choice": request.POST.get("choice", ""), "together": together}
    return page(request, viewer, "negotiation/vote.html", context, status=422)


def _together(viewer: Viewer, found: Ballot) -> bool:
    """Whether the person is one of the co-owners who decide together."""
    line = _line(viewer, found)
    return line is not None and line.deciding == Deciding.ALL and _votes(viewer, line) and not _is_proxy(viewer)


def _is_proxy(viewer: Viewer) -> bool:
    return viewer.mandate is not None and viewer.mandate.kind == Mandate.Kind.PROXY


@require_safe
@in_room
def receipt(request: HttpRequest, viewer: Viewer, ballot: int) -> HttpResponse:
    """What the voter keeps, to be checked with `tongchou-verify --receipt`."""
    found, mandate = find_ballot(viewer, ballot), acting(viewer, "vote")
    name, content = receipts.receipt_file(mandate, found)
    headers = {"Content-Disposition": content_disposition_header(True, name)}
    return HttpResponse(content, content_type="application/json", headers=headers)


@require_safe
@in_room
def tally_fragment(request: HttpRequest, viewer: Viewer, ballot: int) -> HttpResponse:
    return HttpResponse(render_tally(find_ballot(viewer, ballot), get_language() or "zh-hans"))


@require_http_methods(["GET", "POST"])
@in_room
def publish_notice(request: HttpRequest, viewer: Viewer, package: str) -> HttpResponse:
    revision = find_revision(viewer, package)
    return _convene(
        request,
        viewer,
        NoticeForm,
        "negotiation/notice.html",
        {"revision": revision},
        lambda data: voting.publish_notice(acting(viewer), revision, **data),
    )


@require_http_methods(["GET", "POST"])
@in_room
def open_ballot(request: HttpRequest, viewer: Viewer, package: str) -> HttpResponse:
    revision = find_revision(viewer, package)
    context = {"revision": revision, "ends": notice_ends(revision), "rule": viewer.room.rule}
    context["warnings"] = secrecy_warnings(viewer)
    return _convene(
        request,
        viewer,
        partial(OpenBallotForm, chambers=viewer.room.rule["chambers"]),
        "negotiation/open_ballot.html",
        context,
        lambda data: voting.open_ballot(acting(viewer), revision, data["closes_at"], data["days"]),
    )


def secrecy_warnings(viewer: Viewer) -> list[str]:
    """What may become known in spite of secrecy; nothing where the room's rule does not fit its seats any more."""
    try:
        return trustees.warnings(viewer.room, viewer.room.rule)
    except RuleRefused:
        return []


def _convene(
    request: HttpRequest,
    viewer: Viewer,
    form_class: Callable[..., Form],
    template: str,
    context: dict[str, Any],
    act: Callable[[dict[str, Any]], object],
) -> HttpResponse:
    """A convener's form on a page of its own: faults come back on it, success goes to the procedure."""
    acting(viewer, "convene")
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except Invalid as refusal:
            show_faults(form, refusal)
        except (WrongPhase, Conflict) as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect("procedure", viewer.room.code)
    status = 422 if request.method == "POST" else 200
    return page(request, viewer, template, context | {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@in_room
def decide(request: HttpRequest, viewer: Viewer, ballot: int) -> HttpResponse:
    found, mandate = find_ballot(viewer, ballot), acting(viewer, "convene")
    if request.method == "POST":
        voting.decide(mandate, found)
        return redirect("ballot", viewer.room.code, found.pk)
    return page(request, viewer, "negotiation/decide.html", {"ballot": found, "tally": live_tally(found)})
