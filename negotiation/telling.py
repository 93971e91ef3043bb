"""Who is told what. An act writes one row in its own transaction; a job makes everybody's notices of it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from celery import current_app
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Mandate, Party, User
from negotiation.acting import record
from negotiation.models import Ballot, Caucus, Comment, DueDate, Finding, Package, RequiredDocument, Revision, Room
from negotiation.queries.documents import BROKEN, KEPT, MISSING, with_state
from negotiation.queries.due import OVERDUE
from negotiation.queries.due import with_state as with_duty_state
from negotiation.sittings import differ
from notifications import proof
from notifications.models import Telling
from notifications.spreading import Receiver, spread
from notifications.topics import TOPICS

AHEAD = timedelta(days=3)  # a promise's day is told so long before it


def tell(
    room: Room,
    topic: str,
    link: str,
    parameters: Mapping[str, object] | None = None,
    *,
    parties: Mapping[str, str] | None = None,
    users: Iterable[User] | None = None,
    by: Mandate | None = None,
    key: str | None = None,
) -> None:
    """Tell everybody who has a mandate in the room; or only those who act for these parties, or only these users.

    `parties` maps a code to a path of its own, or to "" for `link`. Whoever acted is not told, unless the law says so.
    Called inside the act's transaction. What has the `key` of an earlier telling is told already.
    """
    audience: dict[str, object] = {}
    if users is not None:
        audience["users"] = [user.pk for user in users]
    elif parties is not None:
        audience["parties"] = dict(parties)
    fields = {
        "room": room.code,
        "title": str(room)[:200],
        "topic": topic,
        "parameters": {name: _said(value) for name, value in (parameters or {}).items()},
        "link": link,
        "audience": audience,
        "by": by.user if by else None,
    }
    if key is None:
        telling, made = Telling.objects.create(**fields), True
    else:
        telling, made = Telling.objects.get_or_create(key=key, defaults=fields)
    if made:
        number = telling.pk
        transaction.on_commit(lambda: _enqueue(number), robust=True)


def _said(value: object) -> str:
    """A parameter as it is kept: moments to the minute, in the site's time zone."""
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else str(value)


def spread_telling(number: int) -> bool:
    """Make the notices of one telling, all or none, once; False where it is done, or being done."""
    with transaction.atomic():
        rows = Telling.objects.select_for_update(skip_locked=True, of=("self",)).select_related("by")
        telling = rows.filter(pk=number, done_at=None).first()
        if telling is None:
            return False
        deliveries = spread(telling, receivers(telling))
        if TOPICS[telling.topic].required:
            about = {"notice": telling.pk, "topic": telling.topic, "about": telling.parameters}
            room = Room.objects.get(code=telling.room)
            record(room, "notice.deliver", None, "notice", telling.pk, about | proof.summary(deliveries))
        telling.done_at = timezone.now()
        telling.save(update_fields=["done_at"])
    return True


def receivers(telling: Telling) -> list[Receiver]:
    """Who is told, as the mandates are now, each with the parties that they act for."""
    if "users" in telling.audience:
        users = User.objects.filter(pk__in=telling.audience["users"], is_active=True).order_by("pk")
        return [Receiver(user, (), telling.link) for user in users]
    links: dict[str, str] | None = telling.audience.get("parties")
    mandates = Mandate.objects.valid().filter(party__realm=telling.room, user__is_active=True)
    if links is not None:
        mandates = mandates.filter(party__code__in=links)
    if telling.by and not TOPICS[telling.topic].required:
        mandates = mandates.exclude(user=telling.by)
    parties: dict[User, dict[Party, None]] = {}
    for mandate in mandates.select_related("user", "party").order_by("user_id", "pk"):
        parties.setdefault(mandate.user, {})[mandate.party] = None
    return [Receiver(user, tuple(own), _link(telling, own, links)) for user, own in parties.items()]


