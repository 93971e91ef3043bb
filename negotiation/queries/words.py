"""What a case file's usual codes are called on pages; a code that is not known is shown as it is."""

import re
from functools import reduce

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from negotiation.permissions import Viewer

LAND_USES = {
    "01": gettext_lazy("Farmland"),
    "02": gettext_lazy("Orchard"),
    "03": gettext_lazy("Forest"),
    "04": gettext_lazy("Grassland"),
    "05": gettext_lazy("Wetland"),
    "06": gettext_lazy("Farm facilities"),
    "07": gettext_lazy("Residential"),
    "08": gettext_lazy("Public services"),
    "0804": gettext_lazy("Education"),
    "09": gettext_lazy("Commerce and services"),
    "10": gettext_lazy("Industry and mining"),
    "11": gettext_lazy("Storage"),
    "12": gettext_lazy("Transport"),
    "13": gettext_lazy("Utilities"),
    "14": gettext_lazy("Green and open space"),
    "15": gettext_lazy("Special use"),
    "16": gettext_lazy("Reserve"),
    "17": gettext_lazy("Water"),
}
RIGHTS = {
    "ownership": gettext_lazy("Ownership"),
    "use": gettext_lazy("Right of use"),
    "lease": gettext_lazy("Lease"),
    "contract": gettext_lazy("Contracted management"),
    "mortgage": gettext_lazy("Mortgage"),
    "homestead": gettext_lazy("Homestead"),
}
CLASSES = {
    "self-built": gettext_lazy("Self-built house"),
    "danwei-flat": gettext_lazy("Work-unit flat"),
    "public-housing": gettext_lazy("Public housing"),
    "collective-shop": gettext_lazy("Collective shop"),
    "collective-site": gettext_lazy("Collective building land"),
    "industrial": gettext_lazy("Industrial"),
    "farmland": gettext_lazy("Farmland"),
}
CATEGORIES = {
    "land-price": gettext_lazy("Land price"),
    "land-compensation": gettext_lazy("Compensation for land"),
    "relocation": gettext_lazy("Relocation allowance"),
    "exit-payment": gettext_lazy("Payment for leaving the homestead"),
    "lost-rent": gettext_lazy("Compensation for lost rent"),
    "construction": gettext_lazy("Construction"),
    "public-works": gettext_lazy("Public works"),
    "reclaim": gettext_lazy("Reclamation"),
    "operating-income": gettext_lazy("Operating income"),
    "operating-cost": gettext_lazy("Operating cost"),
    "visitor-income": gettext_lazy("Visitors' income"),
    "venue-rent": gettext_lazy("Rent of the venue"),
    "rent-share": gettext_lazy("Share of the rent"),
    "upkeep": gettext_lazy("Upkeep"),
    "tax": gettext_lazy("Tax"),
    "budget": gettext_lazy("Public budget"),
    "quota-price": gettext_lazy("Price of quota"),
    "pool-share": gettext_lazy("Share for the compensation pool"),
    "riverside-restriction": gettext_lazy("Compensation for the riverside restriction"),
    "farmland-protection": gettext_lazy("Compensation for protecting farmland"),
}
WORDS = {**CLASSES, **CATEGORIES, **RIGHTS}
ENDS = {
    "project": gettext_lazy("The project"),
    "pool": gettext_lazy("Compensation pool"),
    "outside": gettext_lazy("Outside"),
}
LIMITS = {
    "gini": gettext_lazy("Unevenness (Gini)"),
    "min_recovery": gettext_lazy("Lowest recovery rate"),
    "npv": gettext_lazy("Project, present value"),
    "peak_gap": gettext_lazy("Deepest gap in advance"),
}
UNITS = {"m2": "m²", "m3": "m³", "1": ""}
TERM = re.compile(r"/(dispositions|allocations|flows)/(\d+)")


def land_use_name(code: str) -> str:
    """The national classification's name of a land-use code, by its longest known prefix."""
    for length in (4, 2):
        if code[:length] in LAND_USES:
            return str(LAND_USES[code[:length]])
    return code


def word(code: str) -> str:
    """The usual name of a right, a class or a category of money."""
    return str(WORDS.get(code, code))


def end_word(viewer: Viewer, code: str) -> str:
    """One end of a flow: an account, or a party as the viewer may know it."""
    return str(ENDS[code]) if code in ENDS else viewer.code_label(code)


def stage_name(code: str) -> str:
    return {"acquire": _("Acquire"), "build": _("Build"), "operate": _("Operate")}.get(code, code)


def unit_word(unit: str) -> str:
    """A unit as it is written; nothing for a pure number."""
    return UNITS.get(unit, unit)


def term_words(pointer: str) -> str:
    """A term of a package, named by its JSON pointer, in words: "Land, row 3"."""
    found = TERM.match(pointer)
    if found is None:
        return pointer
    kinds = {"dispositions": _("Land"), "allocations": _("Allocations"), "flows": _("Money")}
    return str(_("%(kind)s, row %(number)s") % {"kind": kinds[found[1]], "number": int(found[2]) + 1})


def names_in_words(names: list[str]) -> str:
    """A, B and C."""
    *earlier, last = names
    if not earlier:
        return last
    first = reduce(lambda one, other: _("%(one)s, %(other)s") % {"one": one, "other": other}, earlier)
    return str(_("%(first)s and %(last)s") % {"first": first, "last": last})


def duty_state(state: str) -> str:
    """The state of a dated term in words."""
    words = {
        "proposed": _("proposed, not decided"),
        "open": pgettext("duty", "open"),
        "overdue": _("overdue"),
        "done": _("reported done"),
    }
    return words[state]


def document_state(state: str) -> str:
    """A required document's state in words."""
    words = {
        "missing": _("missing"),
        "promised": _("promised, not accepted yet"),
        "open": _("accepted against a promise"),
        "broken": _("promise broken"),
        "kept": _("there"),
    }
    return words[state]
