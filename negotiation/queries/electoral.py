"""The electoral roll as a viewer may see it: codes, chambers and heads; weights of one's own and of bodies."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, Q, QuerySet, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Mandate, Party
from accounts.refusals import NotFound
from negotiation import rules
from negotiation.models import Ballot, BallotSeat, Deciding, ElectoralRoll, RollLine, RollObjection, Room
from negotiation.permissions import Viewer, personal
from negotiation.rolls import latest_roll, own_mandates
from negotiation.visibility import FEW
from units.models import Right

WHOLE: Any = DecimalField(max_digits=40, decimal_places=6)
SHOWN = 200  # changes of one version that a page lists


def may_list(viewer: Viewer) -> bool:
    """Whether the lines are for this person: members of the room, and those who see every household."""
    return viewer.may("comment") or viewer.may("read_households")


def find_version(viewer: Viewer, number: int | None = None) -> ElectoralRoll:
    """The newest version, or the one of this number. Raises NotFound."""
    found = (
        latest_roll(viewer.room)
        if number is None
        else ElectoralRoll.objects.filter(room=viewer.room, number=number).first()
    )
    if found is None:
        raise NotFound(_("There is no such version of the electoral roll."))
    found.room = viewer.room
    return found


def versions(room: Room) -> QuerySet[ElectoralRoll]:
    """Newest first."""
    return ElectoralRoll.objects.filter(room=room).select_related("made_by__party").order_by("-number")


def lines(viewer: Viewer, roll: ElectoralRoll, search: str = "", chamber: str = "") -> QuerySet[RollLine]:
    """The lines that the viewer may see, by code, or by a name that is not hidden from them."""
    rows = roll.lines.select_related("seat__party", "named__user").order_by("seat_id")
    if not may_list(viewer):
        return rows.none()
    if search:
        named = Q(seat__party__name__icontains=search)
        if not viewer.may("read_names"):
            named &= ~Q(seat__party__in=_personal(viewer)) | Q(seat__party__code__in=viewer.parties)
        rows = rows.filter(Q(seat__party__code__icontains=search) | named)
    return rows.filter(chamber=chamber) if chamber else rows


def _personal(viewer: Viewer) -> QuerySet[Party]:
    return personal(Party.objects.filter(realm=viewer.room.code))


def dress(viewer: Viewer, rows: Sequence[Any]) -> list[Any]:
    """Give each line its `seen` weights (by → text) or None, its `places` and its party's `label`. One statement."""
    parties = [row.seat.party_id for row in rows]
    rights = Right.objects.filter(plan=viewer.room.plan_id, party__in=parties).order_by("parcel__code")
    places: dict[int, dict[str, None]] = defaultdict(dict)
    for party, code, name in rights.values_list("party_id", "parcel__code", "parcel__name"):
        places[party][f"{code} {name}".strip()] = None
    for row in rows:
        party = row.seat.party
        whole = viewer.sees(party)
        row.label, row.places = viewer.label(party), list(places[party.pk])
        row.seen = row.weights if whole else None
        row.decides = _decides(viewer, row) if whole else ""
    return list(rows)


def _decides(viewer: Viewer, line: RollLine) -> str:
    """How its co-owners decide, with the representative's name for those to whom it is open."""
    words = "" if line.deciding == Deciding.ANY else str(line.get_deciding_display())
    known = line.seat.party.code in viewer.parties or viewer.may("read_names")
    return f"{words}: {line.named.user}" if line.named and known else words


def own_lines(viewer: Viewer, roll: ElectoralRoll) -> list[Any]:
    """The lines of the parties that the person acts for, each with the `rights` whose sum it is. Two statements."""
    rows = roll.lines.select_related("seat__party", "named__user").filter(seat__party__code__in=viewer.parties)
    found = dress(viewer, list(rows.order_by("seat_id"))) if viewer.parties else []
    rights = rights_of(viewer, [row.seat.party_id for row in found]) if found else {}
    for row in found:
        row.rights = rights.get(row.seat.party_id, [])
    return found


def rights_of(viewer: Viewer, parties: Sequence[int] | None = None) -> dict[int, list[Right]]:
    """Party → its rights; of all parties without `parties`. For those who see the parties. One statement."""
    found: dict[int, list[Right]] = defaultdict(list)
    rows = Right.objects.filter(plan=viewer.room.plan_id).select_related("parcel", "party").order_by("pk")
    for right in rows if parties is None else rows.filter(party__in=parties):
        found[right.party_id].append(right)
    return found


@dataclass(frozen=True)
class Total:
    """A chamber's seats and the sum of each weight; no sums where they would tell what single hidden seats weigh."""

    code: str
    title: str
    seats: int
    weights: dict[str, Decimal] | None


def totals(viewer: Viewer, roll: ElectoralRoll) -> list[Total]:
    """By chamber, in the order of their codes. One statement."""
    names, titles = list(columns(viewer.room)), chamber_titles(viewer.room)
    stands = Q(struck=False)
    hidden = Q(seat__party__in=_personal(viewer)) & ~Q(seat__party__code__in=viewer.parties)
    sums = {f"sum_{name}": Sum(Cast(KeyTextTransform(name, "weights"), WHOLE), filter=stands) for name in names}
    rows: Any = (
        roll.lines.order_by()
        .values("chamber")
        .annotate(
            seats=Count("pk", filter=stands),
            unseen=Count("pk", filter=stands & hidden),
            # Beside the sum of the version before, this one would tell by how much one of them was corrected.
            touched=Count("pk", filter=hidden & (Q(struck=True) | ~Q(corrected={}))),
            **sums,
        )
    )
    return [
        Total(
            row["chamber"],
            titles.get(row["chamber"], row["chamber"]),
            row["seats"],
            {name: row[f"sum_{name}"] or Decimal(0) for name in names} if _tellable(viewer, row) else None,
        )
        for row in rows.order_by("chamber")
    ]


