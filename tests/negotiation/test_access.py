"""Who may do what: every route as every role, against one table.

A cell is the status; `302` for nobody means "sign in first". A route that the table lacks fails the suite.
"""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import Mandate, User
from audit.models import Entry
from audit.sequencer import sequence
from negotiation import answers, caucuses, comments, documents, joint, meetings, packages, polls, voting
from negotiation.attachments import add_attachment
from negotiation.electoral import object_to_roll
from negotiation.exports import ask_export, write_export
from negotiation.findings import open_finding
from negotiation.models import DueDate, Meeting, Override, Package, Poll, Room, SheetImport
from negotiation.paperprints import make_papers, print_papers
from negotiation.permissions import viewer_of
from negotiation.proxies import name_proxy
from negotiation.queries.packages import latest
from negotiation.rollcalls import Answer, take_roll_call
from negotiation.scoring import ENGINE
from negotiation.sheets.importing import import_sheet
from negotiation.sheets.write import draft_workbook
from notifications.models import Notice, Telling
from notifications.preferences import stop_token
from tests.negotiation.ballots import end, opened_secret
from tests.negotiation.files import picture
from tests.negotiation.letters import waiting
from tests.negotiation.papers import entered
from tests.negotiation.rolls import over, published
from tests.negotiation.test_mediation import asked

ROLES = ("", "stranger", "observer", "resident", "developer", "finance", "planner", "auditor")
ROOM = "ZX-03-2026"
OPEN = "200 200 200 200 200 200 200 200"
SIGNED_IN = "302 200 200 200 200 200 200 200"
SEATED = "302 404 200 200 200 200 200 200"
MEMBERS = "302 403 403 200 200 200 200 403"
CONVENER = "302 403 403 403 403 403 200 403"
LOG = "302 403 403 403 403 200 200 200"
# The convener and the auditor; and what is the auditor's alone.
FINDINGS = "302 403 403 403 403 403 200 200"
AUDITOR = "302 403 403 403 403 403 403 200"
AUDIT = "403 403 403 403 403 403 403 422"
# Whoever has a mandate of a seat may write; the empty form is refused beside its fields.
WRITE = "403 403 403 422 422 422 422 403"
OFFICIALS = "302 403 403 403 403 200 200 403"
OFFICIAL_WRITES = "403 403 403 403 403 422 422 403"
CONVENE = "403 403 403 403 403 403 422 403"

