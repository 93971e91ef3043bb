"""A plain vote in one round trip: it is written with its entry in the log by one statement, or nothing is.

Plain is what nearly every vote is: a person's own choice without a reason, in an open ballot whose rule lets votes be
changed. The statement asks for all that `voting.cast` asks for. Where anything is missing it writes nothing, and the
caller goes the long way, which says what.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import psycopg
from django.contrib.auth.models import Permission
from django.contrib.sessions.backends.base import SessionBase
from django.db import connection

from accounts.models import Mandate, User
from accounts.sessions import is_of
from audit import log
from negotiation.acting import commit, way
from negotiation.live.events import announce_tally
from negotiation.models import Ballot
from negotiation.rules.counting import CHOICES

# Who is signed in by a session, and under which mandates that person may vote on what, the oldest first.
VOTER = b"""
SELECT session.session_data, ballot.id, ballot.rule, room.id, room.code, person.id, person.password, person.is_active,
    party.id, party.code, mandate.id, mandate.kind, mandate.salt
FROM accounts_session AS session
JOIN accounts_user AS person ON person.id = session.user_id
JOIN accounts_mandate AS mandate ON mandate.user_id = person.id
JOIN accounts_party AS party ON party.id = mandate.party_id
JOIN negotiation_room AS room ON room.code = party.realm
JOIN negotiation_ballot AS ballot ON ballot.room_id = room.id
WHERE session.session_key = %(session)s::text AND session.expire_date > clock_timestamp()
    AND ballot.id = %(ballot)s::bigint AND room.code = %(room)s::text
    AND mandate.revoked_at IS NULL AND mandate.valid_from <= clock_timestamp()
    AND (mandate.valid_to IS NULL OR clock_timestamp() < mandate.valid_to)