def _link(telling: Telling, parties: Iterable[Party], links: Mapping[str, str] | None) -> str:
    """The path of somebody's first party that has one of its own."""
    found = (links[party.code] for party in parties) if links else iter(())
    return next(filter(None, found), telling.link)


def tell_opened(ballot: Ballot, by: Mandate) -> None:
    """The whole room until when one may vote; a chamber that votes on days of its own hears those."""
    room, link = ballot.room, reverse("ballot", args=[ballot.room.code, ballot.pk])
    named = {"package": ballot.revision.package.code, "until": ballot.closes_at}
    if not differ(ballot):
        tell(room, "ballot.opened", link, named, by=by)
        return
    seats = dict(ballot.roll.values_list("seat__party__code", "chamber"))
    for sitting in ballot.sittings.all():
        told = {code: "" for code, chamber in seats.items() if chamber == sitting.chamber}
        days = {"since": sitting.opens_at, "until": sitting.closes_at}
        tell(room, "ballot.days", link, named | days, parties=told, by=by)
    others = Party.objects.filter(realm=room.code).exclude(code__in=seats).values_list("code", flat=True)
    tell(room, "ballot.opened", link, named, parties=dict.fromkeys(others, ""), by=by)


def tell_entered(ballot: Ballot, parties: Iterable[str], by: Mandate) -> None:
    """Those in whose name officials have entered a vote hear of it while they can still vote themselves."""
    link = reverse("ballot", args=[ballot.room.code, ballot.pk])
    named = {"package": ballot.revision.package.code}
    tell(ballot.room, "vote.entered", link, named, parties=dict.fromkeys(parties, ""), by=by)


def tell_answered(room: Room, numbers: Iterable[int], by: Mandate) -> None:
    """Each party whose comments (by id) were answered; with several it is led to the page of what it said."""
    links: dict[str, str] = {}
    own = reverse("mine", args=[room.code]) + "#said"
    for number, party in Comment.objects.filter(pk__in=numbers).order_by("pk").values_list("pk", "party__code"):
        links[party] = own if party in links else reverse("one-comment", args=[room.code, number])
    tell(room, "comment.answered", reverse("answers", args=[room.code]), parties=links, by=by)


def tell_submitted(revision: Revision, by: Mandate) -> None:
    """The whole room; and, of a counter-proposal's first revision, the party whose package it answers."""
    package = revision.package
    room, link = package.room, reverse("package", args=[package.room.code, package.code])
    named = {"package": package.code, "revision": revision.number}
    tell(room, "package.submitted", link, named, by=by)
    if revision.parent and revision.number == 1:
        own = revision.parent.package
        told = {own.proposer.code: ""}
        tell(room, "package.countered", link, {"package": package.code, "own": own.code}, parties=told, by=by)


def tell_partners(package: Package, topic: str, codes: Iterable[str], by: Mandate) -> None:
    """Parties that a draft names, led to what stands."""
    link = reverse("read-draft", args=[package.room.code, package.code])
    tell(package.room, topic, link, {"package": package.code}, parties=dict.fromkeys(codes, ""), by=by)


def tell_proposer(package: Package, topic: str, by: Mandate) -> None:
    """The party whose draft it is, led to the parties that it names."""
    link = reverse("partners", args=[package.room.code, package.code])
    tell(package.room, topic, link, {"package": package.code}, parties={package.proposer.code: ""}, by=by)


def tell_unsupported(revision: Revision, by: Mandate) -> None:
    """The whole room; who it is and why stands on the package's page."""
    package = revision.package
    named = {"package": package.code, "revision": revision.number}
    tell(package.room, "joint.unsupported", reverse("package", args=[package.room.code, package.code]), named, by=by)


def tell_convener(
    room: Room, topic: str, link: str, by: Mandate, parameters: Mapping[str, object] | None = None
) -> None:
    """Those who convene the room."""
    tell(room, topic, link, parameters, parties=dict.fromkeys(_convening(room), ""), by=by)


