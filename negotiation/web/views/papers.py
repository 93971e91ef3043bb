"""Votes on paper, for officials: papers to print, what is entered of them, the second reading."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.refusals import Invalid
from negotiation import paperprints, papers
from negotiation.models import Ballot, BallotSeat, PaperBatch, PaperEntry
from negotiation.papercodes import paper_code
from negotiation.permissions import Viewer
from negotiation.printing.papers import PDF, File, file_response
from negotiation.queries import papers as queries
from negotiation.queries.tallies import find_ballot
from negotiation.voting import choices
from negotiation.web.act_pages import Words, act_page
from negotiation.web.forms import RevokeForm
from negotiation.web.paper_forms import PaperCodeForm, PaperForm, PrintForm, ReadingForm
from negotiation.web.rooms import acting, in_room, page, show_faults
from negotiation.web.views.attachments import saved_file

OFFICIALS = "read_names"
PER_PAGE = 50


@require_safe
@in_room
def paper_list(request: HttpRequest, viewer: Viewer, ballot: int) -> HttpResponse:
    acting(viewer, OFFICIALS)
    found, state = find_ballot(viewer, ballot), request.GET.get("state", "")
    context = {
        "ballot": found,
        "rows": Paginator(queries.entries(found, state), PER_PAGE).get_page(request.GET.get("page")),
        "counts": queries.counts(found),
        "state": state,
        "form": PaperCodeForm(),
        "may_enter": _may_enter(viewer, found),
    }
    return page(request, viewer, "negotiation/papers.html", context)


@require_http_methods(["GET", "POST"])
@in_room
def enter(request: HttpRequest, viewer: Viewer, ballot: int) -> HttpResponse:
    """First the code alone, then what the paper of that seat says."""
    mandate, found = acting(viewer, OFFICIALS), find_ballot(viewer, ballot)
    asked = PaperCodeForm(request.POST if request.method == "POST" else request.GET or None)
    line = _line(found, asked)
    if line is None:
        status = 422 if asked.is_bound else 200
        return page(request, viewer, "negotiation/enter_paper.html", {"ballot": found, "form": asked}, status)
    code = asked.cleaned_data["code"]
    form = PaperForm(request.POST or None, request.FILES or None, choices=choices(found, line.chamber))
    words = Words(title=_("Enter a paper"), button=_("Enter this paper"))
    return act_page(
        request,
        viewer,
        words,
        form,
        # One byte more than is taken tells that it is too large.
        lambda data: papers.enter_paper(
            mandate,
            found,
            code,
            data["choice"],
            data["file"].read(settings.ATTACHMENT_BYTES + 1),
            reason=data.get("reason", ""),
        ),
        back=_list_address(viewer, found),
        template="negotiation/enter_paper.html",
        context={"ballot": found, "line": line, "code": paper_code(line.pk)},
    )


def _line(ballot: Ballot, form: PaperCodeForm) -> BallotSeat | None:
    """The line that the typed code names; without one the faults are in the form."""
    if not form.is_bound or not form.is_valid():
        return None
    try:
        return papers.find_line(ballot, form.cleaned_data["code"])
    except Invalid as refusal:
        show_faults(form, refusal)
        return None


@require_http_methods(["GET", "POST"])
@in_room
def one_paper(request: HttpRequest, viewer: Viewer, ballot: int, paper: int) -> HttpResponse:
    """One entered paper; posting to it is the second official's reading."""
    mandate, entry = acting(viewer, OFFICIALS), queries.find_entry(viewer, ballot, paper)
    line = entry.ballot.roll.get(seat=entry.seat_id)
    context = {
        "ballot": entry.ballot,
        "entry": entry,
        "readings": queries.readings(entry),
        "own": entry.entered_by.user_id == mandate.user_id,
        "may_enter": _may_enter(viewer, entry.ballot),
    }
    return act_page(
        request,
        viewer,
        Words(title=_("Paper of seat %(seat)s") % {"seat": entry.seat.party.code}, button=_("This is what I read")),
        ReadingForm(request.POST or None, choices=choices(entry.ballot, line.chamber)),
        lambda data: papers.confirm_paper(mandate, entry, data["choice"]),
        back=request.path,
        template="negotiation/paper.html",
        context=context,
    )


