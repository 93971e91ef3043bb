"""The rows of a negotiation, by what they are about."""

from negotiation.models.attachments import Attachment
from negotiation.models.ballots import Ballot, BallotSeat, Decision, Sitting, Vote
from negotiation.models.caucuses import Caucus, CaucusMember, CaucusMessage
from negotiation.models.computed import Comparison, Mediation, Scorecard
from negotiation.models.electoral import CoOwnerChoice, Deciding, ElectoralRoll, RollLine, RollObjection
from negotiation.models.exports import LogExport
from negotiation.models.findings import Finding, FindingStep
from negotiation.models.invitations import Invitation, InvitationBatch, LetterFile, PhoneCheck
from negotiation.models.joint import JointProposer, Partner
from negotiation.models.moderation import Hiding, Report
from negotiation.models.packages import Allocation, Disposition, Draft, Flow, Package, Revision
from negotiation.models.papers import PaperBatch, PaperEntry, PaperFile
from negotiation.models.polls import Poll, PollAnswer
from negotiation.models.procedure import (
    Attendance,
    HearingDemand,
    LegalReview,
    Meeting,
    Override,
    RequiredDocument,
    Resolution,
)
from negotiation.models.proxies import ProxyNaming
from negotiation.models.reviews import Anomaly, LogReview
from negotiation.models.rollcalls import RollCall
from negotiation.models.rooms import CatalogueItem, Room, Seat
from negotiation.models.sealed import Acceptance, Accord, Valuation
from negotiation.models.sheets import DraftStep, SheetChange, SheetImport
from negotiation.models.standing import Confirmation, DueDate, DutyReport, Withdrawal
from negotiation.models.talk import Agreement, Answer, Clustering, Comment, CommentVisit
from negotiation.models.trustees import BallotKey, BallotShare, Trust, Trustee

__all__ = [
    "Acceptance",
    "Accord",
    "Agreement",
    "Allocation",
    "Anomaly",
    "Answer",
    "Attachment",
    "Attendance",
    "Ballot",
    "BallotKey",
    "BallotSeat",
    "BallotShare",
    "CatalogueItem",
    "Caucus",
    "CaucusMember",
    "CaucusMessage",
    "Clustering",
    "CoOwnerChoice",
    "Comment",
    "CommentVisit",
    "Comparison",
    "Confirmation",
    "Deciding",
    "Decision",
    "Disposition",
    "Draft",
    "DraftStep",
    "DueDate",
    "DutyReport",
    "ElectoralRoll",
    "Finding",
    "FindingStep",
    "Flow",
    "HearingDemand",
    "Hiding",
    "Invitation",
    "InvitationBatch",
    "JointProposer",
    "LegalReview",
    "LetterFile",
    "LogExport",
    "LogReview",
    "Mediation",
    "Meeting",
    "Override",
    "Package",
    "PaperBatch",
    "PaperEntry",
    "PaperFile",
    "Partner",
    "PhoneCheck",
    "Poll",
    "PollAnswer",
    "ProxyNaming",
    "Report",
    "RequiredDocument",
    "Resolution",
    "Revision",
    "RollCall",
    "RollLine",
    "RollObjection",
    "Room",
    "Scorecard",
    "Seat",
    "SheetChange",
    "SheetImport",
    "Sitting",
    "Trust",
    "Trustee",
    "Valuation",
    "Vote",
    "Withdrawal",
]
