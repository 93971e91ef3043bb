"""The bundle as a job: asked, written with its progress, taken away in parts, gone after a day."""

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import Mandate
from accounts.refusals import NotAllowed
from audit.models import Entry
from negotiation import bundles, comments, exports
from negotiation.models import LogExport
from negotiation.permissions import refresh_roles
from negotiation.web.ranges import read_range
from tests.negotiation.test_bundles import NAMES, opened

ROOM = "ZX-03-2026"
WHERE = f"/rooms/{ROOM}/log/bundles/"


@pytest.fixture
def export(mandate, zhuxi) -> LogExport:
    """The auditor's bundle, written."""
    comments.add_comment(mandate("resident"), zhuxi, "How loud is the road?")
    asked = exports.ask_export(mandate("auditor"), zhuxi)
    exports.write_export(asked)
    return LogExport.objects.get(pk=asked.pk)


def body(answer) -> bytes:
    return b"".join(answer.streaming_content)


def test_bundle_is_written_for_its_readers_eyes(export) -> None:
    path = exports.file_path(export)
    assert (export.state, export.done, export.size) == ("done", export.total, path.stat().st_size)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == export.sha256
    found = opened(path)
    assert found["comment.add /data/body"] == "How loud is the road?"
    assert [name for name in NAMES if name in "".join(found.values())] == []
    with zipfile.ZipFile(path) as archive:
        last = json.loads(archive.read("entries.jsonl").splitlines()[-1])
    assert (last["action"], last["actor"]["party"]) == ("log.export", "AUDIT")


def test_asking_twice_gives_one(mandate, zhuxi) -> None:
    before = Entry.objects.filter(action="log.export").count()
    assert exports.ask_export(mandate("auditor"), zhuxi) == exports.ask_export(mandate("auditor"), zhuxi)
    assert Entry.objects.filter(action="log.export").count() == before + 1
    with pytest.raises(NotAllowed):
        exports.ask_export(mandate("resident"), zhuxi)


def test_progress_is_told_part_by_part(zhuxi, mandate, monkeypatch, tmp_path: Path) -> None:
    bundles.export_bundle(mandate("auditor"), zhuxi, tmp_path / "a.zip")
    monkeypatch.setattr(bundles, "CHUNK", 5)
    told: list[int] = []
    last = bundles.write_bundle(zhuxi, tmp_path / "b.zip", None, told.append)
    assert told == list(range(0, last.size, 5))


def test_job_runs_once_and_a_killed_one_again(export) -> None:
    written = exports.file_path(export).stat().st_mtime_ns
    exports.write_export(export)
    assert exports.file_path(export).stat().st_mtime_ns == written
    rows = LogExport.objects.filter(pk=export.pk)
    rows.update(state="running", updated_at=timezone.now())
    exports.write_export(export)  # another worker is at it
    assert rows.get().state == "running"
    rows.update(updated_at=timezone.now() - exports.STALE - timedelta(seconds=1))
    exports.write_export(export)
    assert rows.get().state == "done"


def test_download_is_whole_or_in_parts(export, signed_in) -> None:
    client, where = signed_in("auditor"), f"{WHERE}{export.pk}.zip"
    whole = client.get(where)
    content = body(whole)
    assert (whole.status_code, whole["Content-Length"], whole["ETag"]) == (200, str(export.size), f'"{export.sha256}"')
    assert (
        hashlib.sha256(content).hexdigest() == export.sha256 and zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    )
    half = export.size // 2
    rest = client.get(where, headers={"Range": f"bytes={half}-", "If-Range": whole["ETag"]})
    assert (rest.status_code, body(rest)) == (206, content[half:])
    assert rest["Content-Range"] == f"bytes {half}-{export.size - 1}/{export.size}"
    assert rest["Content-Length"] == str(export.size - half)
    # Another file than the one that was begun comes whole.
    assert client.get(where, headers={"Range": "bytes=5-", "If-Range": '"x"'}).status_code == 200
    beyond = client.get(where, headers={"Range": f"bytes={export.size}-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{export.size}")
    assert client.get(where, headers={"If-None-Match": whole["ETag"]}).status_code == 304
    head = client.head(where)
    assert (head["Content-Length"], head.getvalue()) == (str(export.size), b"")
    assert body(client.get(f"/api/v1{WHERE}{export.pk}/file/", headers={"Range": "bytes=0-9"})) == content[:10]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=3-", (3, 10)),
        ("bytes=-4", (6, 10)),
        ("bytes=-40", (0, 10)),
        ("bytes=5-99", (5, 10)),
        ("bytes=10-", None),
        ("bytes=-0", None),
        ("bytes=5-4", None),
        ("bytes=-", None),
        ("bytes=0-1,3-4", None),
        ("lines=0-1", None),
    ],
)
def test_ranges(text: str, found: tuple[int, int] | None) -> None:
    assert read_range(text, 10) == found


def test_bundle_is_not_for_others_nor_for_other_rights(export, signed_in, mandate, zhuxi) -> None:
    where = f"{WHERE}{export.pk}.zip"
    assert [signed_in(who).get(where).status_code for who in ("planner", "resident")] == [404, 403]
    auditor = mandate("auditor")
    Mandate.objects.filter(pk=auditor.pk).update(roles=["convener"])
    refresh_roles(auditor.user, zhuxi)
    assert signed_in("auditor").get(where).status_code == 404
    Mandate.objects.filter(pk=auditor.pk).update(roles=["auditor"])
    refresh_roles(auditor.user, zhuxi)
    assert signed_in("auditor").get(where).status_code == 200


def test_bundle_is_gone_after_a_day(export, signed_in) -> None:
    exports.forget_old_exports()
    assert exports.file_path(export).exists()
    LogExport.objects.filter(pk=export.pk).update(updated_at=timezone.now() - exports.KEPT - timedelta(minutes=1))
    exports.forget_old_exports()
    assert not exports.file_path(export).exists()
    assert LogExport.objects.get(pk=export.pk).state == "gone"
    assert signed_in("auditor").get(f"{WHERE}{export.pk}.zip").status_code == 404


def test_page_and_api_show_the_progress(signed_in, zhuxi) -> None:
    client = signed_in("auditor")
    assert client.post(WHERE).url == WHERE
    assert 'hx-trigger="every 2s"' in client.get(WHERE).content.decode()
    [row] = client.get(f"/api/v1{WHERE}").json()["results"]
    assert (row["state"], client.get(f"/api/v1{WHERE}{row['id']}/file/").status_code) == ("pending", 404)
    exports.write_export(LogExport.objects.select_related("room", "asked_by__user", "asked_by__party").get())
    text = client.get(f"{WHERE}state/").content.decode()
    assert f"{WHERE}{row['id']}.zip" in text and "hx-trigger" not in text
    found = client.get(f"/api/v1{WHERE}{row['id']}/").json()
    assert (found["state"], found["done"]) == ("done", found["total"])
