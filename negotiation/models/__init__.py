"""The rows of a negotiation, by what they are about."""

from negotiation.models.ballots import Ballot, BallotSeat, Decision, Vote
from negotiation.models.caucuses import Caucus, CaucusMember, CaucusMessage
from negotiation.models.findings import Comparison, Mediation, Scorecard, Valuation
from negotiation.models.moderation import Hiding, Report
from negotiation.models.packages import Allocation, Disposition, Draft, Flow, Package, Revision
from negotiation.models.rooms import CatalogueItem, Room, Seat
from negotiation.models.talk import Agreement, Answer, Clustering, Comment

__all__ = [
    "Agreement",
    "Allocation",
    "Answer",
    "Ballot",
    "BallotSeat",
    "CatalogueItem",
    "Caucus",
    "CaucusMember",
    "CaucusMessage",
    "Clustering",
    "Comment",
    "Comparison",
    "Decision",
    "Disposition",
    "Draft",
    "Flow",
    "Hiding",
    "Mediation",
    "Package",
    "Report",
    "Revision",
    "Room",
    "Scorecard",
    "Seat",
    "Valuation",
    "Vote",
]
