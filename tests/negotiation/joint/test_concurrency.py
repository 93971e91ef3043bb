"""Consents, edits and submissions at once: what lies on the table is what each party consented to."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.refusals import Conflict, NotFound, WrongPhase
from audit.models import Entry
from negotiation import attachments, drafts, joint, packages
from negotiation.consents import read_offer
from negotiation.models import Draft, Revision
from negotiation.queries.packages import latest
from tests.negotiation.files import picture

ROUNDS = 6


def draft_of(mandate, room) -> Draft:
    """A joint draft to which all but the resident's household consent."""
    developer = mandate("developer")
    draft = packages.start_package(developer, room, source=latest(room).get(package__code="B"))
    for name in ("factory", "resident"):
        joint.name_partner(developer, draft, mandate(name).party.code)
    joint.consent(mandate("factory"), draft, read_offer(draft).digest)
    return Draft.objects.select_related("package__room", "package__proposer").get(pk=draft.pk)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Start all of them together; what became of each."""
    barrier = Barrier(len(acts))

    def attempt(act: Callable[[], object]) -> str:
        try:
            barrier.wait()
            act()
        except (WrongPhase, Conflict, NotFound) as refusal:
            return refusal.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(attempt, acts))


def until_tabled(mandate, draft: Draft) -> None:
    """Press submit again and again, as it stands at each moment, while a consent is missing or somebody saves."""
    for _attempt in range(40):
        current = Draft.objects.select_related("package__room", "package__proposer").filter(pk=draft.pk).first()
        if current is None:
            return
        try:
            packages.submit_package(mandate, current, current.version)
        except (WrongPhase, Conflict):
            continue
        return


def consents(package: str) -> dict[str, dict]:
    """Party → the data of its last consent in the log."""
    rows = Entry.objects.filter(action="package.consent", object_id=package).order_by("time")
    return {row.party: json.loads(bytes(row.body))["data"] for row in rows}


def check_table(package: str) -> bool:
    """Whether the package lies on the table; if so, as each of its proposers consented to it."""
    revision = Revision.objects.filter(package__code=package).first()
    if revision is None:
        return False
    last = consents(package)
    assert {party.code for party in revision.standing} == {"HH-017", "MKT-TEX"}
    assert {last[party.code]["digest"] for party in revision.standing} == {revision.digest}
    files = list(revision.attachments.order_by("pk").values_list("sha256", flat=True))
    assert {tuple(last[party.code].get("attachments", ())) for party in revision.standing} == {tuple(files)}
    return True


@pytest.mark.django_db(transaction=True)
def test_last_consent_races_an_edit_and_the_submission(mandate, zhuxi) -> None:
    developer, resident = mandate("developer"), mandate("resident")
    tabled = 0
    for number in range(ROUNDS):
        draft = draft_of(mandate, zhuxi)
        stands, edited = read_offer(draft).digest, {**draft.document, "title": f"Edited {number}"}
        consented, saved, _submitted = at_once(
            lambda draft=draft, stands=stands: joint.consent(resident, draft, stands),
            lambda draft=draft, edited=edited: drafts.save_draft(developer, draft, edited, draft.version),
            lambda draft=draft: until_tabled(developer, draft),
        )
        assert {consented, saved} <= {"done", "offer_changed", "conflict"}
        tabled += check_table(draft.package.code)
        # An edit that came through before the submission made what was consented to void.
        assert (saved == "done") != Revision.objects.filter(package=draft.package).exists()
    assert Revision.objects.filter(package__code__gt="C").count() == tabled


@pytest.mark.django_db(transaction=True)
def test_last_consent_races_a_file(mandate, zhuxi) -> None:
    developer, resident = mandate("developer"), mandate("resident")
    for _number in range(ROUNDS):
        draft = draft_of(mandate, zhuxi)
        stands = read_offer(draft).digest
        at_once(
            lambda draft=draft, stands=stands: joint.consent(resident, draft, stands),
            lambda draft=draft: attachments.add_attachment(developer, zhuxi, "a.png", picture(), package=draft.package),
            lambda draft=draft: until_tabled(developer, draft),
        )
        check_table(draft.package.code)


@pytest.mark.django_db(transaction=True)
def test_consent_taken_back_at_the_submission_is_before_or_too_late(mandate, zhuxi) -> None:
    developer, resident = mandate("developer"), mandate("resident")
    for _number in range(ROUNDS):
        draft = draft_of(mandate, zhuxi)
        joint.consent(resident, draft, read_offer(draft).digest)
        back, submitted = at_once(
            lambda draft=draft: joint.take_consent_back(resident, draft),
            lambda draft=draft: packages.submit_package(developer, draft, draft.version),
        )
        assert (back, submitted) in {("done", "consent_missing"), ("conflict", "done")}


@pytest.mark.django_db(transaction=True)
def test_file_removed_and_draft_thrown_away_at_once_end(mandate, zhuxi) -> None:
    developer = mandate("developer")
    for _number in range(ROUNDS):
        draft = draft_of(mandate, zhuxi)
        file = attachments.add_attachment(developer, zhuxi, "a.png", picture(), package=draft.package)
        at_once(
            lambda file=file: attachments.remove_attachment(developer, file, "Wrong wall"),
            lambda draft=draft: packages.discard_draft(developer, draft),
        )
