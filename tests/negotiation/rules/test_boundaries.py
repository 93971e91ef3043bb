"""The cases at the boundary that docs/voting.md promises, each preset's own."""

from pathlib import Path
from typing import Any

import pytest

from negotiation.rules import preset, presets, tally

PAGE = Path(__file__).parents[3] / "docs" / "voting.md"
CHOICES = ("yes", "no", "abstain", "object", "")


def cases() -> list[list[str]]:
    table = PAGE.read_text().split("### Cases at the boundary")[1].split("## Secret ballots")[0]
    rows = [
        [cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in table.splitlines() if "|" in line
    ]
    return rows[2:]


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case[0]}: {case[1]}")
def test_boundary(case: list[str]) -> None:
    code, _what, *given, outcome = case
    seats: list[dict[str, Any]] = []
    votes: list[dict[str, Any]] = []
    for choice, cell in zip(CHOICES, given, strict=True):
        heads, area = cell.split(" / ") if cell != "–" else ("0", "0")
        for number in range(int(heads)):
            name = f"{choice or 'silent'}-{number}"
            # The first seat has the whole area: how it is shared out makes no difference.
            weights = {"area": "0" if number else area, "value": "0"}
            seats.append({"seat": name, "party": name, "side": "public", "kind": "household", "weights": weights})
            if choice:
                votes.append({"seat": name, "choice": choice} | ({"reason": "Too low"} if choice == "object" else {}))
    assert tally({"rule": preset(code), "seats": seats, "votes": votes})["state"] == outcome


def test_every_preset_has_cases_that_pass_and_cases_that_do_not() -> None:
    found: dict[str, set[bool]] = {}
    for code, *_rest, outcome in cases():
        found.setdefault(code, set()).add(outcome == "passed")
    assert found == {code: {True, False} for code in presets()}
