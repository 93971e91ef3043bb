"""The cast of the demonstration: one person for each role, in both demo cases."""

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Mandate, Party, Side, User
from accounts.secrets import secret
from negotiation.casefile import read_case
from negotiation.cases import load_case
from negotiation.mandates import add_onlooker, seat_person
from negotiation.models import Ballot, Room
from negotiation.queries.packages import latest
from negotiation.rooms import publish_room
from negotiation.voting import cast, publish_notice

SELF, REPRESENTATIVE, PROXY = Mandate.Kind.SELF, Mandate.Kind.REPRESENTATIVE, Mandate.Kind.PROXY
CASES = ("zhuxi.json", "hekou.json")
AUDITOR, OBSERVER = "AUDIT", "VISITOR"


@dataclass(frozen=True)
class Person:
    """Somebody of the cast: sign-in, name, what they are, and (room, party, kind of mandate, roles)."""

    username: str
    name: str
    what: str
    acts: tuple[tuple[str, str, str, str], ...] = ()


ZX, HK = "ZX-03-2026", "HK-2026"
CAST = (
    Person(
        "planner",
        "林岚",
        "规划师、召集人 planner and convener",
        (
            (ZX, "GOV-NR", REPRESENTATIVE, "government convener"),
            (HK, "GOV-NR", REPRESENTATIVE, "government convener"),
        ),
    ),
    Person("finance", "周正", "财政局 finance officer", ((ZX, "GOV-FIN", REPRESENTATIVE, "government"),)),
    Person(
        "developer",
        "陈锐",
        "开发商分析员 developer's analyst",
        ((ZX, "MKT-DEV", REPRESENTATIVE, "market"), (HK, "MKT-AGRI", REPRESENTATIVE, "market")),
    ),
    Person("factory", "何立群", "纺织厂厂长 factory owner", ((ZX, "MKT-TEX", REPRESENTATIVE, "market"),)),
    Person("chair", "苏秀英", "合作社理事长 the collective's chair", ((ZX, "COL-ZX", REPRESENTATIVE, "public"),)),
    Person(
        "resident",
        "王桂芳",
        "七十岁的居民，也代邻居 resident of seventy, also proxy of her neighbour",
        (
            (ZX, "HH-017", SELF, "public"),
            (ZX, "HH-018", PROXY, "public"),
            (HK, "HH-00001", SELF, "public"),
        ),
    ),
    Person("neighbour", "李建国", "外出的邻居 her neighbour, away", ((ZX, "HH-018", SELF, "public"),)),
    Person(
        "auditor",
        "方查",
        "审计员 auditor",
        ((ZX, AUDITOR, REPRESENTATIVE, "auditor"), (HK, AUDITOR, REPRESENTATIVE, "auditor")),
    ),
    Person("observer", "许闻", "旁听 observer", ((ZX, OBSERVER, REPRESENTATIVE, "observer"),)),
    Person("stranger", "陌生人", "不在任何协商室的人 in no room"),
)
DOCUMENT = "演示授权书 2026-01"
LOOKING_ON = {AUDITOR: ("县审计局", "auditor"), OBSERVER: ("旁听人", "observer")}


def password() -> str:
    """The demo's password, made at its first start."""
    return secret(settings.VAR_DIR / "demo_password")[:12]


@transaction.atomic
def stage(folder: Path) -> bool:
    """Load the demo cases and seat the cast; False if that was done before."""
    if User.objects.filter(username=CAST[0].username).exists():
        return False
    rooms = {room.code: room for room in (load_case(read_case(folder / name))[0] for name in CASES)}
    for room in rooms.values():
        for code, (name, kind) in LOOKING_ON.items():
            add_onlooker(room, code, name, kind)
    secret_word = password()
    for person in CAST:
        _seat(person, rooms, secret_word)
    _open_doors(rooms)
    return True


def _seat(person: Person, rooms: dict[str, Room], secret_word: str) -> None:
    user = User.objects.create_user(person.username, password=secret_word, name=person.name)
    for code, party_code, kind, roles in person.acts:
        party = Party.objects.get(realm=code, code=party_code)
        document = "" if kind == SELF else DOCUMENT
        seat_person(rooms[code], user, party, kind, roles=roles.split(), document=document)


def crowd(room: Room, in_favour: Fraction) -> int:
    """Let every party that nobody of the cast acts for vote in the open ballot; returns how many did.

    Of each ten households the share `in_favour` says yes, one of the others abstains; companies accept.
    """
    ballot = Ballot.objects.select_related("room").get(room=room, state=Ballot.State.OPEN)
    absent = Party.objects.filter(seats__room=room, mandates=None).exclude(side=Side.GOVERNMENT).order_by("code")
    for number, party in enumerate(absent):
        with transaction.atomic():
            person = User.objects.create_user(f"crowd-{room.code}-{party.code}".lower(), name=party.name)
            mandate = seat_person(room, person, party, SELF)
        place = Fraction(number % 10, 10)
        said = "yes" if place < in_favour else "abstain" if number % 10 == 9 else "no"
        cast(mandate, ballot, "accept" if party.side == Side.MARKET else said, key="crowd")
    return len(absent)


def _open_doors(rooms: dict[str, Room]) -> None:
    """Both rooms are published; one package of each has been on notice long enough for a vote."""
    for room in rooms.values():
        convener = Mandate.objects.get(user__username="planner", party__realm=room.code)
        publish_room(convener, room)
        revision = latest(room).get(package__code="B")
        day = timezone.localdate() - timedelta(days=31)
        publish_notice(convener, revision, day, "县人民政府网站与村务公开栏")
