"""The room's decision rule: chosen from the presets or written anew, before a text is fixed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import Conflict, Invalid
from audit.log import Private
from negotiation import rules
from negotiation.acting import record
from negotiation.live.events import announce
from negotiation.models import Revision, Room
from negotiation.permissions import authorize
from negotiation.telling import tell
from negotiation.terms import digest
from negotiation.texts import clean_text
from negotiation.voting import seat_rows

Document = dict[str, Any]
LONGEST_REASON = 2000


def set_rule(mandate: Mandate, room: Room, document: Document, reason: str, known: str) -> Room:
    """Decide by another rule from now on. `known` is the digest of the rule that this one replaces.

    What was on public notice was so under the old rule: those notices are void and must be published again. Raises
    Invalid, place by place, for a rule that is not sound, departs from its preset or does not fit the room's seats;
    Conflict if somebody set a rule meanwhile.
    """
    authorize(mandate, room, "set_rule")
    reason = clean_text(reason, "reason", LONGEST_REASON)
    check_rule(room, document)
    with transaction.atomic():
        current = Room.objects.select_for_update().get(pk=room.pk)
        authorize(mandate, current, "set_rule")
        if digest(current.rule) != known:
            raise Conflict(_("Somebody else has set another rule meanwhile. Please look again."))
        if current.rule == document:
            raise Invalid({"rule": _("This is the rule that the room has already.")})
        current.rule = document
        current.save(update_fields=["rule"])
        data = {"rule": document, "digest": digest(document), "before": known, "notices": _void_notices(current)}
        record(current, "rule.set", mandate, "room", current.code, {**data, "reason": Private.text(reason)})
        tell(current, "rule.set", reverse("rule", args=[current.code]), {"title": document["title"]}, by=mandate)
        announce(current, "room")
        # What parties would accept in secret may carry under this rule.
        transaction.on_commit(lambda: current_app.send_task("negotiation.tasks.open_agreements", [current.pk]))
    return current


def check_rule(room: Room, document: object) -> None:
    """Raise Invalid unless the document is a sound rule for the seats of this room."""
    with refused_in_words():
        rule = rules.parse_rule(document)
        rules.check_settled(rule)
        rules.roll(rule, seat_rows(room, rule.weights))


def try_rule(room: Room, document: object, given: Mapping[str, Any]) -> Document:
    """What the room's seats would decide under a rule with these totals, see `rules.trial`. Raises Invalid."""
    with refused_in_words():
        rule = rules.parse_rule(document)
        return rules.trial(rule, seat_rows(room, rule.weights), given)


@contextmanager
def refused_in_words() -> Iterator[None]:
    """Turn what `rules` refuses into messages for a convener, by the place in the rule."""
    try:
        yield
    except rules.RuleRefused as refusal:
        raise Invalid(
            {fault.path.removeprefix("$.").removeprefix("rule."): _fault_words(fault) for fault in refusal.faults}
        ) from None


def _fault_words(fault: rules.Fault) -> str:
    words = {
        "not_a_text": _("Please fill this in."),
        "bad_fraction": _("Write a share from 0 to 1 as a fraction, like 2/3."),
        "bad_base": _("Say of what this is a share."),
        "one_test": _("Give one threshold: at least, or more than."),
        "bad_method": _("Say how this chamber decides."),
        "nobody": _("Say of whom this chamber consists: a side, a kind or parties."),
        "chamber_twice": _("This code is taken by another chamber."),
        "not_for_method": _("This measure does not go with the way in which the chamber decides."),
        "then_without_objection": _("What follows an objection needs a measure of objections."),
        "bad_days": _("A number of days from 0 to 3650 is expected."),
        "two_chambers": _("A party would sit in two chambers; a seat votes in one only."),
        "empty_chamber": _("Nobody in this room sits in this chamber."),
        "fixed_by_preset": _("The law behind this preset fixes this; write a rule of your own to depart from it."),
        "no_basis": _("Say on which law or resolution a rule of your own rests."),
        "secret_votes_only": _("In a secret vote every chamber votes; objections and acceptances are given openly."),
        "too_few_for_secret": _("With fewer than five seats a chamber can not vote in secret."),
        "too_much": _("This is more than the chamber has in all."),
        "bad_total": _("A number of at least 0 is expected; heads are whole."),
    }
    return words.get(fault.code, _("This is faulty: %(text)s") % {"text": fault.message})


def entitled(room: Room, document: object) -> dict[str, dict[str, Fraction]]:
    """Chamber → heads and each weight that counts in it, of all the room's seats. Raises Invalid."""
    with refused_in_words():
        rule = rules.parse_rule(document)
        return rules.entitled(rule, seat_rows(room, rule.weights))


def _void_notices(room: Room) -> list[str]:
    rows = Revision.objects.filter(package__room=room, package__latest=F("pk"), ballots=None).exclude(notice_on=None)
    named = [f"{code}.{number}" for code, number in rows.values_list("package__code", "number").order_by("pk")]
    Revision.objects.filter(pk__in=rows.values("pk")).update(notice_on=None, notice_place="")
    return named
