"""The rows of a negotiation, by what they are about."""

from negotiation.models.ballots import Ballot, BallotSeat, Decision, Vote
from negotiation.models.findings import Comparison, Mediation, Scorecard, Valuation
from negotiation.models.packages import Allocation, Disposition, Draft, Flow, Package, Revision
from negotiation.models.rooms import CatalogueItem, Room, Seat
from negotiation.models.standing import Confirmation, Withdrawal
from negotiation.models.talk import Answer, Comment

__all__ = [
    "Allocation",
    "Answer",
    "Ballot",
    "BallotSeat",
    "CatalogueItem",
    "Comment",
    "Comparison",
    "Confirmation",
    "Decision",
    "Disposition",
    "Draft",
    "Flow",
    "Mediation",
    "Package",
    "Revision",
    "Room",
    "Scorecard",
    "Seat",
    "Valuation",
    "Vote",
    "Withdrawal",
]
