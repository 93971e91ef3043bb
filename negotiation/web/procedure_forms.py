"""Forms of the procedure, of documents and of meetings: they read what was typed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from negotiation.models import Meeting

LONG = forms.Textarea(attrs={"rows": 4})


def day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class LeaveForm(forms.Form):
    """The phase that the person sees and leaves."""

    leaving = forms.CharField(max_length=16, widget=forms.HiddenInput)


class ChooseForm(forms.Form):
    procedure = forms.ChoiceField(choices=[("full", _("Full procedure"))], widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=4000, widget=LONG)


class ShortReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


class DoneForm(forms.Form):
    """The hidden field makes an empty note a form that was sent."""

    note = forms.CharField(label=_("Note"), max_length=2000, required=False, widget=LONG)
    sure = forms.CharField(initial="yes", max_length=3, widget=forms.HiddenInput)


class CorrectionForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=LONG)


class OverrideAnswerForm(forms.Form):
    answer = forms.ChoiceField(choices=[("confirm", ""), ("withdraw", "")])


class TextForm(forms.Form):
    package = forms.ChoiceField(label=_("Package"))

    def __init__(self, *args: Any, packages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["package"]
        choice.choices = [(code, f"{code} · {title}") for code, title in packages]


class ReviewForm(forms.Form):
    person = forms.CharField(label=_("Who reviewed it"), max_length=80)
    reviewed_on = day(_("Reviewed on"))
    document = forms.CharField(label=_("The opinion, or where it is filed"), max_length=4000, widget=LONG)


class PublicationForm(forms.Form):
    published_on = day(_("Published on"))
    place = forms.CharField(label=_("Where it was published"), max_length=200)


class RequireForm(forms.Form):
    title = forms.CharField(label=_("Document to bring"), max_length=200)
    party = forms.CharField(label=_("Code of the party that brings it"), max_length=64)


class PromiseForm(forms.Form):
    due = day(_("We bring it by"))


class ReceiveForm(forms.Form):
    reference = forms.CharField(label=_("Where it is filed"), max_length=200)


class ConfirmForm(forms.Form):
    """A button that can not be pressed by accident: the page before it says what follows."""

    sure = forms.ChoiceField(choices=[("yes", "")], widget=forms.HiddenInput)


class MeetingForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=Meeting.Kind.choices)
    begins_at = forms.DateTimeField(
        label=_("Begins at"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    place = forms.CharField(label=_("Place, or link"), max_length=400)
    agenda = forms.CharField(label=_("Agenda"), max_length=4000, widget=LONG)


class MinutesForm(forms.Form):
    """Bodies by boxes, households by their codes, for there may be thousands."""

    bodies = forms.MultipleChoiceField(
        label=_("Bodies that were present"), required=False, widget=forms.CheckboxSelectMultiple
    )
    households = forms.CharField(
        label=_("Households that were present"),
        required=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Their codes, with spaces or commas between them."),
    )
    minutes = forms.CharField(label=_("Minutes"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 8}))

    def __init__(self, *args: Any, bodies: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["bodies"]
        choice.choices = bodies

    def clean_households(self) -> list[str]:
        text = str(self.cleaned_data["households"])
        return text.replace(",", " ").replace("，", " ").replace("、", " ").split()


class ResolutionForm(forms.Form):
    text = forms.CharField(
        label=_("What was resolved"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    package = forms.ChoiceField(label=_("About package"), required=False)
    term = forms.CharField(
        label=_("About one term"), max_length=80, required=False, help_text=_("Written like /flows/3; may stay empty.")
    )

    def __init__(self, *args: Any, packages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["package"]
        choice.choices = [("", "—"), *((code, f"{code} · {title}") for code, title in packages)]
