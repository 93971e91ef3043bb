"""docs/audit.md names every act and what its entry says."""

import json
import re
from pathlib import Path

from audit.models import Entry

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| ((?:`[a-z]+\.[a-z_]+`(?:, )?)+) \|(.*)\|$", re.M)
ACT = re.compile(r"(?:record|append|_log|_move|write_draft)\([^\"\n]*?\"([a-z]+\.[a-z_]+)\"")


def table() -> dict[str, str]:
    """Action → what the page says of its data."""
    rows = ROW.findall((ROOT / "docs" / "audit.md").read_text("utf-8"))
    return {action: text for actions, text in rows for action in re.findall(r"`([^`]+)`", actions)}


def test_every_act_of_the_code_is_there() -> None:
    sources = [*(ROOT / "negotiation").glob("*.py"), *(ROOT / "platform" / "audit").glob("*.py")]
    found = {action for path in sources for action in ACT.findall(path.read_text("utf-8"))}
    assert len(found) > 25
    assert sorted(found - set(table())) == []


def test_every_key_of_an_entry_is_named(decided) -> None:
    named = table()
    for entry in Entry.objects.all():
        keys = set(json.loads(bytes(entry.body))["data"])
        assert keys <= set(re.findall(r"`([a-z_0-9]+)`", named[entry.action])), entry.action
