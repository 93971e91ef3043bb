"""Forms of findings."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from negotiation.models import Finding
from negotiation.queries.findings import STATES
from negotiation.texts import LONGEST

AREA = forms.Textarea(attrs={"rows": 6})
READ_BY = _("Auditors and the convener read it. The log of the room holds a commitment to it: name nobody in it.")


class FindingFilter(forms.Form):
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("Any")), *STATES])
    entry = forms.UUIDField(required=False, widget=forms.HiddenInput)


class TextForm(forms.Form):
    text = forms.CharField(max_length=LONGEST, widget=AREA, help_text=READ_BY)

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label


class CloseForm(TextForm):
    verdict = forms.ChoiceField(label=_("How it ends"), widget=forms.RadioSelect, choices=Finding.Verdict.choices)
    field_order = ["verdict", "text"]