def tell_phase(room: Room, by: Mandate) -> None:
    """The phase that the room has entered, kept in English and shown in the reader's words."""
    with translation.override(None):
        label = str(Room.Phase(room.phase).label)
    tell(room, "phase.entered", reverse("procedure", args=[room.code]), {"phase": label}, by=by)


def tell_caucus(caucus: Caucus, codes: Iterable[str], by: Mandate) -> None:
    """The members of a private thread; that something was said, not what."""
    link = reverse("caucus", args=[caucus.room.code, caucus.pk])
    tell(caucus.room, "caucus.said", link, parties=dict.fromkeys(codes, ""), by=by)


def tell_promises() -> None:
    """Promises whose day is near or past, once each: the party that promised, of a broken one the convener too."""
    rows = with_state(RequiredDocument.objects.filter(due__lte=timezone.localdate() + AHEAD))
    open_rows = rows.exclude(state__in=(MISSING, KEPT)).select_related("room__plan", "party").order_by("pk")
    due = {f"{_promise_topic(row)}:{row.pk}:{row.due.isoformat()}": row for row in open_rows}
    known = set(Telling.objects.filter(key__in=due).values_list("key", flat=True))
    for key, row in due.items():
        if key not in known:
            broken = row.state == BROKEN
            told = dict.fromkeys([row.party.code, *(_convening(row.room) if broken else ())], "")
            link, named = reverse("documents", args=[row.room.code]), {"day": row.due.isoformat()}
            with transaction.atomic():
                tell(row.room, _promise_topic(row), link, named, parties=told, key=key)


def tell_overdue() -> None:
    """Terms of decided packages whose day is past and that nobody reported done, once each day's: who owes them, and
    the convener."""
    late = with_duty_state(DueDate.objects.filter(on__lt=timezone.localdate())).filter(state=OVERDUE)
    days = late.order_by("on", "revision").values_list("revision", "party__code", "on").distinct()
    due = {
        f"duty.overdue:{revision}:{party or ''}:{day.isoformat()}": (revision, party, day)
        for revision, party, day in days
    }
    known = set(Telling.objects.filter(key__in=due).values_list("key", flat=True))
    for key in due.keys() - known:
        _tell_overdue(key, *due[key])


def _tell_overdue(key: str, number: int, party: str | None, day: date) -> None:
    revision = Revision.objects.select_related("package__room__plan").get(pk=number)
    room, package = revision.package.room, revision.package.code
    told = dict.fromkeys([*([party] if party else ()), *_convening(room)], "")
    link = reverse("due-dates", args=[room.code, package, revision.number])
    with transaction.atomic():
        tell(room, "duty.overdue", link, {"package": package, "day": day.isoformat()}, parties=told, key=key)


def tell_findings() -> None:
    """Findings whose day is past without an answer, once each day's: the convener, and the party that waits."""
    late = Finding.objects.filter(state=Finding.State.OPEN, due__lt=timezone.localdate())
    due = {f"finding.overdue:{pk}:{day.isoformat()}": pk for pk, day in late.order_by("pk").values_list("pk", "due")}
    known = set(Telling.objects.filter(key__in=due).values_list("key", flat=True))
    rows = late.select_related("room__plan", "party").in_bulk([pk for key, pk in due.items() if key not in known])
    for key, finding in ((key, rows[pk]) for key, pk in due.items() if pk in rows):
        room, named = finding.room, {"finding": finding.pk, "day": finding.due.isoformat()}
        link = reverse("finding", args=[room.code, finding.pk])
        told = dict.fromkeys([finding.party.code, *_convening(room)], "")
        with transaction.atomic():
            tell(room, "finding.overdue", link, named, parties=told, key=key)


def _promise_topic(document: Any) -> str:
    return "promise.broken" if document.state == BROKEN else "promise.due"


def _convening(room: Room) -> list[str]:
    rows = Mandate.objects.valid().filter(party__realm=room.code, roles__contains="convener")
    return sorted(set(rows.values_list("party__code", flat=True)))


def _enqueue(number: int) -> None:
    current_app.send_task("negotiation.tasks.spread_telling", [number])
