"""Households are invited by letter: one convener asks with a list, another confirms, then letters are made.

Nothing comes of a list before the second person confirms: no account, no mandate, no code. The code of a letter is in
its sealed paper alone until that is printed; what is kept besides is a keyed hash.
"""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.codes import digest, new_code
from accounts.models import Mandate, Party, User
from accounts.refusals import Conflict, Invalid, NotAllowed, NotFound, WrongPhase
from accounts.sealing import seal, unseal
from audit.log import Private
from negotiation.acting import commit_mandate, record
from negotiation.mandates import seat_person
from negotiation.models import Invitation, InvitationBatch, LetterFile, PhoneCheck, Room
from negotiation.permissions import authorize
from negotiation.printing.letters import Letter, letters_pdf
from negotiation.sheets.households import Row, read_list
from negotiation.texts import clean_text

State = InvitationBatch.State
CHUNK = 200  # letters in one file and one transaction
CODES = "letter"  # the context of their hashes
ACT = "invite_households"


def read_households(convener: Mandate, room: Room, content: bytes) -> InvitationBatch:
    """Take a list in to see what is wrong with it. Nothing else happens yet. Raises Invalid for a hostile file."""
    authorize(convener, room, ACT)
    found = read_list(room, content)
    batch = InvitationBatch(room=room, asked_by=convener, sha256=hashlib.sha256(content).hexdigest())
    batch.faults, batch.more_faults = found.faults, found.more
    _keep_rows(batch, found.rows)
    with transaction.atomic():
        InvitationBatch.objects.filter(room=room, asked_by=convener, state=State.READ).delete()
        batch.save()
    return batch


def come_in_address() -> str:
    """The page for coming in, as letters name it: where the site says that it is, whatever host a request names."""
    return f"{settings.SITE_ADDRESS}{reverse('come-in')}"


def invite_households(convener: Mandate, batch: InvitationBatch) -> InvitationBatch:
    """Ask for letters to everybody on the list that was read."""
    authorize(convener, batch.room, ACT)
    with transaction.atomic():
        room = _lock_room(batch.room)
        current = _lock(batch, State.READ)
        if current.asked_by_id != convener.pk:
            raise NotAllowed(code="not_your_list")
        if current.faults:
            raise Invalid({"file": _("The file has faulty cells; nothing was asked for.")}, code="sheet_faulty")
        waiting = room.invitation_batches.filter(state__in=[State.ASKED, State.CONFIRMED], replaces=None)
        if waiting.exists():
            raise Conflict(_("Another list is still on its way. Let it be confirmed or withdrawn first."))
        current.address = come_in_address()
        _move(current, State.ASKED)
        data = {"letters": current.total, "sha256": current.sha256, "replaces": None}
        record(room, "invitations.ask", convener, "invitations", current.pk, data)
    return current


def confirm_invitations(second: Mandate, batch: InvitationBatch) -> InvitationBatch:
    """The second convener confirms: accounts, mandates and letters are made. Another person than the one who asked."""
    authorize(second, batch.room, ACT)
    if batch.asked_by.user_id == second.user_id:
        raise NotAllowed(_("Another person than the one who asked must confirm."), code="same_person")
    with transaction.atomic():
        current = _lock(batch, State.ASKED)
        # Whoever asked must still be entitled to ask.
        authorize(current.asked_by, current.room, ACT)
        current.confirmed_by, current.confirmed_at = second, timezone.now()
        _move(current, State.CONFIRMED)
        data = {"letters": current.total, "asked_by": commit_mandate(current.asked_by)}
        record(current.room, "invitations.confirm", second, "invitations", current.pk, data)
        number = current.pk
        transaction.on_commit(lambda: current_app.send_task("negotiation.tasks.make_letters", [number]), robust=True)
    return current


def withdraw_invitations(convener: Mandate, batch: InvitationBatch) -> InvitationBatch:
    """Take the list back, or refuse it: any convener may, until it is confirmed."""
    authorize(convener, batch.room, ACT)
    with transaction.atomic():
        current = _lock(batch, State.ASKED)
        current.sealed = None
        _move(current, State.WITHDRAWN)
        record(current.room, "invitations.withdraw", convener, "invitations", current.pk, {"letters": current.total})
    return current


