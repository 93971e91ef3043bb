"""A case file's faults in words for the page; the command line shows the reader's own lines."""

from django.utils.translation import gettext as _

from accounts.refusals import Refusal
from negotiation.casefile import Fault
from negotiation.scoring import ScoringRefused


def fault_words(fault: Fault) -> str:
    """What is wrong in one sentence, in the reader's language, with what was found."""
    words = {
        "missing": _("This is missing."),
        "not_a_decimal": _("A number like 1234.50 is expected."),
        "out_of_range": _("This is outside the range that is possible here."),
        "too_short": _("Please fill this in."),
        "too_long": _("This is too long."),
        "unknown_value": _("This is not one of the possible values."),
        "unknown_code": _("Nothing in this room has this code."),
        "duplicate": _("This stands here twice."),
        "same_ends": _("The two ends of a flow must differ."),
        "circle": _("A package can not answer itself."),
        "unknown_term": _("This bound points at a term that is not there."),
        "not_positive": _("This must be greater than 0."),
        "not_whole": _("This item can not be divided; a whole number is expected."),
        "not_a_day": _("A day that there is, such as 2027-06-30, is expected."),
        "bad_form": _("This is not written in the form that is expected."),
    }
    text = words.get(fault.code, _("This is faulty: %(text)s") % {"text": fault.text})
    return f"{text} ({fault.found})" if fault.found and fault.code in words else text


def failure_words(error: Exception) -> str:
    """Why a computation failed, as it is kept: what scoring says, or only that it stopped."""
    known = isinstance(error, ScoringRefused | Refusal)
    return str(error)[:400] if known else _("The computation stopped unexpectedly.")
