"""Who may do what, when: permission = role ∧ valid mandate of a seated party ∧ the phase allows the act.

Roles are groups of one room; guardian ties each group's permissions to the room. What an act asks for is data.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AnonymousUser, Group
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from guardian.shortcuts import assign_perm, get_perms

from accounts.models import Mandate, Party, Side, User
from accounts.refusals import NotAllowed, NotFound, WrongPhase
from negotiation import phases
from negotiation.models import Package, Room

READ = ("read_room",)
MEMBER = (*READ, "propose", "comment", "vote")
ROLES: dict[str, tuple[str, ...]] = {
    "convener": (*READ, "read_households", "read_names", "read_log", "read_findings", "convene"),
    "government": (*MEMBER, "read_households", "read_names", "read_log"),
    "market": MEMBER,
    "public": MEMBER,
    "observer": READ,
    "auditor": (*READ, "read_households", "read_log", "read_findings", "audit"),
}


PREPARATION, NOTICE, NEGOTIATION, FIXING = phases.BEFORE_VOTE
VOTE, DECIDED, PUBLICATION = Room.Phase.VOTE, Room.Phase.DECIDED, Room.Phase.PUBLICATION
ANY = phases.ALL
FULL = (phases.FULL,)


@dataclass(frozen=True)
class Act:
    """What an act asks for. `seated`: the party must sit at the table.

    `enters`: the act moves the room into this phase, so it is open only where that phase comes next. `procedures`: the
    procedures that know the act; all of them if empty.
    """

    permission: str
    phases: tuple[str, ...]
    seated: bool = True
    enters: str = ""
    procedures: tuple[str, ...] = ()

    def is_open(self, room: Room) -> bool:
        """Whether the room's phase and procedure allow the act."""
        known = not self.procedures or room.procedure in self.procedures
        return known and room.phase in self.phases and (not self.enters or phases.following(room) == self.enters)