def _tellable(viewer: Viewer, row: Any) -> bool:
    few = 0 < row["unseen"] < FEW
    return viewer.may("read_households") or not (few or row["touched"])


def chamber_titles(room: Room) -> dict[str, str]:
    """Code → title, of the room's rule as it is."""
    return rules.chamber_titles(room.rule)


def columns(room: Room) -> dict[str, str]:
    """Weight → column of a right that it sums, under the room's rule."""
    return dict(rules.parse_rule(room.rule).weights)


def weight_words(name: str) -> str:
    """A weight or a column of a right with its unit."""
    words = {
        "area": _("Area (m²)"),
        "value": _("Value (yuan)"),
        "floor_area": _("Floor area (m²)"),
        "site_area": _("Site area (m²)"),
    }
    return words.get(name, name)


def find_line(viewer: Viewer, code: str) -> RollLine:
    """A party's line of the newest version. Raises NotFound for one that is not for the viewer."""
    roll = find_version(viewer)
    found = lines(viewer, roll).filter(seat__party__code=code).first() if "\x00" not in code else None
    if found is None:
        raise NotFound(_("This party does not stand on the roll."))
    return found


def co_owners(line: RollLine) -> QuerySet[Mandate]:
    """Who may act for the line's party in their own right."""
    return own_mandates([line.seat.party_id]).select_related("user")


@dataclass(frozen=True)
class Corrected:
    """What a version changed of one line, in words that the viewer may read."""

    code: str
    label: str
    words: list[str]
    document: str


def corrections(viewer: Viewer, roll: ElectoralRoll) -> list[Corrected]:
    """Figures only of parties whose rows the viewer sees; of others that something was corrected."""
    if not may_list(viewer):
        return []
    return [_corrected(viewer, row) for row in roll.changes[:SHOWN]]


def _corrected(viewer: Viewer, row: dict[str, Any]) -> Corrected:
    party = viewer.parties_by_code.get(row["party"])
    whole = party is not None and viewer.sees(party)
    words = [
        _change_words(key, row["was"][key], row["now"][key], whole=whole) for key in row["now"] if key != "mandate"
    ]
    label = viewer.label(party) if party else row["party"]
    document = row["document"] if viewer.may("read_names") or row["party"] in viewer.parties else ""
    return Corrected(row["party"], label, list(dict.fromkeys(words)), document)


def _change_words(key: str, was: str, now: str, *, whole: bool) -> str:
    if key == "struck":
        return _("struck off the roll") if now else _("put back on the roll")
    if not whole:
        return _("the entry was corrected")
    if key == "deciding":
        return _("co-owners: %(how)s") % {"how": Deciding(now).label}
    by_rights = _("as the rights say")
    return _("%(what)s: %(was)s → %(now)s") % {
        "what": weight_words(key),
        "was": was or by_rights,
        "now": now or by_rights,
    }


def objections(viewer: Viewer) -> QuerySet[RollObjection]:
    """All for those who see households; for others those that their parties made or that are about their lines."""
    rows = viewer.room.roll_objections.select_related(
        "room__plan", "roll", "party", "seat__party", "corrected", "answered_by__party"
    )
    if not viewer.may("read_households"):
        own = list(viewer.parties)
        rows = rows.filter(Q(party__code__in=own) | Q(seat__party__code__in=own))
    return rows.order_by("-pk")


def find_objection(viewer: Viewer, number: int) -> RollObjection:
    """Raises NotFound."""
    found = objections(viewer).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def waiting(room: Room) -> int:
    """How many objections wait for an answer."""
    return room.roll_objections.filter(state=RollObjection.State.OPEN).count()


def to_check(viewer: Viewer) -> ElectoralRoll | None:
    """The roll that lies open now, for a person with an entry to check. One statement."""
    if viewer.mandate is None or not may_list(viewer):
        return None
    today = timezone.localdate()
    found = latest_roll(viewer.room)
    return found if found and today < found.ends else None


@dataclass(frozen=True)
class CoOwner:
    """One of those who decide together, and what they have said."""

    name: str
    own: bool
    choice: str
    holds: bool


def co_owner_choices(viewer: Viewer, ballot: Ballot, line: BallotSeat) -> list[CoOwner]:
    """For the co-owners themselves: each person once. Two statements."""
    mandates = Mandate.objects.filter(pk__in=line.owners).select_related("user").order_by("pk")
    rows = ballot.co_owner_choices.filter(seat=line.seat_id).order_by("said_at")
    said = {row.mandate_id: row.choice for row in rows}
    found: dict[int, CoOwner] = {}
    for mandate in mandates:
        known = found.get(mandate.user_id)
        choice = said.get(mandate.pk) or (known.choice if known else "")
        holds = mandate.holds or (known is not None and known.holds)
        own = mandate.user == viewer.user
        found[mandate.user_id] = CoOwner(str(mandate.user), own, choice, holds)
    return list(found.values())


def representative(line: BallotSeat) -> Mandate | None:
    """Who alone votes for the seat, where its co-owners have named somebody."""
    if line.deciding != Deciding.NAMED:
        return None
    return Mandate.objects.select_related("user").filter(pk__in=line.owners).first()
