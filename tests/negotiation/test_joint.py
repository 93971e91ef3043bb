"""Joint proposals: who may name whom, what a consent is to, what makes it void, and what lies on the table after."""

import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.refusals import Conflict, Invalid, NotAllowed, NotFound, WrongPhase
from audit.models import Entry
from negotiation import adoption, attachments, joint, packages
from negotiation.acting import mandate_commitment
from negotiation.bulk import Bulk, change_in_bulk
from negotiation.changes import diff
from negotiation.consents import read_offer
from negotiation.models import Draft, JointProposer, Partner, Room
from negotiation.permissions import viewer_of
from negotiation.queries.joint import find_shared_draft, joint_drafts, proposed_by
from negotiation.queries.packages import find_revision, latest
from negotiation.sheets.importing import apply_import, import_sheet
from negotiation.sheets.write import draft_workbook
from negotiation.splitting import split_parcel
from negotiation.terms import package_document
from notifications.models import Telling
from tests.negotiation.files import picture

ROOM = "/rooms/ZX-03-2026/"
REASON = "The bank does not lend 8,123 yuan for this."
OPEN, CONSENTED, DECLINED = "open", "consented", "declined"


@pytest.fixture
def draft(mandate, zhuxi) -> Draft:
    """A draft of the developer, copied from package B, that names the factory and the resident's household."""
    found = packages.start_package(mandate("developer"), zhuxi, source=latest(zhuxi).get(package__code="B"))
    for name in ("factory", "resident"):
        joint.name_partner(mandate("developer"), found, mandate(name).party.code)
    return found


def states(draft: Draft) -> dict[str, str]:
    return dict(draft.partners.values_list("party__code", "state"))


def all_consent(mandate, draft: Draft) -> None:
    for name in ("factory", "resident"):
        joint.consent(mandate(name), draft, read_offer(draft).digest)


@pytest.fixture
def consented(mandate, draft) -> Draft:
    all_consent(mandate, draft)
    return draft


@pytest.fixture
def tabled(mandate, consented):
    return packages.submit_package(mandate("developer"), consented, consented.version)


def logged(action: str) -> list[dict]:
    rows = Entry.objects.filter(action=action).order_by("time")
    return [json.loads(bytes(row.body))["data"] for row in rows]


def told(topic: str) -> list[dict]:
    return [row.audience.get("parties") for row in Telling.objects.filter(topic=topic).order_by("pk")]


class TestNaming:
    def test_named_party_is_told_and_in_the_log(self, draft, mandate) -> None:
        assert states(draft) == {"MKT-TEX": OPEN, "HH-017": OPEN}
        assert told("joint.named") == [{"MKT-TEX": ""}, {"HH-017": ""}]
        assert logged("package.name") == [
            {"package": "D", "party": "MKT-TEX"},
            {"package": "D", "party": "HH-017"},
        ]

    @pytest.mark.parametrize("name", ["planner", "finance", "factory", "resident"])
    def test_only_the_proposer_names_and_takes_off(self, name: str, draft, mandate) -> None:
        for act in (
            lambda: joint.name_partner(mandate(name), draft, "HH-018"),
            lambda: joint.remove_partner(mandate(name), draft, "HH-017"),
        ):
            with pytest.raises(NotAllowed) as refusal:
                act()
            assert refusal.value.code == "not_your_package"

    @pytest.mark.parametrize("code", ["MKT-DEV", "MKT-TEX", "HH-999", "", "a\x00b"])
    def test_own_named_and_unknown_parties_are_refused(self, code: str, draft, mandate) -> None:
        with pytest.raises(Invalid) as refusal:
            joint.name_partner(mandate("developer"), draft, code)
        assert set(refusal.value.fields) == {"party"}

    def test_so_many_parties_and_no_more(self, draft, mandate, monkeypatch) -> None:
        monkeypatch.setattr(joint, "MOST", 3)
        joint.name_partner(mandate("developer"), draft, "HH-018")
        with pytest.raises(Invalid):
            joint.name_partner(mandate("developer"), draft, "HH-019")

    def test_party_taken_off_no_longer_reads_the_draft(self, draft, mandate, zhuxi) -> None:
        viewer = viewer_of(mandate("factory"), zhuxi)
        assert find_shared_draft(viewer, "D") == draft
        joint.remove_partner(mandate("developer"), draft, "MKT-TEX")
        with pytest.raises(NotFound):
            find_shared_draft(viewer, "D")
        assert told("joint.unnamed") == [{"MKT-TEX": ""}]
        with pytest.raises(NotFound):
            joint.remove_partner(mandate("developer"), draft, "MKT-TEX")

    @pytest.mark.parametrize("phase", ["fixing", "vote", "decided"])
    def test_nothing_of_it_after_negotiation(self, phase: str, draft, mandate, zhuxi) -> None:
        stands = read_offer(draft).digest
        Room.objects.filter(pk=zhuxi.pk).update(phase=phase)
        draft.package.room.refresh_from_db()
        for act in (
            lambda: joint.name_partner(mandate("developer"), draft, "HH-018"),
            lambda: joint.remove_partner(mandate("developer"), draft, "HH-017"),
            lambda: joint.consent(mandate("factory"), draft, stands),
            lambda: joint.decline(mandate("factory"), draft, REASON),
            lambda: joint.take_consent_back(mandate("factory"), draft),
        ):
            with pytest.raises(WrongPhase):
                act()