# In an open (published) room, in negotiation.
NEGOTIATION = {
    ("GET", "home"): OPEN,
    ("GET", "glossary"): OPEN,
    ("GET", "room"): OPEN,
    ("GET", "unit"): OPEN,
    ("GET", "room-map"): OPEN,
    ("GET", "mine"): SEATED,
    ("GET", "procedure"): OPEN,
    ("GET", "mandates"): CONVENER,
    ("POST", "mandates"): "403 403 403 403 403 403 422 403",
    ("GET", "people"): CONVENER,
    ("POST", "people"): "403 403 403 403 403 403 422 403",
    ("GET", "invitations"): CONVENER,
    ("POST", "invitations"): CONVENE,
    ("GET", "households-sheet"): CONVENER,
    ("GET", "replace-letter"): CONVENER,
    ("POST", "replace-letter"): CONVENE,
    ("GET", "invitation-batch"): CONVENER,
    # The form names no act.
    ("POST", "invitation-batch"): CONVENE,
    ("GET", "invitation-batch-state"): CONVENER,
    ("POST", "letters"): "403 403 403 403 403 403 200 403",
    ("GET", "letters-printed"): CONVENER,
    ("POST", "letters-printed"): "403 403 403 403 403 403 302 403",
    ("GET", "revoke-mandate"): CONVENER,
    ("POST", "revoke-mandate"): "403 403 403 403 403 403 422 403",
    ("GET", "erase-person"): CONVENER,
    ("POST", "erase-person"): "403 403 403 403 403 403 422 403",
    ("POST", "publish-room"): "403 403 403 403 403 403 302 403",
    ("POST", "mandate"): "302 302 302 302 302 302 302 302",
    ("POST", "shell"): "302 302 302 302 302 302 302 302",
    ("GET", "packages"): OPEN,
    ("GET", "package-cards"): OPEN,
    ("GET", "tree"): OPEN,
    ("GET", "package"): OPEN,
    ("GET", "revision"): OPEN,
    ("GET", "changes"): OPEN,
    # The form names no revision to start from.
    ("POST", "adopt-changes"): "403 403 403 404 404 404 404 403",
    ("GET", "card"): OPEN,
    ("GET", "card-words"): OPEN,
    ("GET", "card-parts"): OPEN,
    ("GET", "card-pdf"): OPEN,
    ("POST", "retry-card"): "403 403 409 409 409 409 409 409",
    ("GET", "card-versions"): OPEN,
    ("GET", "one-card"): OPEN,
    ("GET", "figure"): OPEN,
    ("POST", "recompute-card"): "403 403 409 409 409 409 409 409",
    ("GET", "mediator"): OPEN,
    ("POST", "mediator"): "403 403 403 422 422 422 422 403",
    ("GET", "valuation"): MEMBERS,
    ("GET", "acceptance"): MEMBERS,
    # An empty mark is an answer.
    ("POST", "acceptance"): "403 403 403 302 302 302 302 403",
    ("POST", "valuation"): WRITE,
    ("GET", "mediation"): OPEN,
    ("GET", "mediation-state"): OPEN,
    # The developer asked, so the developer may stop it; it has ended.
    ("POST", "cancel-mediation"): "403 403 403 422 409 422 422 403",
    ("POST", "adopt-suggestion"): "403 403 403 302 302 302 302 403",
    ("GET", "compare"): OPEN,
    ("GET", "comparison"): OPEN,
    ("POST", "retry-comparison"): "403 403 409 409 409 409 409 409",
    ("GET", "start-package"): MEMBERS,
    ("POST", "start-package"): "403 403 403 302 302 302 302 403",
    # The package is the developer's, and so is the draft.
    ("POST", "revise-package"): "403 403 403 403 302 403 403 403",
    ("GET", "confirm-part"): MEMBERS,
    # Package A asks something of the developer, the finance office and the department that the planner acts for.
    ("POST", "confirm-part"): "403 403 403 403 302 302 302 403",
    ("GET", "withdraw-package"): MEMBERS,
    ("POST", "withdraw-package"): WRITE,
    ("GET", "draft"): "302 404 404 404 200 404 404 404",
    ("POST", "draft"): "404 404 404 404 422 404 404 404",
    ("GET", "bulk"): "302 404 404 404 200 404 404 404",
    ("POST", "bulk"): "404 404 404 404 422 404 404 404",
    # Nothing was saved yet, and the form says no version.
    ("GET", "draft-state"): "302 404 404 404 200 404 404 404",
    ("POST", "undo-draft"): "404 404 404 404 409 404 404 404",
    ("GET", "partners"): "302 404 404 404 200 404 404 404",
    ("POST", "partners"): "404 404 404 404 422 404 404 404",
    # The form names no party.
    ("POST", "remove-partner"): "404 404 404 404 404 404 404 404",
    ("POST", "submit-draft"): "404 404 404 404 422 404 404 404",
    # The draft names the resident.
    ("GET", "read-draft"): "302 404 404 200 200 404 404 404",
    # The form does not say what was read; the developer's own draft does not name the developer.
    ("POST", "consent-draft"): "404 404 404 409 403 404 404 404",
    ("POST", "take-consent-back"): "404 404 404 409 403 404 404 404",
    ("POST", "decline-draft"): "404 404 404 422 422 404 404 404",
    ("GET", "withdraw-support"): MEMBERS,
    ("POST", "withdraw-support"): WRITE,
    ("GET", "draft-sheet"): "302 404 404 404 200 404 404 404",
    ("GET", "draft-plots"): "302 404 404 404 200 404 404 404",
    ("GET", "upload-plots"): "302 404 404 404 200 404 404 404",
    ("POST", "upload-plots"): "404 404 404 404 422 404 404 404",
    ("GET", "split-parcel"): "302 404 404 404 200 404 404 404",
    ("POST", "split-parcel"): "404 404 404 404 422 404 404 404",
    ("GET", "upload-sheet"): "302 404 404 404 200 404 404 404",
    ("POST", "upload-sheet"): "404 404 404 404 422 404 404 404",
    ("GET", "sheet-import"): "302 404 404 404 200 404 404 404",
    ("GET", "sheet-import-state"): "302 404 404 404 200 404 404 404",
    # It says what the draft says: there is nothing to apply.
    ("POST", "apply-import"): "404 404 404 404 422 404 404 404",
    ("GET", "discard-draft"): "302 404 404 404 200 404 404 404",
    ("POST", "discard-draft"): "404 404 404 404 302 404 404 404",
    ("GET", "comment-files"): OPEN,
    ("POST", "comment-files"): WRITE,
    ("GET", "draft-files"): "302 404 404 404 200 404 404 404",
    ("POST", "draft-files"): "404 404 404 404 422 404 404 404",
    ("GET", "room-files"): OPEN,
    ("POST", "room-files"): WRITE,
    ("GET", "file"): OPEN,
    # The file is the resident's.
    ("GET", "remove-file"): "302 403 403 200 403 403 403 403",
    ("POST", "remove-file"): "403 403 403 422 403 403 403 403",
    ("GET", "comments"): OPEN,
    ("POST", "comments"): WRITE,
    ("GET", "comment-list"): OPEN,
    # The resident's own comment: nobody agrees with themselves.
    ("POST", "agree"): "403 403 403 422 302 302 302 403",
    ("GET", "answer"): CONVENER,
    ("POST", "answer"): "403 403 403 403 403 403 422 403",
    ("GET", "answer-group"): CONVENER,
    ("POST", "answer-group"): "403 403 403 403 403 403 422 403",
    ("GET", "one-comment"): OPEN,
    ("GET", "clusters"): CONVENER,
    ("POST", "clusters"): "403 403 403 403 403 403 302 403",
    ("GET", "moderation"): "302 403 403 403 403 200 200 403",
    ("GET", "report-comment"): MEMBERS,
    ("POST", "report-comment"): WRITE,
    ("GET", "keep-comment"): CONVENER,
    ("POST", "keep-comment"): "403 403 403 403 403 403 422 403",
    ("GET", "hide-comment"): CONVENER,
    ("POST", "hide-comment"): "403 403 403 403 403 403 422 403",
    # The comment is the resident's; it is not hidden.
    ("GET", "appeal-hiding"): "302 403 403 404 403 403 403 403",
    ("POST", "appeal-hiding"): "403 403 403 404 403 403 403 403",
    ("GET", "decide-appeal"): "302 403 403 403 403 404 404 403",
    ("POST", "decide-appeal"): "403 403 403 403 403 404 404 403",
    ("GET", "caucuses"): MEMBERS,
    ("POST", "caucuses"): WRITE,
    # Between the resident and the developer.
    ("GET", "caucus"): "302 404 404 200 200 404 404 404",
    ("POST", "caucus"): "404 404 404 422 422 404 404 404",
    ("GET", "caucus-messages"): "302 404 404 200 200 404 404 404",
    ("GET", "leave-caucus"): "302 404 404 200 200 404 404 404",
    ("POST", "leave-caucus"): "404 404 404 302 302 404 404 404",
    ("GET", "answers"): OPEN,
    ("GET", "answers-xlsx"): OPEN,
    ("GET", "duties-xlsx"): OPEN,
    ("GET", "answers-docx"): OPEN,
    ("GET", "answers-pdf"): OPEN,
    ("GET", "link-answer"): CONVENER,
    ("POST", "link-answer"): "403 403 403 403 403 403 422 403",
    ("GET", "my-comments"): "302 403 200 200 200 200 200 200",
    ("GET", "notice"): CONVENER,
    ("POST", "notice"): "403 403 403 403 403 403 422 403",
    ("GET", "open-ballot"): CONVENER,
    ("POST", "open-ballot"): "403 403 403 403 403 403 422 403",
    ("POST", "close-poll"): "403 403 403 403 403 403 302 403",
    ("GET", "polls"): OPEN,
    ("GET", "open-poll"): CONVENER,
    ("POST", "open-poll"): CONVENE,
    ("GET", "poll"): OPEN,
    # It asks for a ranking, and nothing is ranked.
    ("POST", "poll"): WRITE,
    ("GET", "ballots"): OPEN,
    ("GET", "log-key"): OPEN,
    ("GET", "notices"): SIGNED_IN,
    ("POST", "read-notices"): "302 302 302 302 302 302 302 302",
    ("GET", "notice-preferences"): SIGNED_IN,
    ("POST", "notice-preferences"): "302 422 422 422 422 422 422 422",
    # The notice is the resident's.
    ("POST", "open-notice"): "302 404 404 302 404 404 404 404",
    # The signed link stands for the person.
    ("GET", "stop-notices"): OPEN,
    ("POST", "stop-notices"): OPEN,
    ("GET", "outbox"): CONVENER,
    ("GET", "unreached"): CONVENER,
    ("GET", "by-hand"): CONVENER,
    ("POST", "by-hand"): CONVENE,
    ("GET", "come-in"): OPEN,
    ("POST", "come-in"): "422 422 422 422 422 422 422 422",
    # Nobody has typed a code.
    ("GET", "come-in-choose"): "302 302 302 302 302 302 302 302",
    ("POST", "come-in-choose"): "302 302 302 302 302 302 302 302",
    ("GET", "come-in-phone"): "302 302 302 302 302 302 302 302",
    ("POST", "come-in-phone"): "302 302 302 302 302 302 302 302",
    ("GET", "log"): LOG,
    ("GET", "log-export"): LOG,
    ("GET", "log-entry"): LOG,
    ("GET", "entry-bytes"): LOG,
    ("GET", "entry-proof"): LOG,
    ("GET", "open-finding"): AUDITOR,
    ("POST", "open-finding"): AUDIT,
    ("GET", "findings"): FINDINGS,
    ("GET", "finding"): FINDINGS,
    ("GET", "answer-finding"): CONVENER,
    ("POST", "answer-finding"): CONVENE,
    ("GET", "ask-again"): AUDITOR,
    ("POST", "ask-again"): AUDIT,
    ("GET", "close-finding"): AUDITOR,
    ("POST", "close-finding"): AUDIT,
    ("GET", "log-entry-at"): "302 403 403 403 403 302 302 302",
    ("GET", "checkpoints"): LOG,
    ("GET", "checkpoint-note"): LOG,
    ("GET", "witnesses"): LOG,
    ("GET", "log-leaves"): LOG,
    ("GET", "anomalies"): LOG,
    ("GET", "review-state"): LOG,
    ("GET", "log-hashes"): LOG,
    ("GET", "check-log"): LOG,
    ("GET", "bundles"): LOG,
    ("POST", "bundles"): "403 403 403 403 403 302 302 302",
    ("GET", "bundle-state"): LOG,
    # The auditor asked for it.
    ("GET", "bundle-file"): "302 403 403 403 403 404 404 200",
    ("GET", "rule"): OPEN,
    ("GET", "edit-rule"): CONVENER,
    ("POST", "edit-rule"): CONVENE,
    ("GET", "check-receipt"): OPEN,
    ("GET", "choose-procedure"): CONVENER,
    ("POST", "choose-procedure"): CONVENE,
    ("GET", "advance"): CONVENER,
    ("POST", "advance"): CONVENE,
    ("GET", "reopen"): CONVENER,
    ("POST", "reopen"): CONVENE,
    ("GET", "fix-text"): CONVENER,
    ("POST", "fix-text"): CONVENE,
    ("GET", "record-review"): CONVENER,
    ("POST", "record-review"): CONVENE,
    ("GET", "publish-decision"): CONVENER,
    ("POST", "publish-decision"): CONVENE,
    ("GET", "ask-override"): CONVENER,
    ("POST", "ask-override"): CONVENE,
    # Finance could confirm, the planner take it back.
    ("GET", "override"): "302 403 403 403 403 200 200 403",
    ("POST", "override"): "403 403 403 403 403 422 422 403",
    ("GET", "documents"): OPEN,
    ("GET", "require-document"): CONVENER,
    ("POST", "require-document"): CONVENE,
    ("GET", "due-dates"): OPEN,
    ("GET", "duty-done"): MEMBERS,
    ("POST", "duty-done"): WRITE,
    ("GET", "correct-duty"): MEMBERS,
    ("POST", "correct-duty"): WRITE,
    ("GET", "promise-document"): MEMBERS,
    ("POST", "promise-document"): WRITE,
    ("GET", "accept-promise"): CONVENER,
    ("POST", "accept-promise"): CONVENE,
    ("GET", "receive-document"): CONVENER,
    ("POST", "receive-document"): CONVENE,
    ("GET", "meetings"): OPEN,
    ("GET", "meeting"): OPEN,
    ("GET", "plan-meeting"): CONVENER,
    ("POST", "plan-meeting"): CONVENE,
    ("GET", "hold-meeting"): CONVENER,
    ("POST", "hold-meeting"): CONVENE,
    ("GET", "cancel-meeting"): CONVENER,
    ("POST", "cancel-meeting"): CONVENE,
    ("GET", "demand-hearing"): MEMBERS,
    ("POST", "demand-hearing"): WRITE,
    ("GET", "declare-hearing"): CONVENER,
    ("GET", "electoral-roll"): OPEN,
    ("GET", "roll-version"): OPEN,
    ("GET", "publish-roll"): CONVENER,
    ("POST", "publish-roll"): CONVENE,
    ("GET", "object-to-roll"): MEMBERS,
    ("POST", "object-to-roll"): WRITE,
    ("GET", "roll-objections"): "302 403 404 200 200 200 200 200",
    ("GET", "answer-roll-objection"): CONVENER,
    ("POST", "answer-roll-objection"): CONVENE,
    ("GET", "correct-roll"): CONVENER,
    ("POST", "correct-roll"): CONVENE,
    ("GET", "roll-posting"): "302 403 404 200 200 200 200 200",
    ("GET", "roll-xlsx"): LOG,
    ("GET", "trustees"): OPEN,
    ("POST", "trustees"): CONVENE,
    ("GET", "proxies"): MEMBERS,
    ("POST", "proxies"): WRITE,
    ("GET", "proxy-limit"): CONVENER,
    ("POST", "proxy-limit"): CONVENE,
    # The resident named it.
    ("GET", "answer-proxy"): CONVENER,
    ("POST", "answer-proxy"): CONVENE,
    ("POST", "withdraw-proxy"): "403 403 403 302 404 404 403 403",
    ("GET", "revoke-proxy"): "302 403 403 200 404 404 404 403",
    ("POST", "revoke-proxy"): "403 403 403 302 404 404 404 403",
    ("POST", "declare-hearing"): CONVENE,
}
# With a ballot open.
VOTE = {
    ("GET", "ballots"): "302 302 302 302 302 302 302 302",
    ("GET", "ballot"): OPEN,
    ("GET", "tally"): OPEN,
    ("GET", "vote"): MEMBERS,
    ("POST", "vote"): "403 403 403 422 422 422 422 403",
    # Nobody has voted yet.
    ("GET", "receipt"): "302 403 403 404 404 404 404 403",
    # It is not decided yet.
    ("GET", "result"): "409 409 409 409 409 409 409 409",
    ("GET", "certificate"): "409 409 409 409 409 409 409 409",
    ("GET", "receipt-pdf"): "302 403 403 404 404 404 404 403",
    ("GET", "decide"): CONVENER,
    ("POST", "decide"): "403 403 403 403 403 403 409 403",
    ("POST", "start-package"): "403 403 403 409 409 409 409 403",
    ("GET", "papers"): OFFICIALS,
    ("GET", "enter-paper"): OFFICIALS,
    ("POST", "enter-paper"): OFFICIAL_WRITES,
    # The planner entered it; the second reading is empty.
    ("GET", "paper"): OFFICIALS,
    ("POST", "paper"): OFFICIAL_WRITES,
    ("GET", "paper-scan"): OFFICIALS,
    ("GET", "withdraw-paper"): OFFICIALS,
    ("POST", "withdraw-paper"): OFFICIAL_WRITES,
    ("GET", "paper-prints"): OFFICIALS,
    ("POST", "paper-prints"): OFFICIAL_WRITES,
    ("GET", "paper-print"): OFFICIALS,
    ("GET", "paper-print-state"): OFFICIALS,
    ("GET", "paper-file"): OFFICIALS,
    ("GET", "take-roll-call"): CONVENER,
    ("POST", "take-roll-call"): CONVENE,
    ("GET", "roll-call"): OFFICIALS,
    # The planner took it down.
    ("POST", "roll-call"): OFFICIAL_WRITES,
    ("GET", "withdraw-roll-call"): OFFICIALS,
    ("POST", "withdraw-roll-call"): OFFICIAL_WRITES,
}
# With a secret ballot closed; developer, finance office and auditor are its trustees.
SECRET = {
    ("GET", "ballot"): OPEN,
    ("GET", "tally"): OPEN,
    ("GET", "give-share"): "302 403 200 200 200 200 200 200",
    ("POST", "give-share"): "403 403 422 422 422 422 422 422",
    ("GET", "take-share"): "302 403 200 200 200 200 200 200",
    ("POST", "take-share"): "403 403 422 422 422 422 422 422",
    # It is not opened yet.
    ("GET", "board"): "409 409 409 409 409 409 409 409",
    ("GET", "give-up"): CONVENER,
    ("POST", "give-up"): CONVENE,
    ("POST", "decide"): "403 403 403 403 403 403 409 403",
    ("GET", "accept-trust"): "302 403 403 403 200 200 403 200",
    ("POST", "accept-trust"): "403 403 403 403 422 422 403 422",
}


