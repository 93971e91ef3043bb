"""The decision log: checking a bundle offline, proofs and sealing in the database, and what the log adds to one vote.

Each is set against the least that the same work could cost: a bare loop of hashlib over the same bytes, or the same act
without its entry. BENCH_ENTRIES=100000 gives a quick look at smaller logs.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import psutil
import uuid_utils

from bench import place
from bench.clock import exponent, median_seconds, ms, row, seconds, times
from bench.votes import householders, open_ballot

if TYPE_CHECKING:
    from accounts.models import Mandate
    from negotiation.models import Ballot

TREE = int(os.environ.get("BENCH_ENTRIES", "1000000"))  # entries of the largest bundle, and of the tree
SIZES = (TREE // 10, TREE)
PROOFS = 200
WAITING, ALONE = 20_000, 20
MANY = "bench:many"  # the scope of the tree
EVERY = 5_000  # entries from one checkpoint to the next
VOTES = 150  # seats that vote, so often:
BLOCKS = 5
SCOPE = f"room:{place.ROOM}"


def main() -> None:
    place.stage()
    from negotiation.comments import add_comment

    mandates = householders()
    ballot = open_ballot()
    vote_cost(ballot, mandates)
    for mandate in mandates[:10]:
        add_comment(mandate, ballot.room, "电梯加装费用怎么分摊？请答复。")
    with tempfile.TemporaryDirectory() as folder:
        offline(Path(folder))
    sealing()
    proofs()


def vote_cost(ballot: "Ballot", mandates: list["Mandate"]) -> None:
    """One vote with its entry, and the same act where nothing is logged, in turns."""
    from negotiation import casting, voting

    silent = {"own": (casting.VOTE.format(via="own") + casting.TOLD).encode()}
    logged, bare = [], []
    for mandate in mandates[:VOTES] * BLOCKS:
        logged.append(seconds(lambda: voting.cast(mandate, ballot, "yes")))  # noqa: B023
        with patch("negotiation.casting.STATEMENTS", silent):
            bare.append(seconds(lambda: voting.cast(mandate, ballot, "yes")))  # noqa: B023
    row(f"median of {len(bare)} votes each", "with its entry", "without", "ratio")
    row("one vote", ms(median(logged)), ms(median(bare)), times(median(logged) / median(bare)))


def offline(folder: Path) -> None:
    spent, kept = [], []
    row("checked offline", "seconds", "to hashlib", "memory")
    for size in SIZES:
        path = folder / f"{size}.zip"
        write_bundle(path, size)
        took, peak = verify(path)
        with zipfile.ZipFile(path) as archive:
            least = median_seconds(lambda: hash_all(archive), 1)
        row(f"{size:,} entries", f"{took:.1f} s", times(took / least), f"{peak:,.0f} MB")
        spent.append(took)
        kept.append(peak)
        path.unlink()
    row("grows with the entries as", f"n^{exponent(SIZES, spent):.2f}", "", f"n^{exponent(SIZES, kept):.2f}")


def hash_all(archive: zipfile.ZipFile) -> None:
    """What nobody can do without: read each line and hash it as a leaf and, on the mean, one node above it."""
    with archive.open("entries.jsonl") as lines:
        hash_lines(lines)


def hash_lines(lines: Iterable[bytes]) -> None:
    for line in lines:
        sha256(b"\x01" + sha256(b"\x00" + line[:-1]).digest()).digest()


def verify(path: Path) -> tuple[float, float]:
    """Seconds and the peak of memory, all its processes together, of `tongchou-verify`."""
    start, peak = time.perf_counter(), 0.0
    with psutil.Popen([sys.executable, "-m", "tongchou_verify", str(path)], stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            peak = max(peak, memory(process))
            time.sleep(0.1)
    if process.returncode:
        raise SystemExit("log: the bundle does not hold")
    return time.perf_counter() - start, peak


def memory(process: psutil.Process) -> float:
    """What is the processes' own, in MB: what a forked one shares with its parent is counted once."""
    found = 0.0
    for member in (process, *process.children(recursive=True)):
        try:
            found += member.memory_full_info().pss / 1e6
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def write_bundle(path: Path, size: int) -> None:
    """The room's log as it is, and then votes of its seats until there are so many entries; sealed with a new key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from audit.notes import checkpoint_text, origin, public_bytes, sign, verifier_key
    from tongchou_verify.merkle import Frontier, leaf_hash

    key, name, tree, notes = Ed25519PrivateKey.generate(), origin(SCOPE), Frontier(), {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("entries.jsonl", "w", force_zip64=True) as file:
            for line in lines(size):
                file.write(line + b"\n")
                tree.append(leaf_hash(line))
                if tree.size % EVERY == 0 or tree.size == size:
                    notes[tree.size] = sign(checkpoint_text(name, tree.size, tree.root()), name, [key])
        for at, note in notes.items():
            archive.writestr(f"checkpoints/{at}.txt", note)
        for file_name, content in rest(name, size, verifier_key(name, public_bytes(key))):
            archive.writestr(file_name, content)


def rest(name: str, size: int, key: str) -> Iterator[tuple[str, bytes]]:
    import rfc8785

    from negotiation.bundles import FORMAT, pseudonymous_case, scorecards
    from negotiation.models import Room

    manifest = {"format": FORMAT, "scope": SCOPE, "origin": name, "size": size, "key": key}
    yield "manifest.json", rfc8785.dumps(manifest)
    room = Room.objects.select_related("plan__unit__region").get(code=place.ROOM)
    yield "case.json", rfc8785.dumps(pseudonymous_case(room))
    for digest, card in scorecards(room):
        yield f"scorecards/{digest}.json", rfc8785.dumps(card)


def lines(size: int) -> Iterator[bytes]:
    """The room's log, and then votes of its seats, each fifth time a comment, in the order of their times."""
    from django.db.models.expressions import RawSQL

    from audit.models import Entry

    rows = Entry.objects.filter(scope=SCOPE).order_by(RawSQL("serial", ()))
    bodies = [bytes(body) for body in rows.values_list("body", flat=True)]
    yield from bodies
    log = [json.loads(body) for body in bodies]
    votes, comments = ([row for row in log if row["action"] == kind] for kind in ("vote.cast", "comment.add"))
    chance, begin, step = random.Random(1), datetime.fromisoformat(log[-1]["time"]), timedelta(minutes=30) / size
    for number in range(size - len(bodies)):
        yield again(chance.choice(votes if number % 5 else comments), begin + number * step)