ORDER BY mandate.id
"""
# A room votes as long as its ballot is open, so that its phase need not be asked for.
# Votes of one seat wait for its line, and only then look at the clock: so the last one is the last in the log too.
# The share locks make the close and a revocation wait.
VOTE = """
WITH line AS MATERIALIZED (
    SELECT id, seat_id, chamber FROM negotiation_ballotseat
    WHERE ballot_id = %(ballot)s::bigint AND chamber = ANY(%(chambers)s::text[]) AND deciding = 'any'
        AND seat_id = (
            SELECT id FROM negotiation_seat WHERE room_id = %(room)s::bigint AND party_id = %(party)s::bigint
        )
    FOR UPDATE
), moment AS MATERIALIZED (
    SELECT line.*, clock_timestamp() AS now FROM line
), held AS MATERIALIZED (
    SELECT moment.* FROM moment, negotiation_ballot AS ballot, accounts_mandate AS mandate
    WHERE ballot.id = %(ballot)s::bigint AND ballot.state = 'open' AND moment.now < ballot.closes_at
        AND mandate.id = %(mandate)s::bigint AND mandate.party_id = %(party)s::bigint AND mandate.revoked_at IS NULL
        AND mandate.valid_from <= moment.now AND (mandate.valid_to IS NULL OR moment.now < mandate.valid_to)
        AND EXISTS (
            SELECT FROM negotiation_sitting AS sitting
            WHERE sitting.ballot_id = ballot.id AND sitting.chamber = moment.chamber
                AND sitting.opens_at <= moment.now AND moment.now < sitting.closes_at
        )
        AND EXISTS (
            SELECT FROM guardian_groupobjectpermission AS given
            JOIN accounts_user_groups AS member ON member.group_id = given.group_id
            WHERE member.user_id = mandate.user_id AND given.object_pk = %(room)s::bigint::text
                AND given.permission_id = %(permission)s::bigint
        )
    FOR SHARE OF ballot, mandate
), vote AS (
    INSERT INTO negotiation_vote (ballot_id, seat_id, choice, via, reason, mandate_id, cast_at, key)
    SELECT %(ballot)s::bigint, seat_id, %(choice)s::text, %(via)s::text, '', %(mandate)s::bigint, now, %(key)s::text
    FROM held
    ON CONFLICT DO NOTHING RETURNING id, seat_id, cast_at
), mark AS (
    UPDATE negotiation_ballotseat SET {via} = %(choice)s::text
    WHERE id = (SELECT line.id FROM line JOIN vote USING (seat_id))
)
"""
LOG = """
, entry AS (
    INSERT INTO audit_entry (id, scope, time, action, party, object_type, object_id, body)
    SELECT %(id)s::uuid, %(scope)s::text, cast_at, 'vote.cast', %(code)s::text, 'ballot', %(object)s::text,
        %(head)s::bytea
        || convert_to(to_char(cast_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'UTF8')
        || %(tail)s::bytea
    FROM vote
), hidden AS (
    INSERT INTO audit_commitment (entry_id, path, digest, salt, content)
    SELECT %(id)s::uuid, %(path)s::text, %(digest)s::text, %(salt)s::bytea, %(content)s::bytea FROM vote
)
"""
TOLD = "SELECT id, seat_id, cast_at FROM vote"
STATEMENTS = {via: (VOTE.format(via=via) + LOG + TOLD).encode() for via in ("own", "proxy")}


@dataclass(frozen=True, slots=True)
class Voter:
    """Who votes on what, as far as a plain vote asks: ids of the mandate, its party, ballot and room, and codes."""

    mandate: int
    salt: bytes
    via: str
    is_active: bool
    party: int
    code: str
    ballot: int
    rule: Mapping[str, Any]
    room: int
    room_code: str

    def chambers(self, choice: str) -> list[str]:
        """Those whose seats may choose so without saying why."""
        rows = self.rule["chambers"]
        return [row["code"] for row in rows if choice in CHOICES[row["method"]] and choice != "object"]


def voter_of(mandate: Mandate, ballot: Ballot) -> Voter:
    return Voter(
        mandate=mandate.pk,
        salt=bytes(mandate.salt),
        via=way(mandate.kind),
        is_active=mandate.user.is_active,
        party=mandate.party_id,
        code=mandate.party.code,
        ballot=ballot.pk,
        rule=ballot.rule,
        room=ballot.room_id,
        room_code=ballot.room.code,
    )


def cast_at_once(voter: Voter, choice: str, reason: str, key: str) -> tuple[int, int, datetime] | None:
    """Vote, seat and moment; None, and nothing written, where it is not as plain as that."""
    chambers, rule = voter.chambers(choice), voter.rule
    if not (chambers and voter.is_active) or reason or rule.get("secret") or rule.get("final") or "\x00" in key:
        return None
    data = {"ballot": voter.ballot, "seat": voter.code, "choice": choice, "via": voter.via}
    actor = log.Actor(voter.code, commit(voter.mandate, voter.salt))
    draft = log.draft(log.room_scope(voter.room_code), "vote.cast", actor, "ballot", voter.ballot, data)
    (hidden,) = draft.hidden
    values: dict[str, Any] = {
        "ballot": voter.ballot,
        "room": voter.room,
        "party": voter.party,
        "permission": _permission(),
        "mandate": voter.mandate,
        "chambers": chambers,
        "choice": choice,
        "via": voter.via,
        "key": key,
        "id": draft.id,
        "scope": draft.scope,
        "code": voter.code,
        "object": str(voter.ballot),
        "head": draft.head,
        "tail": draft.tail,
        "path": hidden.path,
        "digest": hidden.digest,
        "salt": hidden.salt,
        "content": hidden.content,
    }
    rows = _rows(STATEMENTS[voter.via], values)
    if not rows:
        return None
    announce_tally(voter.ballot)  # the tally's task has the vote sealed, too: one call to Valkey for both
    return rows[0]


def find_voter(session: SessionBase, room: str, ballot: int) -> Voter | None:
    """Under which mandate the person of the session votes, and on what, in one round trip; None for anybody else."""
    rows = _rows(VOTER, {"session": session.session_key, "room": room, "ballot": ballot})
    if not rows:
        return None
    content, number, rule, room_id, code, user_id, password, is_active = rows[0][:8]
    data = session.decode(content)
    if not is_of(data, User.from_db("default", ("id", "password"), (user_id, password))):
        return None
    chosen = data.get(f"mandate:{code}")
    party, party_code, mandate, kind, salt = next((row[8:] for row in rows if row[10] == chosen), rows[0][8:])
    return Voter(
        mandate=mandate,
        salt=salt,
        via=way(kind),
        is_active=is_active,
        party=party,
        code=party_code,
        ballot=number,
        rule=json.loads(rule),
        room=room_id,
        room_code=code,
    )


def _rows(statement: bytes, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows. Prepared once for each connection: to plan takes longer than to run."""
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(statement, values, prepare=True).fetchall()


@cache
def _permission() -> int:
    """The permission that `cast` asks for; made by the migrations, it stays."""
    found: int = Permission.objects.values_list("pk", flat=True).get(codename="vote", content_type__model="room")
    return found
