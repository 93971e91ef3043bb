"""The decision log: canonical bytes, commitments, unchanging rows, export."""

import hashlib
import json

import pytest
import rfc8785
from django.db import IntegrityError, connection, transaction

from accounts.refusals import Invalid
from audit import log
from audit.models import Commitment, Entry
from negotiation import comments

ROOM = "ZX-03-2026"
KEYS = ["action", "actor", "data", "id", "object", "scope", "time", "v"]


def test_every_entry_is_its_canonical_bytes(mandate, zhuxi) -> None:
    comments.add_comment(mandate("resident"), zhuxi, "Hello")
    for entry in Entry.objects.all():
        raw = bytes(entry.body)
        body = json.loads(raw)
        assert rfc8785.dumps(body) == raw
        assert sorted(body) == KEYS
        assert (body["id"], body["scope"], body["action"]) == (str(entry.id), entry.scope, entry.action)


def test_commitment_opens_to_its_content(mandate, zhuxi) -> None:
    comment = comments.add_comment(mandate("resident"), zhuxi, "Hello")
    entry = Entry.objects.get(object_id=str(comment.pk), action="comment.add")
    body = json.loads(bytes(entry.body))
    opened = {row.path: row for row in Commitment.objects.filter(entry=entry)}
    assert set(opened) == {"/actor/mandate", "/data/body"}
    row = opened["/data/body"]
    assert hashlib.sha256(bytes(row.salt) + b"Hello").hexdigest() == body["data"]["body"] == row.digest


def test_mandate_has_one_commitment_wherever_it_stands(mandate, zhuxi) -> None:
    resident = mandate("resident", party="HH-017")
    comments.add_comment(resident, zhuxi, "Hello")
    comments.add_comment(resident, zhuxi, "Again")
    comments.add_comment(mandate("neighbour"), zhuxi, "And me")
    rows = [json.loads(bytes(row.body)) for row in Entry.objects.filter(scope=f"room:{ROOM}").order_by("id")]
    granted = {row["data"]["mandate"]: row["data"]["party"] for row in rows if row["action"] == "mandate.grant"}
    acts = [row["actor"]["mandate"] for row in rows if row["action"] == "comment.add"]
    assert [granted[found] for found in acts] == ["HH-017", "HH-017", "HH-018"]
    assert acts[0] == acts[1] != acts[2]


def test_no_name_of_a_person_stands_in_any_entry(cast) -> None:
    text = b"".join(bytes(row.body) for row in Entry.objects.all()).decode()
    assert [name for name in ("王桂芳", "李建国", "林岚", "东街017户", "演示授权书") if name in text] == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET action = 'x'",
        "UPDATE audit_entry SET body = 'x'",
        "UPDATE audit_entry SET time = now()",
        "DELETE FROM audit_entry",
        "DELETE FROM audit_commitment",
        "UPDATE audit_commitment SET digest = 'x'",
        "UPDATE audit_commitment SET content = 'x'",
    ],
)
def test_database_refuses_to_change_the_log(cast, statement: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_index_may_be_set_once_and_content_erased(cast) -> None:
    entry = Entry.objects.order_by("id").first()
    Entry.objects.filter(pk=entry.pk).update(index=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(index=1)
    row = Commitment.objects.first()
    why = log.append("site", "log.erase", None, "log", "site", {"count": 1, "ground": "unlawful"})
    Commitment.objects.filter(pk=row.pk).update(salt=None, content=None, erasure=why)


@pytest.mark.django_db(transaction=True)
def test_entry_needs_the_transaction_of_its_act(transactional_db) -> None:
    with pytest.raises(RuntimeError):
        log.append("site", "x", None, "room", "1")


def test_export_is_exactly_the_bytes_of_all_entries(signed_in, cast) -> None:
    answer = signed_in("auditor").get(f"/rooms/{ROOM}/log/entries.jsonl")
    lines = b"".join(answer.streaming_content).splitlines()
    rows = Entry.objects.filter(scope=f"room:{ROOM}").order_by("id")
    assert lines == [bytes(row.body) for row in rows]
    assert json.loads(lines[-1])["action"] == "log.export"


def test_filter_by_party_and_act(signed_in, mandate, zhuxi) -> None:
    comments.add_comment(mandate("resident"), zhuxi, "Hello")
    page = signed_in("auditor").get(f"/rooms/{ROOM}/log/?action=comment&party=HH-017")
    assert [line["entry"].action for line in page.context["story"]] == ["comment.add"]


def test_refused_act_leaves_no_entry(mandate, zhuxi) -> None:
    before = Entry.objects.count()
    with pytest.raises(Invalid):
        comments.add_comment(mandate("resident"), zhuxi, "")
    assert Entry.objects.count() == before
