"""Workbooks on the page and by API: upload, preview, application; for the owner, a member and a stranger."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from negotiation import drafts, packages
from negotiation.models import Draft, SheetImport
from negotiation.queries.packages import latest
from tests.negotiation.sheets.books import MONEY, with_cells

ROOM = "/rooms/ZX-03-2026/packages/"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def draft(mandate, zhuxi):
    return packages.start_package(mandate("planner"), zhuxi, source=latest(zhuxi).get(package__code="B"))


def path(draft: Draft, tail: str) -> str:
    return f"{ROOM}{draft.package.code}/{tail}"


def sent(content: bytes, name: str = "draft.xlsx") -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile(name, content)}


def test_page_takes_the_workbook_and_applies_it(signed_in, draft) -> None:
    client = signed_in("planner")
    answer = client.get(path(draft, "draft.xlsx"))
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (200, XLSX, "private, no-store")
    answer = client.post(path(draft, "draft/import/"), sent(with_cells(answer.content, MONEY, G2="77.00")), follow=True)
    text = answer.content.decode()
    assert answer.status_code == 200 and "<ins>77.00</ins>" in text and "Apply all of it" in text
    number = SheetImport.objects.get().pk
    assert client.post(path(draft, f"draft/import/{number}/apply/")).status_code == 302
    assert Draft.objects.get(pk=draft.pk).document["flows"][0]["yuan"] == "77.00"
    assert "was applied" in client.get(path(draft, f"draft/import/{number}/")).content.decode()


def test_faulty_workbook_shows_its_cells_and_no_button(signed_in, draft) -> None:
    client = signed_in("planner")
    content = client.get(path(draft, "draft.xlsx")).content
    answer = client.post(path(draft, "draft/import/"), sent(with_cells(content, MONEY, G2="=SUM(G3:G9)")), follow=True)
    text = answer.content.decode()
    assert '<th scope="row">G2</th>' in text and "Apply all of it" not in text
    number = SheetImport.objects.get().pk
    assert client.post(path(draft, f"draft/import/{number}/apply/")).status_code == 422


@pytest.mark.parametrize("content", [b"not a workbook", b"x"])
def test_refused_file_is_told_beside_its_field(content: bytes, signed_in, draft) -> None:
    answer = signed_in("planner").post(path(draft, "draft/import/"), sent(content))
    assert answer.status_code == 422 and set(answer.context["form"].errors) == {"file"}


def test_import_is_there_for_its_own_mandate_only(signed_in, draft, mandate) -> None:
    client = signed_in("planner")
    content = client.get(path(draft, "draft.xlsx")).content
    client.post(path(draft, "draft/import/"), sent(with_cells(content, MONEY, G2="77.00")))
    where = path(draft, f"draft/import/{SheetImport.objects.get().pk}/")
    found = [signed_in(name).get(where).status_code for name in ("planner", "finance", "developer", "stranger", "")]
    assert found == [200, 404, 404, 404, 302]


def test_api_tries_and_then_applies(signed_in, draft) -> None:
    client, api = signed_in("planner"), "/api/v1" + path(draft, "draft")
    content = client.get(f"{api}.xlsx").content
    tried = client.post(f"{api}/import/", sent(with_cells(content, MONEY, G2="77.00")))
    assert tried.status_code == 201
    body = tried.json()
    assert (body["state"], body["faults"], body["counts"]) == ("done", [], {"added": 0, "changed": 1, "removed": 0})
    one = f"{api}/import/{body['id']}/"
    assert client.get(one).json() == body
    row = client.get(f"{one}changes/").json()["results"][0]
    assert (row["kind"], row["line"], row["fields"]["yuan"][1]) == ("flows", 2, "77.00")
    applied = client.post(f"{one}application/", "{}", content_type="application/json")
    assert applied.status_code == 200 and applied.json()["version"] == body["version"] + 1
    again = client.post(f"{one}application/", "{}", content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


def test_api_refuses_with_the_code_of_the_fault(signed_in, draft) -> None:
    client, api = signed_in("planner"), "/api/v1" + path(draft, "draft/import/")
    answer = client.post(api, sent(b"MZ\x90"))
    assert (answer.status_code, answer.json()["code"]) == (422, "sheet_type")
    answer = client.post(api, {"version": "1"})
    assert (answer.status_code, set(answer.json()["errors"])) == (422, {"file"})


def test_stale_workbook_is_a_conflict(signed_in, draft, mandate) -> None:
    client, api = signed_in("planner"), "/api/v1" + path(draft, "draft")
    content = client.get(f"{api}.xlsx").content
    drafts.save_draft(mandate("planner"), draft, draft.document, draft.version)
    answer = client.post(f"{api}/import/", sent(content))
    assert (answer.status_code, answer.json()["code"]) == (409, "sheet_stale")
