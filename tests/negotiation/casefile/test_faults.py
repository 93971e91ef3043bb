from typing import Any

import pytest

from negotiation.casefile import CaseRefused, Fault
from negotiation.casefile.faults import path, show


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1, "1"),
        (1.0, "1.0"),
        (True, "true"),
        (False, "false"),
        (None, "null"),
        ("竹溪", '"竹溪"'),
        ("a\nb", '"a\\nb"'),
        ([1, 2], "a list of 2 entries"),
        ({}, "an object of 0 keys"),
    ],
)
def test_a_value_is_shown_as_json(value: Any, text: str) -> None:
    assert show(value) == text


def test_a_path_quotes_keys_that_are_no_words() -> None:
    assert path(("extensions", "ledger/1", 0, "名")) == '$.extensions["ledger/1"][0]["\\u540d"]'


def test_a_fault_cuts_what_was_found_and_cannot_be_changed() -> None:
    fault = Fault("$.code", "bad_form", "a code", "x" * 81)
    assert (fault.found, fault.text) == ("x" * 79 + "…", "expected a code, found " + "x" * 79 + "…")
    with pytest.raises(AttributeError):
        fault.found = ""  # type: ignore[misc]


def test_a_refusal_carries_its_faults() -> None:
    faults = [Fault("$", "not_json", "JSON", "nothing")]
    refusal = CaseRefused(faults)
    assert (refusal.faults, str(refusal)) == (tuple(faults), "$: expected JSON, found nothing")
