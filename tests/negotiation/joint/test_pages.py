"""Joint proposals by page and by API."""

import json

from negotiation import drafts, packages
from negotiation.queries.packages import latest
from tests.negotiation.joint.helping import (
    CONSENTED,
    OPEN,
    ROOM,
    all_consent,
    fields_of,
    save,
    states,
)


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
        save(mandate("developer"), draft)
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
        save(mandate("developer"), consented)
        text = "Its earlier answer no longer counts: the draft was saved with changes."
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
        saved = drafts.save_draft(
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
