"""A page for one act: what it does, its form, and a button that says the act."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.refusals import Conflict, Invalid, WrongPhase
from negotiation.permissions import Viewer
from negotiation.web.rooms import page, show_faults


@dataclass(frozen=True)
class Words:
    """What the page says. `danger`: what can not be undone, or goes past a duty."""

    title: str
    button: str
    lead: str = ""
    intro: str = ""
    danger: bool = False


def act_page(
    request: HttpRequest,
    viewer: Viewer,
    words: Words,
    form: Form,
    act: Callable[[dict[str, Any]], object],
    *,
    back: str,
    template: str = "negotiation/act.html",
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show the form, or do the act and go `back`; a refusal comes back on the form."""
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except Invalid as refusal:
            show_faults(form, refusal)
        except (WrongPhase, Conflict) as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect(back)
    status = 422 if request.method == "POST" else 200
    return page(request, viewer, template, {"words": words, "form": form, "back": back, **(context or {})}, status)
