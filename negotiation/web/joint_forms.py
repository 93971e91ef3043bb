"""What a proposer fills in to name a party."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PartnerForm(forms.Form):
    party = forms.CharField(
        label=_("Party, by its code"),
        max_length=64,
        widget=forms.TextInput(attrs={"list": "list-partners", "autocomplete": "off"}),
    )
