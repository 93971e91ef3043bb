"""Lists of households as conveners fill them in, a second convener, and what stands on the letters."""

import io
import re
from datetime import timedelta
from typing import Any

from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from accounts.models import Mandate
from accounts.sealing import seal
from negotiation import invitations
from negotiation.mandates import appoint
from negotiation.models import Invitation, InvitationBatch, LetterFile, Room
from negotiation.people import add_person
from negotiation.sheets.households import template

ADDRESS = "http://localhost:8000/come-in/"
CODE = re.compile(r"(?:[0-9A-Z]{5}-){2}[0-9A-Z]{5}")


def second_convener(room: Room) -> Mandate:
    """A deputy, whom the operator has made a convener too."""
    add_person("deputy", "陈副科长")
    return appoint(room, "deputy", "GOV-NR", "representative", roles=["convener", "government"], document="Letter 9")


def waiting(convener: Mandate, room: Room, mandate: Mandate) -> InvitationBatch:
    """A list that waits, with a file and a letter as they are kept: quicker than to have them made."""
    batch = InvitationBatch(room=room, asked_by=convener, state="asked", total=1)
    batch.sealed = seal([], f"households:{batch.key}")
    batch.save()
    file = LetterFile.objects.create(batch=batch, number=1, letters=1)
    file.sealed = seal("", f"letters:{file.pk}")
    file.save()
    facts = {"room": room, "mandate": mandate, "expires_at": timezone.now() + timedelta(days=1)}
    Invitation.objects.create(file=file, number=1, digest="x", **facts)
    return batch


def households(room: Room, count: int = 3, **cells: object) -> bytes:
    """The room's workbook with so many households filled in, and some cells typed over: `households(room, D2="李")`."""
    book = load_workbook(io.BytesIO(template(room).content))
    page: Any = book.worksheets[0]
    free = [row for row in range(2, page.max_row + 1) if page.cell(row, 3).value in ("no", "否")][:count]
    assert len(free) == count
    for number, row in enumerate(free):
        page.cell(row, 4).value, page.cell(row, 8).value = f"户主{number}", f"{3 - number % 3}号楼"
    for name, value in cells.items():
        page[name] = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def asked(convener: Mandate, room: Room, count: int = 3) -> InvitationBatch:
    batch = invitations.read_households(convener, room, households(room, count))
    return invitations.invite_households(convener, batch)


def invited(convener: Mandate, room: Room, count: int = 3) -> InvitationBatch:
    """A confirmed list whose letters are made."""
    batch = invitations.confirm_invitations(second_convener(room), asked(convener, room, count))
    invitations.make_letters(batch)
    return batch


def codes(convener: Mandate, batch: InvitationBatch) -> list[str]:
    """What is printed on the letters, page by page."""
    return [code for file in batch.files.all() for code in printed(invitations.download_letters(convener, file))]


def printed(pdf: bytes) -> list[str]:
    pages = (page.extract_text().replace("\u200b", "") for page in PdfReader(io.BytesIO(pdf)).pages)
    return [CODE.search(page)[0] for page in pages]


def letter(code: str) -> Invitation:
    from negotiation.coming_in import recognise

    found = recognise(code)
    assert found is not None
    return found
