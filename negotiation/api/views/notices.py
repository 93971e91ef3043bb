"""One's own notices, how one is told, and the convener's outbox."""

from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from negotiation import delivering
from negotiation.api import acts
from negotiation.api import notice_shapes as shapes
from negotiation.api.operations import CURSOR, RoomView, operation, page_of
from negotiation.models import Room
from negotiation.permissions import Viewer
from negotiation.queries import notices as queries
from notifications import preferences, reading
from notifications.topics import REQUIRED


def _person(request: Request) -> User:
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user


class Notices(RoomView):
    @operation("One's own notices, newest first", response=page_of("Notice", shapes.NoticeRow), parameters=CURSOR)
    def get(self, request: Request) -> Response:
        person = _person(request)
        return self.page(request, reading.notices(person), shapes.NoticeRow, Viewer(Room(), person))


class AllRead(RoomView):
    @operation("Mark all as read", request=acts.Empty, status=204)
    def post(self, request: Request) -> Response:
        person = _person(request)
        self.read(request, acts.Empty)
        reading.mark_all_read(person)
        return Response(status=204)


class OneRead(RoomView):
    @operation("Mark one as read", request=acts.Empty, response=shapes.NoticeRow)
    def post(self, request: Request, notice: int) -> Response:
        person = _person(request)
        self.read(request, acts.Empty)
        return Response(shapes.NoticeRow(reading.mark_read(person, notice)).data)


class Preferences(RoomView):
    @operation("How one is told, group by group", response=shapes.Chosen)
    def get(self, request: Request) -> Response:
        return Response(_chosen(_person(request)))

    @operation("Choose how one is told", request=shapes.Preferences, response=shapes.Chosen)
    def put(self, request: Request) -> Response:
        person, data = _person(request), self.read(request, shapes.Preferences)
        wishes = {row["group"]: preferences.Wish(row["email"], row["sms"]) for row in data["groups"]}
        preferences.choose(person, wishes, data["language"])
        person.refresh_from_db()
        return Response(_chosen(person))


def _chosen(person: User) -> dict[str, object]:
    groups = [{"group": str(group), **wish._asdict()} for group, wish in preferences.wishes(person).items()]
    return {"language": person.language, "groups": groups, "required": REQUIRED}


class Outbox(RoomView):
    @operation(
        "Messages about the room, newest first; addresses masked",
        response=page_of("MessageSent", shapes.MessageSent),
        parameters=CURSOR,
    )
    def get(self, request: Request, code: str) -> Response:
        viewer, _mandate = self.acting(request, code, "convene")
        return self.page(request, queries.messages(viewer.room), shapes.MessageSent, viewer)


class RequiredNotices(RoomView):
    @operation(
        "Notices that the law requires", response=page_of("RequiredNotice", shapes.RequiredNotice), parameters=CURSOR
    )
    def get(self, request: Request, code: str) -> Response:
        viewer, _mandate = self.acting(request, code, "convene")
        return self.page(request, queries.required_notices(viewer.room), shapes.RequiredNotice, viewer)


class Unreached(RoomView):
    @operation(
        "The parties that one has not reached", response=page_of("Unreached", shapes.Unreached), parameters=CURSOR
    )
    def get(self, request: Request, code: str, telling: int) -> Response:
        viewer, _mandate = self.acting(request, code, "convene")
        found = delivering.find_required(viewer.room, telling)
        return self.page(request, queries.unreached(viewer.room, found), shapes.Unreached, viewer, "code")


class HandDeliveries(RoomView):
    @operation("Record a delivery by hand", request=shapes.HandIn, response=shapes.HandDone, status=201)
    def post(self, request: Request, code: str, telling: int) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        found, data = delivering.find_required(viewer.room, telling), self.read(request, shapes.HandIn)
        made = delivering.deliver_by_hand(mandate, viewer.room, found, data["party"], data["evidence"])
        return Response(shapes.HandDone(made).data, status=201)
