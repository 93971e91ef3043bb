"""Secret ballots: who opens them together, the giving of shares, the board."""

import csv
from collections.abc import Iterator
from typing import Any

from allauth.core import ratelimit
from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Mandate
from accounts.refusals import Invalid, NotFound, TooMany
from negotiation import trustees, unsealing
from negotiation.permissions import Viewer
from negotiation.queries import trustees as queries
from negotiation.queries.tallies import find_ballot
from negotiation.web.act_pages import Words, act_page
from negotiation.web.forms import RevokeForm
from negotiation.web.rooms import acting, in_room, page, show_faults

WAIT = 600
COLUMNS = ("chamber", "mark", "choice")


class TrusteesForm(forms.Form):
    usernames = forms.CharField(
        label=gettext_lazy("Sign-in names of the trustees, one on each line"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    needed = forms.IntegerField(
        label=gettext_lazy("How many of them open a vote together"), min_value=trustees.FEWEST, max_value=trustees.MOST
    )


def _secret_field(label: Any, kind: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": kind})
    return forms.CharField(label=label, max_length=trustees.LONGEST, strip=False, widget=widget)


class NewPassphraseForm(forms.Form):
    passphrase = _secret_field(gettext_lazy("Passphrase"), "new-password")
    again = _secret_field(gettext_lazy("The same passphrase again"), "new-password")

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("passphrase", again):
            raise forms.ValidationError(_("These two are not the same."))
        return again


class PassphraseForm(forms.Form):
    passphrase = _secret_field(gettext_lazy("Your passphrase"), "current-password")


@require_http_methods(["GET", "POST"])
@in_room
def trustee_list(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Who is named and who has accepted, for everybody; for the convener the form to name others."""
    trust = queries.standing_trust(viewer.room)
    if request.method == "POST":
        acting(viewer, "convene")

    def name(data: dict[str, Any]) -> object:
        return trustees.name_trustees(acting(viewer), viewer.room, data["usernames"].split(), data["needed"])

    rows = queries.trustees(viewer, trust) if trust else []
    context = {
        "trust": trust,
        "trustees": rows,
        "may_name": viewer.can("name_trustees"),
        "may_accept": viewer.can("accept_trust") and any(row["mine"] for row in rows),
        "secret": viewer.room.rule.get("secret"),
    }
    return act_page(
        request,
        viewer,
        Words(title=_("Trustees of secret votes"), button=_("Name these trustees")),
        TrusteesForm(request.POST or None, initial={"needed": trust.needed if trust else 2}),
        name,
        back=request.path,
        template="negotiation/trustees.html",
        context=context,
    )


@never_cache
@sensitive_post_parameters("passphrase", "again")
@require_http_methods(["GET", "POST"])
@in_room
def accept(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """A trustee's yes, with a passphrase that nobody else knows."""
    mandate, trust = acting(viewer), queries.standing_trust(viewer.room)
    if trust is None:
        raise NotFound
    trustees.own_trustee(mandate, trust)
    words = Words(
        title=_("Accept to open secret votes together"),
        button=_("Accept with this passphrase"),
        lead=_("After the close of a vote you give your share of its key with this passphrase."),
        intro=_(
            "Write it down and keep it where only you find it: nobody can tell it to you or set another one. If too "
            "many trustees lose theirs, the vote can not be opened. Best are five or more words that do not belong "
            "together. Never tell anybody, whoever asks."
        ),
    )
    return act_page(
        request,
        viewer,
        words,
        NewPassphraseForm(request.POST or None),
        lambda data: trustees.accept_trust(mandate, trust, data["passphrase"]),
        back=reverse("trustees", args=[viewer.room.code]),
    )


@never_cache
@sensitive_post_parameters("passphrase")
@require_http_methods(["GET", "POST"])
@in_room
def give(request: HttpRequest, viewer: Viewer, ballot: int) -> HttpResponse:
    """Who has given a share already, and the trustee's own."""
    found, mandate = find_ballot(viewer, ballot), acting(viewer)
    keepers = queries.keepers(viewer, found) if found.is_secret else []
    own = next((row for row in keepers if row["mine"]), None)

    def give_share(data: dict[str, Any]) -> object:
        slow_down(request, mandate)
        return unsealing.give_share(mandate, found, data["passphrase"])

    context = {
        "ballot": found,
        "keepers": keepers,
        "own": own,
        "may_give": own is not None and viewer.can("give_share") and own["given_at"] is None,
    }
    return act_page(
        request,
        viewer,
        Words(title=_("Open the secret vote together"), button=_("Give my share")),
        PassphraseForm(request.POST or None),
        give_share,
        back=reverse("ballot", args=[viewer.room.code, found.pk]),
        template="negotiation/give_share.html",
        context=context,
    )


@never_cache
@sensitive_post_parameters("passphrase")
@require_http_methods(["GET", "POST"])
@in_room
def take(request: HttpRequest, viewer: Viewer, ballot: int) -> HttpResponse:
    """The own share as a file, for a count without us."""
    found, mandate = find_ballot(viewer, ballot), acting(viewer)
    form = PassphraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        slow_down(request, mandate)
        try:
            name, content = unsealing.take_share(mandate, found, form.cleaned_data["passphrase"])
        except Invalid as refusal:
            show_faults(form, refusal)
        else:
            headers = {"Content-Disposition": content_disposition_header(True, name)}
            return HttpResponse(content, content_type="application/json", headers=headers)
    words = Words(
        title=_("Take my share away"),
        button=_("Download my share"),
        intro=_(
            "With the log's bundle and the shares of enough trustees the vote is counted again without us: "
            "tongchou-verify BUNDLE --shares FILE FILE. Whoever holds that many shares also learns who chose what: "
            "keep the file as well as the passphrase. That you took it stands in the log."
        ),
        danger=True,
    )
    context = {"words": words, "form": form, "back": reverse("ballot", args=[viewer.room.code, found.pk])}
    return page(request, viewer, "negotiation/act.html", context, 422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
@in_room
def give_up(request: HttpRequest, viewer: Viewer, ballot: int) -> HttpResponse:
    """The way out where too few trustees still have their passphrase."""
    found, mandate = find_ballot(viewer, ballot), acting(viewer, "convene")
    words = Words(
        title=_("Give this vote up?"),
        button=_("Give the vote up"),
        intro=_(
            "Fourteen days after the close a secret vote that too few trustees can open is given up. It decides "
            "nothing, the room goes back to the table, and the same revision may be voted on again."
        ),
        danger=True,
    )
    return act_page(
        request,
        viewer,
        words,
        RevokeForm(request.POST or None),
        lambda data: unsealing.give_up(mandate, found, data["reason"]),
        back=reverse("ballot", args=[viewer.room.code, found.pk]),
    )


def slow_down(request: HttpRequest, mandate: Mandate) -> None:
    """Raise TooMany for somebody who tries many passphrases."""
    if not ratelimit.consume(request, action="passphrase", key=f"{mandate.party.realm}:{mandate.user_id}"):
        raise TooMany(wait=WAIT)


@require_safe
@in_room
def board(request: HttpRequest, viewer: Viewer, ballot: int) -> HttpResponseBase:
    """All marks with their choices, for everybody. One's own mark is looked for at home: asking us would tell us."""
    found = find_ballot(viewer, ballot)
    headers = {"Content-Disposition": content_disposition_header(True, f"board-{found.pk}.csv")}
    return StreamingHttpResponse(_lines(queries.board(found)), content_type="text/csv; charset=utf-8", headers=headers)


def _lines(rows: Iterator[tuple[str, str, str]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "﻿" + writer.writerow(COLUMNS)
    for row in rows:
        yield writer.writerow(row)


class _Echo:
    """What is written comes back."""

    def write(self, text: str) -> str:
        return text
