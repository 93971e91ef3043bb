"""Comments and agreements, ballots and votes."""

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from negotiation import comments, receipts, visits, voting
from negotiation.api import acts, reads
from negotiation.api.operations import CURSOR, RoomView, operation, page_of
from negotiation.queries.comments import SORTS, dress, find_comment, threads
from negotiation.queries.packages import find_revision
from negotiation.queries.standing import standing
from negotiation.queries.tallies import find_ballot
from negotiation.sittings import Days

KEY_HEADER = "Idempotency-Key"
PACKAGE = OpenApiParameter("package", str, description="Only comments on this package.")
UNANSWERED = OpenApiParameter("unanswered", bool, description="Only comments without an answer.")
PARCEL = OpenApiParameter("parcel", str, description="Only comments on this parcel.")
NEW = OpenApiParameter("new", bool, description="Only threads in which something is new since the last visit.")
SEARCH = OpenApiParameter("search", str, description="Only threads in which these words, or parts of words, stand.")
SORT = OpenApiParameter("sort", str, enum=["newest", "oldest", "agreed"], description="Newest first if absent.")


class Comments(RoomView):
    @operation(
        "What was said",
        response=page_of("Comment", reads.CommentRow),
        parameters=[*CURSOR, PACKAGE, PARCEL, SEARCH, SORT, UNANSWERED, NEW],
    )
    def get(self, request: Request, code: str) -> Response:
        viewer, query = self.viewer(request, code), request.query_params
        wanted = {name: query.get(name, "") for name in ("package", "parcel", "search")}
        wanted["new"] = "yes" if query.get("new") == "true" else ""
        rows = threads(viewer, **wanted, sort="unanswered" if query.get("unanswered") == "true" else "newest")
        sort = query.get("sort", "")
        ordering = SORTS[sort] if sort in ("oldest", "agreed") else SORTS["newest"]
        return self.page(request, rows, reads.CommentRow, viewer, ordering, dress)

    @operation("Say something", request=acts.CommentIn, response=reads.ReplyRow, status=201)
    def post(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "comment")
        data = self.read(request, acts.CommentIn)
        made = comments.add_comment(
            mandate,
            viewer.room,
            data["body"],
            revision=find_revision(viewer, data["package"]) if "package" in data else None,
            term=data.get("term", ""),
            parcel=comments.find_parcel(viewer.room, data["parcel"]) if "parcel" in data else None,
            parent=find_comment(viewer, data["parent"]) if "parent" in data else None,
            quote=find_comment(viewer, data["quote"]) if "quote" in data else None,
        )
        return Response(reads.ReplyRow(made, context={"viewer": viewer}).data, status=201)


class Visit(RoomView):
    @operation("Note that one has read the comments", request=acts.Empty, response=reads.VisitDone)
    def post(self, request: Request, code: str) -> Response:
        viewer = self.viewer(request, code)
        if not request.user.is_authenticated:
            raise NotAuthenticated
        self.read(request, acts.Empty)
        return Response({"since": visits.visit_comments(request.user, viewer.room)})


class Agreement(RoomView):
    @operation("Say that one's seat agrees with a comment", request=acts.Empty, status=204)
    def post(self, request: Request, code: str, comment: int) -> Response:
        viewer, mandate = self.acting(request, code, "comment")
        self.read(request, acts.Empty)
        comments.agree(mandate, find_comment(viewer, comment))
        return Response(status=204)

    @operation("Take one's agreement back", status=204)
    def delete(self, request: Request, code: str, comment: int) -> Response:
        viewer, mandate = self.acting(request, code, "comment")
        comments.take_back_agreement(mandate, find_comment(viewer, comment))
        return Response(status=204)


class Ballots(RoomView):
    @operation("Ballots, newest first", response=page_of("Ballot", reads.BallotRow), parameters=CURSOR)
    def get(self, request: Request, code: str) -> Response:
        viewer = self.viewer(request, code)
        rows = viewer.room.ballots.select_related("revision__package", "decision")
        return self.page(request, rows, reads.BallotRow, viewer)


class Opening(RoomView):
    @operation("Open the vote on the latest revision", request=acts.Opening, response=reads.BallotRow, status=201)
    def post(self, request: Request, code: str, package: str) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        data = self.read(request, acts.Opening)
        days = {code: Days(**row) for code, row in data.get("days", {}).items()}
        ballot = voting.open_ballot(mandate, find_revision(viewer, package), data["closes_at"], days)
        return Response(reads.BallotRow(ballot).data, status=201)


class OneBallot(RoomView):
    @operation("One ballot with its count", response=reads.BallotDetail)
    def get(self, request: Request, code: str, ballot: int) -> Response:
        viewer = self.viewer(request, code)
        found = find_ballot(viewer, ballot)
        party = viewer.mandate.party_id if viewer.mandate else None
        seats = list(found.roll.filter(seat__party=party).values_list("seat_id", flat=True)) if party else []
        stands = standing(found)
        context = {
            "viewer": viewer,
            "tally": stands.count,
            "standing": stands,
            "my_vote": voting.effective_vote(found, seats) if seats else None,
        }
        return Response(reads.BallotDetail(found, context=context).data)


KEY = OpenApiParameter(KEY_HEADER, str, OpenApiParameter.HEADER, description="The same key again is the same vote.")


class Votes(RoomView):
    @operation("Vote", request=acts.VoteIn, response=reads.VoteDone, status=201, parameters=[KEY])
    def post(self, request: Request, code: str, ballot: int) -> Response:
        viewer, mandate = self.acting(request, code, "vote")
        data = self.read(request, acts.VoteIn)
        key = request.headers.get(KEY_HEADER, "")[:64].replace("\x00", "")
        vote = voting.cast(mandate, find_ballot(viewer, ballot), data["choice"], reason=data.get("reason", ""), key=key)
        return Response(reads.VoteDone(vote).data, status=201)


class Receipt(RoomView):
    @operation("What the voter keeps, once the vote is sealed", response=reads.ReceiptFile)
    def get(self, request: Request, code: str, ballot: int) -> HttpResponse:
        viewer, mandate = self.acting(request, code, "vote")
        _name, content = receipts.receipt_file(mandate, find_ballot(viewer, ballot))
        # The bytes are canonical JSON: a renderer would write them in another way.
        return HttpResponse(content, content_type="application/json")


class Decision(RoomView):
    @operation("Count and set the decision down", request=acts.Empty, response=reads.DecisionDone, status=201)
    def post(self, request: Request, code: str, ballot: int) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        return Response(reads.DecisionDone(voting.decide(mandate, find_ballot(viewer, ballot))).data, status=201)