class TestAnswers:
    def test_consent_is_to_what_stands(self, draft, mandate) -> None:
        joint.consent(mandate("factory"), draft, read_offer(draft).digest)
        assert states(draft) == {"MKT-TEX": CONSENTED, "HH-017": OPEN}
        offer = read_offer(draft)
        assert logged("package.consent") == [{"package": "D", "digest": offer.document, "joint": ["HH-017", "MKT-TEX"]}]
        assert told("joint.consented") == [{"MKT-DEV": ""}]

    def test_last_consent_is_told_as_such(self, consented) -> None:
        assert (told("joint.consented"), told("joint.complete")) == ([{"MKT-DEV": ""}], [{"MKT-DEV": ""}])

    def test_consent_to_what_stood_before_is_refused(self, draft, mandate) -> None:
        stands = read_offer(draft).digest
        packages.save_draft(mandate("developer"), draft, {**draft.document, "title": "Other"}, draft.version)
        with pytest.raises(Conflict) as refusal:
            joint.consent(mandate("factory"), draft, stands)
        assert (refusal.value.code, states(draft)["MKT-TEX"]) == ("offer_changed", OPEN)

    @pytest.mark.parametrize("name", ["developer", "planner", "finance", "neighbour", "auditor", "observer"])
    def test_only_named_parties_answer(self, name: str, draft, mandate) -> None:
        for act in (
            lambda: joint.consent(mandate(name), draft, read_offer(draft).digest),
            lambda: joint.decline(mandate(name), draft, REASON),
            lambda: joint.take_consent_back(mandate(name), draft),
        ):
            with pytest.raises(NotAllowed):
                act()

    def test_consent_is_given_once_and_taken_back(self, draft, mandate) -> None:
        factory, stands = mandate("factory"), read_offer(draft).digest
        joint.consent(factory, draft, stands)
        with pytest.raises(Conflict):
            joint.consent(factory, draft, stands)
        joint.take_consent_back(factory, draft)
        assert (states(draft)["MKT-TEX"], told("joint.taken_back")) == (OPEN, [{"MKT-DEV": ""}])
        with pytest.raises(Conflict):
            joint.take_consent_back(factory, draft)
        joint.consent(factory, draft, stands)

    def test_reason_of_a_refusal_is_in_the_log_only_as_a_commitment(self, draft, mandate) -> None:
        joint.decline(mandate("factory"), draft, f" {REASON} ")
        row = draft.partners.get(party__code="MKT-TEX")
        assert (row.state, row.reason) == (DECLINED, REASON)
        assert "8,123" not in bytes(Entry.objects.get(action="package.decline").body).decode()
        assert told("joint.declined") == [{"MKT-DEV": ""}]

    @pytest.mark.parametrize("reason", ["", "  ", "x" * 2001, "a\x00b"])
    def test_refusal_asks_for_a_reason(self, reason: str, draft, mandate) -> None:
        with pytest.raises(Invalid) as refusal:
            joint.decline(mandate("factory"), draft, reason)
        assert (set(refusal.value.fields), states(draft)["MKT-TEX"]) == ({"reason"}, OPEN)

    def test_who_declined_may_still_consent(self, draft, mandate) -> None:
        joint.decline(mandate("factory"), draft, REASON)
        joint.consent(mandate("factory"), draft, read_offer(draft).digest)
        row = draft.partners.get(party__code="MKT-TEX")
        assert (row.state, row.reason) == (CONSENTED, "")


def _save(mandate, draft: Draft) -> None:
    packages.save_draft(mandate, draft, {**draft.document, "summary": "Shorter"}, draft.version)


def _bulk(mandate, draft: Draft) -> None:
    change_in_bulk(mandate, draft, Bulk("flows", "percent", Decimal(1)), draft.version)


