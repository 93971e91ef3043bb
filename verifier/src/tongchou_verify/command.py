"""`tongchou-verify BUNDLE`, `… OLD NEW`, `… --receipt FILE`; `… witness`, `… mirror`: `serving` and `mirror`.

Exit code 0 with a summary, 1 with the first fault, 2 for wrong usage or what can not be reached, 3 for two histories of
one log, 130 when interrupted. Never a traceback.
"""

import argparse
import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from tongchou_verify import __version__, canonical, findings, mirror, serving
from tongchou_verify.bundle import Bundle, open_bundle
from tongchou_verify.checking import Report, check_bundle
from tongchou_verify.cosignatures import check_cosignatures
from tongchou_verify.course import Ballot, Course, count_with_shares
from tongchou_verify.faults import Fault, show
from tongchou_verify.notes import Verifier
from tongchou_verify.platform_client import Unreachable
from tongchou_verify.policy import Policy, Sightings, of_witnesses, read_policy
from tongchou_verify.prefix import check_prefix
from tongchou_verify.receipts import Receipt, check_receipt
from tongchou_verify.secrecy import read_shares
from tongchou_verify.witness import Forked

EPILOG = "Also: `tongchou-verify witness --help`, `tongchou-verify mirror --help`."


def main(arguments: Sequence[str] | None = None) -> int:
    words = sys.argv[1:] if arguments is None else list(arguments)
    if words[:1] == ["witness"]:
        return _told(serving.run(serving.parser().parse_args(words[1:])))
    if words[:1] == ["mirror"]:
        return _told(mirror.run(mirror.parser().parse_args(words[1:])))
    options = _parser().parse_args(words)
    # Nothing that is checked refers to itself in a circle; to look for such things would take a fifth of the time.
    gc.disable()
    try:
        return _told(_run(options))
    finally:
        gc.enable()


def _told(found: Iterator[str]) -> int:
    try:
        lines = list(found)
    except Forked as fork:
        return _fail(fork, 3)
    except Fault as fault:
        return _fail(fault)
    except Unreachable as error:
        return _fail(error, 2)
    except OSError as error:
        return _fail(f"{show(error.filename or '')}: {error.strerror or 'can not be read'}", 2)
    except KeyboardInterrupt:
        return _fail("interrupted; nothing is said about the bundle", 130)
    except Exception as error:
        # Somebody made this to get here; to them too the answer is one line.
        return _fail(f"can not be checked, and so does not hold: {type(error).__name__} {show(error)}")
    if lines:
        _tell("\n".join(lines), sys.stdout)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "tongchou-verify", description="Checks a decision log without its keeper.", epilog=EPILOG
    )
    parser.add_argument("bundle", nargs="*", type=Path, help="a bundle; or an earlier and a later one")
    parser.add_argument("--receipt", type=Path, metavar="FILE", help="check a voter's receipt")
    parser.add_argument("--policy", type=Path, metavar="FILE", help="known witnesses, and how many are enough")
    parser.add_argument(
        "--witness", action="append", default=[], metavar="KEY", help="a witness's key; may be repeated"
    )
    parser.add_argument("--need", type=int, metavar="N", help="how many of these witnesses are enough (all)")
    parser.add_argument("--key", metavar="KEY", help="the log's verifier key or its fingerprint, from elsewhere")
    parser.add_argument(
        "--shares", nargs="+", type=Path, default=[], metavar="FILE", help="open secret ballots with trustees' shares"
    )
    parser.add_argument("--score", action="store_true", help="also score every package again (extra `score`)")
    parser.add_argument("--jobs", type=int, metavar="N", help="processes for a large bundle")
    parser.add_argument("--version", action="version", version=__version__)
    return parser


def _run(options: argparse.Namespace) -> Iterator[str]:
    bundles: list[Path] = options.bundle
    if bool(options.receipt) == bool(bundles) or len(bundles) > 2 or (options.jobs or 1) < 1:
        _parser().error("one bundle, an earlier and a later bundle, or --receipt FILE is expected")
    if (options.policy and options.witness) or options.need not in (None, *range(1, len(options.witness) + 1)):
        _parser().error("--policy FILE, or --witness KEY for each with --need N of them, is expected")
    options.policy = _policy(options)
    if options.receipt:
        yield from _receipt(check_receipt(options.receipt), options.key, options.policy)
    elif len(bundles) == 1:
        with open_bundle(bundles[0]) as bundle:
            yield from _whole(bundle, options)
    else:
        with open_bundle(bundles[0]) as old, open_bundle(bundles[1]) as new:
            check_prefix(old, new)
            yield from _whole(new, options)
            yield from _grown(old, new)


def _policy(options: argparse.Namespace) -> Policy | None:
    if options.policy:
        return read_policy(options.policy)
    return of_witnesses(options.witness, options.need or len(options.witness)) if options.witness else None


def _whole(bundle: Bundle, options: argparse.Namespace) -> Iterator[str]:
    _pin(bundle.manifest.key, options.key)
    shares = read_shares(options.shares, bundle.manifest.scope)
    report = check_bundle(bundle, options.jobs, shares, options.policy)
    yield from summary(report, pinned=bool(options.key or (options.policy and options.policy.logs)))
    yield from _counted_here(report.course)
    if options.score:
        from tongchou_verify.scoring import check_scores

        again, passed_over = check_scores(bundle, report.course)
        yield f"scored again: {again} cards, every figure the same"
        yield from (f"  not scored again: {line}" for line in passed_over)


def _pin(key: Verifier, wanted: str | None) -> None:
    if wanted and wanted not in (key.text, key.fingerprint):
        raise Fault(f"the key is {key.fingerprint} ({show(key.text, 200)}), want {show(wanted, 200)}")