@pytest.fixture
def places(zhuxi, mandate) -> dict[str, dict[str, object]]:
    """What stands in the addresses: package A with a draft that names the resident, a comment, a mandate."""
    package = Package.objects.select_related("room", "proposer", "latest").get(room=zhuxi, code="A")
    draft = packages.revise_package(mandate("developer"), package)
    joint.name_partner(mandate("developer"), draft, "HH-017")
    comment = comments.add_comment(mandate("resident"), zhuxi, "How loud is the road?")
    second = comments.add_comment(mandate("factory"), zhuxi, "And the trucks?")
    answered = answers.answer_comment(mandate("planner"), second, "adopted", "By the back gate.")
    common = {"code": ROOM}
    named = {"package": "A", "number": 1, "comment": comment.pk, "mandate": mandate("neighbour").pk, "ballot": 0}
    named["answer"] = answered.pk
    named["caucus"] = caucuses.open_caucus(mandate("resident"), zhuxi, "Plots", parties=["MKT-DEV"]).pk
    named |= {"engine": ENGINE, "key": "balance.project.npv"}
    # Of the two numbers the import's is looked up by the routes that have it.
    named["import"] = brought(mandate("developer"), draft).pk
    named |= {"batch": waiting(mandate("planner"), zhuxi, mandate("neighbour")).pk, "letter": 1, "file": 1}
    named["mediation"] = asked(mandate("developer"), zhuxi).pk
    named |= proceedings(mandate("planner"), zhuxi) | notified(mandate("resident").user, zhuxi)
    named["poll"] = asked_poll(mandate("planner"), zhuxi).pk
    named |= proxy(mandate("resident"), zhuxi)
    named["objection"] = objected(mandate("planner"), mandate("resident"), zhuxi)
    named |= sealed_entry() | {"bundle": written_bundle(mandate("auditor"), zhuxi)}
    named["finding"] = found(mandate("auditor"), zhuxi)
    named["attachment"] = add_attachment(mandate("resident"), zhuxi, "wall.png", picture()).pk
    return {"common": common, "named": named}


