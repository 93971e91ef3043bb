"""Forms: they read what was typed. The rules are in the domain functions."""

import re
from datetime import timedelta
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Mandate, Side
from negotiation.bulk import Bulk
from negotiation.drafting import read_parts, write_parts
from negotiation.erasure import GROUNDS
from negotiation.geodata import systems
from negotiation.mediation import Stated
from negotiation.models import Answer, CatalogueItem, Disposition, Hiding, Room
from negotiation.queries.answers import verdict_choices
from negotiation.queries.words import CATEGORIES, unit_word, word
from negotiation.sittings import Days
from negotiation.terms import amount
from units.models import Parcel, Right

STAGES = (("acquire", _("Acquire")), ("build", _("Build")), ("operate", _("Operate")))


class CommentForm(forms.Form):
    body = forms.CharField(label=_("Your comment"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    package = forms.CharField(required=False, widget=forms.HiddenInput)
    term = forms.CharField(required=False, widget=forms.HiddenInput)
    parcel = forms.CharField(required=False, widget=forms.HiddenInput)
    parent = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    quote = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)


class AnswerForm(forms.Form):
    verdict = forms.ChoiceField(label=_("Answer"), choices=Answer.Verdict.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Reason"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    revision = forms.ChoiceField(
        label=_("Carried by revision"),
        required=False,
        help_text=_("Only for what is adopted or partly adopted. It may be named later."),
    )

    def __init__(self, *args: Any, revisions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["revision"]).choices = [("", _("not yet")), *revisions]


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))


class AppealForm(ReasonForm):
    outcome = forms.ChoiceField(label=_("Decision"), choices=Hiding.Outcome.choices, widget=forms.RadioSelect)
    field_order = ["outcome", "reason"]


class CaucusForm(forms.Form):
    """A private thread: with one's side, or with parties that are ticked or named by code."""

    name = forms.CharField(label=_("Name of the thread"), max_length=80)
    own_side = forms.BooleanField(label=_("With everybody of our own side"), required=False)
    parties = forms.MultipleChoiceField(label=_("Or with these"), required=False, widget=forms.CheckboxSelectMultiple)
    codes = forms.CharField(
        label=_("And with these households"),
        max_length=1000,
        required=False,
        help_text=_("Codes, such as HH-018 HH-019"),
    )

    def __init__(self, *args: Any, parties: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.MultipleChoiceField, self.fields["parties"]).choices = parties

    def named(self) -> list[str]:
        """The codes of all parties that were chosen."""
        return [*self.cleaned_data["parties"], *re.split(r"[\s,，、;；]+", self.cleaned_data["codes"])]


class MessageForm(forms.Form):
    body = forms.CharField(label=_("To the members"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))


class LinkForm(forms.Form):
    revision = forms.ChoiceField(label=_("Carried by revision"))

    def __init__(self, *args: Any, revisions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["revision"]).choices = revisions


class AnswerFilter(forms.Form):
    """What the table of answers shows; what it does not know is passed over."""

    verdict = forms.ChoiceField(label=_("Answer"), required=False)
    side = forms.ChoiceField(label=_("Side"), required=False)
    package = forms.ChoiceField(label=_("About"), required=False)

    def __init__(self, *args: Any, packages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every, sides = ("", _("everything")), [row for row in Side.choices if row[0] != Side.NONE]
        titled = [(code, f"{code} · {title}") for code, title in packages]
        for name, choices in (("verdict", verdict_choices()), ("side", sides), ("package", titled)):
            field = cast(forms.ChoiceField, self.fields[name])
            field.choices = [every, *choices]
            field.widget.attrs |= {"class": "form-select", "data-autosubmit": ""}

    def wanted(self) -> dict[str, str]:
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}


