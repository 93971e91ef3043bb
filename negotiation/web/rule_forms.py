"""Forms of a decision rule: its head, its chambers, their measures; and the totals of a trial."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Side
from negotiation.figures import number
from negotiation.rules.counting import CHOICES
from negotiation.templatetags.tongchou import choice_name
from negotiation.web.forms import RowForm, TermRows

Document = dict[str, Any]
BY = (("heads", _("by heads")), ("area", _("by area")), ("value", _("by value")))
METHODS = (
    ("vote", _("a vote")),
    ("no_objection", _("passes unless somebody objects with a reason")),
    ("acceptance", _("everyone must accept")),
)
KINDS = (("turnout", _("Turnout")), ("approval", _("Approval")), ("objection", _("Objection")))
BASES = (
    ("entitled", _("of all seats")),
    ("participating", _("of those who take part")),
    ("deciding", _("of the votes for and against")),
)
TESTS = (("at_least", _("at least (the number itself counts)")), ("more_than", _("more than")))
COLUMNS = (("floor_area", _("floor area of the rights")), ("site_area", _("land area of the rights")))


class RuleForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=200)
    basis = forms.CharField(label=_("Legal basis"), max_length=400, required=False)
    description = forms.CharField(
        label=_("What the law leaves open, and how it is settled here"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    notice_days = forms.IntegerField(label=_("Days of public notice"), min_value=0, max_value=3650)
    notice_working_days = forms.IntegerField(label=_("Working days of public notice"), min_value=0, max_value=3650)
    roll_days = forms.IntegerField(
        label=_("Days for which the electoral roll lies open for objections"),
        min_value=0,
        max_value=3650,
        required=False,
        help_text=_("0: the roll need not be published before a vote."),
    )
    area = forms.ChoiceField(label=_("“By area” counts"), choices=COLUMNS)
    final = forms.BooleanField(
        label=_("A vote once cast is final"),
        required=False,
        help_text=_("Otherwise votes may be changed until the close."),
    )
    secret = forms.BooleanField(
        label=_("Secret: choices are sealed until trustees open them together after the close"), required=False
    )
    code = forms.CharField(
        label=_("Code"), max_length=64, help_text=_("Another code than the preset's makes it a rule of your own.")
    )


class WrittenForm(RowForm):
    """A row of a rule, which is one where something was written: what one chooses from a list always says something."""

    @property
    def is_written(self) -> bool:
        return any(self.cleaned_data.get(name) for name, field in self.fields.items() if type(field) is forms.CharField)


class ChamberForm(WrittenForm):
    code = forms.CharField(label=_("Code"), max_length=64)
    title = forms.CharField(label=_("Chamber"), max_length=80)
    method = forms.ChoiceField(label=_("How it decides"), choices=METHODS)
    side = forms.ChoiceField(label=_("Side"), choices=[("", "—"), *[row for row in Side.choices if row[0] != "none"]])
    kind = forms.CharField(label=_("Kind of party"), max_length=40)
    parties = forms.CharField(label=_("Parties (codes)"), max_length=2000)
    then = forms.ChoiceField(label=_("After an objection"), choices=(("", "—"), ("hearing", _("a hearing"))))

    def row(self) -> Document:
        data = self.cleaned_data
        who: Document = {key: data[key] for key in ("side", "kind") if data[key]}
        if codes := [code for code in re.split(r"[\s,，、;；]+", data["parties"]) if code]:
            who["parties"] = codes
        named = {key: data[key] for key in ("title", "then") if data[key]}
        return {"code": data["code"], **named, "who": who, "method": data["method"]}


class MeasureForm(WrittenForm):
    chamber = forms.CharField(label=_("Chamber (code)"), max_length=64)
    kind = forms.ChoiceField(label=_("What is measured"), choices=KINDS)
    by = forms.ChoiceField(label=_("Counted by"), choices=BY)
    of = forms.ChoiceField(label=_("Share of"), choices=BASES)
    test = forms.ChoiceField(label=_("Threshold"), choices=TESTS)
    needed = forms.CharField(label=_("Fraction"), max_length=24)

    def row(self) -> Document:
        data = self.cleaned_data
        # Where nothing is said it is of the entitled; an approval always says it.
        base = {"of": data["of"]} if data["kind"] == "approval" or data["of"] != "entitled" else {}
        return {"by": data["by"], **base, data["test"]: data["needed"]}


CHAMBERS = forms.formset_factory(ChamberForm, formset=TermRows, extra=1, can_delete=True, max_num=20)
MEASURES = forms.formset_factory(MeasureForm, formset=TermRows, extra=1, can_delete=True, max_num=60)


def opened(rule: Document) -> tuple[Document, list[Document], list[Document]]:
    """A rule as initial values of head, chambers and measures."""
    head = {
        "notice_days": 0,
        "notice_working_days": 0,
        "roll_days": 0,
        **rule,
        "area": rule.get("weights", {}).get("area", "floor_area"),
    }
    chambers = [
        {**row, **row.get("who", {}), "parties": " ".join(row.get("who", {}).get("parties", ()))}
        for row in rule["chambers"]
    ]
    measures = [
        {"chamber": row["code"], "kind": kind, "of": "entitled", **item, **_threshold(item)}
        for row in rule["chambers"]
        for kind, _label in KINDS
        for item in row.get(kind, ())
    ]
    return head, chambers, measures


def _threshold(measure: Document) -> Document:
    test = "at_least" if "at_least" in measure else "more_than"
    return {"test": test, "needed": measure.get(test)}


def written(head: RuleForm, chambers: Any, measures: Any, base: Document) -> Document:
    """The rule that the forms say; weights that they do not show are those of `base`."""
    data = {key: value for key, value in head.cleaned_data.items() if value not in ("", 0, None) and key != "area"}
    weights = {key: column for key, column in base.get("weights", {}).items() if key != "area"}
    if head.cleaned_data["area"] != "floor_area":
        weights["area"] = head.cleaned_data["area"]
    rows = [form.row() for form in _kept(chambers)]
    for form in _kept(measures):
        code, kind = form.cleaned_data["chamber"], form.cleaned_data["kind"]
        # A measure of a chamber that is not there makes one, which is refused: nothing is passed over.
        found = next((row for row in rows if row["code"] == code), None) or {"code": code}
        if found not in rows:
            rows.append(found)
        found.setdefault(kind, []).append(form.row())
    return {**data, **({"weights": weights} if weights else {}), "chambers": rows}


def _kept(rows: Any) -> list[Any]:
    return [form for form in rows.forms if form.is_written and not form.cleaned_data.get("DELETE")]


def _decimal(found: Fraction) -> Decimal:
    return Decimal(found.numerator) / found.denominator


class TrialForm(forms.Form):
    """Totals of each choice of each chamber: heads and the weights that are counted in it."""

    def __init__(
        self, data: Any, *, rule: Document, entitled: Mapping[str, Mapping[str, Fraction]], **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.rule, self.entitled = rule, entitled
        units = {"heads": gettext("seats"), "area": "m²", "value": gettext("yuan")}
        for name, chamber, choice, by in self._names():
            whole = number(_decimal(entitled[chamber["code"]][by]))
            label = f"{choice_name(choice)} ({units.get(by, by)}, ≤ {whole})"
            self.fields[name] = forms.CharField(label=label, max_length=30, required=False)
            self.fields[name].widget.attrs |= {"inputmode": "decimal", "class": "form-control"}

    def _names(self) -> Iterator[tuple[str, Document, str, str]]:
        """Name of each field, with the chamber, the choice and the weight that it is about."""
        for place, chamber in enumerate(self.rule["chambers"]):
            for choice in CHOICES[chamber.get("method", "no_objection")]:
                for by in self.entitled[chamber["code"]]:
                    yield f"t{place}-{choice}-{by}", chamber, choice, by

    def given(self) -> Document:
        """Chamber → choice → by → total, as `rules.trial` takes it; only what was filled in."""
        found: Document = {}
        for name, chamber, choice, by in self._names():
            if value := self.data.get(name, "").strip():
                found.setdefault(chamber["code"], {}).setdefault(choice, {})[by] = value
        return found

    def sections(self) -> list[Document]:
        """Each chamber with its fields, for the page."""
        found = {row["code"]: {"title": row.get("title") or row["code"], "fields": []} for row in self.rule["chambers"]}
        for name, chamber, _choice, _by in self._names():
            found[chamber["code"]]["fields"].append(self[name])
        return list(found.values())
