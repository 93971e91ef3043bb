"""The door for who comes with a letter: code, then a password or a phone. Works without script, on any phone."""

import time
from typing import Any

from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.codes import digest
from accounts.models import User
from accounts.refusals import Conflict, Invalid, TooMany
from negotiation import coming_in
from negotiation.invitations import CODES
from negotiation.models import Invitation
from negotiation.web.forms import LetterCodeForm, NewPasswordForm, PhoneForm, ShortCodeForm
from negotiation.web.rooms import show_faults
from notifications import outbox

PENDING = "letter"
PATIENCE = 15 * 60  # seconds from the code to the end of the choice
WAIT = 600


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def come_in(request: HttpRequest) -> HttpResponse:
    """The code. Whatever is wrong with it, one message says so."""
    form = LetterCodeForm(request.POST or None)
    if request.method == "GET":
        return _page(request, "come_in", {"form": form})
    if form.is_valid():
        code = form.cleaned_data["code"]
        if not ratelimit.consume(request, action="come_in", key=digest(code, CODES)):
            return _too_many(request, "come_in", form)
        if found := coming_in.recognise(code):
            return _recognised(request, found)
        form.add_error("code", coming_in.DEAD)
    return _page(request, "come_in", {"form": form}, 422)


def _recognised(request: HttpRequest, found: Invitation) -> HttpResponse:
    # Whoever knew the session before shall not know it now.
    request.session.cycle_key()
    request.session[PENDING] = [found.pk, time.time()]
    if found.state != Invitation.State.PHONE:
        return redirect("come-in-choose")
    if not ratelimit.consume(request, action="come_in_phone", key=found.mandate.user.phone):
        return _too_many(request, "come_in", LetterCodeForm())
    coming_in.send_phone_code(found, "")
    return redirect("come-in-phone")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """A password, or the phone."""
    found = _pending(request)
    if found is None or found.state == Invitation.State.PHONE:
        return redirect("come-in")
    by_phone = "phone" in request.POST
    password = NewPasswordForm(request.POST if request.method == "POST" and not by_phone else None)
    phone = PhoneForm(request.POST if by_phone else None)
    form: Any = phone if by_phone else password
    if request.method == "POST" and form.is_valid():
        try:
            if not by_phone:
                return _enter(request, coming_in.choose_password(found, form.cleaned_data["password"]), found)
            number = coming_in.clean_phone(form.cleaned_data["phone"])
            if not ratelimit.consume(request, action="come_in_phone", key=number):
                form.add_error("phone", TooMany(wait=WAIT).message)
            else:
                coming_in.send_phone_code(found, number)
                return redirect("come-in-phone")
        except Invalid as refusal:
            show_faults(form, refusal)
        except Conflict as refusal:
            form.add_error(None, refusal.message)
    context = {"found": found, "password": password, "phone": phone, "sms": outbox.has_gateway("sms")}
    return _page(request, "come_in_choose", context, 422 if request.method == "POST" else 200)


@never_cache
@sensitive_post_parameters("short")
@require_http_methods(["GET", "POST"])
def phone(request: HttpRequest) -> HttpResponse:
    """The code from the text message."""
    found = _pending(request)
    if found is None:
        return redirect("come-in")
    form = ShortCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if person := coming_in.confirm_phone(found, form.cleaned_data["short"]):
                return _enter(request, person, found)
            form.add_error("short", _("This is not the code, or its time is over. Begin again to get a new one."))
        except (Invalid, Conflict) as refusal:
            form.add_error(None, refusal.message)
    return _page(request, "come_in_phone", {"form": form}, 422 if request.method == "POST" else 200)


def _pending(request: HttpRequest) -> Invitation | None:
    """The letter whose code this session has shown a moment ago."""
    number, since = request.session.get(PENDING) or (0, 0.0)
    return coming_in.find_alive(number) if time.time() - since < PATIENCE else None


def _enter(request: HttpRequest, person: User, found: Invitation) -> HttpResponse:
    """Sign the person in; a second factor that they have set up is still asked for."""
    request.session.pop(PENDING, None)
    return perform_login(request, person, redirect_url=reverse("mine", args=[found.mandate.party.realm]))  # type: ignore[no-any-return]


def _too_many(request: HttpRequest, template: str, form: Any) -> HttpResponse:
    refusal = TooMany(wait=WAIT)
    return _page(request, template, {"form": form, "refused": refusal.message}, refusal.status)


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, f"negotiation/{template}.html", context, status=status)