def _split(mandate, draft: Draft) -> None:
    split_parcel(mandate, draft, 0, Decimal(1), draft.version)


def _import(mandate, draft: Draft) -> None:
    import io

    from openpyxl import load_workbook

    found = load_workbook(io.BytesIO(draft_workbook(viewer_of(mandate, draft.package.room), draft)))
    found["资金流"]["G2"] = "1.50"
    kept = io.BytesIO()
    found.save(kept)
    apply_import(mandate, import_sheet(mandate, draft, kept.getvalue()))


def _adopt(mandate, draft: Draft) -> None:
    room = draft.package.room
    base, source = (latest(room).get(package__code=code) for code in "BA")
    (change, *_more) = diff(package_document(base), package_document(source)).rows
    adoption.adopt_changes(mandate, base, source, [change.id], into=draft.package, version=draft.version)


def _attach(mandate, draft: Draft) -> None:
    attachments.add_attachment(mandate, draft.package.room, "a.png", picture(), package=draft.package)


def _name(mandate, draft: Draft) -> None:
    joint.name_partner(mandate, draft, "HH-018")


def _take_off(mandate, draft: Draft) -> None:
    joint.remove_partner(mandate, draft, "HH-017")


CHANGES = {
    "package.save": _save,
    "package.bulk": _bulk,
    "package.split": _split,
    "package.import": _import,
    "attachment.add": _attach,
    "package.name": _name,
    "package.unname": _take_off,
}


class TestWhatMakesAnswersVoid:
    @pytest.mark.parametrize("act", CHANGES)
    def test_every_change_of_what_stands(self, act: str, consented, mandate) -> None:
        CHANGES[act](mandate("developer"), consented)
        row = consented.partners.get(party__code="MKT-TEX")
        assert (row.state, row.digest, row.voided_by, row.mandate) == (OPEN, "", act, None)
        assert "MKT-TEX" in told("joint.changed")[0]
        current = Draft.objects.select_related("package__room", "package__proposer").get(pk=consented.pk)
        with pytest.raises(WrongPhase) as refusal:
            packages.submit_package(mandate("developer"), current, current.version)
        assert refusal.value.code == "consent_missing"

    def test_changes_taken_from_another_package(self, consented, mandate) -> None:
        with translation.override("en"):
            _adopt(mandate("developer"), consented)
        assert set(states(consented).values()) == {OPEN}

    def test_step_back(self, draft, mandate) -> None:
        developer = mandate("developer")
        saved = packages.save_draft(developer, draft, {**draft.document, "title": "Other"}, draft.version)
        all_consent(mandate, saved)
        packages.undo_draft(developer, saved, saved.version)
        assert set(draft.partners.values_list("state", "voided_by")) == {(OPEN, "package.undo")}

    def test_file_removed(self, draft, mandate) -> None:
        developer = mandate("developer")
        room = draft.package.room
        file = attachments.add_attachment(developer, room, "a.png", picture(), package=draft.package)
        all_consent(mandate, draft)
        attachments.remove_attachment(developer, file, "Wrong wall")
        assert set(draft.partners.values_list("state", "voided_by")) == {(OPEN, "attachment.remove")}

    def test_saving_the_same_again_is_no_change(self, consented, mandate) -> None:
        developer = mandate("developer")
        saved = packages.save_draft(developer, consented, dict(consented.document), consented.version)
        assert set(states(saved).values()) == {CONSENTED}
        assert packages.submit_package(developer, saved, saved.version).number == 1

    def test_file_at_another_place_is_no_change(self, consented, mandate, zhuxi) -> None:
        attachments.add_attachment(mandate("developer"), zhuxi, "a.png", picture())
        assert set(states(consented).values()) == {CONSENTED}

    def test_refusal_is_void_too(self, draft, mandate) -> None:
        joint.decline(mandate("factory"), draft, REASON)
        _save(mandate("developer"), draft)
        row = draft.partners.get(party__code="MKT-TEX")
        assert (row.state, row.reason, row.voided_by) == (OPEN, REASON, "package.save")


