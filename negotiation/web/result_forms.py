"""Forms around results: looking a receipt up."""

from django import forms
from django.utils.translation import gettext_lazy as _

BIG = 2**63 - 1


class ReceiptForm(forms.Form):
    """What stands on a receipt; the code on it fills everything in."""

    index = forms.IntegerField(label=_("Place in the log"), min_value=0, max_value=BIG)
    entry = forms.RegexField("^[0-9a-fA-F]{64}$", label=_("Hash of the entry (SHA-256)"))
    size = forms.IntegerField(label=_("Entries under the seal"), min_value=1, max_value=BIG, required=False)
    root = forms.CharField(label=_("Root of the seal"), max_length=44, required=False)
