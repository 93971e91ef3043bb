"""The API does what the pages do, through the same functions, and errs in problem+json."""

import base64
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from negotiation import packages, voting
from negotiation.models import Room
from negotiation.queries.packages import latest

ROOM = "/api/v1/rooms/ZX-03-2026/"


@pytest.fixture
def api(signed_in):
    """`api("resident")("post", "comments/", {...})`: status and body."""

    def enter(name: str = ""):
        client = signed_in(name)

        def send(method: str, path: str, body: object = None, **headers: str):
            path = path if path.startswith("/") else ROOM + path
            more = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
            answer = getattr(client, method)(path, headers=headers, **more)
            content = answer.getvalue()
            return answer.status_code, json.loads(content) if content else None

        return send

    return enter


def test_rooms_are_those_one_may_enter(api, zhuxi) -> None:
    Room.objects.filter(pk=zhuxi.pk).update(published=False)
    assert [row["code"] for row in api("stranger")("get", "/api/v1/rooms/")[1]["results"]] == ["HK-2026"]
    assert [row["code"] for row in api("resident")("get", "/api/v1/rooms/")[1]["results"]] == ["HK-2026", "ZX-03-2026"]


def test_problem_has_code_title_status_and_detail(api) -> None:
    status, body = api("stranger")("get", "/api/v1/rooms/NOWHERE/")
    assert status == 404
    assert (body["code"], body["status"], body["title"]) == ("not_found", 404, "Not Found")
    assert body["type"] == "urn:tongchou:problem:not_found"


def test_comment_by_api_is_on_the_page(api, signed_in) -> None:
    status, body = api("resident")("post", "comments/", {"body": "By machine", "package": "B"})
    assert status == 201 and body["party"]["code"] == "HH-017"
    assert "By machine" in signed_in("planner").get("/rooms/ZX-03-2026/comments/").content.decode()


def test_faults_are_named_field_by_field(api) -> None:
    status, body = api("resident")("post", "comments/", {"body": ""})
    assert status == 422 and set(body["errors"]) == {"body"}


def test_acting_without_signing_in_is_401(api) -> None:
    assert api("")("post", "comments/", {"body": "x"})[0] == 401


def test_mandate_header_chooses_for_whom(api, mandate) -> None:
    proxy = mandate("resident", party="HH-018")
    body = api("resident")("get", "mine/", **{"Tongchou-Mandate": str(proxy.pk)})[1]
    assert body["party"]["code"] == "HH-018"
    other = mandate("developer")
    status, body = api("resident")("get", "mine/", **{"Tongchou-Mandate": str(other.pk)})
    assert (status, body["code"]) == (403, "mandate_not_yours")


def test_vote_with_the_same_key_is_one_vote(api, mandate, zhuxi) -> None:
    revision = latest(zhuxi).get(package__code="B")
    ballot = voting.open_ballot(mandate("planner"), revision, timezone.now() + timedelta(days=1))
    send = api("resident")
    first = send("post", f"ballots/{ballot.pk}/votes/", {"choice": "yes"}, **{"Idempotency-Key": "k"})
    again = send("post", f"ballots/{ballot.pk}/votes/", {"choice": "yes"}, **{"Idempotency-Key": "k"})
    assert first == again and first[0] == 201
    assert send("get", f"ballots/{ballot.pk}/")[1]["my_vote"] == "yes"
    assert ballot.votes.count() == 1


def test_draft_is_edited_and_submitted(api) -> None:
    send = api("developer")
    status, draft = send("post", "packages/", {"source": "B", "counter": True})
    assert status == 201
    rows = [{key: row[key] for key in ("row", "from", "to", "yuan")} for row in draft["document"]["flows"]]
    edited = [{"row": row["row"], "yuan": "7.00"} if n == 0 else {"row": row["row"]} for n, row in enumerate(rows)]
    code = draft["package"]
    status, saved = send(
        "put", f"packages/{code}/draft/", {"version": draft["version"], "title": "By machine", "flows": edited}
    )
    assert status == 200 and saved["document"]["flows"][0]["yuan"] == "7.00"
    assert saved["hidden"]["allocations"] == draft["hidden"]["allocations"] == 220
    status, revision = send("post", f"packages/{code}/draft/submit/", {"version": saved["version"]})
    assert status == 201 and (revision["title"], revision["counters"]) == ("By machine", "B")


