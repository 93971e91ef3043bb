"""Proxies: a principal names and revokes one, the convener answers."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Mandate
from accounts.refusals import Conflict, Invalid
from negotiation import proxies
from negotiation.models import ProxyNaming
from negotiation.permissions import Viewer
from negotiation.queries import proxies as queries
from negotiation.queries.rollcalls import open_ballot
from negotiation.web.act_pages import Words, act_page
from negotiation.web.procedure_forms import ShortReasonForm
from negotiation.web.rooms import acting, in_room, page

PER_PAGE = 20


class ProxyForm(forms.Form):
    username = forms.CharField(label=gettext_lazy("Sign-in name of the proxy"), max_length=150)
    whole = forms.BooleanField(label=gettext_lazy("For the vote that is open now"), required=False)
    valid_to = forms.DateTimeField(
        label=gettext_lazy("Or until"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )


class LimitForm(forms.Form):
    most = forms.IntegerField(
        label=gettext_lazy("Principals for one person at the most"), min_value=0, max_value=proxies.MOST_PROXIES
    )


@require_http_methods(["GET", "POST"])
@in_room
def proxy_list(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """One's own proxies with the form to name one; for the convener what waits too."""
    mandate, ballot = acting(viewer, may_look(viewer)), open_ballot(viewer)

    def name(data: dict[str, Any]) -> object:
        chosen = ballot if data["whole"] else None
        return proxies.name_proxy(mandate, viewer.room, data["username"], ballot=chosen, until=data["valid_to"])

    context = {
        "ballot": ballot,
        "rows": Paginator(queries.namings(viewer), PER_PAGE).get_page(request.GET.get("page")),
        "proxies": queries.proxies_of(viewer),
        "principal": mandate.kind != Mandate.Kind.PROXY,
        "may_name": mandate.kind != Mandate.Kind.PROXY and viewer.can("name_proxy"),
        "may_answer": viewer.can("grant_mandate"),
    }
    return act_page(
        request,
        viewer,
        Words(title=_("Proxies"), button=_("Name this proxy")),
        ProxyForm(request.POST or None),
        name,
        back=request.path,
        template="negotiation/proxies.html",
        context=context,
    )


def may_look(viewer: Viewer) -> str:
    """The permission to look at proxies: a convener's, or else a voter's."""
    return "convene" if viewer.may("convene") else "vote"


@require_http_methods(["GET", "POST"])
@in_room
def answer(request: HttpRequest, viewer: Viewer, naming: int) -> HttpResponse:
    """The convener's yes, or a no with a reason."""
    convener, found = acting(viewer, "convene"), queries.find_naming(viewer, naming)
    context: dict[str, Any] = {"naming": found, "form": ShortReasonForm(), "waits": found.state == "asked"}
    if request.method == "POST":
        try:
            _answer(convener, found, request.POST.get("act", ""), request.POST.get("reason", ""))
        except (Invalid, Conflict) as refusal:
            faults = refusal.fields.values() if isinstance(refusal, Invalid) else [refusal.message]
            return page(request, viewer, "negotiation/proxy.html", context | {"faults": faults}, status=422)
        return redirect("proxies", viewer.room.code)
    return page(request, viewer, "negotiation/proxy.html", context)


def _answer(convener: Mandate, naming: ProxyNaming, act: str, reason: str) -> ProxyNaming:
    if act == "accept":
        return proxies.accept_proxy(convener, naming)
    if act == "refuse":
        return proxies.refuse_proxy(convener, naming, reason)
    raise Invalid({"act": _("Choose what is to be done.")})


@require_POST
@in_room
def withdraw(request: HttpRequest, viewer: Viewer, naming: int) -> HttpResponse:
    principal = acting(viewer, "vote")
    proxies.withdraw_proxy(principal, queries.find_naming(viewer, naming))
    return redirect("proxies", viewer.room.code)


@require_http_methods(["GET", "POST"])
@in_room
def revoke(request: HttpRequest, viewer: Viewer, proxy: int) -> HttpResponse:
    principal, found = acting(viewer, "vote"), queries.find_proxy(viewer, proxy)
    words = Words(
        title=_("Revoke this proxy?"),
        button=_("Revoke the proxy"),
        lead=f"{found.user} · {found.party.name}",
        intro=_("From now on this person can not vote for you. What was voted stays; your own vote counts over it."),
        danger=True,
    )
    return act_page(
        request,
        viewer,
        words,
        forms.Form(request.POST or {} if request.method == "POST" else None),
        lambda _data: proxies.revoke_proxy(principal, viewer.room, found),
        back=reverse("proxies", args=[viewer.room.code]),
    )


@require_http_methods(["GET", "POST"])
@in_room
def limit(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    convener = acting(viewer, "convene")
    words = Words(
        title=_("How many principals for one proxy"),
        button=_("Set the limit"),
        intro=_("Mandates that there are stay. How many the law allows, the county's lawyers say."),
    )
    return act_page(
        request,
        viewer,
        words,
        LimitForm(request.POST or None, initial={"most": viewer.room.max_proxies}),
        lambda data: proxies.set_proxy_limit(convener, viewer.room, data["most"]),
        back=reverse("mandates", args=[viewer.room.code]),
    )