def written_bundle(auditor, room) -> int:
    """The auditor's bundle, ready to be taken away."""
    export = ask_export(auditor, room)
    write_export(export)
    return export.pk


def found(auditor, room) -> int:
    """A finding that waits for its answer."""
    return open_finding(auditor, room, Entry.objects.get(pk=sealed_entry()["entry"]), "Who wrote this?").pk


def sealed_entry() -> dict[str, object]:
    """The last entry of the room's sealed log, with its place and checkpoint."""
    sequence(f"room:{ROOM}")
    last = Entry.objects.filter(scope=f"room:{ROOM}", index__isnull=False).order_by("-index").first()
    return {"entry": last.id, "index": last.index, "size": last.index + 1}


def proceedings(convener, room) -> dict[str, int]:
    """A document that the developer has to bring, its dated term, a meeting to come, an override that waits."""
    document = documents.require_document(convener, room, "Soil survey", "MKT-DEV")
    meeting = meetings.plan_meeting(convener, room, "meeting", timezone.now() + timedelta(1), "Town hall", "Roads")
    common = {"duties": [], "reason": "Flood warning.", "asked_by": convener, "until": timezone.localdate()}
    override = Override.objects.create(room=room, phase=room.phase, **common)
    return {"document": document.pk, "due": dated(room).pk, "meeting": meeting.pk, "override": override.pk}


