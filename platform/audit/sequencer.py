"""Sealing: entries get their place in the tree of their scope, and the tree a signed checkpoint.

The place is the order of sealing. An entry that commits late is not there yet and comes later; none is passed over,
for what is looked for is not "after the last one" but "without a place". Within a round entries stand in the order in
which they were written (`serial`, from the database), so that what an act has seen stands before the act.
"""

from django.db import connection, transaction

from audit import marks, tree
from audit.keys import signing_keys
from audit.locks import lock
from audit.merkle import leaf_hash
from audit.models import Checkpoint
from audit.notes import checkpoint_text, origin, sign
from audit.roles import SEQUENCER, acting_as

MOST = 5000  # entries of one round
PLACE = """
UPDATE audit_entry SET index = %s + waiting.place - 1
FROM (
    SELECT id, row_number() OVER (ORDER BY serial) AS place
    FROM (SELECT id, serial FROM audit_entry WHERE scope = %s AND index IS NULL ORDER BY serial LIMIT %s) AS first
) AS waiting
WHERE audit_entry.id = waiting.id RETURNING audit_entry.index, audit_entry.body
"""
WAITING = "SELECT DISTINCT scope FROM audit_entry WHERE index IS NULL"


def sequence(scope: str, most: int = MOST) -> int:
    """Seal up to `most` waiting entries of a scope under one new checkpoint; returns how many.

    One at a time for a scope, all or nothing, and nothing to do is no harm. Raises Conflict where the key is not the
    log's or the log has gone back (`audit.marks`), OSError where the disk is full.
    """
    with transaction.atomic(durable=True), acting_as(SEQUENCER):
        lock(f"seal:{scope}")
        before = last_checkpoint(scope)
        size = before.size if before else 0
        marks.check(scope)
        bodies = _place(scope, size, most)
        if not bodies:
            return 0
        tree.extend(scope, size, [leaf_hash(body) for body in bodies])
        sealed = _seal(scope, size + len(bodies))
        mark = marks.prepare(sealed)
    marks.leave(sealed, mark)
    return len(bodies)


def sequence_all(scope: str) -> int:
    """Seal until nothing waits."""
    done = 0
    while sealed := sequence(scope):
        done += sealed
    return done


def waiting_scopes() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return sorted(scope for (scope,) in cursor.fetchall())


def last_checkpoint(scope: str) -> Checkpoint | None:
    return Checkpoint.objects.filter(scope=scope).order_by("-size").first()


def log_name(scope: str) -> str:
    """The origin of a scope's log. It keeps the one that it began with, also where the platform has moved."""
    before = last_checkpoint(scope)
    return before.origin if before else origin(scope)


def _place(scope: str, size: int, most: int) -> list[bytes]:
    """Give the waiting entries their places from `size` on; their bytes in this order."""
    with connection.cursor() as cursor:
        cursor.execute(PLACE, [size, scope, most])
        return [bytes(body) for _index, body in sorted(cursor.fetchall(), key=lambda row: row[0])]


def _seal(scope: str, size: int) -> Checkpoint:
    name, root = log_name(scope), tree.root(scope, size)
    note = sign(checkpoint_text(name, size, root), name, signing_keys())
    return Checkpoint.objects.create(scope=scope, size=size, root=root, note=note)