ACTS: dict[str, Act] = {
    "propose": Act("propose", (PREPARATION, NOTICE, NEGOTIATION)),
    "confirm": Act("propose", ANY),
    "report_duty": Act("propose", (DECIDED, PUBLICATION)),
    # What no party of the room owes (allocations, what the project pays) is the convener's to report.
    "report_unowned_duty": Act("convene", (DECIDED, PUBLICATION)),
    "withdraw": Act("propose", (PREPARATION, NOTICE, NEGOTIATION)),
    "withdraw_support": Act("propose", phases.BEFORE_VOTE),
    "mark_acceptable": Act("vote", (NEGOTIATION, FIXING)),
    "mediate": Act("propose", (NOTICE, NEGOTIATION, FIXING)),
    "comment": Act("comment", (NOTICE, NEGOTIATION, FIXING, VOTE)),
    "agree": Act("comment", (NOTICE, NEGOTIATION, FIXING, VOTE)),
    "attach": Act("comment", (PREPARATION, NOTICE, NEGOTIATION, FIXING, VOTE)),
    "answer": Act("convene", ANY),
    "link_answer": Act("convene", ANY),
    "find_clusters": Act("convene", ANY),
    "hide_comment": Act("convene", ANY),
    "report_comment": Act("comment", (NOTICE, NEGOTIATION, FIXING, VOTE)),
    "dismiss_reports": Act("convene", ANY),
    "appeal_hiding": Act("comment", ANY),
    # `read_names` is held by the convener and the members of the government side, and by nobody else.
    "decide_appeal": Act("read_names", ANY),
    "open_caucus": Act("comment", ANY),
    "say_in_caucus": Act("comment", ANY),
    "leave_caucus": Act("comment", ANY),
    "publish_notice": Act("convene", (NOTICE, NEGOTIATION, FIXING)),
    "open_ballot": Act("convene", (NEGOTIATION, FIXING), enters=VOTE),
    "publish_roll": Act("convene", phases.BEFORE_VOTE),
    "correct_roll": Act("convene", phases.BEFORE_VOTE),
    "object_to_roll": Act("comment", phases.BEFORE_VOTE),
    "answer_roll_objection": Act("convene", ANY),
    "cast": Act("vote", (VOTE,)),
    "open_poll": Act("convene", (NOTICE, NEGOTIATION)),
    "close_poll": Act("convene", ANY),
    "answer_poll": Act("vote", (NOTICE, NEGOTIATION)),
    # By the convener and the members of the government side: see `decide_appeal`.
    "print_papers": Act("read_names", (VOTE,)),
    "enter_paper": Act("read_names", (VOTE,)),
    "name_proxy": Act("vote", (NOTICE, NEGOTIATION, FIXING, VOTE)),
    "revoke_proxy": Act("vote", ANY),
    "take_roll_call": Act("convene", (VOTE,)),
    "decide": Act("convene", (VOTE,)),
    "name_trustees": Act("convene", phases.BEFORE_VOTE),
    # A trustee may be anybody who reads the room, as an auditor or a notary without a seat.
    "accept_trust": Act("read_room", phases.BEFORE_VOTE, seated=False),
    "give_share": Act("read_room", (VOTE,), seated=False),
    "take_share": Act("read_room", ANY, seated=False),
    "rescore": Act("read_room", ANY, seated=False),
    "export_log": Act("read_log", ANY, seated=False),
    "open_finding": Act("audit", ANY, seated=False),
    "close_finding": Act("audit", ANY, seated=False),
    "answer_finding": Act("convene", ANY),
    "erase_person": Act("convene", ANY),
    "grant_mandate": Act("convene", ANY),
    "deliver_notice": Act("convene", ANY),
    "invite_person": Act("convene", ANY),
    "invite_households": Act("convene", ANY),
    "publish_room": Act("convene", ANY),
    "set_rule": Act("convene", (PREPARATION, NOTICE, NEGOTIATION)),
    "choose_procedure": Act("convene", (NEGOTIATION,), procedures=(phases.SIMPLE,)),
    "advance": Act("convene", (*phases.BEFORE_VOTE, DECIDED), procedures=FULL),
    "reopen": Act("convene", (FIXING,)),
    "ask_override": Act("convene", phases.BEFORE_VOTE, procedures=FULL),
    "confirm_override": Act("read_names", phases.BEFORE_VOTE, procedures=FULL),
    "fix_text": Act("convene", (FIXING,)),
    "review": Act("convene", (FIXING,)),
    "demand_hearing": Act("comment", (NOTICE, NEGOTIATION, FIXING), procedures=FULL),
    "declare_hearing": Act("convene", (NOTICE, NEGOTIATION, FIXING), procedures=FULL),
    "publish_decision": Act("convene", (DECIDED,)),
    "require_document": Act("convene", ANY),
    "promise_document": Act("comment", ANY),
    "plan_meeting": Act("convene", ANY),
}


def role_group(room: Room, role: str) -> Group:
    return Group.objects.get_or_create(name=f"room:{room.code}:{role}")[0]


def group_role(name: str) -> tuple[str, str] | None:
    """Room and role of a group's name; None for a group of another kind."""
    prefix, _colon, rest = name.partition(":")
    code, _colon, role = rest.rpartition(":")
    return (code, role) if prefix == "room" and role in ROLES else None


def refresh_roles(user: User, room: Room) -> None:
    """Put the person into the groups of those roles that a mandate gives now, and out of the others."""
    rows = user.mandates.valid().filter(party__realm=room.code).values_list("roles", flat=True)
    wanted = {role for roles in rows for role in roles}
    user.groups.add(*(role_group(room, role) for role in ROLES if role in wanted))
    user.groups.remove(*(role_group(room, role) for role in ROLES if role not in wanted))


def create_roles(room: Room) -> None:
    """Make the room's groups with their object permissions."""
    for role, permissions in ROLES.items():
        group = role_group(room, role)
        for permission in permissions:
            assign_perm(permission, group, room)


def is_personal(party: Party) -> bool:
    """Whether the party is a person or household: its rows are for its own eyes (design: who may see what)."""
    return party.side == Side.PUBLIC and party.kind != "collective"


def personal(parties: QuerySet[Party]) -> QuerySet[Party]:
    """Those of the parties for which `is_personal` holds."""
    return parties.filter(side=Side.PUBLIC).exclude(kind="collective")