def objected(convener, resident, room) -> int:
    """A published roll with an objection of the resident."""
    published(convener, room)
    return object_to_roll(resident, room, "It has 90 m²", resident.party.code).pk


def nothing_contested(room) -> None:
    """So that a vote may open."""
    room.roll_objections.all().delete()
    over(room)


def dated(room) -> DueDate:
    """The developer's land in package A, with a date."""
    revision = latest(room).get(package__code="A")
    row = revision.dispositions.order_by("pk")[1]
    day = timezone.localdate()
    return DueDate.objects.create(
        revision=revision, kind="dispositions", place=1, row=row.pk, on=day, party=row.responsible
    )


def asked_poll(convener, room) -> Poll:
    """A straw poll that asks for a ranking of all packages."""
    return polls.open_poll(convener, room, "Which one?", "ranked", list(latest(room)), timezone.now() + timedelta(1))


def proxy(principal, room) -> dict[str, int]:
    """One that the principal has named, and one who may act for it."""
    naming = name_proxy(principal, room, "factory", until=timezone.now() + timedelta(1))
    given = {"document": "Letter", "kind": "proxy", "valid_from": timezone.now()}
    other = Mandate.objects.create(user=User.objects.get(username="factory"), party=principal.party, **given)
    return {"naming": naming.pk, "proxy": other.pk}