class NoticeForm(forms.Form):
    published_on = forms.DateField(
        label=_("Published on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    place = forms.CharField(label=_("Where it was published"), max_length=200)


class MomentField(forms.DateTimeField):
    def __init__(self, **kwargs: Any) -> None:
        attrs = {"type": "datetime-local", "step": "1"}
        super().__init__(widget=forms.DateTimeInput(attrs=attrs, format="%Y-%m-%dT%H:%M:%S"), **kwargs)


class OpenBallotForm(forms.Form):
    """The common close, and for each chamber of the rule days of its own, where it has some."""

    closes_at = MomentField(label=_("The vote closes at"))

    def __init__(self, *args: Any, chambers: list[dict[str, Any]], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"closes_at": timezone.localtime() + timedelta(days=7)})
        super().__init__(*args, **kwargs)
        self.chambers = [row["code"] for row in chambers]
        for row in chambers if len(chambers) > 1 else ():
            named = {"chamber": row.get("title") or row["code"]}
            opens, closes = _("%(chamber)s votes from"), _("%(chamber)s votes until")
            self.fields[f"days.{row['code']}.opens_at"] = MomentField(label=opens % named, required=False)
            self.fields[f"days.{row['code']}.closes_at"] = MomentField(label=closes % named, required=False)

    def common(self) -> list[forms.BoundField]:
        return [self["closes_at"]]

    def own(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name != "closes_at"]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        days = {
            code: Days(data.get(f"days.{code}.opens_at"), data.get(f"days.{code}.closes_at")) for code in self.chambers
        }
        return {"closes_at": data.get("closes_at"), "days": days}


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


def listed_by(name: str, label: Any) -> forms.CharField:
    """A field that takes a code and offers those of one of the page's lists."""
    return forms.CharField(label=label, max_length=64, widget=forms.TextInput(attrs={"list": f"list-{name}"}))


class WithdrawalForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


class RowForm(forms.Form):
    """One row of a table of fields, none of which must be filled in here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False
            select, box = isinstance(field, forms.ChoiceField), isinstance(field, forms.BooleanField)
            field.widget.attrs["class"] = "form-select" if select else "form-check-input" if box else "form-control"
            field.widget.attrs["aria-label"] = field.label


class TermForm(RowForm):
    """One row of terms. `row` is its place in the stored draft; an untouched extra row is left out.

    A draft may have gaps; only a package that is put on the table may not.
    """

    kind = ""
    row = forms.IntegerField(required=False, widget=forms.HiddenInput)
    pick = forms.BooleanField(label=_("Tick"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.faults: dict[str, str] = {}

    def mark(self, name: str, message: str) -> None:
        """Show a fault of the saved row beside its field."""
        self.faults[name] = message
        self.fields[name].widget.attrs |= {"aria-invalid": "true"}

    @property
    def is_row(self) -> bool:
        """Whether it is a row of the draft: one that stood there, or a new one in which something was written."""
        known = self.cleaned_data.get("row") is not None
        return known or bool(set(self.changed_data) - {"row", "pick", "DELETE"})

    @property
    def number(self) -> int | None:
        """The row's number as people count, of a row that is saved."""
        place = self.initial.get("row") if not self.is_bound else self.cleaned_data.get("row")
        return None if place is None else place + 1


class TermRows(forms.BaseFormSet):  # type: ignore[type-arg]
    """Rows of terms, each with a box that takes it out."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        box = form.fields["DELETE"]
        box.label = _("Take out")
        box.widget.attrs |= {"class": "form-check-input", "aria-label": box.label}
        form.order_fields(["row", "pick"])


class PartsField(forms.CharField):
    """What a piece of land yields or uses, written `item quantity; item quantity`."""

    def prepare_value(self, value: Any) -> Any:
        return write_parts(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        parts = read_parts(super().to_python(value) or "")
        if parts is None:
            raise forms.ValidationError(_("Write item and quantity, such as: flat 1200.00; shop 300"))
        return parts

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(initial or [], data)


def due_day() -> forms.CharField:
    """By when the term is to be done; a text, for a draft may hold any."""
    return forms.CharField(label=_("Due on"), max_length=10, widget=forms.DateInput(attrs={"type": "date"}))


class DispositionForm(TermForm):
    kind = "dispositions"
    parcel = listed_by("parcels", _("Parcel"))
    action = forms.ChoiceField(label=_("Action"), choices=Disposition.Action.choices, initial="retain")
    land_use = forms.CharField(label=_("Land use"), max_length=16)
    site_area = forms.CharField(label=_("Site area (m²)"), max_length=24)
    floor_area = forms.CharField(label=_("Floor area (m²)"), max_length=24, initial="0.00")
    recipient = listed_by("parties", _("Recipient"))
    responsible = listed_by("parties", _("Responsible"))
    yields = PartsField(label=_("Yields"), max_length=2000, required=False)
    uses = PartsField(label=_("Uses up"), max_length=2000, required=False)
    due = due_day()


class BoundedForm(TermForm):
    """A term whose amount may be negotiable: the mediator may move it between `low` and `high`."""

    low = forms.CharField(label=_("At least"), max_length=24)
    high = forms.CharField(label=_("At most"), max_length=24)
    due = due_day()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        bounds = {key: value for key, value in (("min", data.pop("low", "")), ("max", data.pop("high", ""))) if value}
        return {**data, "negotiable": bounds}

    @staticmethod
    def opened(row: dict[str, Any]) -> dict[str, Any]:
        """A row of a draft as initial values."""
        bounds = row.get("negotiable", {})
        return {**row, "low": bounds.get("min"), "high": bounds.get("max")}


class AllocationForm(BoundedForm):
    kind = "allocations"
    party = listed_by("parties", _("Party"))
    item = forms.ChoiceField(label=_("Item"))
    quantity = forms.CharField(label=_("Quantity"), max_length=24)
    year = forms.IntegerField(label=_("Year"), min_value=0)

    field_order = ["row", "party", "item", "quantity", "year"]

    def __init__(self, *args: Any, items: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        item = cast(forms.ChoiceField, self.fields["item"])
        item.choices, item.initial = items, items[0][0] if items else None


class FlowForm(BoundedForm):
    kind = "flows"
    source = listed_by("ends", _("From"))
    target = listed_by("ends", _("To"))
    category = forms.CharField(label=_("Category"), max_length=64)
    stage = forms.ChoiceField(label=_("Stage"), choices=STAGES, initial="acquire")
    year = forms.IntegerField(label=_("Year"), min_value=0)
    yuan = forms.CharField(label=_("Yuan"), max_length=24)
    field_order = ["row", "source", "target", "category", "stage", "year", "yuan"]


class ValuationForm(forms.Form):
    """One factor for each item of the catalogue, and the gain below which the party walks away."""

    def __init__(self, *args: Any, items: list[CatalogueItem], stated: Stated | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        multipliers = stated.multipliers if stated else {}
        for item in items:
            label = _("%(item)s: its worth to us, as a multiple of its price") % {"item": item.name}
            self.fields[item.code] = forms.CharField(
                label=label, max_length=24, required=False, initial=multipliers.get(item.code)
            )
        walk_away = amount(stated.walk_away) if stated and stated.walk_away is not None else None
        self.fields["walk_away"] = forms.CharField(
            label=_("The gain (yuan) below which we walk away"), max_length=24, required=False, initial=walk_away
        )


def item_choices(room: Room) -> list[tuple[str, str]]:
    rows = CatalogueItem.objects.filter(room=room).order_by("pk")
    return [(row.code, f"{row.name} ({unit_word(row.unit)})" if unit_word(row.unit) else row.name) for row in rows]


def parcel_options(room: Room) -> list[tuple[str, str]]:
    return list(Parcel.objects.filter(plan=room.plan_id).order_by("pk").values_list("code", "name"))


class MandateForm(forms.Form):
    username = forms.CharField(label=_("Sign-in name of the person"), max_length=150)
    party = forms.CharField(label=_("Code of the party"), max_length=64)
    kind = forms.ChoiceField(label=_("Kind"), choices=Mandate.Kind.choices)
    document = forms.CharField(label=_("Document"), max_length=200, required=False)
    valid_from = forms.DateTimeField(
        label=_("Valid from"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    valid_to = forms.DateTimeField(
        label=_("Valid until"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )


class PersonForm(forms.Form):
    username = forms.CharField(label=_("Sign-in name"), max_length=150, help_text=_("Letters, digits and @ . + - _"))
    name = forms.CharField(label=_("Name"), max_length=80)
    email = forms.EmailField(label=_("E-mail"), required=False)


class BulkForm(forms.Form):
    """Which amounts of a draft change, and how."""

    kind = forms.ChoiceField(label=_("Table"), choices=(("allocations", _("Allocations")), ("flows", _("Money"))))
    about = forms.ChoiceField(label=_("Item or category"), required=False)
    class_code = forms.ChoiceField(label=_("Rights of the class"), required=False)
    party = forms.CharField(label=_("Code of the party"), max_length=64, required=False)
    rows = forms.RegexField(
        r"^\s*\d{1,6}(\s*[,，、\s]\s*\d{1,6})*\s*$",
        label=_("Only rows no."),
        max_length=4000,
        required=False,
        help_text=_("Such as 3, 5, 12; empty for all of them"),
    )
    way = forms.ChoiceField(
        label=_("What happens"),
        choices=(("percent", _("by so many per cent")), ("set", _("set to")), ("round", _("round to multiples of"))),
    )
    value = forms.DecimalField(label=_("Number"), max_digits=21, decimal_places=6)

    def __init__(self, *args: Any, room: Room, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rights = Right.objects.filter(plan=room.plan_id).order_by("class_code").values_list("class_code", flat=True)
        classes = [(code, word(code)) for code in rights.distinct()]
        everything = ("", _("all of them"))
        categories = [(code, str(name)) for code, name in CATEGORIES.items()]
        cast(forms.ChoiceField, self.fields["about"]).choices = [everything, *item_choices(room), *categories]
        cast(forms.ChoiceField, self.fields["class_code"]).choices = [everything, *classes]

    def bulk(self) -> Bulk:
        data = {**self.cleaned_data}
        numbers = re.findall(r"\d+", data.pop("rows"))
        return Bulk(**data, places=tuple(int(number) - 1 for number in numbers))


class FileForm(forms.Form):
    """A file; on a phone the camera is offered too."""

    file = forms.FileField(
        label=_("File"),
        max_length=400,
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,image/jpeg,image/png,image/webp"}),
    )


class SheetForm(forms.Form):
    file = forms.FileField(
        label=_("Workbook (.xlsx)"),
        max_length=400,
        widget=forms.ClearableFileInput(
            attrs={"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
        ),
    )


class PlotsForm(forms.Form):
    file = forms.FileField(
        label=_("GeoJSON, GeoPackage or zipped Shapefile"),
        max_length=400,
        widget=forms.ClearableFileInput(attrs={"accept": ".geojson,.json,.gpkg,.zip"}),
    )
    system = forms.ChoiceField(
        label=_("Coordinate system, if the file does not say it"),
        required=False,
        choices=lambda: [("", _("as the file says")), *systems.choices()],
    )


class SplitForm(forms.Form):
    """`rows`: (place, label) of each land term that the editor sees."""

    row = forms.TypedChoiceField(label=_("Land term"), coerce=int)
    area = forms.DecimalField(label=_("Site area of the second part (m²)"), max_digits=20, decimal_places=6)

    def __init__(self, *args: Any, rows: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["row"]).choices = rows


class RevokeForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=400)


class ErasureForm(forms.Form):
    ground = forms.ChoiceField(label=_("Ground"), choices=list(GROUNDS.items()), widget=forms.RadioSelect)


class LetterCodeForm(forms.Form):
    code = forms.CharField(
        label=_("The code of your letter"),
        max_length=200,
        help_text=_("Capital or small letters, with or without the strokes."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
            | {"data-letter-code": "", "class": "letter-code"}
        ),
    )


class NewPasswordForm(forms.Form):
    password = forms.CharField(
        label=_("A password of your own"),
        max_length=200,
        strip=False,
        help_text=_("At least 8 characters. Several words that only you put together are good and easy to keep."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label=_("Your phone number"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )


class ShortCodeForm(forms.Form):
    short = forms.CharField(
        label=_("The code in the text message"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
