"""What of the log somebody wants to see."""

from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from negotiation.models import Room
from negotiation.phases import choices as phase_choices
from negotiation.queries.entries import Wanted
from negotiation.queries.story import WORDS, outline

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class LogForm(forms.Form):
    """Every field may be empty."""

    action = forms.ChoiceField(label=_("What"), required=False)
    party = forms.CharField(label=_("By whom (party's code)"), required=False, max_length=64)
    object = forms.CharField(label=_("About (such as ballot, or ballot/3)"), required=False, max_length=110)
    phase = forms.ChoiceField(label=_("In which phase"), required=False)
    after = forms.DateTimeField(label=_("From when"), required=False, widget=MOMENT)
    before = forms.DateTimeField(label=_("Until when"), required=False, widget=MOMENT)
    older = forms.UUIDField(required=False, widget=forms.HiddenInput)
    newer = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, room: Room, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["action"].choices = [("", _("Everything")), *action_choices()]  # type: ignore[attr-defined]
        self.fields["phase"].choices = [("", _("Any")), *phase_choices(room)]  # type: ignore[attr-defined]

    def clean_after(self) -> datetime | None:
        return self._moment("after")

    def clean_before(self) -> datetime | None:
        return self._moment("before")

    def _moment(self, name: str) -> datetime | None:
        """In UTC: PostgreSQL takes no offset of sixteen hours, which Python does."""
        given: datetime | None = self.cleaned_data[name]
        try:
            return given and given.astimezone(UTC)
        except OverflowError:
            raise forms.ValidationError(self.fields[name].error_messages["invalid"], "invalid") from None

    def wanted(self) -> Wanted:
        """What a valid form asks for."""
        data = self.cleaned_data
        names = ("action", "party", "phase", "after", "before")
        return Wanted(thing=data["object"], **{name: data[name] for name in names})


def action_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """The acts by noun, each noun with all its acts first."""
    groups = []
    for noun, found in groupby(sorted(WORDS), key=lambda action: action.partition(".")[0]):
        one = [(action, f"{action} · {outline(action)}") for action in found]
        groups.append((noun, [(noun, f"{noun}.*"), *one]))
    return groups
