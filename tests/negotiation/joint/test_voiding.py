"""What makes an answer void: every change of what stands, and nothing else."""

import io
from decimal import Decimal

import pytest
from django.utils import translation
from openpyxl import load_workbook

from accounts.refusals import WrongPhase
from negotiation import adoption, attachments, drafts, joint, packages
from negotiation.bulk import Bulk, change_in_bulk
from negotiation.changes import diff
from negotiation.models import Draft
from negotiation.permissions import viewer_of
from negotiation.queries.packages import latest
from negotiation.sheets.importing import apply_import, import_sheet
from negotiation.sheets.write import draft_workbook
from negotiation.splitting import split_parcel
from negotiation.terms import package_document
from tests.negotiation.files import picture
from tests.negotiation.joint.helping import (
    CONSENTED,
    OPEN,
    REASON,
    all_consent,
    save,
    states,
    told,
)


def _bulk(mandate, draft: Draft) -> None:
    change_in_bulk(mandate, draft, Bulk("flows", "percent", Decimal(1)), draft.version)


def _split(mandate, draft: Draft) -> None:
    split_parcel(mandate, draft, 0, Decimal(1), draft.version)


def _import(mandate, draft: Draft) -> None:
    with translation.override("zh-hans"):
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
    "package.save": save,
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
        saved = drafts.save_draft(developer, draft, {**draft.document, "title": "Other"}, draft.version)
        all_consent(mandate, saved)
        drafts.undo_draft(developer, saved, saved.version)
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
        saved = drafts.save_draft(developer, consented, dict(consented.document), consented.version)
        assert set(states(saved).values()) == {CONSENTED}
        assert packages.submit_package(developer, saved, saved.version).number == 1

    def test_file_at_another_place_is_no_change(self, consented, mandate, zhuxi) -> None:
        attachments.add_attachment(mandate("developer"), zhuxi, "a.png", picture())
        assert set(states(consented).values()) == {CONSENTED}

    def test_refusal_is_void_too(self, draft, mandate) -> None:
        joint.decline(mandate("factory"), draft, REASON)
        save(mandate("developer"), draft)
        row = draft.partners.get(party__code="MKT-TEX")
        assert (row.state, row.reason, row.voided_by) == (OPEN, REASON, "package.save")
