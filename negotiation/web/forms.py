"""Forms: they read what was typed. The rules are in the domain functions."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from negotiation.models import Answer, CatalogueItem, Disposition, Room
from units.models import Parcel

STAGES = (("acquire", _("Acquire")), ("build", _("Build")), ("operate", _("Operate")))


class CommentForm(forms.Form):
    body = forms.CharField(label=_("Your comment"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    package = forms.CharField(required=False, widget=forms.HiddenInput)
    term = forms.CharField(required=False, widget=forms.HiddenInput)
    parent = forms.IntegerField(required=False, widget=forms.HiddenInput)


class AnswerForm(forms.Form):
    verdict = forms.ChoiceField(label=_("Answer"), choices=Answer.Verdict.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Reason"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))


class NoticeForm(forms.Form):
    published_on = forms.DateField(
        label=_("Published on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    place = forms.CharField(label=_("Where it was published"), max_length=200)


class OpenBallotForm(forms.Form):
    closes_at = forms.DateTimeField(
        label=_("The vote closes at"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("initial", {"closes_at": timezone.localtime() + timedelta(days=7)})
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]


class VoteForm(forms.Form):
    choice = forms.CharField()
    reason = forms.CharField(
        label=_("Reason"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)


class HeadForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=400, required=False)
    summary = forms.CharField(
        label=_("Summary"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class TermForm(forms.Form):
    """One row of terms. `row` is its place in the stored draft; an untouched extra row is left out."""

    row = forms.IntegerField(required=False, widget=forms.HiddenInput)


class DispositionForm(TermForm):
    parcel = forms.ChoiceField(label=_("Parcel"))
    action = forms.ChoiceField(label=_("Action"), choices=Disposition.Action.choices)
    land_use = forms.CharField(label=_("Land use"), max_length=16)
    site_area = forms.CharField(label=_("Site area (m²)"), max_length=24)
    floor_area = forms.CharField(label=_("Floor area (m²)"), max_length=24, initial="0.00")
    recipient = forms.ChoiceField(label=_("Recipient"), required=False)
    responsible = forms.ChoiceField(label=_("Responsible"), required=False)


class AllocationForm(TermForm):
    party = forms.ChoiceField(label=_("Party"))
    item = forms.ChoiceField(label=_("Item"))
    quantity = forms.CharField(label=_("Quantity"), max_length=24)
    year = forms.IntegerField(label=_("Year"), min_value=0)


class FlowForm(TermForm):
    source = forms.ChoiceField(label=_("From"))
    target = forms.ChoiceField(label=_("To"))
    category = forms.CharField(label=_("Category"), max_length=64)
    stage = forms.ChoiceField(label=_("Stage"), choices=STAGES)
    year = forms.IntegerField(label=_("Year"), min_value=0)
    yuan = forms.CharField(label=_("Yuan"), max_length=24)


def choices(room: Room, parties: list[tuple[str, str]]) -> dict[str, list[tuple[str, str]]]:
    """What the select fields of the term forms offer in this room."""
    parcels = Parcel.objects.filter(plan=room.plan_id).order_by("pk").values_list("code", "name")
    items = CatalogueItem.objects.filter(room=room).order_by("pk").values_list("code", "name")
    ends = [("project", _("The project")), ("pool", _("Compensation pool")), ("outside", _("Outside"))]
    return {
        "parcel": [(code, f"{code} {name}") for code, name in parcels],
        "item": [(code, str(name)) for code, name in items],
        "party": parties,
        "recipient": [("", "—"), *parties],
        "responsible": [("", "—"), *parties],
        "source": [*ends, *parties],  # type: ignore[list-item]
        "target": [*ends, *parties],  # type: ignore[list-item]
    }
