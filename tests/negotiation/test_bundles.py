"""The log bundle: who gets what of it, and that the same state gives the same bytes."""

import base64
import json
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.refusals import NotAllowed
from audit import log
from audit.models import Commitment, Entry
from negotiation import bundles, comments
from negotiation.permissions import look

ROOM = "ZX-03-2026"
NAMES = ("王桂芳", "李建国", "林岚", "演示授权书")


def opened(path: Path) -> dict[str, str]:
    """Path of a commitment and the action of its entry → a content, of what the bundle discloses."""
    with zipfile.ZipFile(path) as archive:
        if "disclosed.jsonl" not in archive.namelist():
            return {}
        entries = [json.loads(line)["action"] for line in archive.read("entries.jsonl").splitlines()]
        rows = [json.loads(line) for line in archive.read("disclosed.jsonl").splitlines()]
    return {f"{entries[row['index']]} {row['path']}": base64.b64decode(row["content"]).decode() for row in rows}


def text(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return b"".join(archive.read(name) for name in archive.namelist()).decode()


@pytest.fixture
def said(mandate, zhuxi) -> None:
    comments.add_comment(mandate("resident"), zhuxi, "How loud is the road?")


def test_without_a_reader_nothing_is_disclosed(said, zhuxi, tmp_path: Path) -> None:
    bundles.export_by_operator(zhuxi, tmp_path / "a.zip")
    assert opened(tmp_path / "a.zip") == {}
    found = text(tmp_path / "a.zip")
    assert [name for name in (*NAMES, "How loud", "东街017户") if name in found] == []


def test_auditor_opens_what_was_said_but_no_names(said, zhuxi, mandate, tmp_path: Path) -> None:
    bundles.export_bundle(mandate("auditor"), zhuxi, tmp_path / "a.zip")
    found = opened(tmp_path / "a.zip")
    assert found["comment.add /data/body"] == "How loud is the road?"
    # The mandate under which the auditor acts is the auditor's own.
    assert set(found) == {"comment.add /data/body", "notice.publish /data/place", "log.export /actor/mandate"}
    assert [name for name in (*NAMES, "东街017户") if name in "".join(found.values())] == []


def test_convener_opens_persons_and_documents(said, zhuxi, tmp_path: Path) -> None:
    bundles.export_by_operator(zhuxi, tmp_path / "a.zip", "planner")
    found = opened(tmp_path / "a.zip")
    assert {"mandate.grant /data/person", "mandate.grant /data/document", "comment.add /actor/mandate"} <= set(found)


@pytest.mark.parametrize("who", ["resident", "developer", "observer"])
def test_who_may_not_read_the_log_gets_none(zhuxi, mandate, tmp_path: Path, who: str) -> None:
    with pytest.raises(NotAllowed):
        bundles.export_by_operator(zhuxi, tmp_path / "a.zip", who)
    with pytest.raises(NotAllowed):
        bundles.export_bundle(mandate(who), zhuxi, tmp_path / "a.zip")
    assert list(tmp_path.iterdir()) == []


def test_erased_content_is_not_there_and_the_rest_is(said, zhuxi, tmp_path: Path) -> None:
    rows = Commitment.objects.filter(entry__action="comment.add", path="/data/body")
    why = log.append("site", "log.erase", None, "log", "site", {"count": 1, "ground": "unlawful"})
    rows.update(salt=None, content=None, erasure=why)
    bundles.export_by_operator(zhuxi, tmp_path / "a.zip", "auditor")
    assert set(opened(tmp_path / "a.zip")) == {"notice.publish /data/place"}


def test_same_state_gives_the_same_bytes(said, zhuxi, cast, tmp_path: Path) -> None:
    bundles.export_by_operator(zhuxi, tmp_path / "a.zip", "auditor")
    viewer = look(cast("auditor"), ROOM)
    for name in ("b.zip", "c.zip"):
        bundles.write_bundle(zhuxi, tmp_path / name, viewer)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes() == (tmp_path / "c.zip").read_bytes()


def test_export_is_an_act_and_stands_in_the_bundle(zhuxi, mandate, tmp_path: Path) -> None:
    last = bundles.export_bundle(mandate("auditor"), zhuxi, tmp_path / "a.zip")
    entry = Entry.objects.get(scope=f"room:{ROOM}", index=last.size - 1)
    assert (entry.action, entry.party) == ("log.export", "AUDIT")


@pytest.mark.parametrize(
    "arguments", [["NOWHERE", "x.zip"], [ROOM, "nowhere/x.zip"], [ROOM, "x.zip", "--for", "nobody"]]
)
def test_command_refuses_in_one_line(cast, tmp_path: Path, monkeypatch, arguments: list[str]) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError) as refusal:
        call_command("export_log", *arguments)
    assert refusal.value.returncode == 2 and len(str(refusal.value).splitlines()) == 1