class TestSubmission:
    def test_names_who_is_missing(self, draft, mandate) -> None:
        joint.consent(mandate("factory"), draft, read_offer(draft).digest)
        with translation.override("en"), pytest.raises(WrongPhase) as refusal:
            packages.submit_package(mandate("developer"), draft, draft.version)
        text = "These parties have not consented to the draft as it stands: HH-017."
        assert (refusal.value.code, refusal.value.message) == ("consent_missing", text)
        assert Draft.objects.filter(pk=draft.pk).exists()

    def test_consent_with_another_digest_does_not_count(self, consented, mandate) -> None:
        """Whatever way the document went: only the digest of what stands is a consent to it."""
        Draft.objects.filter(pk=consented.pk).update(document={**consented.document, "title": "Behind their backs"})
        with pytest.raises(WrongPhase) as refusal:
            packages.submit_package(mandate("developer"), consented, consented.version)
        assert refusal.value.code == "consent_missing"

    def test_revision_keeps_who_proposes_it(self, tabled, mandate, zhuxi) -> None:
        rows = tabled.joint.order_by("party__code").values_list("party__code", "mandate")
        assert list(rows) == [("HH-017", mandate("resident").pk), ("MKT-TEX", mandate("factory").pk)]
        assert package_document(tabled)["proposer"] == "MKT-DEV" and "joint" not in package_document(tabled)
        assert not Partner.objects.exists()

    def test_log_states_each_consent(self, tabled, mandate) -> None:
        (entry,) = [row for row in logged("package.submit") if row["package"] == "D"]
        assert entry["joint"] == [
            {"party": "HH-017", "mandate": mandate_commitment(mandate("resident"))},
            {"party": "MKT-TEX", "mandate": mandate_commitment(mandate("factory"))},
        ]
        assert {row["digest"] for row in logged("package.consent")} == {entry["digest"]}
        consents = Entry.objects.filter(action="package.consent")
        actors = {json.loads(bytes(row.body))["actor"]["mandate"] for row in consents}
        assert actors == {row["mandate"] for row in entry["joint"]}

    def test_files_are_part_of_what_is_consented_to(self, draft, mandate, zhuxi) -> None:
        developer = mandate("developer")
        file = attachments.add_attachment(developer, zhuxi, "a.png", picture(), package=draft.package)
        all_consent(mandate, draft)
        packages.submit_package(developer, draft, draft.version)
        (entry,) = [row for row in logged("package.submit") if row["package"] == "D"]
        assert [row["attachments"] for row in logged("package.consent")] == [[file.sha256]] * 2
        assert entry["attachments"] == [file.sha256]

    def test_headings_name_them_all(self, tabled, mandate, zhuxi) -> None:
        with translation.override("en"):
            found = {
                name: proposed_by(viewer_of(mandate(name), zhuxi), find_revision(viewer_of(mandate(name), zhuxi), "D"))
                for name in ("developer", "planner", "resident")
            }
        developer, factory = mandate("developer").party.name, mandate("factory").party.name
        home = mandate("resident").party.name
        assert found == {
            "developer": f"Proposed by {developer}, HH-017 and {factory} together",
            "planner": f"Proposed by {developer}, {home} and {factory} together",
            "resident": f"Proposed by {developer}, {home} and {factory} together",
        }

    def test_next_revision_names_them_again_and_asks_anew(self, tabled, mandate) -> None:
        developer = mandate("developer")
        draft = packages.revise_package(developer, tabled.package)
        assert states(draft) == {"HH-017": OPEN, "MKT-TEX": OPEN}
        assert logged("package.revise") == [{"package": "D", "joint": ["HH-017", "MKT-TEX"]}]
        with pytest.raises(WrongPhase):
            packages.submit_package(developer, draft, draft.version)
        all_consent(mandate, draft)
        assert packages.submit_package(developer, draft, draft.version).joint.count() == 2

    def test_copy_of_a_joint_package_names_nobody(self, tabled, mandate, zhuxi) -> None:
        assert states(packages.start_package(mandate("planner"), zhuxi, source=tabled)) == {}

    def test_draft_thrown_away_is_told(self, draft, mandate) -> None:
        packages.discard_draft(mandate("developer"), draft)
        assert [sorted(row) for row in told("joint.unnamed")] == [["HH-017", "MKT-TEX"]]

    def test_package_of_one_party_is_submitted_as_before(self, mandate, zhuxi) -> None:
        developer = mandate("developer")
        draft = packages.start_package(developer, zhuxi, source=latest(zhuxi).get(package__code="B"))
        revision = packages.submit_package(developer, draft, draft.version)
        (entry,) = [row for row in logged("package.submit") if row["package"] == "D"]
        assert sorted(entry) == ["digest", "package", "revision"]
        assert proposed_by(viewer_of(developer, zhuxi), revision).endswith(mandate("developer").party.name)


