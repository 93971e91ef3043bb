"""Witnesses: others who sign that they saw our checkpoints, and nothing that contradicts them.

LOG_WITNESSES names a policy file (C2SP tlog-policy). Those of its witnesses that have an address are asked, soon after
a log was sealed and by a sweep; who has none comes for the checkpoints and brings its cosignature. Both end in `_keep`.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.refusals import Conflict, Invalid, NotFound
from audit.cosignatures import WitnessKey, label_of
from audit.exchange import Trouble, cosign, request_body
from audit.models import Checkpoint, Cosignature, Key, WitnessState
from audit.notes import signed_text, verifier_key
from audit.sequencer import last_checkpoint
from audit.tree import consistency_proof

logger = logging.getLogger(__name__)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
SILENT = ("unreachable", "busy")  # of all logs alike
ALARMS = ("ahead", "disagrees")  # it has seen another history than ours
WORDS = {
    "unreachable": gettext_lazy("It does not answer."),
    "busy": gettext_lazy("It has too much to do just now."),
    "unknown_log": gettext_lazy("It does not know this log: its operator has to add the log's key."),
    "key_refused": gettext_lazy("It does not accept the key that seals this log."),
    "ahead": gettext_lazy("It has seen more of this log than there is: the log has gone back."),
    "disagrees": gettext_lazy("It has seen another history of this log."),
    "bad_answer": gettext_lazy("Its answer is none that a witness gives."),
    "false_signature": gettext_lazy("Its answer has no valid signature of its key."),
}
MOST_NOTE = 64 * 1024  # bytes of a note that is brought to us
# The other lines of a policy are for those who check: how many of which witnesses are enough.
OTHER = ("log", "group", "quorum")
ADDRESS = re.compile(r"https?://[^\s/?#]+[^\s?#]*")


@dataclass(frozen=True)
class Witness:
    """One witness of the policy; without an address it comes to us."""

    name: str
    key: WitnessKey
    address: str


def witnesses() -> list[Witness]:
    """Those of the policy file; none where there is no file. Raises Conflict for a file that can not be read."""
    return list(_read(policy()))


def policy() -> str:
    """The policy file as the operator wrote it."""
    if not settings.LOG_WITNESSES:
        return ""
    try:
        return Path(settings.LOG_WITNESSES).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _faulty(f"{settings.LOG_WITNESSES}: {error}") from None


def whole_policy(checkpoint: Checkpoint) -> str:
    """The policy for whoever checks this log: its keys, then what the operator wrote, or that nobody is needed."""
    keys = Key.objects.filter(ended=None).order_by("-pk").values_list("public", flat=True)
    lines = "".join(f"log {verifier_key(checkpoint.origin, bytes(public))}\n" for public in keys)
    return f"{lines}\n{policy() or 'quorum none'}".rstrip() + "\n"


def _read(text: str) -> Iterator[Witness]:
    seen: set[str] = set()
    for number, line in enumerate(text.splitlines(), 1):
        word, *rest = line.split() or ["#"]
        if word.startswith("#") or word in OTHER:
            continue
        if word != "witness" or not 2 <= len(rest) <= 3:
            raise _faulty(f"{number}: {line[:100]}")
        witness = _witness(number, *rest)
        if witness.name in seen or witness.key.public.hex() in seen:
            raise _faulty(f"{number}: {witness.name}")
        seen |= {witness.name, witness.key.public.hex()}
        yield witness


def _witness(number: int, name: str, key: str, address: str = "") -> Witness:
    try:
        found = WitnessKey.read(key)
    except ValueError as error:
        raise _faulty(f"{number}: {error}") from None
    if address and not ADDRESS.fullmatch(address):
        raise _faulty(f"{number}: {address[:100]}")
    return Witness(name, found, address)


def _faulty(detail: object) -> Conflict:
    text = _("The list of witnesses can not be read (%(detail)s); see docs/operator.md.") % {"detail": detail}
    return Conflict(text, code="witness_policy")


def visit(witness: Witness, scope: str = "") -> int:
    """Bring a witness up to date in every log, or in one; returns how many it has cosigned.

    One that does not answer is left alone for a while, in all logs.
    """
    done = 0
    for behind in _behind(witness, scope):
        try:
            done += _ask(witness, behind)
        except Trouble as trouble:
            _note(witness, behind, trouble)
            if trouble.code in SILENT:
                break
    return done


def _behind(witness: Witness, scope: str) -> list[str]:
    """The logs that have grown since the witness saw them, and where it is time to ask."""
    now, own = timezone.now(), WitnessState.objects.filter(witness=witness.key.label)
    if own.filter(due__gt=now, error__in=SILENT).exists():
        return []
    rows = Checkpoint.objects.filter(**({"scope": scope} if scope else {}))
    sizes = dict(rows.order_by().values_list("scope").annotate(Max("size")))
    states = {row.scope: row for row in own.filter(scope__in=sizes)}
    return [
        name
        for name, size in sorted(sizes.items())
        if (state := states.get(name)) is None or (state.size < size and state.due <= now)
    ]


@transaction.atomic
def _ask(witness: Witness, scope: str) -> bool:
    """Ask for one cosignature, under a lock of the state so that two workers do not. Raises Trouble."""
    WitnessState.objects.get_or_create(witness=witness.key.label, scope=scope)
    rows = WitnessState.objects.select_for_update(skip_locked=True)
    state, last = rows.filter(witness=witness.key.label, scope=scope).first(), last_checkpoint(scope)
    if state is None or last is None or state.size >= last.size:
        return False
    lines = cosign(
        witness.address, state.size, last.size, last.note, lambda old: consistency_proof(scope, old, last.size)
    )
    found = [line for line in lines.splitlines() if witness.key.holds(signed_text(last.note), line)]
    if not found:
        raise Trouble("false_signature")
    _keep(last, witness, found[0])
    return True


def _note(witness: Witness, scope: str, trouble: Trouble) -> None:
    """Remember what went wrong, and wait before asking again: a minute, then two, four, … up to an hour."""
    state, _new = WitnessState.objects.get_or_create(witness=witness.key.label, scope=scope)
    state.failures += 1
    state.asked = timezone.now()
    state.due = state.asked + min(FIRST_WAIT * 2 ** min(state.failures - 1, 10), LONGEST_WAIT)
    state.error, state.detail = trouble.code, trouble.detail
    state.save()
    level = logging.CRITICAL if trouble.code in ALARMS else logging.ERROR
    logger.log(level, "witness %s, %s: %s (%s)", witness.name, scope, WORDS[trouble.code], trouble.detail)


def _keep(checkpoint: Checkpoint, witness: Witness, line: str) -> None:
    """Put a checked line beside the checkpoint; of several by one witness the first stays."""
    row = Cosignature(checkpoint=checkpoint, witness=witness.key.label, line=f"{line}\n")
    Cosignature.objects.bulk_create([row], ignore_conflicts=True)
    now = timezone.now()
    state, _new = WitnessState.objects.select_for_update().get_or_create(
        witness=witness.key.label, scope=checkpoint.scope
    )
    state.size, state.asked = max(state.size, checkpoint.size), now
    state.failures, state.due, state.error, state.detail = 0, now, "", ""
    state.save()


def accept(scope: str, raw: bytes) -> Checkpoint:
    """Take the cosignatures that a witness brings: a checkpoint of ours as a note with its lines. Raises Invalid."""
    if len(raw) > MOST_NOTE:
        raise Invalid({"note": _("A note has at most %(most)s bytes.") % {"most": MOST_NOTE}})
    text = raw.decode(errors="replace")
    checkpoint = _ours(scope, text)
    found = list(_brought(checkpoint, text.rpartition("\n\n")[2].splitlines()))
    if not found:
        raise Invalid({"note": _("The note has no signature of a witness of this log.")}, code="unknown_witness")
    with transaction.atomic():
        for witness, line in found:
            _keep(checkpoint, witness, line)
    return checkpoint


def _ours(scope: str, note: str) -> Checkpoint:
    """The checkpoint that the note is of, to the letter."""
    size = [*note.split("\n", 2), ""][1]
    known = size.isascii() and size.isdecimal() and len(size) <= 18
    row = Checkpoint.objects.filter(scope=scope, size=int(size)).first() if known else None
    if row is None or signed_text(row.note) != signed_text(note):
        raise Invalid({"note": _("This is no checkpoint of this log.")}, code="not_our_checkpoint")
    return row


def _brought(checkpoint: Checkpoint, lines: list[str]) -> Iterator[tuple[Witness, str]]:
    known = {witness.key.label: witness for witness in witnesses()}
    for line in lines:
        if witness := known.get(label_of(line)):
            if not witness.key.holds(signed_text(checkpoint.note), line):
                raise Invalid({"note": _("The signature of %(name)s is false.") % {"name": witness.name}})
            yield witness, line


def growth(scope: str, old: int, new: int | None = None) -> str:
    """What a witness that comes to us needs, as `add-checkpoint` takes it: size, proof, and the checkpoint of `new`.

    Raises NotFound where there is no checkpoint of this size, Invalid where it is not beyond `old`.
    """
    rows = Checkpoint.objects.filter(scope=scope, **({} if new is None else {"size": new}))
    found = rows.prefetch_related("cosignatures").order_by("-size").first()
    if found is None:
        raise NotFound
    if old > found.size:
        raise Invalid({"old": _("The checkpoint is of %(size)s entries only.") % {"size": found.size}})
    return request_body(old, consistency_proof(scope, old, found.size) if old else [], found.whole_note)


@dataclass(frozen=True)
class Standing:
    """A witness and how far it has come in one log."""

    witness: Witness
    state: WitnessState | None
    behind: int

    @property
    def trouble(self) -> str:
        return str(WORDS.get(self.state.error, self.state.error)) if self.state and self.state.error else ""


def standings(scope: str) -> list[Standing]:
    """Every witness, in the order of the policy."""
    known, last = witnesses(), last_checkpoint(scope)
    states = {row.witness: row for row in WitnessState.objects.filter(scope=scope)}
    size = last.size if last else 0
    found = [(witness, states.get(witness.key.label)) for witness in known]
    return [Standing(witness, state, size - (state.size if state else 0)) for witness, state in found]