def test_hidden_rows_are_neither_read_nor_lost(api, mandate, zhuxi) -> None:
    package = latest(zhuxi).get(package__code="C").package
    stored = packages.revise_package(mandate("chair"), package)
    shown = api("chair")("get", "packages/C/draft/")[1]
    assert "HH-0" not in json.dumps(shown)
    assert len(shown["document"]["allocations"]) + shown["hidden"]["allocations"] == len(stored.document["allocations"])


@pytest.mark.parametrize("who", ["", "resident", "developer", "observer"])
def test_other_households_are_in_no_list(api, who: str) -> None:
    send, texts = api(who), []
    for kind in ("allocations", "flows", "dispositions"):
        path = f"packages/B/revisions/1/{kind}/?size=200"
        while path:
            body = send("get", path)[1]
            texts.append(json.dumps(body["results"], ensure_ascii=False))
            path = body["next"] and "/api" + body["next"].split("/api", 1)[1]
    texts.append(json.dumps(send("get", "packages/B/revisions/1/card/")[1], ensure_ascii=False))
    texts.append(json.dumps(send("get", "packages/")[1], ensure_ascii=False))
    assert "HH-150" not in "".join(texts) and "东街150户" not in "".join(texts)


def test_cursor_walks_through_everything_once(api) -> None:
    send, seen, path = api("finance"), [], "packages/B/revisions/1/allocations/?size=50"
    while path:
        body = send("get", path)[1]
        seen += [row["party"]["code"] for row in body["results"]]
        path = body["next"] and "/api" + body["next"].split("/api", 1)[1]
    assert len(seen) == 226


def test_bad_cursor_is_a_problem(api) -> None:
    status, body = api("")("get", "packages/?cursor=%FF%FEnonsense")
    assert status == 404 and body["code"] == "not_found"


@pytest.mark.parametrize("rows", ["packages/", "log/"])
def test_cursor_whose_place_is_no_value_is_a_problem(rows: str, api) -> None:
    status, body = api("planner")("get", f"{rows}?cursor={base64.b64encode(b'p=abc').decode()}")
    assert (status, body["status"]) == (404, 404)