class TestSupportWithdrawn:
    def test_package_stays_as_its_proposers(self, tabled, mandate, zhuxi) -> None:
        row = joint.withdraw_support(mandate("factory"), tabled.package, f" {REASON} ")
        assert (row.reason, row.withdrawn_by) == (REASON, mandate("factory"))
        assert "D" in [found.package.code for found in latest(zhuxi)]
        assert [party.code for party in tabled.standing] == ["HH-017"]
        (entry,) = logged("package.withdraw_support")
        assert (entry["package"], entry["revision"], entry["digest"]) == ("D", 1, tabled.digest)
        assert "8,123" not in json.dumps(entry)
        assert told("joint.unsupported") == [None]

    def test_next_revision_no_longer_names_it(self, tabled, mandate) -> None:
        joint.withdraw_support(mandate("factory"), tabled.package, REASON)
        assert states(packages.revise_package(mandate("developer"), tabled.package)) == {"HH-017": OPEN}

    @pytest.mark.parametrize("name", ["developer", "planner", "neighbour"])
    def test_only_who_proposes_it_too(self, name: str, tabled, mandate) -> None:
        with pytest.raises(NotAllowed) as refusal:
            joint.withdraw_support(mandate(name), tabled.package, REASON)
        assert refusal.value.code == "not_joint"

    def test_once(self, tabled, mandate) -> None:
        joint.withdraw_support(mandate("factory"), tabled.package, REASON)
        with pytest.raises(Conflict) as refusal:
            joint.withdraw_support(mandate("factory"), tabled.package, REASON)
        assert refusal.value.code == "support_withdrawn"

    @pytest.mark.parametrize("phase", ["preparation", "notice", "negotiation", "fixing"])
    def test_in_every_phase_before_the_vote(self, phase: str, tabled, mandate, zhuxi) -> None:
        Room.objects.filter(pk=zhuxi.pk).update(phase=phase)
        tabled.package.room.refresh_from_db()
        assert joint.withdraw_support(mandate("factory"), tabled.package, REASON).withdrawn_at

    @pytest.mark.parametrize("phase", ["vote", "decided", "publication"])
    def test_not_once_the_vote_is_open(self, phase: str, tabled, mandate, zhuxi) -> None:
        Room.objects.filter(pk=zhuxi.pk).update(phase=phase)
        tabled.package.room.refresh_from_db()
        with pytest.raises(WrongPhase):
            joint.withdraw_support(mandate("factory"), tabled.package, REASON)

    def test_not_of_a_withdrawn_package(self, tabled, mandate) -> None:
        packages.withdraw_package(mandate("developer"), tabled.package, REASON)
        with pytest.raises(WrongPhase) as refusal:
            joint.withdraw_support(mandate("factory"), tabled.package, REASON)
        assert refusal.value.code == "withdrawn"


class TestWhoSeesWhat:
    def test_drafts_are_listed_for_those_concerned(self, draft, mandate, zhuxi) -> None:
        joint.consent(mandate("factory"), draft, read_offer(draft).digest)

        def seen(name: str) -> list[tuple]:
            rows = joint_drafts(viewer_of(mandate(name), zhuxi))
            return [(row.package.code, row.named, row.open, row.mine) for row in rows]

        assert seen("developer") == seen("planner") == [("D", 2, 1, False)]
        assert seen("factory") == seen("resident") == [("D", 2, 1, True)]
        assert seen("finance") == seen("chair") == seen("auditor") == []

    def test_files_of_the_draft_are_open_to_named_parties(self, draft, mandate, zhuxi, signed_in) -> None:
        file = attachments.add_attachment(mandate("developer"), zhuxi, "a.png", picture(), package=draft.package)
        where = f"{ROOM}files/{file.pk}/"
        found = {name: signed_in(name).get(where).status_code for name in ("developer", "factory", "planner", "chair")}
        assert found == {"developer": 200, "factory": 200, "planner": 404, "chair": 404}
        joint.remove_partner(mandate("developer"), draft, "MKT-TEX")
        assert signed_in("factory").get(where).status_code == 404


