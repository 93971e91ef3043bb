"""Scoring again (`--score`): needs the extra `score`, that is NumPy, SciPy and rfc8785.

The bundle's case has codes in the place of persons' names, so that the digest of the input differs; every figure of
the card must be the same.
"""

from typing import Any

from tongchou_verify import canonical
from tongchou_verify.bundle import Bundle
from tongchou_verify.course import Course
from tongchou_verify.faults import Fault, show


def check_scores(bundle: Bundle, course: Course) -> tuple[int, list[str]]:
    """How many cards were computed again, and why the others were not. Raises Fault for another figure."""
    try:
        from negotiation import scoring
    except ImportError as error:
        raise Fault(f"scoring again needs the extra: pip install 'tongchou-verify[score]' ({error.name})") from None
    case = bundle.document("case.json")
    again, passed_over = 0, []
    for package in case["packages"]:
        code = package["code"]
        found = _latest(bundle, course, code)
        if found is None or found["engine"] != scoring.ENGINE:
            passed_over.append(f"package {show(code)}: no card of engine {scoring.ENGINE}")
            continue
        _compare(code, found, scoring.card(case, code))
        again += 1
    return again, passed_over


def _latest(bundle: Bundle, course: Course, code: str) -> dict[str, Any] | None:
    """The card of the package's latest revision that was computed last."""
    number = max((number for package, number in course.revisions if package == code), default=0)
    digests = [digest for package, revision, digest in course.carded if (package, revision) == (code, number)]
    if not digests:
        return None
    card: dict[str, Any] = bundle.document(f"scorecards/{max(digests, key=lambda row: course.cards[row])}.json")
    return card


def _compare(code: str, got: dict[str, Any], want: dict[str, Any]) -> None:
    if set(got) != set(want):
        raise Fault(f"the card of package {show(code)} has other parts than the same scored again")
    for key in sorted(set(want) - {"digest"}):
        if canonical.write(got[key]) != canonical.write(want[key]):
            raise Fault(f"the card of package {show(code)} says another {key} than the same scored again")