def again(like: dict[str, Any], moment: datetime) -> bytes:
    """Another entry of this kind, in canonical form: its keys are in order already."""
    from audit.log import stamp

    later = like | {"id": str(uuid_utils.uuid7()), "time": stamp(moment)}
    return json.dumps(later, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()


def sealing() -> None:
    """A tree of so many entries, sealed in rounds as the worker does; what is measured comes on top, and one by one."""
    from audit import sequencer

    for begin in range(0, TREE, 5 * WAITING):
        wait(min(TREE - begin, 5 * WAITING))
        sequencer.sequence_all(MANY)
    bodies = wait(WAITING)
    took = seconds(lambda: sequencer.sequence_all(MANY))
    least = median_seconds(lambda: hash_lines(bodies), 1)
    wait(ALONE)
    alone = [seconds(lambda: sequencer.sequence(MANY, most=1)) for _ in range(ALONE)]
    row(f"sealed, tree of {TREE:,}", "a second", "to hashlib", "one alone")
    row(f"{WAITING:,} waiting entries", f"{WAITING / took:,.0f}", times(took / least), ms(median(alone)))


def proofs() -> None:
    """Of the tree that `sealing` has made. The least: to hash the tiles that a proof is computed from."""
    from audit import tree
    from audit.models import Tile

    chance = random.Random(1)
    inside = [seconds(lambda: tree.inclusion_proof(MANY, chance.randrange(TREE), TREE)) for _ in range(PROOFS)]
    grown = [seconds(lambda: tree.consistency_proof(MANY, chance.randrange(1, TREE), TREE)) for _ in range(PROOFS)]
    tiles = [bytes(hashes) for hashes in Tile.objects.filter(scope=MANY, level=0).values_list("hashes", flat=True)[:2]]
    least = median(seconds(lambda: hash_tiles(tiles)) for _ in range(PROOFS))
    row(f"median of {PROOFS}, tree of {TREE:,}", "one", "to hashlib")
    row("inclusion", ms(median(inside)), times(median(inside) / least))
    row("consistency", ms(median(grown)), times(median(grown) / least))


def hash_tiles(tiles: Sequence[bytes]) -> None:
    """Every node above the leaves of the tiles."""
    for tile in tiles:
        while len(tile) > 32:
            tile = b"".join(sha256(b"\x01" + tile[n : n + 64]).digest() for n in range(0, len(tile), 64))


def wait(count: int) -> list[bytes]:
    """So many votes that wait to be sealed; their bytes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO audit_entry (id, scope, time, action, party, object_type, object_id, body)
            SELECT gen_random_uuid(), %s, clock_timestamp(), 'vote.cast', 'HH-001', 'ballot', '1',
                (SELECT body FROM audit_entry WHERE action = 'vote.cast' LIMIT 1)
            FROM generate_series(1, %s) RETURNING body""",
            [MANY, count],
        )
        return [bytes(body) for (body,) in cursor.fetchall()]
