"""Files at a room, a comment or a draft. What is kept is checked by content and hashed into the log.

A file at a draft goes with the revision when the draft is submitted, and can not be removed after that.
"""

import re
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import Conflict, Invalid, NotAllowed, WrongPhase
from audit.log import Private
from negotiation import filestore
from negotiation.acting import record
from negotiation.consents import void_answers_of
from negotiation.filecheck import Checked, check_file, refused
from negotiation.live.events import announce
from negotiation.models import Attachment, Comment, Package, PaperEntry, Revision, Room
from negotiation.permissions import authorize, authorize_own

LONGEST_NAME = 120
LONGEST_REASON = 400
ENDINGS = {"pdf": ".pdf", "png": ".png", "jpeg": ".jpg", "webp": ".webp"}
MB = 1_000_000


def add_attachment(
    mandate: Mandate,
    room: Room,
    name: str,
    content: bytes,
    *,
    package: Package | None = None,
    comment: Comment | None = None,
) -> Attachment:
    """Attach a file to the draft of one's own package, to one's own comment, or to the room.

    Raises Invalid, with a code for each kind of file that is not taken.
    """
    _authorize(mandate, room, package, comment)
    checked = check_sized(content)
    with transaction.atomic():
        # One at a time in a room: the sums of a party stay true.
        Room.objects.select_for_update().get(pk=room.pk)
        _check_draft(package)
        _check_sum(mandate, room, checked)
        void_answers_of(package, "attachment.add", mandate)
        place = {"room": room, "package": package, "comment": comment, "party": mandate.party, "mandate": mandate}
        kept = {"kind": checked.kind, "size": len(checked.content), "sha256": filestore.keep(checked.content)}
        made = Attachment.objects.create(name=_plain_name(name, checked.kind), **place, **kept)
        _log(made, "attachment.add", mandate, {**kept, "name": Private.text(made.name)})
    return made


def check_sized(content: bytes) -> Checked:
    """What `check_file` makes of a file that is not too large. Raises Invalid."""
    if len(content) > settings.ATTACHMENT_BYTES:
        raise refused("file_too_large", _("A file may have at most %(most)s MB.") % {"most": _mb("ATTACHMENT_BYTES")})
    return check_file(content)


def remove_attachment(mandate: Mandate, attachment: Attachment, reason: str) -> Attachment:
    """Take a file of one's own away, with a reason. What was submitted with a revision stays."""
    _authorize(mandate, attachment.room, attachment.package, attachment.comment)
    check_own(mandate, attachment)
    reason = reason.strip()
    if not reason or "\x00" in reason:
        raise Invalid({"reason": _("Please give a reason.")})
    if len(reason) > LONGEST_REASON:
        raise Invalid({"reason": _("At most %(most)s characters, please.") % {"most": LONGEST_REASON}})
    with transaction.atomic():
        void_answers_of(attachment.package, "attachment.remove", mandate)
        current = Attachment.objects.select_for_update().filter(pk=attachment.pk).first()
        if current is None or current.removed_at:  # or its draft was thrown away
            raise Conflict(_("This file was removed already."))
        check_own(mandate, current)
        current.removed_at, current.removed_reason = timezone.now(), reason
        current.save(update_fields=["removed_at", "removed_reason"])
        data = {"sha256": current.sha256, "reason": Private.text(reason)}
        _log(attachment, "attachment.remove", mandate, data)
        digest = current.sha256
        transaction.on_commit(lambda: drop_unused(digest), robust=True)
    return current


def hand_over(package: Package, revision: Revision) -> list[str]:
    """The files of the draft become the revision's; their digests, for the entry of the submission."""
    rows = Attachment.objects.filter(package=package, revision=None, removed_at=None)
    digests = list(rows.order_by("pk").values_list("sha256", flat=True))
    rows.update(revision=revision)
    return digests


def drop_draft_files(package: Package) -> None:
    """The files of a draft that is thrown away go with it."""
    rows = Attachment.objects.filter(package=package, revision=None)
    digests = set(rows.values_list("sha256", flat=True))
    rows.delete()
    transaction.on_commit(lambda: [drop_unused(digest) for digest in sorted(digests)], robust=True)


@transaction.atomic
def drop_unused(digest: str) -> None:
    """Take bytes off the disk that no attachment and no entered paper has any more."""
    filestore.lock_file(digest)
    scans = PaperEntry.objects.filter(sha256=digest).exclude(state=PaperEntry.State.WITHDRAWN)
    if not Attachment.objects.filter(sha256=digest, removed_at=None).exists() and not scans.exists():
        filestore.drop(digest)


def _authorize(mandate: Mandate, room: Room, package: Package | None, comment: Comment | None) -> None:
    """The right to attach here: at one's own draft that of proposing, elsewhere that of commenting."""
    if package is not None:
        authorize_own(mandate, package, "propose")
    else:
        authorize(mandate, room, "attach")
    if comment is not None and comment.party_id != mandate.party_id:
        raise NotAllowed(_("This comment is another party's."), code="not_your_comment")
    if any(row is not None and row.room_id != room.pk for row in (package, comment)):
        raise Invalid({"room": _("This is in another room.")})


def check_own(mandate: Mandate, attachment: Attachment) -> None:
    """Raise unless this party may still take the file away."""
    if attachment.party_id != mandate.party_id:
        raise NotAllowed(_("This file is another party's."), code="not_your_file")
    if attachment.revision_id is not None:
        raise WrongPhase(_("This file was submitted with a revision; it stays."), code="file_submitted")


def _check_draft(package: Package | None) -> None:
    if package is not None and not Package.objects.filter(pk=package.pk, draft__isnull=False).exists():
        raise Conflict(_("This draft has changed or was submitted meanwhile."))


def _check_sum(mandate: Mandate, room: Room, checked: Checked) -> None:
    kept = Attachment.objects.filter(room=room, party=mandate.party_id, removed_at=None)
    size = kept.aggregate(size=Sum("size"))["size"] or 0
    if size + len(checked.content) > settings.ATTACHMENT_PARTY_BYTES:
        text = _("All files of a party in a room may have at most %(most)s MB.")
        raise refused("files_too_large", text % {"most": _mb("ATTACHMENT_PARTY_BYTES")})


def _plain_name(name: str, kind: str) -> str:
    """The name without folders and control characters, with the ending of what the file is."""
    bare = PurePath(name.replace("\\", "/")).name
    stem = re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069/:*?\"<>|]+", " ", PurePath(bare).stem).strip(" .")
    return (stem[: LONGEST_NAME - 5] or _("file")) + ENDINGS[kind]


def _mb(setting: str) -> int:
    return int(getattr(settings, setting) // MB)


def _log(attachment: Attachment, action: str, mandate: Mandate, data: dict[str, Any]) -> None:
    """The entry, and word to those who look at the place."""
    package, comment = attachment.package, attachment.comment_id
    place = {"package": package.code if package else "", "comment": comment}
    record(attachment.room, action, mandate, "attachment", attachment.pk, {**place, **data})
    if package is None:
        announce(attachment.room, "comments" if comment else "attachments")