@require_safe
@in_room
def scan(request: HttpRequest, viewer: Viewer, ballot: int, paper: int) -> HttpResponse:
    acting(viewer, OFFICIALS)
    return scan_response(queries.find_entry(viewer, ballot, paper))


def scan_response(entry: PaperEntry) -> HttpResponse:
    """The scan to be saved, never to be shown inside of our pages. Raises NotFound once it was withdrawn."""
    name = f"paper-{entry.ballot_id}-{entry.seat.party.code}-{entry.pk}.{entry.kind}"
    return saved_file(entry.sha256, entry.kind, name)


@require_http_methods(["GET", "POST"])
@in_room
def withdraw(request: HttpRequest, viewer: Viewer, ballot: int, paper: int) -> HttpResponse:
    mandate, entry = acting(viewer, OFFICIALS), queries.find_entry(viewer, ballot, paper)
    words = Words(
        title=_("Withdraw this entry?"),
        button=_("Withdraw the entry"),
        lead=f"{entry.seat.party.code} {entry.seat.party.name}",
        intro=_("Its scan is thrown away. That it was entered, and why it was withdrawn, stays in the log."),
        danger=True,
    )
    return act_page(
        request,
        viewer,
        words,
        RevokeForm(request.POST or None),
        lambda data: papers.withdraw_paper(mandate, entry, data["reason"]),
        back=_list_address(viewer, entry.ballot),
    )


@require_http_methods(["GET", "POST"])
@in_room
def prints(request: HttpRequest, viewer: Viewer, ballot: int) -> HttpResponse:
    """Ask for papers; those that were asked for before."""
    mandate, found = acting(viewer, OFFICIALS), find_ballot(viewer, ballot)
    context = {
        "ballot": found,
        "batches": Paginator(queries.batches(found), 20).get_page(request.GET.get("page")),
        "may_enter": _may_enter(viewer, found),
    }
    return act_page(
        request,
        viewer,
        Words(title=_("Print ballot papers"), button=_("Make the papers")),
        PrintForm(request.POST or None),
        lambda data: paperprints.print_papers(mandate, found, data["place"], data["codes"]),
        back=request.path,
        template="negotiation/paper_prints.html",
        context=context,
    )


@require_safe
@in_room
def one_print(request: HttpRequest, viewer: Viewer, ballot: int, prints: int) -> HttpResponse:
    acting(viewer, OFFICIALS)
    context = _batch_context(queries.find_batch(viewer, ballot, prints))
    return page(request, viewer, "negotiation/paper_print.html", context)


@require_safe
@in_room
def print_state(request: HttpRequest, viewer: Viewer, ballot: int, prints: int) -> HttpResponse:
    """The progress alone, for a page that waits for it."""
    acting(viewer, OFFICIALS)
    context = _batch_context(queries.find_batch(viewer, ballot, prints))
    return render(request, "negotiation/partials/paper_print.html", context | {"viewer": viewer, "room": viewer.room})


def _batch_context(batch: PaperBatch) -> dict[str, object]:
    return {"batch": batch, "files": queries.files(batch), "waiting": batch.done < batch.total}


@require_safe
@in_room
def print_file(request: HttpRequest, viewer: Viewer, ballot: int, prints: int, file: int) -> HttpResponse:
    acting(viewer, OFFICIALS)
    return print_response(viewer, ballot, prints, file)


def print_response(viewer: Viewer, ballot: int, prints: int, number: int) -> HttpResponse:
    """The PDF. Raises NotFound."""
    content = paperprints.file_content(queries.find_file(viewer, ballot, prints, number))
    response = file_response(File(content, PDF, f"{viewer.room.code}-papers-{prints}-{number}.pdf"))
    response["Cache-Control"] = "private, no-store"
    return response


def _may_enter(viewer: Viewer, ballot: Ballot) -> bool:
    return viewer.can(papers.ACT) and ballot.state == Ballot.State.OPEN


def _list_address(viewer: Viewer, ballot: Ballot) -> str:
    return reverse("papers", args=[viewer.room.code, ballot.pk])
