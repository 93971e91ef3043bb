"""A plain vote in one round trip: it is written with its entry in the log by one statement, or nothing is.

Plain is what nearly every vote is: a person's own choice without a reason, in an open ballot whose rule lets votes be
changed. The statement asks for all that `voting.cast` asks for. Where anything is missing it writes nothing, and the
caller goes the long way, which says what.
"""

from typing import Any

from django.db import connection, transaction

from accounts.models import Mandate
from audit import log
from negotiation.acting import actor
from negotiation.live.events import announce_tally
from negotiation.models import Ballot, Room, Vote

# Votes of one seat wait for its line, and only then look at the clock: so the last one is the last in the log too.
# The share locks make the close and a revocation wait.
CAST = """
WITH line AS MATERIALIZED (
    SELECT line.id, line.seat_id, line.chamber
    FROM negotiation_ballotseat AS line JOIN negotiation_seat AS seat ON seat.id = line.seat_id
    WHERE line.ballot_id = %(ballot)s AND seat.party_id = %(party)s AND line.chamber = ANY(%(chambers)s)
        AND line.deciding = 'any'
    FOR UPDATE OF line
), moment AS MATERIALIZED (
    SELECT line.*, clock_timestamp() AS now FROM line
), held AS MATERIALIZED (
    SELECT moment.* FROM moment, negotiation_ballot AS ballot, accounts_mandate AS mandate, negotiation_room AS room
    WHERE ballot.id = %(ballot)s AND ballot.state = 'open' AND moment.now < ballot.closes_at
        AND room.id = ballot.room_id AND room.phase = 'vote'
        AND mandate.id = %(mandate)s AND mandate.party_id = %(party)s AND mandate.revoked_at IS NULL
        AND mandate.valid_from <= moment.now AND (mandate.valid_to IS NULL OR moment.now < mandate.valid_to)
        AND EXISTS (
            SELECT FROM negotiation_sitting AS sitting
            WHERE sitting.ballot_id = ballot.id AND sitting.chamber = moment.chamber
                AND sitting.opens_at <= moment.now AND moment.now < sitting.closes_at
        )
        AND EXISTS (
            SELECT FROM guardian_groupobjectpermission AS given
            JOIN accounts_user_groups AS member ON member.group_id = given.group_id
            JOIN auth_permission AS permission ON permission.id = given.permission_id
            JOIN django_content_type AS content ON content.id = permission.content_type_id
            JOIN accounts_user AS person ON person.id = member.user_id
            WHERE member.user_id = mandate.user_id AND person.is_active AND given.object_pk = room.id::text
                AND permission.codename = 'vote' AND content.app_label = 'negotiation' AND content.model = 'room'
        )
    FOR SHARE OF ballot, mandate
), vote AS (
    INSERT INTO negotiation_vote (ballot_id, seat_id, choice, via, reason, mandate_id, cast_at, key)
    SELECT %(ballot)s, seat_id, %(choice)s, %(via)s, '', %(mandate)s, now, %(key)s FROM held
    ON CONFLICT DO NOTHING RETURNING id, seat_id, cast_at
), mark AS (
    UPDATE negotiation_ballotseat AS line SET {via} = %(choice)s FROM vote
    WHERE line.ballot_id = %(ballot)s AND line.seat_id = vote.seat_id
), entry AS (
    INSERT INTO audit_entry (id, scope, time, action, party, object_type, object_id, body)
    SELECT %(id)s, %(scope)s, cast_at, 'vote.cast', %(code)s, 'ballot', %(object)s,
        %(head)s::bytea
        || convert_to(to_char(cast_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'UTF8')
        || %(tail)s::bytea
    FROM vote
), hidden AS (
    INSERT INTO audit_commitment (entry_id, path, digest, salt, content)
    SELECT %(id)s, %(path)s, %(digest)s, %(salt)s, %(content)s FROM vote
)
SELECT id, seat_id, cast_at FROM vote
"""
VIAS = ("own", "proxy")


def cast_at_once(
    mandate: Mandate, ballot: Ballot, room: Room, choice: str, chambers: list[str], key: str
) -> Vote | None:
    """The vote, for a seat in one of these chambers; None, and nothing written, where it is not as plain as that."""
    via = VIAS[mandate.kind == Mandate.Kind.PROXY]
    code, data = mandate.party.code, {"ballot": ballot.pk, "choice": choice, "via": via}
    draft = log.draft(
        log.room_scope(room.code), "vote.cast", actor(mandate), "ballot", ballot.pk, data | {"seat": code}
    )
    (hidden,) = draft.hidden
    values: dict[str, Any] = {
        "ballot": ballot.pk,
        "party": mandate.party_id,
        "mandate": mandate.pk,
        "chambers": chambers,
        "choice": choice,
        "via": via,
        "key": key,
        "id": draft.id,
        "scope": draft.scope,
        "code": code,
        "object": str(ballot.pk),
        "head": draft.head,
        "tail": draft.tail,
        "path": hidden.path,
        "digest": hidden.digest,
        "salt": hidden.salt,
        "content": hidden.content,
    }
    with connection.cursor() as cursor:
        cursor.execute(CAST.format(via=via), values)
        written = cursor.fetchone()
    if written is None:
        return None
    transaction.on_commit(draft.wake, robust=True)
    announce_tally(ballot)
    number, seat, cast_at = written
    vote = Vote(
        pk=number, ballot=ballot, seat_id=seat, choice=choice, via=via, mandate=mandate, cast_at=cast_at, key=key
    )
    vote._state.adding = False
    return vote
