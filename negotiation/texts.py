"""Free text that somebody writes into an act."""

from django.utils.translation import gettext as _

from accounts.refusals import Invalid

LONGEST = 4000


def clean_text(value: str, field: str, longest: int = LONGEST) -> str:
    """The text without blank ends. Raises Invalid for one that is empty, too long or can not be kept."""
    value = value.strip()
    if not value:
        raise Invalid({field: _("Please write something.")})
    if len(value) > longest:
        raise Invalid({field: _("At most %(most)s characters, please.") % {"most": longest}})
    if "\x00" in value:
        raise Invalid({field: _("The text contains a character that can not be kept.")})
    return value
