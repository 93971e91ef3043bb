"""Forms of the electoral roll: they read what was typed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Mandate
from negotiation.models import Deciding, RollLine
from negotiation.queries.electoral import weight_words
from negotiation.web.procedure_forms import day


class PublishRollForm(forms.Form):
    published_on = day(_("Lies open since"))
    place = forms.CharField(
        label=_("Where it is posted"), max_length=200, help_text=_("The place, beside the page in this room.")
    )


class RollFilter(forms.Form):
    search = forms.CharField(label=_("Code or name"), max_length=80, required=False)
    chamber = forms.ChoiceField(label=_("Chamber"), required=False)

    def __init__(self, *args: Any, chambers: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["chamber"]
        choice.choices = [("", _("all of them")), *chambers.items()]


class ObjectionForm(forms.Form):
    text = forms.CharField(
        label=_("What is wrong, and what would be right"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


class AnswerObjectionForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("The answer"),
        widget=forms.RadioSelect,
        choices=(("upheld", _("Upheld: the roll will be corrected")), ("dismissed", _("Dismissed: the roll is right"))),
    )
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class CorrectRollForm(forms.Form):
    """One party's line. Fields of weights that stay empty count what the rights say."""

    struck = forms.BooleanField(label=_("Not on the roll: this party has no vote"), required=False)
    deciding = forms.ChoiceField(label=_("How co-owners decide"), choices=Deciding.choices)
    named = forms.TypedChoiceField(label=_("The named representative"), coerce=int, empty_value=None, required=False)
    document = forms.CharField(label=_("Declaration of the co-owners, or document"), max_length=200, required=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody on the roll reads it: name nobody in it."),
    )

    def __init__(self, *args: Any, line: RollLine, columns: list[str], owners: list[Mandate], **kwargs: Any) -> None:
        initial = {**line.corrected, "struck": line.struck, "deciding": line.deciding, "named": line.named_id}
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        self.line, self.columns = line, columns
        named: Any = self.fields["named"]
        named.choices = [("", "—"), *((mandate.pk, str(mandate.user)) for mandate in owners)]
        for column in columns:
            self.fields[column] = forms.CharField(label=weight_words(column), max_length=24, required=False)
            self.fields[column].widget.attrs |= {"inputmode": "decimal"}
            self.fields[column].help_text = _("Empty: the sum of the rights counts.")
        self.order_fields([*columns, "struck", "deciding", "named", "document", "reason"])

    def changes(self) -> dict[str, Any]:
        """What differs from the line as it is, as `electoral.Change` takes it."""
        data, line = self.cleaned_data, self.line
        weights = {name: data[name] for name in self.columns if data[name] != line.corrected.get(name, "")}
        found: dict[str, Any] = {"weights": weights, "document": data["document"]}
        if data["struck"] != line.struck:
            found["struck"] = data["struck"]
        if (data["deciding"], data["named"]) != (line.deciding, line.named_id):
            found |= {"deciding": data["deciding"], "named": data["named"]}
        return found
