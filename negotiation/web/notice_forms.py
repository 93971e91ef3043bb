"""Forms about being told."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from notifications.preferences import SMS_RHYTHMS, Rhythm, Wish, wishes
from notifications.topics import CHOSEN, Group

SMS_CHOICES = [(value, Rhythm(value).label) for value in SMS_RHYTHMS]


class PreferencesForm(forms.Form):
    """Two choices for each group, and the language of messages."""

    language = forms.ChoiceField(label=_("Language of messages"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = self.fields["language"]
        language.choices = [("", _("As the site's")), *settings.LANGUAGES]  # type: ignore[attr-defined]
        language.initial = user.language
        own = wishes(user)
        for group in CHOSEN:
            self._add(f"{group}-email", _("By e-mail"), Rhythm.choices, own[group].email)
            self._add(f"{group}-sms", _("By text message"), SMS_CHOICES, own[group].sms)

    def _add(self, name: str, label: Any, choices: Any, initial: str) -> None:
        self.fields[name] = forms.ChoiceField(label=label, choices=choices, initial=initial)

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Each group's name with its fields, for the page."""
        return [(str(Group(group).label), [self[f"{group}-email"], self[f"{group}-sms"]]) for group in CHOSEN]

    def wishes(self) -> dict[str, Wish]:
        data = self.cleaned_data
        return {group: Wish(data[f"{group}-email"], data[f"{group}-sms"]) for group in CHOSEN}


class HandForm(forms.Form):
    """That a notice was handed over."""

    evidence = forms.CharField(
        label=_("How, when and by whom it was handed over"),
        help_text=_("For instance the receipt's number, or who was the witness."),
        max_length=400,
    )