def on_paper(official, ballot) -> dict[str, int]:
    """An open ballot with a paper that one official has entered, and a page of papers to print."""
    entry, batch = entered(official, ballot), print_papers(official, ballot, "Town hall", ["HH-150"])
    make_papers(batch)
    return {"ballot": ballot.pk, "paper": entry.pk, "prints": batch.pk}


def called(official, ballot, voter) -> dict[str, int]:
    """A meeting that goes on, and a list that was taken down in it."""
    now = {"begins_at": timezone.now(), "place": "Town hall", "agenda": "Vote", "planned_by": official}
    meeting = Meeting.objects.create(room=ballot.room, kind="meeting", **now)
    call = take_roll_call(official, ballot, meeting, [Answer(voter.party.code, voter.pk, "yes")])
    return {"meeting": meeting.pk, "roll": call.pk}


def notified(person, room) -> dict[str, object]:
    """A required notice that one person has got, and the link in an e-mail to that person."""
    telling = Telling.objects.create(
        room=room.code, title="x", topic="hearing.announced", parameters={"day": "2026-12-24"}
    )
    notice = Notice.objects.create(telling=telling, user=person, link=f"/rooms/{room.code}/")
    return {"telling": telling.pk, "notice": notice.pk, "token": stop_token(person.pk, "mine"), "party": "HH-150"}


