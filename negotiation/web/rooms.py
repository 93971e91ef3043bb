"""The helper of every page in a room: who is asking, which room, which shell."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import Invalid, NotAllowed, NotFound
from negotiation.live.events import version
from negotiation.permissions import Viewer, look

View = Callable[..., HttpResponseBase]
PROCEDURE = (
    *("choose-procedure", "advance", "reopen", "fix-text", "record-review", "publish-decision"),
    *("ask-override", "override", "documents", "require-document", "promise-document", "accept-promise"),
    *("receive-document", "meetings", "meeting", "plan-meeting", "hold-meeting", "cancel-meeting"),
    *("take-roll-call", "roll-call", "withdraw-roll-call"),
    *("electoral-roll", "roll-version", "publish-roll", "object-to-roll", "roll-objections", "answer-roll-objection"),
    *("correct-roll", "roll-posting", "trustees", "accept-trust"),
    *("demand-hearing", "declare-hearing", "rule", "edit-rule", "outbox", "unreached", "by-hand"),
)
OF_A_PACKAGE = (
    "one-card",
    "changes",
    "adopt-changes",
    "confirm-part",
    "due-dates",
    "duty-done",
    "correct-duty",
    "withdraw-package",
    "withdraw-support",
    "mediator",
    "mediation",
    "polls",
    "open-poll",
    "poll",
)  # pages below a package's own
LOG = (
    *("log-entry", "checkpoints", "witnesses", "check-log", "anomalies", "bundles"),
    *("findings", "finding", "open-finding", "answer-finding", "ask-again", "close-finding"),
)
MODERATION = ("moderation", "report-comment", "keep-comment", "hide-comment", "appeal-hiding", "decide-appeal")
TALK = (
    "answer",
    "answer-group",
    "answers",
    "link-answer",
    "clusters",
    "one-comment",
    "caucuses",
    "caucus",
    "leave-caucus",
    *MODERATION,
)
PAPERS = ("papers", "enter-paper", "paper", "withdraw-paper", "paper-prints", "paper-print")
SHARES = ("give-share", "take-share", "give-up")
DRAFT = ("draft", "bulk", "split-parcel", "upload-plots", "draft-files", "partners", "upload-sheet", "sheet-import")
SHARED = ("read-draft", "decline-draft")  # a draft as those read it whom it names


def in_room(view: View) -> View:
    """Give the view a `Viewer` for the room named in the address.

    Strangers get 404; who is not signed in is asked to do so before being refused anything.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, code: str, **kwargs: Any) -> HttpResponseBase:
        chosen = request.session.get(f"mandate:{code}")
        # Before anything is read: what changes from here on, the page will hear of.
        request.live_version = version(code)  # type: ignore[attr-defined]
        try:
            return view(request, look(request.user, code, chosen), **kwargs)
        except (NotFound, NotAllowed):
            if request.user.is_authenticated or request.method != "GET":
                raise
            return redirect_to_login(request.get_full_path())

    return wrapper


def acting(viewer: Viewer, permission: str = "") -> Mandate:
    """The mandate that the person acts under. Raises NotAllowed for those who only look on, before any form is read.

    The act's own check stays in the domain function.
    """
    if viewer.mandate is None:
        raise NotAllowed(_("You look on in this room; to act you need a mandate of one of its parties."))
    if permission and not viewer.may(permission):
        raise NotAllowed
    return viewer.mandate


def page(
    request: HttpRequest, viewer: Viewer, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Render a page of the room inside the shell that this person uses."""
    return render(request, template, context | frame(request, viewer), status=status)


def frame(request: HttpRequest, viewer: Viewer) -> dict[str, Any]:
    resident = is_resident(request, viewer)
    tabs = resident_tabs(viewer) if resident else professional_tabs(viewer)
    current = request.resolver_match.url_name if request.resolver_match else ""
    for tab in tabs:
        tab["active"] = current in tab.pop("names")
    return {
        "viewer": viewer,
        "room": viewer.room,
        "shell": "shells/resident.html" if resident else "shells/professional.html",
        "tabs": tabs,
        "tree": [] if resident else tree(viewer),
        "shell_switch_url": reverse("shell", args=[viewer.room.code]),
        "live_url": f"/ws/rooms/{viewer.room.code}/",
        "live_version": getattr(request, "live_version", 0),
        "mandates": viewer.mandates,
    }


def is_resident(request: HttpRequest, viewer: Viewer) -> bool:
    """Members of the public side get the residents' shell unless they chose the other one."""
    chosen = request.session.get("shell")
    if chosen in ("resident", "professional"):
        return bool(chosen == "resident")
    return viewer.mandate is not None and viewer.mandate.party.side == "public"


def _tab(viewer: Viewer, name: str, label: str, *names: str) -> dict[str, Any]:
    return {"url": reverse(name, args=[viewer.room.code]), "label": label, "names": {name, *names}}


def professional_tabs(viewer: Viewer) -> list[dict[str, Any]]:
    tabs = [
        _tab(viewer, "room", _("Overview")),
        _tab(viewer, "packages", _("Packages"), "package", *DRAFT, *SHARED, "start-package", *OF_A_PACKAGE),
        _tab(viewer, "compare", _("Compare")),
        _tab(viewer, "comments", _("Discussion"), *TALK),
        _tab(viewer, "procedure", _("Procedure"), *PROCEDURE),
        _tab(viewer, "ballots", _("Ballot"), "ballot", "vote", "decide", "result", "check-receipt", *SHARES, *PAPERS),
    ]
    if viewer.mandate is not None and viewer.mandate.party.side == "public":
        tabs.insert(1, _tab(viewer, "mine", _("My home")))
    if viewer.may("read_log"):
        tabs.append(_tab(viewer, "log", _("Log"), *LOG))
    return tabs


def resident_tabs(viewer: Viewer) -> list[dict[str, Any]]:
    return [
        _tab(viewer, "mine", _("My home"), "room"),
        _tab(viewer, "packages", _("Packages"), "package", "compare", *SHARED, *OF_A_PACKAGE),
        _tab(viewer, "comments", _("Discussion"), *TALK),
        _tab(
            viewer,
            "ballots",
            _("Ballot"),
            *("ballot", "vote", "result", "check-receipt", "proxies", "revoke-proxy", "trustees", "accept-trust"),
            *SHARES,
        ),
    ]


def tree(viewer: Viewer) -> list[dict[str, Any]]:
    """Region → unit → room, down to this room."""
    plan = viewer.room.plan
    leaf = {"label": plan.title, "url": reverse("room", args=[viewer.room.code]), "active": True}
    place = reverse("unit", args=[viewer.room.code])
    node: dict[str, Any] = {"label": f"{plan.unit.code} {plan.unit.name}", "url": place, "children": [leaf]}
    region = plan.unit.region
    return [{"label": region.name, "children": [node]}]


def read_number(text: str) -> int:
    """The whole number that a form holds; 0 where it holds none, or one that no row can have."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def show_faults(form: Any, refusal: Invalid) -> None:
    """Put a refusal's messages beside the form's fields, and the rest on top of the form."""
    for name, message in refusal.fields.items():
        form.add_error(name if name in form.fields else None, message)
