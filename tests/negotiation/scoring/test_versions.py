"""A change of any formula raises the engine's version: under one version the demo's figures never change.

The files in golden/ are what `manage.py score demo/NAME.json --json` printed when the version came into the world. A
new version gets files of its own; those of earlier versions stay as they are.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from negotiation.scoring import ENGINE, cards

HERE = Path(__file__).parent
DEMO = HERE.parents[2] / "demo"
NAMES = ("zhuxi", "hekou")
SHOWN = 12


def golden(name: str) -> Path:
    return HERE / "golden" / f"{ENGINE}-{name}.json"


def found(name: str) -> dict[str, Any]:
    return cards(json.loads((DEMO / f"{name}.json").read_text(encoding="utf-8")))


def changes(old: Any, new: Any, place: str = "$") -> Iterator[str]:
    """Where two documents differ, and how. Figures are compared as they are written, to the last digit."""
    if isinstance(old, dict) and isinstance(new, dict):
        yield from (f"{place}.{key} is gone" for key in old if key not in new)
        yield from (f"{place}.{key} is new" for key in new if key not in old)
        for key in old.keys() & new.keys():
            yield from changes(old[key], new[key], f"{place}.{key}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from changes(before, after, f"{place}[{number}]")
    elif json.dumps(old) != json.dumps(new) and (isinstance(old, bool) or isinstance(new, bool) or old != new):
        yield f"{place}: {json.dumps(old)} became {json.dumps(new)}"


@pytest.mark.parametrize("name", NAMES)
def test_figures_of_this_version_never_change(name: str) -> None:
    path = golden(name)
    command = f"manage.py score demo/{name}.json --json > {path.relative_to(HERE.parents[2])}"
    assert path.exists(), f"engine {ENGINE} has no golden figures yet; keep them: {command}"
    differing = sorted(changes(json.loads(path.read_text(encoding="utf-8")), found(name)))
    told = "\n  ".join([*differing[:SHOWN], *(["…"] if len(differing) > SHOWN else [])])
    assert not differing, (
        f"figures of demo/{name}.json changed while ENGINE did not ({ENGINE}). Raise ENGINE in"
        f" negotiation/scoring/digest.py, and keep the new version's figures beside these: {command}."
        f" Only where every difference is a new key may the file be written anew.\n  {told}"
    )


def test_changes_are_found_wherever_they_are() -> None:
    old = {"a": [1, {"b": 2.5}], "c": True, "d": None, "e": [1, 2]}
    assert list(changes(old, json.loads(json.dumps(old)))) == []
    new = {"a": [1, {"b": 2.5000000000000004}], "c": 1, "e": [1], "f": 0}
    assert sorted(changes(old, new)) == [
        "$.a[1].b: 2.5 became 2.5000000000000004",
        "$.c: true became 1",
        "$.d is gone",
        "$.e: [1, 2] became [1]",
        "$.f is new",
    ]