def address(name: str, places: dict[str, dict[str, object]]) -> str:
    """The route's address, with as many of the named parts as it takes."""
    route = routes()[name]
    parts = {**places["common"], **places["named"]}
    if "invitations/lists/" in str(route.pattern):
        parts |= {"number": parts["batch"]}
    if "import/" in str(route.pattern):
        parts |= {"number": parts["import"]}
    return reverse(name, kwargs={key: parts[key] for key in route.pattern.converters})


def brought(mandate, draft) -> SheetImport:
    """The draft's own workbook, brought back."""
    return import_sheet(mandate, draft, draft_workbook(viewer_of(mandate, draft.package.room), draft))


def routes() -> dict[str, URLPattern]:
    """Name → route of every page of ours."""
    pages = next(row for row in get_resolver().url_patterns if is_ours(row))
    return {route.name: route for route in pages.url_patterns}


def is_ours(row: URLPattern | URLResolver) -> bool:
    return isinstance(row, URLResolver) and row.urlconf_name.__name__ == "negotiation.web.urls"


def sessions(signed_in, roles=ROLES) -> dict[str, str]:
    """The key of a session of each role; of nobody an empty one."""
    return {role: signed_in(role).cookies["sessionid"].value if role else "" for role in roles}


def statuses(keys: dict[str, str], method: str, where: str, **body: str) -> str:
    """What each role is answered, one request each, nothing of which stays."""
    found = []
    for key in keys.values():
        with transaction.atomic():
            client = Client(HTTP_ACCEPT_LANGUAGE="en")
            client.cookies["sessionid"] = key
            found.append(str(getattr(client, method.lower())(where, **body).status_code))
            transaction.set_rollback(True)
    return " ".join(found)


