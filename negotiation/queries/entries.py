"""Pages of the log: entries by party, act, thing, phase and time, the newest first, and their place in the tree."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from hashlib import sha256
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.refusals import NotFound
from audit import log
from audit.merkle import inclusion, leaf_hash
from audit.models import Checkpoint, Entry
from audit.tree import read as read_tree
from negotiation.disclosure import may_open
from negotiation.models import Ballot, Finding, Room
from negotiation.permissions import Viewer
from negotiation.queries.spans import MOVES, Span, read_move, spans
from negotiation.queries.story import WORDS, tell

PER_PAGE = 50
PART = 1024  # leaves that are handed out at once: a complete subtree, as static/src/logcheck.ts takes them


@dataclass(frozen=True)
class Wanted:
    """Which entries. `action` is an act, or a noun for all its acts; `thing` a kind, or kind/number.

    `after` and `before` are inclusive.
    """

    action: str = ""
    party: str = ""
    thing: str = ""
    phase: str = ""
    after: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True)
class Slice:
    """One page; `older` and `newer` are where the next pages begin, None at an end."""

    rows: list[Entry]
    older: UUID | None
    newer: UUID | None


def entries(room: Room) -> QuerySet[Entry]:
    return Entry.objects.filter(scope=log.room_scope(room.code))


def wanted_entries(room: Room, wanted: Wanted) -> QuerySet[Entry]:
    rows = entries(room)
    if wanted.action:
        rows = rows.filter(action__in=actions(wanted.action))
    if wanted.party:
        rows = rows.filter(party=wanted.party)
    if wanted.thing:
        kind, _slash, number = wanted.thing.partition("/")
        rows = rows.filter(object_type=kind, **({"object_id": number} if number else {}))
    if wanted.phase:
        rows = rows.filter(_during([span for span in phase_spans(room) if span.phase == wanted.phase]))
    if wanted.after:
        rows = rows.filter(time__gte=wanted.after)
    if wanted.before:
        rows = rows.filter(time__lte=wanted.before)
    return rows


def actions(chosen: str) -> list[str]:
    """The act itself, and those of this noun."""
    return [chosen, *(action for action in WORDS if action.startswith(f"{chosen}."))]


def phase_spans(room: Room) -> list[Span]:
    rows = entries(room).filter(action__in=MOVES).values_list("action", "time", "body")
    read = ((action, time, log.read_body(bytes(body))) for action, time, body in rows)
    moves = (read_move(action, time, body["data"]) for action, time, body in read if body)
    return spans((move for move in moves if move), room.phase)


def _during(found: Sequence[Span]) -> Q:
    parts = [
        Q(**({"time__gt": span.begin} if span.begin else {}), **({"time__lte": span.end} if span.end else {}))
        for span in found
    ]
    return reduce(or_, parts) if parts else Q(pk__in=[])


def entry_slice(rows: QuerySet[Entry], older: UUID | None = None, newer: UUID | None = None) -> Slice:
    """The page of entries older than this one, or newer, or the newest; by key, so that it stays while rows come."""
    key = older or newer
    pivot = Entry.objects.filter(pk=key).values_list("time", "id").first() if key else None
    if pivot is None:
        found = list(rows.order_by("-time", "-id")[: PER_PAGE + 1])
        return _slice(found[:PER_PAGE], more_older=len(found) > PER_PAGE, more_newer=False)
    if older:
        found = list(_beyond(rows, "lt", *pivot).order_by("-time", "-id")[: PER_PAGE + 1])
        return _slice(found[:PER_PAGE], more_older=len(found) > PER_PAGE, more_newer=True)
    found = list(_beyond(rows, "gt", *pivot).order_by("time", "id")[: PER_PAGE + 1])
    return _slice(found[:PER_PAGE][::-1], more_older=True, more_newer=len(found) > PER_PAGE)


def _beyond(rows: QuerySet[Entry], side: str, time: datetime, key: UUID) -> QuerySet[Entry]:
    # The first condition alone bounds the search in the index.
    return rows.filter(**{f"time__{side}e": time}).filter(
        Q(**{f"time__{side}": time}) | Q(time=time, **{f"id__{side}": key})
    )


def _slice(rows: list[Entry], *, more_older: bool, more_newer: bool) -> Slice:
    older, newer = (rows[-1].id, rows[0].id) if rows else (None, None)
    return Slice(rows, older if more_older else None, newer if more_newer else None)


def story(rows: Sequence[Entry]) -> list[dict[str, Any]]:
    """Each entry in words; what was done in a ballot with the revision and the rule that it is about."""
    numbers = {int(row.object_id) for row in rows if row.object_type == "ballot" and row.object_id.isdecimal()}
    ballots = Ballot.objects.select_related("revision__package").in_bulk(numbers)
    about = {("ballot", str(ballot.pk)): _about(ballot) for ballot in ballots.values()}
    about |= {("finding", str(row.pk)): _found_on(row) for row in _findings(rows)}
    return [tell(row) | {"about": about.get((row.object_type, row.object_id), "")} for row in rows]


def _findings(rows: Sequence[Entry]) -> Iterable[Finding]:
    numbers = {row.object_id for row in rows if row.object_type == "finding"}
    return Finding.objects.select_related("entry").filter(pk__in=numbers) if numbers else ()


def _found_on(finding: Finding) -> str:
    place = finding.entry.index
    return _("on entry %(index)s") % {"index": place} if place is not None else finding.entry.action


def _about(ballot: Ballot) -> str:
    return f"{ballot.revision.package.code}.{ballot.revision.number} · {ballot.rule['title']}"


def find_entry(room: Room, key: UUID) -> Entry:
    found = entries(room).filter(pk=key).first()
    if found is None:
        raise NotFound
    return found


def entry_at(room: Room, index: int) -> Entry:
    """Raises NotFound beyond the tree."""
    found = entries(room).filter(index=index).first()
    if found is None:
        raise NotFound
    return found


def leaf_lines(room: Room, begin: int) -> list[bytes]:
    """The next entries of the tree from this place on, each as its canonical bytes and a newline; none at the end."""
    bodies = entries(room).filter(index__gte=begin).order_by("index").values_list("body", flat=True)[:PART]
    return [bytes(body) + b"\n" for body in bodies]


def entry_detail(viewer: Viewer, entry: Entry) -> dict[str, Any]:
    """Everything about one entry: its words and bytes, its place and proof, what it only commits to."""
    [told] = story([entry])
    leaf = leaf_hash(bytes(entry.body)).hex()
    place = _place(entry)
    return told | {
        "pretty": json.dumps(told["body"], ensure_ascii=False, indent=2) if told["body"] else "",
        "leaf": leaf,
        "commitments": commitments(viewer, entry),
        "place": place,
        "changed": place is not None and place["leaf"] != leaf,
        **_neighbours(entry),
    }


def entry_proof(entry: Entry) -> dict[str, Any]:
    """The hashes of the bytes as they are, and of the leaf as it was sealed with the proof that leads to its root."""
    raw, place = bytes(entry.body), _place(entry)
    if place is None:
        raise NotFound
    over = place.pop("checkpoint")
    hashes = {"sha256": sha256(raw).hexdigest(), "leaf": leaf_hash(raw).hex(), "sealed_leaf": place.pop("leaf")}
    return {"entry": str(entry.pk), **hashes, **place, "size": over.size, "checkpoint": over.whole_note}


def commitments(viewer: Viewer, entry: Entry) -> list[dict[str, Any]]:
    """Path and digest of each commitment; content and salt where they are for this reader and not erased."""
    rows = []
    for row in entry.commitments.order_by("path"):
        opened = {}
        if row.content is not None and row.salt is not None and may_open(viewer, entry.action, row.path, entry.party):
            opened = {"content": bytes(row.content).decode(errors="backslashreplace"), "salt": bytes(row.salt).hex()}
        rows.append({"path": row.path, "digest": row.digest, "erased": row.content is None, **opened})
    return rows


def _place(entry: Entry) -> dict[str, Any] | None:
    """The first checkpoint over the entry and the proof that leads to its root; None while it is not sealed."""
    if entry.index is None:
        return None
    rows = Checkpoint.objects.filter(scope=entry.scope, size__gt=entry.index).prefetch_related("cosignatures")
    over = rows.order_by("size").first()
    assert over is not None  # noqa: S101  (a place is given together with the checkpoint over it)
    beside = inclusion(entry.index, over.size)
    # The leaf as it was sealed, and the hashes beside its way up: whatever the entry's bytes are now.
    leaf, *proof = [part.hex() for part in read_tree(entry.scope, [(entry.index, entry.index + 1), *beside])]
    return {"index": entry.index, "checkpoint": over, "root": over.root_hex, "leaf": leaf, "proof": proof}


def _neighbours(entry: Entry) -> dict[str, Any]:
    """The entries before and after in the tree, or in time while it is not sealed."""
    same = Entry.objects.filter(scope=entry.scope)
    if entry.index is not None:
        rows = dict(same.filter(index__in=(entry.index - 1, entry.index + 1)).values_list("index", "id"))
        return {"previous": rows.get(entry.index - 1), "next": rows.get(entry.index + 1)}
    before = _beyond(same, "lt", entry.time, entry.id).order_by("-time", "-id")
    after = _beyond(same, "gt", entry.time, entry.id).order_by("time", "id")
    return {"previous": before.values_list("id", flat=True).first(), "next": after.values_list("id", flat=True).first()}