def make_letters(batch: InvitationBatch) -> None:
    """Make what is still to be made of a confirmed list, chunk by chunk; each is whole or not there."""
    while _make_chunk(batch):
        pass


@transaction.atomic
def _make_chunk(batch: InvitationBatch) -> bool:
    """The next letters with their accounts and mandates in one transaction; False when nothing is left."""
    rows = InvitationBatch.objects.select_for_update(of=("self",), skip_locked=True)
    current = rows.select_related(
        "room__plan", "asked_by__party", "asked_by__user", "replaces__mandate__party", "replaces__mandate__user"
    ).filter(pk=batch.pk, state=State.CONFIRMED)
    found = current.first()
    if found is None:
        return False
    room = _lock_room(found.room)
    chunk = batch_rows(found)[found.done : found.done + CHUNK]
    number = found.done // CHUNK + 1
    mandates = [found.replaces.mandate] if found.replaces else _seat(found, chunk)
    codes = [new_code() for _row in chunk]
    file = LetterFile.objects.create(batch=found, number=number, letters=len(chunk))
    letters = _write(room, file, chunk, mandates, codes)
    with translation.override(settings.LANGUAGE_CODE):
        pdf = letters_pdf(room, found.address, letters)
    file.sealed = seal(base64.b64encode(pdf).decode(), _sealed_for(file))
    file.save(update_fields=["sealed"])
    found.done += len(chunk)
    if found.done >= found.total:
        found.sealed, found.state = None, State.DONE
    found.save(update_fields=["done", "sealed", "state", "updated_at"])
    return found.state == State.CONFIRMED


def _seat(batch: InvitationBatch, rows: Sequence[Row]) -> list[Mandate]:
    parties = {party.code: party for party in Party.objects.filter(realm=batch.room.code)}
    made = []
    for row in rows:
        person = User(username=_free_name(), name=row["name"])
        person.set_unusable_password()
        person.save()
        by = batch.asked_by
        made.append(
            seat_person(batch.room, person, parties[row["party"]], row["kind"], document=row["document"], by=by)
        )
    return made


def _free_name() -> str:
    """A sign-in name that is short enough to be written down."""
    while True:
        name = f"hu{secrets.randbelow(10**6):06}"
        if not User.objects.filter(username=name).exists():
            return name


def _write(
    room: Room, file: LetterFile, rows: Sequence[Row], mandates: Sequence[Mandate], codes: Sequence[str]
) -> list[Letter]:
    """Keep each letter's hash; the letters themselves, to be printed."""
    first = (room.invitations.aggregate(last=Max("number"))["last"] or 0) + 1
    until = timezone.now() + timedelta(days=settings.INVITATION_DAYS)
    invitations = [
        Invitation(
            room=room,
            file=file,
            mandate=mandate,
            number=number,
            digest=digest(code, CODES),
            expires_at=until,
            **{key: row[key] for key in ("phone", "address", "note")},
        )
        for number, (row, mandate, code) in enumerate(zip(rows, mandates, codes, strict=True), start=first)
    ]
    Invitation.objects.bulk_create(invitations)
    return [
        Letter(invitation.number, invitation.mandate.user, invitation.mandate.party, row["address"], code, until)
        for invitation, row, code in zip(invitations, rows, codes, strict=True)
    ]


def download_letters(convener: Mandate, file: LetterFile) -> bytes:
    """The letters as a PDF, codes and all; each download stands in the log. Raises NotFound once they are printed."""
    room = file.batch.room
    authorize(convener, room, ACT)
    with transaction.atomic():
        current = LetterFile.objects.select_for_update().get(pk=file.pk)
        if current.sealed is None:
            raise NotFound(_("These letters were confirmed as printed; their file is gone."))
        record(room, "invitations.download", convener, "letters", current.pk, _counted(current))
        return base64.b64decode(unseal(current.sealed, _sealed_for(current)))