@dataclass
class Viewer:
    """One person's look at one room: what the reads need to know about who is asking."""

    room: Room
    user: User | AnonymousUser
    mandate: Mandate | None = None
    permissions: frozenset[str] = frozenset()
    mandates: tuple[Mandate, ...] = ()

    @cached_property
    def parties(self) -> frozenset[str]:
        """Codes of the parties that the person may act for."""
        return frozenset(mandate.party.code for mandate in self.mandates)

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def can(self, act: str) -> bool:
        """Whether the act is open to this person at this moment: for showing a button, never for guarding."""
        wanted = ACTS[act]
        return self.mandate is not None and self.may(wanted.permission) and wanted.is_open(self.room)

    def sees(self, party: Party) -> bool:
        return not is_personal(party) or party.code in self.parties or self.may("read_households")

    def label(self, party: Party) -> str:
        """The party's name, or its code where the name is not for this person."""
        open_name = not is_personal(party) or party.code in self.parties or self.may("read_names")
        return party.name if open_name else party.code

    def code_label(self, code: str) -> str:
        """The name behind a party's code, or the code where the name is not for this person."""
        party = self.parties_by_code.get(code)
        return self.label(party) if party else code

    @cached_property
    def parties_by_code(self) -> dict[str, Party]:
        return {party.code: party for party in Party.objects.filter(realm=self.room.code)}

    @cached_property
    def hidden_codes(self) -> frozenset[str]:
        """Codes of the personal parties whose rows this person may not see."""
        if self.may("read_households"):
            return frozenset()
        rows = personal(Party.objects.filter(realm=self.room.code))
        return frozenset(rows.values_list("code", flat=True)) - self.parties


def look(user: User | AnonymousUser, code: str, mandate_id: int | None = None) -> Viewer:
    """The room as this person may see it. Raises NotFound for a stranger, as for a room that is not there."""
    room = Room.objects.select_related("plan__unit__region").filter(code=code).first()
    if room is None:
        raise NotFound(_("There is no such room, or it is not open to you."))
    if not user.is_authenticated:
        return _anonymous(room, user)
    mandates = valid_mandates(user, code)
    # A role is worth nothing without a mandate that holds at this moment.
    permissions = frozenset(get_perms(user, room) if mandates else ())
    if "read_room" not in permissions and not room.published:
        raise NotFound(_("There is no such room, or it is not open to you."))
    return Viewer(room, user, choose(mandates, mandate_id), permissions, tuple(mandates))


def valid_mandates(user: User, code: str) -> list[Mandate]:
    """Those that the person holds in the room now, the oldest first."""
    found = list(user.mandates.valid().filter(party__realm=code).select_related("party").order_by("pk"))
    for mandate in found:
        mandate.user = user
    return found


def choose(mandates: list[Mandate], mandate_id: int | None) -> Mandate | None:
    """The one that the person acts under: the chosen one while it holds, else the first."""
    return next((m for m in mandates if m.pk == mandate_id), mandates[0] if mandates else None)


def viewer_of(mandate: Mandate, room: Room) -> Viewer:
    """The room as the person behind this mandate may see it."""
    return look(mandate.user, room.code, mandate.pk)


def _anonymous(room: Room, user: Any) -> Viewer:
    if not room.published:
        raise NotFound(_("There is no such room, or it is not open to you."))
    return Viewer(room, user)


def authorize(mandate: Mandate, room: Room, act: str) -> None:
    """Raise unless this mandate may do this act in this room now. Raises NotAllowed, WrongPhase."""
    wanted = ACTS[act]
    if not mandate.holds:
        raise NotAllowed(_("Your mandate is not valid at this time."), code="mandate_not_valid")
    if mandate.party.realm != room.code:
        raise NotAllowed(_("Your mandate is for another room."), code="mandate_elsewhere")
    if wanted.permission not in get_perms(mandate.user, room):
        raise NotAllowed
    if wanted.seated and not room.seats.filter(party=mandate.party_id).exists():
        raise NotAllowed(_("Your party has no seat in this room."), code="no_seat")
    if not wanted.is_open(room):
        raise WrongPhase


def authorize_own(mandate: Mandate, package: Package, act: str) -> None:
    """The same for an act on a package that only its proposer may do."""
    authorize(mandate, package.room, act)
    if package.proposer_id != mandate.party_id:
        raise NotAllowed(_("This package belongs to another party."), code="not_your_package")