class TestPages:
    """The same by page, signed in as those concerned."""

    where = f"{ROOM}packages/D/draft/"

    def test_proposer_names_and_takes_off(self, signed_in, mandate, zhuxi) -> None:
        found = packages.start_package(mandate("developer"), zhuxi, source=latest(zhuxi).get(package__code="B"))
        client = signed_in("developer")
        assert f"{self.where}partners/" in client.get(self.where).content.decode()
        faulty = client.post(f"{self.where}partners/", {"party": "HH-999"})
        assert (faulty.status_code, set(faulty.context["form"].errors)) == (422, {"party"})
        assert client.post(f"{self.where}partners/", {"party": " MKT-TEX "}).url == f"{self.where}partners/"
        assert states(found) == {"MKT-TEX": OPEN}
        assert client.post(f"{self.where}partners/remove/", {"party": "MKT-TEX"}).url == f"{self.where}partners/"
        assert states(found) == {}

    def test_households_are_not_offered_by_name_to_the_market(self, draft, signed_in, zhuxi) -> None:
        context = signed_in("developer").get(f"{self.where}partners/").context
        assert {code for code, _label in context["parties"] if code.startswith("HH-")} == set()

    def test_named_party_reads_consents_and_takes_back(self, draft, signed_in) -> None:
        client = signed_in("factory")
        page = client.get(f"{self.where}read/")
        assert "This draft is not on the table." in page.content.decode()
        answer = client.post(f"{self.where}consent/", {"stands": page.context["stands"]})
        assert (answer.url, states(draft)["MKT-TEX"]) == (f"{self.where}read/", CONSENTED)
        assert "Your party consents to propose exactly this." in client.get(f"{self.where}read/").content.decode()
        assert client.post(f"{self.where}consent/back/").url == f"{self.where}read/"
        assert states(draft)["MKT-TEX"] == OPEN

    def test_page_that_was_read_before_a_change_consents_to_nothing(self, draft, signed_in, mandate) -> None:
        client = signed_in("factory")
        stands = client.get(f"{self.where}read/").context["stands"]
        _save(mandate("developer"), draft)
        answer = client.post(f"{self.where}consent/", {"stands": stands})
        assert (answer.status_code, states(draft)["MKT-TEX"]) == (409, OPEN)
        assert "The draft has changed since you read it." in answer.content.decode()
        assert answer.context["stands"] != stands

    def test_named_party_declines_with_a_reason_that_the_proposer_reads(self, draft, signed_in) -> None:
        client = signed_in("factory")
        faulty = client.post(f"{self.where}decline/", {"reason": " "})
        assert (faulty.status_code, set(faulty.context["form"].errors)) == (422, {"reason"})
        assert client.post(f"{self.where}decline/", {"reason": "Too dear."}).url == f"{self.where}read/"
        assert "Too dear." in signed_in("developer").get(f"{self.where}partners/").content.decode()

    def test_page_says_what_made_an_answer_void(self, consented, signed_in, mandate) -> None:
        _bulk(mandate("developer"), consented)
        text = "Its earlier answer no longer counts: amounts in the draft were changed."
        for name, path in (("developer", "partners/"), ("factory", "read/")):
            assert text in signed_in(name).get(self.where + path).content.decode()

    def test_proposer_submits_once_all_consent(self, draft, signed_in, mandate) -> None:
        client, version = signed_in("developer"), {"version": draft.version}
        refused = client.post(f"{self.where}submit/", version)
        assert refused.status_code == 422
        assert "These parties have not consented to the draft as it stands: HH-017, " in refused.content.decode()
        all_consent(mandate, draft)
        assert "Every named party consents" in client.get(f"{self.where}partners/").content.decode()
        assert client.post(f"{self.where}submit/", version).url == f"{ROOM}packages/D/"
        names = [mandate(name).party.name for name in ("developer", "factory")]
        assert (
            f"Proposed by {names[0]}, HH-017 and {names[1]} together"
            in client.get(f"{ROOM}packages/D/").content.decode()
        )

    def test_faults_are_listed_where_it_is_submitted(self, consented, signed_in, mandate) -> None:
        saved = packages.save_draft(
            mandate("developer"), consented, {**consented.document, "title": ""}, consented.version
        )
        answer = signed_in("developer").post(f"{self.where}submit/", {"version": saved.version})
        assert (answer.status_code, set(answer.context["refused"].fields)) == (422, {"title"})

    def test_editor_says_who_is_missing_and_keeps_what_was_typed(self, draft, signed_in) -> None:
        client = signed_in("developer")
        form = fields_of(client.get(self.where))
        answer = client.post(self.where, {**form, "title": "Typed", "submit": "1"})
        assert answer.status_code == 422
        assert "These parties have not consented" in answer.content.decode()
        draft.refresh_from_db()
        assert draft.document["title"] == "Typed"

    def test_submitting_from_the_editor_without_a_change_keeps_the_consents(self, draft, signed_in, mandate) -> None:
        client = signed_in("developer")
        client.post(self.where, {**fields_of(client.get(self.where)), "save": "1"})
        draft.refresh_from_db()
        all_consent(mandate, draft)
        answer = client.post(self.where, {**fields_of(client.get(self.where)), "submit": "1"})
        assert answer.url == f"{ROOM}packages/D/"

    def test_support_is_withdrawn_with_a_visible_trace(self, tabled, signed_in) -> None:
        client = signed_in("factory")
        assert f"{ROOM}packages/D/support/" in client.get(f"{ROOM}packages/D/").content.decode()
        faulty = client.post(f"{ROOM}packages/D/support/", {"reason": ""})
        assert (faulty.status_code, set(faulty.context["form"].errors)) == (422, {"reason"})
        assert client.post(f"{ROOM}packages/D/support/", {"reason": "Too dear."}).url == f"{ROOM}packages/D/"
        for name in ("", "factory", "planner"):
            page = signed_in(name).get(f"{ROOM}packages/D/").content.decode()
            assert "no longer stands by it since" in page and "Too dear." in page
            assert f"{ROOM}packages/D/support/" not in page

    def test_lists_tree_and_comparison_name_them_all(self, tabled, signed_in, zhuxi) -> None:
        client = signed_in("planner")
        listed = client.get(f"{ROOM}packages/").content.decode()
        assert listed.count(" together") == 2  # the card and the tree
        assert client.get(f"{ROOM}compare/?p=D&p=B").content.decode().count(" together") == 1

    def test_convener_reads_that_consents_are_open_and_not_the_draft(self, draft, signed_in) -> None:
        page = signed_in("planner").get(f"{ROOM}packages/").content.decode()
        assert "2 parties are named; consents that are open: 2" in page
        assert draft.document["title"] not in page.split("Proposals in preparation")[1].split("On the table")[0]
        assert signed_in("planner").get(f"{self.where}read/").status_code == 404
        assert "Proposals in preparation" not in signed_in("finance").get(f"{ROOM}packages/").content.decode()