@pytest.mark.parametrize("body", ["{", "[]", '"x"', "NaN", '{"body": "\\u0000"}', '{"body": "\\ud800"}'])
def test_hostile_bodies_are_refused(signed_in, body: str) -> None:
    answer = signed_in("resident").post(ROOM + "comments/", body, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer["Content-Type"] == "application/problem+json"


def test_token_opens_the_door_and_can_be_given_back(cast) -> None:
    person = cast("resident")
    person.set_password("a good long word")
    person.save()
    client = Client()
    credentials = {"username": "resident", "password": "a good long word"}
    token = client.post("/api/v1/tokens/", credentials, content_type="application/json").json()["token"]
    headers = {"Authorization": f"Token {token}"}
    assert client.get(ROOM + "mine/", headers=headers).status_code == 200
    assert client.delete("/api/v1/tokens/current/", headers=headers).status_code == 204
    assert client.get(ROOM + "mine/", headers=headers).status_code == 401


def test_wrong_password_is_refused(cast) -> None:
    credentials = {"username": "resident", "password": "wrong"}
    answer = Client().post("/api/v1/tokens/", credentials, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "not_signed_in")


def test_session_needs_the_csrf_token(cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast("resident"), backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.post(ROOM + "comments/", {"body": "x"}, content_type="application/json")
    assert answer.status_code == 403


def test_schema_of_the_case_file_is_served(api) -> None:
    status, body = api("")("get", "/api/schemas/tongchou-case-1.json")
    assert status == 200 and body["$schema"].endswith("2020-12/schema")
    listed = ["/api/schemas/tongchou-case-1.json", "/api/schemas/due-dates-1.json"]
    assert api("")("get", "/api/schemas/")[1] == {"schemas": listed}


def test_refusal_is_json_whatever_was_asked_for(signed_in) -> None:
    headers = {"Accept": "application/x-ndjson"}
    answer = signed_in("auditor").get("/api/v1/rooms/NOWHERE/log/entries.jsonl?format=jsonl", headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_outliers_of_ones_class_are_not_told(api, zhuxi) -> None:
    spread = api("resident")("get", "mine/")[1]["outcomes"][0]["spread"]
    assert set(spread) == {"class", "n", "min", "median", "max", "min_at", "median_at", "max_at", "mine_at"}


def test_money_is_named_as_in_a_case_file(api) -> None:
    send = api("developer")
    draft = send("post", "packages/", {"source": "B"})[1]
    row = {"from": "project", "to": "outside", "category": "tax", "stage": "build", "year": 1, "yuan": "5.00"}
    kept = [{"row": flow["row"]} for flow in draft["document"]["flows"]]
    path, body = f"packages/{draft['package']}/draft/", {"version": draft["version"], "flows": [*kept, row]}
    saved = send("put", path, body)[1]
    assert {key: value for key, value in saved["document"]["flows"][-1].items() if key != "row"} == row
    flows = send("get", "packages/B/revisions/1/flows/")[1]["results"]
    assert {"from", "to"} <= set(flows[0]) and "source" not in flows[0]


def test_unknown_key_of_a_body_is_a_fault(api) -> None:
    status, body = api("resident")("post", "comments/", {"body": "x", "sorce": "B"})
    assert status == 422 and set(body["errors"]) == {"sorce"}


def test_room_tells_ones_own_mandates(api, mandate) -> None:
    rows = api("resident")("get", "")[1]["mandates"]
    assert [(row["party"], row["kind"]) for row in rows] == [("HH-017", "self"), ("HH-018", "proxy")]
    assert api("")("get", "")[1]["mandates"] == []


def test_drafts_are_those_of_ones_own_party(api) -> None:
    code = api("developer")("post", "packages/", {})[1]["package"]
    assert [row["package"] for row in api("developer")("get", "drafts/")[1]["results"]] == [code]
    assert api("planner")("get", "drafts/")[1]["results"] == []


def test_comment_is_searched_agreed_with_and_counted_by_side(api, zhuxi) -> None:
    parcel = zhuxi.plan.parcels.earliest("pk").code
    made = api("resident")("post", "comments/", {"body": "电梯太小", "parcel": parcel})[1]
    quoting = api("finance")("post", "comments/", {"body": "已核实", "quote": made["id"]})[1]
    assert quoting["quote"] == made["id"]
    assert api("developer")("post", f"comments/{made['id']}/agreement/", {})[0] == 204
    rows = api("developer")("get", "comments/?search=梯太&sort=agreed")[1]["results"]
    assert [(row["id"], row["parcel"], row["sides"], row["mine"]) for row in rows] == [
        (made["id"], parcel, {"market": 1}, True)
    ]
    assert api("developer")("delete", f"comments/{made['id']}/agreement/")[0] == 204
    assert api("developer")("get", f"comments/?parcel={parcel}")[1]["results"][0]["agreed"] == 0


def test_most_agreed_first_by_cursor(api, zhuxi) -> None:
    numbers = [api("resident")("post", "comments/", {"body": f"No. {n}"})[1]["id"] for n in range(3)]
    api("developer")("post", f"comments/{numbers[1]}/agreement/", {})
    seen, path = [], "comments/?sort=agreed&size=1"
    while path:
        body = api("")("get", path)[1]
        seen += [row["id"] for row in body["results"]]
        path = body["next"] and "/api" + body["next"].split("/api", 1)[1]
    assert seen == [numbers[1], numbers[2], numbers[0]]


def test_like_comments_are_answered_together_and_linked(api) -> None:
    numbers = [api("resident")("post", "comments/", {"body": f"Loud {n}"})[1]["id"] for n in range(2)]
    body = {"comments": numbers, "verdict": "adopted", "reason": "A wall."}
    status, made = api("planner")("post", "answers/", body)
    assert (status, made["revision"]) == (201, None)
    assert api("planner")("post", "answers/", body)[0] == 409
    linked = api("planner")("put", f"answers/{made['id']}/revision/", {"package": "B"})[1]
    assert linked["revision"] == "B.1"
    rows = api("")("get", "answers/?verdict=adopted")[1]["results"]
    assert [(row["number"], row["who"], row["carried"]) for row in rows] == [(n, "HH-017", "B.1") for n in numbers]
    own = api("resident")("get", "mine/comments/")[1]["results"]
    assert [row["answer"]["reason"] for row in own] == ["A wall.", "A wall."]
