"""Who sees what of a joint draft, and in how many statements."""

import pytest

from accounts.models import Party
from negotiation import attachments, drafts, joint, packages
from negotiation.consents import read_offer
from negotiation.models import Draft, JointProposer
from negotiation.permissions import viewer_of
from negotiation.queries.joint import joint_drafts
from negotiation.queries.packages import latest
from tests.negotiation.files import picture
from tests.negotiation.joint.helping import (
    ROOM,
    statements,
)


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

    def test_named_household_sees_its_own_rows_and_those_of_no_other(self, draft, mandate, zhuxi, signed_in) -> None:
        rows = [
            {"party": "HH-017", "item": "flat", "quantity": "71.0071", "year": 1},
            {"party": "HH-019", "item": "flat", "quantity": "83.0083", "year": 1},
        ]
        flows = [
            {
                "from": "project",
                "to": "HH-019",
                "category": "relocation",
                "stage": "build",
                "year": 1,
                "yuan": "83.0084",
            }
        ]
        flows.append({**flows[0], "to": "MKT-TEX", "yuan": "5.00"})
        land = {**draft.document["dispositions"][0], "recipient": "HH-019", "floor_area": "83.0085"}
        document = {**draft.document, "allocations": rows, "flows": flows, "dispositions": [land]}
        drafts.save_draft(mandate("developer"), draft, document, draft.version)
        joint.name_partner(mandate("developer"), draft, "GOV-FIN")
        paths = (f"{ROOM}packages/D/draft/read/", f"/api/v1{ROOM}packages/D/draft/")
        for name, hidden in (("resident", True), ("factory", True), ("finance", False)):
            for path in paths:
                text = signed_in(name).get(path).content.decode()
                assert ("71.0071" in text) == (name != "factory")
                assert {figure in text for figure in ("83.0083", "83.0084", "83.0085")} == {not hidden}

    def test_names_of_other_households_stay_codes(self, draft, mandate, zhuxi, signed_in) -> None:
        joint.name_partner(mandate("developer"), draft, "HH-019")
        text = signed_in("resident").get(f"{ROOM}packages/D/draft/read/").content.decode()
        assert "HH-019" in text and Party.objects.get(realm=zhuxi.code, code="HH-019").name not in text


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
        for wanted in (1, 3):
            while len(list(joint_drafts(viewer_of(developer, zhuxi)))) < wanted:
                self.name(developer, packages.start_package(developer, zhuxi), "MKT-TEX")
            client.get(where)
            found.append(statements(client, where))
        assert found == [count, count]

    @pytest.mark.parametrize(
        ("where", "count"), [(f"{ROOM}packages/D/", 35), (f"{ROOM}packages/tree/", 10), (f"{ROOM}compare/?p=D&p=B", 15)]
    )
    def test_joint_proposers(self, where: str, count: int, signed_in, mandate, tabled, zhuxi) -> None:
        client = signed_in("planner")
        client.get(where)
        before = statements(client, where)
        JointProposer.objects.create(revision=tabled, party=mandate("chair").party, mandate=mandate("chair"))
        assert (before, statements(client, where)) == (count, count)
