"""Rooms, what the reader's party gets, mandates, the door."""

from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from guardian.shortcuts import get_objects_for_user
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Mandate
from accounts.refusals import NotFound
from negotiation import mandates, people, rooms
from negotiation.api import acts, reads
from negotiation.api.operations import CURSOR, RoomView, operation, page_of
from negotiation.erasure import erase_person
from negotiation.models import Room
from negotiation.permissions import Viewer
from negotiation.queries import due, mine, overview
from negotiation.queries.packages import on_the_table
from negotiation.queries.plain_words import told_outcomes


class Rooms(RoomView):
    @operation("The rooms that the reader may enter", response=page_of("Room", reads.RoomRow), parameters=CURSOR)
    def get(self, request: Request) -> Response:
        rows = Room.objects.select_related("plan")
        if request.user.is_authenticated:
            own: QuerySet[Room] = get_objects_for_user(request.user, "negotiation.read_room", with_superuser=False)
            rows = rows.filter(Q(published=True) | Q(pk__in=own.values("pk")))
        else:
            rows = rows.filter(published=True)
        return self.page(request, rows, reads.RoomRow, Viewer(Room(), request.user), "code")


class OneRoom(RoomView):
    @operation("One room: phase, rule, what comes next", response=reads.RoomDetail)
    def get(self, request: Request, code: str) -> Response:
        viewer = self.viewer(request, code)
        step = overview.next_step(viewer.room, on_the_table(viewer.room), overview.current_ballot(viewer.room))
        return Response(
            reads.RoomDetail(
                viewer.room, context={"viewer": viewer, "next": step, "overdue": due.overdue(viewer).count()}
            ).data
        )


class RoomMap(RoomView):
    @operation("Parcels as GeoJSON with their use today and as planned", response=OpenApiTypes.OBJECT)
    def get(self, request: Request, code: str) -> Response:
        viewer = self.viewer(request, code)
        return Response(overview.map_data(viewer.room, on_the_table(viewer.room)))


class Mine(RoomView):
    @operation("What the reader's party has, and gets under each package", response=reads.Mine)
    def get(self, request: Request, code: str) -> Response:
        viewer = self.viewer(request, code)
        if viewer.mandate is None:
            raise NotFound
        party, packages = viewer.mandate.party, on_the_table(viewer.room)
        rights = mine.rights_of(viewer, party)
        found = {
            "party": party,
            "rights": rights,
            "outcomes": told_outcomes(viewer, party, rights, packages),
        }
        return Response(reads.Mine(found, context={"viewer": viewer}).data)


class Mandates(RoomView):
    @operation("Who may act for whom", response=page_of("Mandate", reads.MandateRow), parameters=CURSOR)
    def get(self, request: Request, code: str) -> Response:
        viewer, _mandate = self.acting(request, code, "convene")
        rows = Mandate.objects.filter(party__realm=viewer.room.code).select_related("user", "party")
        return self.page(request, rows, reads.MandateRow, viewer)

    @operation("Give a mandate", request=acts.MandateIn, response=reads.MandateRow, status=201)
    def post(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        data = self.read(request, acts.MandateIn)
        person, party = mandates.find_person_and_party(viewer.room, data["username"], data["party"])
        made = mandates.grant_mandate(
            mandate,
            viewer.room,
            person,
            party,
            data["kind"],
            document=data.get("document", ""),
            valid_from=data.get("valid_from"),
            valid_to=data.get("valid_to"),
        )
        return Response(reads.MandateRow(made).data, status=201)


class People(RoomView):
    @operation("Make an account", request=acts.PersonIn, response=reads.PersonDone, status=201)
    def post(self, request: Request, code: str) -> Response:
        viewer, convener = self.acting(request, code, "convene")
        person = people.invite_person(convener, viewer.room, **self.read(request, acts.PersonIn))
        link = request.build_absolute_uri(people.password_path(person))
        return Response({"username": person.username, "name": person.name, "link": link}, status=201)


class Revocation(RoomView):
    @operation("Revoke a mandate", request=acts.Revocation, response=reads.MandateRow)
    def post(self, request: Request, code: str, mandate: int) -> Response:
        viewer, convener = self.acting(request, code, "convene")
        data: dict[str, Any] = self.read(request, acts.Revocation)
        rows = Mandate.objects.select_related("user", "party")
        found = get_object_or_404(rows, pk=mandate, party__realm=viewer.room.code)
        return Response(reads.MandateRow(mandates.revoke_mandate(convener, viewer.room, found, data["reason"])).data)


class Erasure(RoomView):
    @operation(
        "Erase what the log keeps about the person of a mandate", request=acts.Erasure, response=reads.ErasureRow
    )
    def post(self, request: Request, code: str, mandate: int) -> Response:
        viewer, convener = self.acting(request, code, "convene")
        ground = self.read(request, acts.Erasure)["ground"]
        found = get_object_or_404(Mandate.objects.select_related("user"), pk=mandate, party__realm=viewer.room.code)
        done = erase_person(convener, viewer.room, found.user, ground)
        return Response({"count": done.count, "ground": ground, "entry": str(done.entry.pk)}, status=201)


class Publication(RoomView):
    @operation("Open the room to everyone, or close it", request=acts.Publication, response=reads.RoomRow)
    def post(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        data = self.read(request, acts.Publication)
        return Response(reads.RoomRow(rooms.publish_room(mandate, viewer.room, published=data["published"])).data)
