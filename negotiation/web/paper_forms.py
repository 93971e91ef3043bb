"""Forms of votes on paper."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from negotiation.templatetags.tongchou import choice_name
from negotiation.web.forms import FileForm


class PaperCodeForm(forms.Form):
    """A scanner types the code and presses Enter, as a person does."""

    code = forms.CharField(
        label=_("Code of the paper"),
        max_length=40,
        help_text=_("Scan the square or type the code below it, with or without the stroke."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "autofocus": True}
            | {"class": "letter-code"}
        ),
    )


class ReadingForm(forms.Form):
    """What is ticked on a paper."""

    choice = forms.ChoiceField(label=_("What is ticked on the paper"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, choices: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["choice"]
        choice.choices = [(code, choice_name(code)) for code in choices]


class PaperForm(ReadingForm, FileForm):
    """The first official's: with the scan, and the reason where an objection has one."""

    reason = forms.CharField(
        label=_("Reason, as it stands on the paper"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ["choice", "reason", "file"]

    def __init__(self, *args: Any, choices: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, choices=choices, **kwargs)
        self.fields["file"].label = _("Scan or photograph of the paper")
        if "object" not in choices:
            del self.fields["reason"]


class PrintForm(forms.Form):
    place = forms.CharField(
        label=_("Where papers are handed in"), max_length=200, help_text=_("As it is printed on each paper.")
    )
    codes = forms.CharField(
        label=_("Only for these parties"),
        required=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Codes, with spaces or commas between them. Empty: one paper for every seat."),
    )

    def clean_codes(self) -> list[str]:
        return re.findall(r"[^\s,，、;；]+", self.cleaned_data["codes"])
