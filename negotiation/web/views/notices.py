"""One's own notices, how one is told, and the link in an e-mail that ends them. Outside of any room."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.refusals import Invalid
from negotiation.web.notice_forms import PreferencesForm
from negotiation.web.rooms import show_faults
from notifications import preferences, reading
from notifications.topics import REQUIRED, Group, outline

PER_PAGE = 20


@require_safe
@login_required
def notice_list(request: HttpRequest) -> HttpResponse:
    rows = Paginator(reading.notices(request.user), PER_PAGE).get_page(request.GET.get("page"))  # type: ignore[arg-type]
    return render(request, "negotiation/notices.html", {"rows": rows})


@require_POST
@login_required
def open_notice(request: HttpRequest, notice: int) -> HttpResponse:
    """Mark it as read and go where it leads; with `stay` back to the list."""
    found = reading.mark_read(request.user, notice)  # type: ignore[arg-type]
    return redirect("notices" if "stay" in request.POST else found.link)


@require_POST
@login_required
def read_all(request: HttpRequest) -> HttpResponse:
    reading.mark_all_read(request.user)  # type: ignore[arg-type]
    return redirect("notices")


@require_http_methods(["GET", "POST"])
@login_required
def choose(request: HttpRequest) -> HttpResponse:
    """How one is told, group by group."""
    user = request.user
    form = PreferencesForm(request.POST or None, user=user)  # type: ignore[arg-type]  # signed in
    if request.method == "POST" and form.is_valid():
        try:
            preferences.choose(user, form.wishes(), form.cleaned_data["language"])  # type: ignore[arg-type]
        except Invalid as refusal:
            show_faults(form, refusal)
        else:
            return redirect("notice-preferences")
    required = [outline(code) for code in REQUIRED]
    status = 422 if request.method == "POST" else 200
    return render(request, "negotiation/preferences.html", {"form": form, "required": required}, status=status)


@csrf_exempt
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """What the link in an e-mail leads to. Mail programs post to it by themselves (RFC 8058), a person confirms.

    The signed token stands in for a sign-in, so that a foreign page could not have made it.
    """
    if request.method == "POST":
        user, group = preferences.stop(token)
    else:
        user, group = preferences.read_token(token)
    context = {"group": Group(group).label if group else "", "done": request.method == "POST", "person": user}
    return render(request, "negotiation/stop.html", context)
