"""The electoral roll: the list with one's own entry on top, objections, corrections, versions, the wall's list."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.refusals import NotFound
from negotiation import electoral
from negotiation.models import ElectoralRoll, RollObjection
from negotiation.permissions import Viewer
from negotiation.printing.papers import file_response
from negotiation.printing.roll import roll_xlsx
from negotiation.queries import electoral as queries
from negotiation.rolls import latest_roll
from negotiation.web import roll_forms as forms
from negotiation.web.act_pages import Words, act_page
from negotiation.web.rooms import acting, in_room, page

PER_PAGE = 20


@require_safe
@in_room
def roll(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The newest version; before the first one, what will be here and how it begins."""
    return _roll_page(request, viewer, latest_roll(viewer.room))


@require_safe
@in_room
def version(request: HttpRequest, viewer: Viewer, number: int) -> HttpResponse:
    return _roll_page(request, viewer, queries.find_version(viewer, number))


def _roll_page(request: HttpRequest, viewer: Viewer, found: ElectoralRoll | None) -> HttpResponse:
    room = viewer.room
    context: dict[str, Any] = {
        "roll": found,
        "may_publish": viewer.can("publish_roll"),
        "days": room.rule.get("roll_days", 0),
        "waiting": queries.waiting(room),
    }
    if found:
        context |= _lines(request, viewer, found) | _rights(viewer, found)
    return page(request, viewer, "negotiation/roll.html", context)


def _lines(request: HttpRequest, viewer: Viewer, found: ElectoralRoll) -> dict[str, Any]:
    form = forms.RollFilter(request.GET or None, chambers=queries.chamber_titles(viewer.room))
    wanted = form.cleaned_data if form.is_valid() else {}
    shown = queries.lines(viewer, found, wanted.get("search", ""), wanted.get("chamber", ""))
    rows = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    rows.object_list = queries.dress(viewer, list(rows.object_list))
    history = Paginator(queries.versions(viewer.room), PER_PAGE).get_page(request.GET.get("versions"))
    return {
        "form": form,
        "rows": rows,
        "own": queries.own_lines(viewer, found),
        "totals": queries.totals(viewer, found),
        "titles": queries.chamber_titles(viewer.room),
        "columns": queries.columns(viewer.room),
        "versions": history,
        "corrections": queries.corrections(viewer, found),
    }


def _rights(viewer: Viewer, found: ElectoralRoll) -> dict[str, Any]:
    """Which buttons the page shows."""
    today, newest = timezone.localdate(), found.number == viewer.room.rolls.count()
    return {
        "newest": newest,
        "runs": today < found.ends,
        "may_list": queries.may_list(viewer),
        "may_object": newest and today < found.ends and viewer.can("object_to_roll"),
        "may_correct": newest and viewer.can("correct_roll"),
        "may_export": viewer.may("read_households"),
    }


def _back(viewer: Viewer) -> str:
    return reverse("electoral-roll", args=[viewer.room.code])


@require_http_methods(["GET", "POST"])
@in_room
def publish(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    mandate = acting(viewer, "convene")
    words = Words(
        title=_("Publish the electoral roll"),
        button=_("Publish the roll"),
        intro=_(
            "Seats, heads and weights come from the rights. Everybody in the room is told to check their entry; what "
            "was corrected before goes on to hold. The days for objections begin with the day that you say."
        ),
    )
    return act_page(
        request,
        viewer,
        words,
        forms.PublishRollForm(request.POST or None, initial={"published_on": timezone.localdate()}),
        lambda data: electoral.publish_roll(mandate, viewer.room, data["published_on"], data["place"]),
        back=_back(viewer),
    )


@require_http_methods(["GET", "POST"])
@in_room
def object_to(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """`?party=CODE` is the line that is objected to; without it somebody is missing."""
    mandate, party = acting(viewer, "comment"), request.GET.get("party", "")
    words = Words(
        title=_("Object to the electoral roll"),
        button=_("Object"),
        lead=_("The entry of %(party)s") % {"party": viewer.code_label(party)} if party else _("Somebody is missing"),
        intro=_(
            "The convener answers with a reason; no vote opens before. The party of the entry may read what you write."
        ),
    )
    return act_page(
        request,
        viewer,
        words,
        forms.ObjectionForm(request.POST or None),
        lambda data: electoral.object_to_roll(mandate, viewer.room, data["text"], party),
        back=reverse("roll-objections", args=[viewer.room.code]),
    )


@require_safe
@in_room
def objections(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """One's own and those about one's entry; officials see all."""
    acting(viewer)
    if not queries.may_list(viewer):
        raise NotFound
    context = {
        "rows": Paginator(queries.objections(viewer), PER_PAGE).get_page(request.GET.get("page")),
        "waiting": queries.waiting(viewer.room),
        "may_answer": viewer.can("answer_roll_objection"),
        "may_correct": viewer.can("correct_roll"),
    }
    return page(request, viewer, "negotiation/roll_objections.html", context)


@require_http_methods(["GET", "POST"])
@in_room
def answer(request: HttpRequest, viewer: Viewer, objection: int) -> HttpResponse:
    mandate, found = acting(viewer, "convene"), queries.find_objection(viewer, objection)
    words = Words(
        title=_("Answer an objection to the electoral roll"),
        button=_("Answer the objection"),
        lead=viewer.label(found.seat.party) if found.seat else _("Somebody is missing"),
        intro=found.text,
    )

    def act(data: dict[str, Any]) -> RollObjection:
        return electoral.answer_objection(mandate, found, data["reason"], upheld=data["verdict"] == "upheld")

    form = forms.AnswerObjectionForm(request.POST or None)
    return act_page(request, viewer, words, form, act, back=reverse("roll-objections", args=[viewer.room.code]))


@require_http_methods(["GET", "POST"])
@in_room
def correct(request: HttpRequest, viewer: Viewer, party: str) -> HttpResponse:
    """One party's line; several at once go by the API."""
    mandate, line = acting(viewer, "convene"), queries.find_line(viewer, party)
    chosen = list(dict.fromkeys(queries.columns(viewer.room).values()))
    owners = list(queries.co_owners(line))
    form = forms.CorrectRollForm(request.POST or None, line=line, columns=chosen, owners=owners)
    words = Words(
        title=_("Correct the electoral roll"),
        button=_("Make a new version"),
        lead=f"{party} {viewer.label(line.seat.party)}",
        intro=_("The rights and the scores stay as they are; the vote counts what the roll says. The party is told."),
    )
    return act_page(
        request,
        viewer,
        words,
        form,
        lambda data: electoral.correct_roll(
            mandate, viewer.room, [electoral.Change(party, **form.changes())], data["reason"]
        ),
        back=_back(viewer),
        template="negotiation/correct_roll.html",
        context={"line": queries.dress(viewer, [line])[0], "rights": queries.rights_of(viewer, [line.seat.party_id])},
    )


@require_safe
@in_room
def posting(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The whole list to print and to post: codes, places, heads; never a household's weight."""
    acting(viewer)
    if not queries.may_list(viewer):
        raise NotFound
    found = queries.find_version(viewer)
    rows = queries.dress(viewer, list(queries.lines(viewer, found).filter(struck=False)))
    context = {"roll": found, "rows": rows, "titles": queries.chamber_titles(viewer.room)}
    return page(request, viewer, "negotiation/roll_posting.html", context)


@require_safe
@in_room
def workbook(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    acting(viewer, "read_households")
    return file_response(roll_xlsx(viewer, queries.find_version(viewer)))
