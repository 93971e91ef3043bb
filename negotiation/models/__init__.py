"""The rows of a negotiation, by what they are about."""

from negotiation.models.attachments import Attachment
from negotiation.models.ballots import Ballot, BallotSeat, Decision, Vote
from negotiation.models.findings import Comparison, Mediation, Scorecard, Valuation
from negotiation.models.packages import Allocation, Disposition, Draft, Flow, Package, Revision
from negotiation.models.rooms import CatalogueItem, Room, Seat
from negotiation.models.sheets import DraftStep, SheetChange, SheetImport
from negotiation.models.talk import Answer, Comment

__all__ = [
    "Allocation",
    "Answer",
    "Attachment",
    "Ballot",
    "BallotSeat",
    "CatalogueItem",
    "Comment",
    "Comparison",
    "Decision",
    "Disposition",
    "Draft",
    "DraftStep",
    "Flow",
    "Mediation",
    "Package",
    "Revision",
    "Room",
    "Scorecard",
    "Seat",
    "SheetChange",
    "SheetImport",
    "Valuation",
    "Vote",
]
