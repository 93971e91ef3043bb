"""Joint proposals: who may name whom, what a consent is to, and what lies on the table after."""

import json

import pytest
from django.utils import translation

from accounts.refusals import Conflict, Invalid, NotAllowed, NotFound, WrongPhase
from audit.models import Entry
from negotiation import attachments, drafts, joint, packages
from negotiation.acting import mandate_commitment
from negotiation.consents import read_offer
from negotiation.models import Draft, Partner, Room
from negotiation.permissions import viewer_of
from negotiation.queries.joint import find_shared_draft, proposed_by
from negotiation.queries.packages import find_revision, latest
from negotiation.terms import package_document
from tests.negotiation.files import picture
from tests.negotiation.joint.helping import (
    CONSENTED,
    DECLINED,
    OPEN,
    REASON,
    all_consent,
    logged,
    states,
    told,
)


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
        drafts.save_draft(mandate("developer"), draft, {**draft.document, "title": "Other"}, draft.version)
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
