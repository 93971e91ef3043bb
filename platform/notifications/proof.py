"""What the log holds of a required notice's delivery: counts, and one root over the rows that are kept beside it.

A row is canonical JSON; its leaf is the commitment `sha256(salt ‖ row)`; the tree is that of RFC 9162, in the order in
which the rows were written. Whoever is shown a row with its salt and the other leaves can compare with the root.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import rfc8785

from audit.log import commitment, stamp
from audit.merkle import EMPTY, fold, leaf_hash, nodes, subtree_root
from notifications.models import Delivery


def row(delivery: Delivery) -> bytes:
    """The row of one delivery, as it is committed to."""
    return rfc8785.dumps(
        {
            "notice": delivery.telling_id,
            "party": delivery.party.code,
            "person": delivery.user_id,
            "channel": delivery.channel,
            "message": str(delivery.message.key) if delivery.message else None,
            "time": stamp(delivery.created_at),
        }
    )


def root(deliveries: Sequence[Delivery]) -> str:
    """The Merkle root over the rows, in hex."""
    leaves = [leaf_hash(bytes.fromhex(commitment(bytes(one.salt), row(one)))) for one in deliveries]
    if not leaves:
        return EMPTY.hex()
    trees = [subtree_root(leaves[place << level : (place + 1) << level]) for level, place in nodes((0, len(leaves)))]
    return fold(trees).hex()


def summary(deliveries: Sequence[Delivery]) -> dict[str, Any]:
    """The part of the log's entry that is about these rows."""
    channels = Counter(str(one.channel) for one in deliveries)
    parties = len({one.party_id for one in deliveries})
    return {"channels": dict(sorted(channels.items())), "parties": parties, "root": root(deliveries)}