def confirm_printed(convener: Mandate, file: LetterFile) -> LetterFile:
    """The letters are on paper: their file is thrown away, so that nobody can print them again."""
    room = file.batch.room
    authorize(convener, room, ACT)
    with transaction.atomic():
        current = LetterFile.objects.select_for_update().get(pk=file.pk)
        if current.sealed is None:
            raise Conflict(_("These letters were confirmed as printed; their file is gone."))
        current.sealed, current.printed_at = None, timezone.now()
        current.save(update_fields=["sealed", "printed_at"])
        made = current.invitations.filter(state=Invitation.State.MADE)
        made.update(state=Invitation.State.PRINTED)
        current.invitations.update(printed_at=current.printed_at)
        record(room, "invitations.print", convener, "letters", current.pk, _counted(current))
    return current


def replace_letter(convener: Mandate, invitation: Invitation, reason: str) -> InvitationBatch:
    """The old letter's code dies now; a second convener must confirm the new one, for it opens the same account."""
    room = invitation.room
    authorize(convener, room, ACT)
    reason = clean_text(reason, "reason", 400)
    with transaction.atomic():
        current = Invitation.objects.select_for_update(of=("self",)).select_related("mandate__user", "mandate__party")
        old = current.get(pk=invitation.pk)
        _check_replaceable(old)
        old.state, old.replaced_at, old.reason = Invitation.State.REPLACED, timezone.now(), reason
        old.save(update_fields=["state", "replaced_at", "reason"])
        PhoneCheck.objects.filter(invitation=old).delete()
        person, party = old.mandate.user, old.mandate.party
        row = {"party": party.code, "name": person.name, "kind": old.mandate.kind, "document": old.mandate.document}
        batch = InvitationBatch(
            room=room, asked_by=convener, replaces=old, state=State.ASKED, address=come_in_address()
        )
        _keep_rows(batch, [{**row, "phone": old.phone, "address": old.address, "note": old.note}])
        batch.save()
        data = {"letters": 1, "sha256": "", "replaces": old.number, "reason": Private.text(reason)}
        record(room, "invitations.ask", convener, "invitations", batch.pk, data)
    return batch


def _check_replaceable(old: Invitation) -> None:
    if not old.mandate.holds:
        raise WrongPhase(_("This person's mandate has ended; there is nothing to come in for."), code="mandate_ended")
    newer = Invitation.objects.filter(mandate=old.mandate_id, pk__gt=old.pk).exists()
    if newer or old.replacements.filter(state__in=[State.ASKED, State.CONFIRMED]).exists():
        raise Conflict(_("This letter is being replaced, or was replaced already."))


def forget_old_letters() -> None:
    """Papers that nobody said were printed go when their codes have expired."""
    LetterFile.objects.exclude(sealed=None).filter(
        made_at__lt=timezone.now() - timedelta(days=settings.INVITATION_DAYS)
    ).update(sealed=None)


def batch_rows(batch: InvitationBatch) -> list[Row]:
    """The rows of a list that is not made into letters yet."""
    return unseal(batch.sealed, _rows_for(batch)) if batch.sealed is not None else []


def _keep_rows(batch: InvitationBatch, rows: list[Row]) -> None:
    batch.sealed, batch.total = seal(rows, _rows_for(batch)), len(rows)


def _rows_for(batch: InvitationBatch) -> str:
    return f"households:{batch.key}"


def _sealed_for(file: LetterFile) -> str:
    return f"letters:{file.pk}"


def _counted(file: LetterFile) -> dict[str, Any]:
    return {"invitations": file.batch_id, "file": file.number, "letters": file.letters}


def _lock(batch: InvitationBatch, state: str) -> InvitationBatch:
    rows = InvitationBatch.objects.select_for_update(of=("self",)).select_related(
        "room__plan", "asked_by__user", "asked_by__party"
    )
    current = rows.get(pk=batch.pk)
    if current.state != state:
        raise Conflict(_("Somebody has gone on with this list already."))
    return current


def _lock_room(room: Room) -> Room:
    return Room.objects.select_for_update(of=("self",)).select_related("plan").get(pk=room.pk)


def _move(batch: InvitationBatch, state: str) -> None:
    batch.state = state
    batch.save(update_fields=["state", "sealed", "address", "confirmed_by", "confirmed_at", "updated_at"])
