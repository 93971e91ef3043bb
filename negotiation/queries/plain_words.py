"""What a package means for one household, in a few whole sentences: what it gives, what it gets, how that compares.

Every figure is one that the scorecard or the package's rows hold; nothing is counted anew but sums of one's own rows.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import Party
from negotiation.figures import CENT, area, decimal, number, wan
from negotiation.models import Allocation, Flow
from negotiation.permissions import Viewer, is_personal
from negotiation.queries.mine import Outcome, outcomes, rights_of
from negotiation.queries.packages import Listed
from negotiation.queries.words import end_word, unit_word, word
from units.models import Right

COMPARED = 3  # other packages that are spoken of


def told_outcomes(viewer: Viewer, party: Party, rights: list[Right], packages: list[Listed]) -> list[Outcome]:
    """`mine.outcomes`, for a household each with its sentences."""
    found = outcomes(party, rights, packages)
    for outcome in found if is_personal(party) else ():
        outcome.sentences = sentences(viewer, outcome, found)
    return found


def own_words(viewer: Viewer, packages: list[Listed]) -> list[Outcome]:
    """The same for the household that the viewer acts for; nothing for anybody else."""
    party = viewer.mandate.party if viewer.mandate else None
    if party is None or not is_personal(party):
        return []
    return told_outcomes(viewer, party, rights_of(viewer, party), packages)


def sentences(viewer: Viewer, outcome: Outcome, every: Sequence[Outcome]) -> list[str]:
    """At most eight sentences about one package; `every` holds the party's outcomes of all packages on the table."""
    untouched = not (outcome.ending or outcome.allocations or outcome.received or outcome.paid)
    if untouched:
        said = [
            _("This package does not touch you: you give nothing and get nothing, and your rights stay as they are.")
        ]
    else:
        said = [_gives(outcome), *_gets(viewer, outcome), *_all_in_all(outcome)]
    return [*said, *_others(outcome, every)]


def _gives(outcome: Outcome) -> str:
    if not outcome.ending:
        return _("You give up no land and no house.")
    places = _listed(
        _("%(parcel)s (%(site)s m² of land, %(floor)s m² of floor area)")
        % {"parcel": right.parcel.name, "site": area(right.site_area), "floor": area(right.floor_area)}
        for right in outcome.ending
    )
    if outcome.before is None:
        return _("You give up: %(places)s.") % {"places": places}
    worth = wan(outcome.before)
    return _("You give up: %(places)s. It is appraised at %(worth)s 万元.") % {"places": places, "worth": worth}


def _gets(viewer: Viewer, outcome: Outcome) -> Iterator[str]:
    if outcome.allocations:
        yield _("You get: %(things)s.") % {"things": _listed(map(_thing, outcome.allocations))}
    else:
        yield _("You get no flat and no other thing.")
    if outcome.received:
        yield _("You are paid %(wan)s 万元 in all: %(parts)s.") % _money(viewer, outcome.received, "source")
    if outcome.paid:
        yield _("You pay %(wan)s 万元 in all: %(parts)s.") % _money(viewer, outcome.paid, "target")


def _thing(row: Allocation) -> str:
    quantity = f"{number(row.quantity)} {unit_word(row.item.unit)}".rstrip()
    if row.year == 0:
        return _("%(item)s %(quantity)s at once") % {"item": row.item.name, "quantity": quantity}
    return _("%(item)s %(quantity)s in year %(year)s") % {
        "item": row.item.name,
        "quantity": quantity,
        "year": row.year,
    }


def _money(viewer: Viewer, flows: list[Flow], end: str) -> dict[str, str]:
    """The sum, and what it is made of: purpose, other end, 万元."""
    sums: dict[tuple[str, str], Decimal] = {}
    for flow in flows:
        key = flow.category, getattr(flow, end)
        sums[key] = sums.get(key, Decimal(0)) + flow.yuan
    form = _("%(purpose)s from %(who)s %(wan)s") if end == "source" else _("%(purpose)s to %(who)s %(wan)s")
    parts = [form % {"purpose": word(c), "who": end_word(viewer, who), "wan": wan(s)} for (c, who), s in sums.items()]
    return {"wan": wan(sum(sums.values(), Decimal(0))), "parts": _listed(parts)}


def _all_in_all(outcome: Outcome) -> Iterator[str]:
    if outcome.gain is None:
        return
    amount = decimal(outcome.gain)
    if abs(amount) < CENT:
        yield _("All in all you have as much as today.")
    else:
        text = _("All in all that is %(wan)s 万元 more than what you give up.")
        less = _("All in all that is %(wan)s 万元 less than what you give up.")
        yield (text if amount > 0 else less) % {"wan": wan(abs(amount))}
    yield _("This counts in money of today: what comes later counts a little less each year.")


def _others(outcome: Outcome, every: Sequence[Outcome]) -> Iterator[str]:
    """The same figure of other packages on the table, against this one's."""
    mine = outcome.gain if outcome.gain is not None else 0.0
    others = [row for row in every if row is not outcome and row.counted]
    if not outcome.counted:
        return
    for row in others[:COMPARED]:
        code = row.listed.revision.package.code
        amount = decimal(row.gain if row.gain is not None else 0.0) - decimal(mine)
        if abs(amount) < CENT:
            yield _("Package %(code)s would give you the same.") % {"code": code}
        else:
            more, less = (
                _("Package %(code)s would give you %(wan)s 万元 more than this one."),
                _("Package %(code)s would give you %(wan)s 万元 less than this one."),
            )
            yield (more if amount > 0 else less) % {"code": code, "wan": wan(abs(amount))}


def _listed(parts: Iterable[str]) -> str:
    return _(", ").join(parts)