def fields_of(response) -> dict[str, object]:
    """What a browser would send of the editor's form as it stands."""
    head, found = response.context["head"], {"version": response.context["version"]}
    found |= {name: head[name].value() or "" for name in head.fields}
    for row in response.context["sets"]:
        rows = row["rows"]
        for form in (rows.management_form, *rows.forms):
            found |= {
                form[name].html_name: form[name].value() for name in form.fields if form[name].value() is not None
            }
    return found


class TestApi:
    where = f"/api/v1{ROOM}packages/D/draft/"

    def send(self, client, path: str, **body):
        return client.post(self.where + path, data=json.dumps(body), content_type="application/json")

    def test_from_naming_to_the_table(self, signed_in, mandate, zhuxi) -> None:
        found = packages.start_package(mandate("developer"), zhuxi, source=latest(zhuxi).get(package__code="B"))
        developer, factory = signed_in("developer"), signed_in("factory")
        assert factory.get(f"{self.where}partners/").status_code == 404
        named = self.send(developer, "partners/", party="MKT-TEX")
        assert (named.status_code, named.json()["partners"][0]["state"]) == (201, OPEN)
        assert factory.get(self.where).json()["package"] == "D"
        assert self.send(developer, "submit/", version=found.version).json()["code"] == "consent_missing"
        assert self.send(factory, "consent/", digest="0" * 64).json()["code"] == "offer_changed"
        stands = factory.get(f"{self.where}partners/").json()["digest"]
        assert self.send(factory, "consent/", digest=stands).json()["partners"][0]["state"] == CONSENTED
        assert factory.delete(f"{self.where}consent/").status_code == 204
        assert self.send(factory, "refusal/", reason="Too dear.").json()["partners"][0]["reason"] == "Too dear."
        self.send(factory, "consent/", digest=stands)
        tabled = self.send(developer, "submit/", version=found.version)
        assert tabled.status_code == 201
        assert [(row["party"]["code"], row["withdrawn"]) for row in tabled.json()["joint"]] == [("MKT-TEX", None)]
        left = factory.post(
            f"/api/v1{ROOM}packages/D/support-withdrawal/",
            data=json.dumps({"reason": "Too dear."}),
            content_type="application/json",
        )
        assert left.json()["joint"][0]["withdrawn"]["reason"] == "Too dear."
        rows = signed_in("").get(f"/api/v1{ROOM}proposals/").json()["results"]
        assert [row["joint"] for row in rows if row["package"] == "D"] == [[]]

    def test_party_is_taken_off(self, draft, signed_in) -> None:
        assert signed_in("developer").delete(f"{self.where}partners/MKT-TEX/").status_code == 204
        assert states(draft) == {"HH-017": OPEN}

    def test_joint_drafts(self, draft, signed_in) -> None:
        rows = {
            name: signed_in(name).get(f"/api/v1{ROOM}joint-drafts/").json()["results"]
            for name in ("", "finance", "factory", "planner")
        }
        found = {"package": "D", "named": 2, "open": 2}
        assert (rows[""], rows["finance"]) == ([], [])
        for name, mine in (("factory", True), ("planner", False)):
            ((row),) = rows[name]
            assert {key: row[key] for key in found} == found and row["mine"] is mine

    def test_named_household_sees_its_own_rows_and_those_of_no_other(self, draft, mandate, zhuxi, signed_in) -> None:
        rows = [
            {"party": "HH-017", "item": "flat", "quantity": "71.0071", "year": 1},
            {"party": "HH-018", "item": "flat", "quantity": "83.0083", "year": 1},
        ]
        flows = [
            {
                "from": "project",
                "to": "HH-018",
                "category": "relocation",
                "stage": "build",
                "year": 1,
                "yuan": "83.0084",
            }
        ]
        land = {**draft.document["dispositions"][0], "recipient": "HH-018", "floor_area": "83.0085"}
        document = {**draft.document, "allocations": rows, "flows": flows, "dispositions": [land]}
        packages.save_draft(mandate("developer"), draft, document, draft.version)
        joint.name_partner(mandate("developer"), draft, "GOV-FIN")
        paths = (f"{ROOM}packages/D/draft/read/", f"/api/v1{ROOM}packages/D/draft/")
        for name, hidden in (("resident", True), ("factory", True), ("finance", False)):
            for path in paths:
                text = signed_in(name).get(path).content.decode()
                assert ("71.0071" in text) == (name != "factory")
                assert {figure in text for figure in ("83.0083", "83.0084", "83.0085")} == {not hidden}
                assert hidden or "HH-018" in text

    def test_names_of_other_households_stay_codes(self, draft, mandate, signed_in) -> None:
        joint.name_partner(mandate("developer"), draft, "HH-018")
        text = signed_in("resident").get(f"{ROOM}packages/D/draft/read/").content.decode()
        assert "HH-018" in text and mandate("neighbour", party="HH-018").party.name not in text


