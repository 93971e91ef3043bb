"""Forms around results and straw polls."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from negotiation.models import Poll, Revision

BIG = 2**63 - 1


class ReceiptForm(forms.Form):
    """What stands on a receipt; the code on it fills everything in."""

    index = forms.IntegerField(label=_("Place in the log"), min_value=0, max_value=BIG)
    entry = forms.RegexField("^[0-9a-fA-F]{64}$", label=_("Hash of the entry (SHA-256)"))
    size = forms.IntegerField(label=_("Entries under the seal"), min_value=1, max_value=BIG, required=False)
    root = forms.CharField(label=_("Root of the seal"), max_length=44, required=False)


class OpenPollForm(forms.Form):
    title = forms.CharField(label=_("What you ask"), max_length=200)
    packages = forms.MultipleChoiceField(label=_("Packages"), widget=forms.CheckboxSelectMultiple)
    method = forms.ChoiceField(label=_("How it is answered"), choices=Poll.Method.choices, widget=forms.RadioSelect)
    closes_at = forms.DateTimeField(
        label=_("The straw poll closes at"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"),
    )

    def __init__(self, *args: Any, packages: list[tuple[str, str]], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"closes_at": timezone.localtime() + timedelta(days=7), "method": "approval"})
        super().__init__(*args, **kwargs)
        cast(forms.MultipleChoiceField, self.fields["packages"]).choices = packages


class PollForm(forms.Form):
    """One's own answer: a rank for each package that has one."""

    def ranks(self) -> dict[str, int]:
        raise NotImplementedError


class ApprovalForm(PollForm):
    approved = forms.MultipleChoiceField(
        label=_("I would go on with"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any, options: list[tuple[str, str]], ranks: Mapping[str, int] | None) -> None:
        super().__init__(data, initial={"approved": list(ranks or ())})
        cast(forms.MultipleChoiceField, self.fields["approved"]).choices = options

    def ranks(self) -> dict[str, int]:
        return dict.fromkeys(self.cleaned_data["approved"], 1)


class RankingForm(PollForm):
    def __init__(self, data: Any, options: list[tuple[str, str]], ranks: Mapping[str, int] | None) -> None:
        super().__init__(data, initial={f"rank_{code}": rank for code, rank in (ranks or {}).items()})
        places = [("", _("not ranked")), *((str(n), str(n)) for n in range(1, len(options) + 1))]
        for code, label in options:
            self.fields[f"rank_{code}"] = forms.ChoiceField(label=label, choices=places, required=False)

    def ranks(self) -> dict[str, int]:
        chosen = {name.removeprefix("rank_"): value for name, value in self.cleaned_data.items()}
        return {code: int(value) for code, value in chosen.items() if value}


def poll_form(
    method: str, options: Iterable[Revision], data: Any = None, initial: Mapping[str, int] | None = None
) -> PollForm:
    """The form of a straw poll's method."""
    named = [(row.package.code, f"{row.package.code} · {row.title}") for row in options]
    made = RankingForm if method == Poll.Method.RANKED else ApprovalForm
    return made(data, named, initial)
