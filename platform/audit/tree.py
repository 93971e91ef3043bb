"""The trees in the database: tiles of 256 hashes, so that any root or proof reads a handful of rows.

A tile (level, number) holds the hashes of 256 nodes in a row, 8 levels of the tree above the tiles one level lower;
the last one of a level may have fewer. A million entries are 3,923 rows. docs/decisions/0013-log-storage.md.
"""

from collections.abc import Iterable, Sequence
from itertools import count

from django.db import connection

from audit import merkle
from audit.models import Tile

HEIGHT = 8
WIDTH = 1 << HEIGHT
BYTES = 32
Place = tuple[int, int]
# Each tile is looked up in the index by itself: the planner, left free, may read every tile of the scope instead.
TILES = """
SELECT wanted.level, wanted.number, found.hashes
FROM unnest(%s::int[], %s::bigint[]) AS wanted (level, number)
CROSS JOIN LATERAL (
    SELECT hashes FROM audit_tile WHERE scope = %s AND level = wanted.level AND number = wanted.number LIMIT 1
) AS found
"""


def extend(scope: str, size: int, leaves: Sequence[bytes]) -> None:
    """Add leaf hashes to the tree of a size; what lies complete behind them is not read again."""
    rows: list[Tile] = []
    fresh = list(leaves)
    for level in count():
        if not fresh:
            break
        made, fresh = _extend_level(scope, level, size >> HEIGHT * level, fresh)
        rows += made
    Tile.objects.bulk_create(
        rows, update_conflicts=True, update_fields=["hashes"], unique_fields=["scope", "level", "number"]
    )


def _extend_level(scope: str, level: int, known: int, fresh: list[bytes]) -> tuple[list[Tile], list[bytes]]:
    """The tiles that change on a level, and the roots of those that are now complete."""
    first, kept = divmod(known, WIDTH)
    if kept:
        fresh = _split(Tile.objects.get(scope=scope, level=level, number=first).hashes)[:kept] + fresh
    cuts = [fresh[begin : begin + WIDTH] for begin in range(0, len(fresh), WIDTH)]
    rows = [
        Tile(scope=scope, level=level, number=number, hashes=b"".join(cut)) for number, cut in enumerate(cuts, first)
    ]
    return rows, [merkle.subtree_root(cut) for cut in cuts if len(cut) == WIDTH]


def leaf_hashes(scope: str, begin: int, tiles: int = 64) -> bytes:
    """The hashes of the leaves from `begin` on, as they lie in so many tiles, 32 bytes each."""
    first, kept = divmod(begin, WIDTH)
    rows = Tile.objects.filter(scope=scope, level=0, number__gte=first, number__lt=first + tiles).order_by("number")
    return b"".join(bytes(row.hashes) for row in rows)[kept * BYTES :]


def root(scope: str, size: int) -> bytes:
    """The root over the first `size` entries."""
    return read(scope, [(0, size)])[0] if size else merkle.EMPTY


def inclusion_proof(scope: str, index: int, size: int) -> list[bytes]:
    """That the entry at `index` stands in the tree of `size`. Raises ValueError beyond it."""
    return read(scope, merkle.inclusion(index, size))


def consistency_proof(scope: str, old: int, new: int) -> list[bytes]:
    """That the tree of size `old` is the beginning of that of size `new`. Raises ValueError."""
    return read(scope, merkle.consistency(old, new))


def read(scope: str, ranges: Sequence[merkle.Range]) -> list[bytes]:
    """The hash of each range, by one statement."""
    parts = [list(merkle.nodes(span)) for span in ranges]
    places = {_place(node) for nodes in parts for node in nodes}
    tiles = _tiles(scope, places) if places else {}
    return [merkle.fold([_node(tiles, node) for node in nodes]) for nodes in parts]


def _place(node: merkle.Node) -> Place:
    """The tile that a node is computed from: level and number."""
    level, index = node
    return level // HEIGHT, (index << level % HEIGHT) // WIDTH


def _node(tiles: dict[Place, list[bytes]], node: merkle.Node) -> bytes:
    level, index = node
    above = level % HEIGHT
    begin = (index << above) % WIDTH
    return merkle.subtree_root(tiles[_place(node)][begin : begin + (1 << above)])


def _tiles(scope: str, places: Iterable[Place]) -> dict[Place, list[bytes]]:
    levels, numbers = zip(*places, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(TILES, [list(levels), list(numbers), scope])
        return {(level, number): _split(hashes) for level, number, hashes in cursor.fetchall()}


def _split(hashes: bytes | memoryview) -> list[bytes]:
    raw = bytes(hashes)
    return [raw[begin : begin + BYTES] for begin in range(0, len(raw), BYTES)]