class TestManyRows:
    """The same statements for one named party, or one draft, as for three."""

    def name(self, mandate, draft: Draft, codes: str) -> None:
        for code in codes.split():
            joint.name_partner(mandate, draft, code)

    @pytest.mark.parametrize(
        ("name", "where", "count"),
        [
            ("developer", f"{ROOM}packages/D/draft/partners/", 11),
            ("factory", f"{ROOM}packages/D/draft/read/", 16),
            ("factory", f"/api/v1{ROOM}packages/D/draft/partners/", 10),
        ],
    )
    def test_named_parties(self, name: str, where: str, count: int, signed_in, mandate, zhuxi) -> None:
        developer, client = mandate("developer"), signed_in(name)
        found = packages.start_package(developer, zhuxi, source=latest(zhuxi).get(package__code="B"))
        self.name(developer, found, "MKT-TEX")
        client.get(where)
        before = statements(client, where)
        self.name(developer, found, "HH-018 HH-019")
        assert (before, statements(client, where)) == (count, count)

    @pytest.mark.parametrize(
        ("name", "where", "count"),
        [
            ("planner", f"{ROOM}packages/", 18),
            ("factory", f"{ROOM}packages/", 18),
            ("planner", f"/api/v1{ROOM}joint-drafts/", 7),
        ],
    )
    def test_joint_drafts(self, name: str, where: str, count: int, signed_in, mandate, zhuxi) -> None:
        developer, client = mandate("developer"), signed_in(name)
        found = []
        for drafts in (1, 3):
            while len(list(joint_drafts(viewer_of(developer, zhuxi)))) < drafts:
                self.name(developer, packages.start_package(developer, zhuxi), "MKT-TEX")
            client.get(where)
            found.append(statements(client, where))
        assert found == [count, count]

    @pytest.mark.parametrize(
        ("where", "count"), [(f"{ROOM}packages/D/", 33), (f"{ROOM}packages/tree/", 10), (f"{ROOM}compare/?p=D&p=B", 15)]
    )
    def test_joint_proposers(self, where: str, count: int, signed_in, mandate, tabled, zhuxi) -> None:
        client = signed_in("planner")
        client.get(where)
        before = statements(client, where)
        JointProposer.objects.create(revision=tabled, party=mandate("chair").party, mandate=mandate("chair"))
        assert (before, statements(client, where)) == (count, count)


def statements(client, where: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(where).status_code == 200
    return len(captured)