def summary(report: Report, *, pinned: bool) -> Iterator[str]:
    manifest, course = report.bundle.manifest, report.course
    yield f"holds: {show(manifest.scope)}, {manifest.size} entries, root {report.tree.root().hex()}"
    yield f"origin: {show(manifest.origin)}"
    yield f"key: {show(manifest.key.text, 200)}"
    yield f"  fingerprint {manifest.key.fingerprint}{'' if pinned else '; compare it with the printed notice'}"
    yield f"checkpoints: {report.checkpoints}, each signed and fitting the entries"
    yield from _witnessed(report.sightings, manifest.size)
    if report.others:
        names = ", ".join(show(name) for name in sorted(report.others)[:5])
        yield f"signatures of others, not checked (--policy, --witness): {names}"
    yield f"commitments disclosed: {report.disclosed}" if report.disclosed else "commitments disclosed: none"
    if course.erasures:
        yield f"commitments erased: {course.erased}, on grounds of the law, by entries {_some(course.erasures)}"
    yield f"scorecards: {report.scorecards}, as their entries name them"
    yield f"ballots: {len(course.ballots)}"
    for ballot in course.ballots.values():
        what = f"{ballot.outcome}, {_how(ballot)}" if ballot.outcome else "closed" if ballot.closed else "still open"
        yield f"  {ballot.number} on {show(ballot.package)}.{ballot.revision}: {ballot.cast} votes cast, {what}"
    yield from findings.summary(course.found, course.latest)
    if course.restored:
        yield f"worth a look: the log was restored from a backup, as entries {_some(course.restored)} say"
    if course.late:
        yield f"worth a look: {course.late} entries are dated more than ten minutes before an earlier one, "
        yield f"  the first of them is entry {course.first_late}"


def _witnessed(sightings: Sightings, size: int) -> Iterator[str]:
    policy, enough = sightings.policy, sightings.enough()
    if not policy.witnesses:
        return
    yield f"witnesses: {policy.counted(sightings.by(enough))}; so many have seen the first {enough} entries"
    for name, key in policy.witnesses.items():
        seen = f"size {sightings.sizes[name]}, {_time(sightings.times[name])}" if name in sightings.sizes else "nothing"
        yield f"  {show(key.name)}: {seen}"
    if enough < size:
        yield f"worth a look: the last {size - enough} entries were not yet seen by enough witnesses"


def _time(moment: int) -> str:
    try:
        return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")
    except (OverflowError, ValueError, OSError):
        return str(moment)


def _how(ballot: Ballot) -> str:
    if ballot.outcome == "not_opened":
        return "given up by the convener"
    if ballot.secret is None or ballot.secret.recounted:
        return "counted again"
    return f"opened by {len(ballot.secret.given)} trustees; turnout, heads and arithmetic fit"


def _counted_here(course: Course) -> Iterator[str]:
    """Secret ballots that were closed and that the platform has not opened: what the shares give."""
    for number in course.shares:
        if number not in course.ballots:
            raise Fault(f"there is no ballot {number} in the bundle that the shares could open")
        ballot = course.ballots[number]
        if ballot.secret is None or not ballot.secret.recounted:
            count, _boards = count_with_shares(course, ballot)
            yield f"ballot {number}, opened here with the shares: {count['state']}"
            yield canonical.write(count)


def _some(places: Sequence[int], most: int = 5) -> str:
    shown = ", ".join(map(str, places[:most]))
    return f"{shown} and {len(places) - most} more" if len(places) > most else shown


def _grown(old: Bundle, new: Bundle) -> Iterator[str]:
    grown = new.manifest.size - old.manifest.size
    yield f"the earlier bundle is its beginning: {old.manifest.size} entries are unchanged, {grown} were added"
    if old.manifest.key != new.manifest.key:
        yield f"worth a look: the key was {old.manifest.key.fingerprint} in the earlier bundle"


def _receipt(receipt: Receipt, wanted: str | None, policy: Policy | None) -> Iterator[str]:
    _pin(receipt.key, wanted)
    sightings = _sightings(receipt, policy) if policy else None
    entry, signed = receipt.entry, receipt.checkpoint
    data = entry["data"]
    said = ", ".join(f"{key} {show(data[key])}" for key in ("ballot", "seat", "choice", "via") if key in data)
    said += ", choice sealed" if "sealed" in data else ""
    yield f"holds: entry {receipt.index} of {show(signed.origin)}, sealed by a checkpoint of {signed.size} entries"
    yield f"{show(entry['action'])} at {entry['time']}: {said}"
    yield f"root: {signed.root.hex()}"
    if sightings:
        yield from _witnessed(sightings, signed.size)
    yield f"key: {show(receipt.key.text, 200)}"
    yield f"  fingerprint {receipt.key.fingerprint}{'' if wanted else '; compare it with the printed notice'}"


def _sightings(receipt: Receipt, policy: Policy) -> Sightings:
    policy.check_log(receipt.key)
    sightings = Sightings(policy)
    sightings.add(receipt.checkpoint.size, check_cosignatures(receipt.note, policy.witnesses.values()))
    if not policy.met(sightings.by(1)):
        raise Fault(f"the checkpoint was not seen by enough witnesses: {policy.counted(sightings.by(1))}")
    return sightings


def _fail(what: object, code: int = 1) -> int:
    _tell(f"tongchou-verify: {what}", sys.stderr)
    return code


def _tell(text: str, to: TextIO) -> None:
    if isinstance(to, TextIOWrapper):
        to.reconfigure(errors="backslashreplace")
    with suppress(BrokenPipeError):
        print(text, file=to, flush=True)