def test_table_knows_every_route() -> None:
    known = {name for _method, name in [*NEGOTIATION, *VOTE, *SECRET]}
    assert set(routes()) == known


def walk(table: dict[tuple[str, str], str], signed_in, places) -> dict[tuple[str, str], str]:
    """What every role gets at each route of the table: one room for all, for each request is rolled back."""
    keys = sessions(signed_in)
    return {(method, name): statuses(keys, method, address(name, places)) for method, name in table}


def test_routes_in_negotiation(signed_in, places) -> None:
    assert walk(NEGOTIATION, signed_in, places) == NEGOTIATION


def test_routes_during_vote(signed_in, places, mandate, zhuxi) -> None:
    nothing_contested(zhuxi)
    ballot = voting.open_ballot(mandate("planner"), latest(zhuxi).get(package__code="B"), timezone.now() + timedelta(1))
    places["named"] |= on_paper(mandate("planner"), ballot)
    places["named"] |= called(mandate("planner"), ballot, mandate("resident"))
    assert walk(VOTE, signed_in, places) == VOTE


def test_routes_of_a_secret_ballot(signed_in, places, mandate, zhuxi) -> None:
    # A secret rule is another rule; the roll need not be published for it.
    zhuxi.roll_objections.all().delete()
    zhuxi.rolls.all().delete()
    ballot = opened_secret(mandate, zhuxi)
    end(ballot)
    voting.close_if_due(ballot)
    places["named"] |= {"ballot": ballot.pk}
    assert walk(SECRET, signed_in, places) == SECRET


def test_closed_room_is_not_there_for_strangers(signed_in, places, zhuxi) -> None:
    Room.objects.filter(pk=zhuxi.pk).update(published=False)
    keys = sessions(signed_in, ROLES[:2])
    strangers = {(method, name): statuses(keys, method, address(name, places)) for method, name in NEGOTIATION}
    assert strangers == {key: closed(*key) for key in NEGOTIATION}


def closed(method: str, name: str) -> str:
    """What strangers get at a route of a room that is not published."""
    everywhere = ("home", "glossary", "log-key", "come-in", "come-in-choose", "come-in-phone")
    if name in everywhere or str(routes()[name].pattern).startswith("notices/"):
        return " ".join(NEGOTIATION[method, name].split()[:2])
    return "302 404" if method == "GET" or name == "mandate" else "404 404"
