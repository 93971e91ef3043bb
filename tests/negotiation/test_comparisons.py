"""How the packages stand to each other: computed over what is on the table, kept by digest, the same everywhere."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from accounts.refusals import NotAllowed, WrongPhase
from audit.models import Entry
from negotiation import comparisons, packages, scorecards, scoring
from negotiation.casedump import dump_case
from negotiation.models import Comparison, Package, Revision, Room, Scorecard
from negotiation.queries.packages import latest
from negotiation.terms import digest
from tests.negotiation.test_statements import more_packages
from tests.staging import DEMO

PAGE, API = "/rooms/ZX-03-2026/compare/", "/api/v1/rooms/ZX-03-2026/"
EARLIER = "0.9.0"


def kept(room: Room) -> Comparison:
    return comparisons.found_comparison(room, comparisons.read_table(room))


def asked(room: Room) -> Comparison | None:
    """What a job finds after the packages were asked to be compared."""
    with transaction.atomic():
        comparisons.request_comparison(room)
    return comparisons.compute_comparison(room)


def put_on_table(developer, room: Room) -> Revision:
    """A copy of package B as the developer's own, not scored yet."""
    draft = packages.start_package(developer, room, source=latest(room).get(package__code="B"))
    return packages.submit_package(developer, draft, draft.version)


def fail(revision: Revision) -> None:
    Scorecard.objects.filter(revision=revision).update(state="failed", error="no such item")


def by_engine(room: Room, engine: str) -> Comparison:
    """The room's comparison as another engine would have left it."""
    found = kept(room)
    Comparison.objects.filter(pk=found.pk).update(engine=engine, digest="0" * 64)
    return Comparison.objects.get(pk=found.pk)


def table(answer) -> dict[str, list[str]]:
    """Label → figures of the rows of a page's tables, as exact as they stand there."""
    rows = re.findall(r"<tr[^>]*><th[^>]*>(?:<span>)?(.*?)</tr>", answer.content.decode(), re.S)
    return {re.split(r"\s*<", row)[0]: re.findall(r'<data value="([^"]*)"', row) for row in rows}


def words(answer) -> str:
    """A page's text on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


# The same numbers everywhere


@pytest.mark.parametrize("code", ["ZX-03-2026", "HK-2026"])
def test_document_is_that_of_the_command(code: str, signed_in, cast) -> None:
    expected = scoring.cards(dump_case(Room.objects.get(code=code)))["comparison"]
    answer = signed_in("resident").get(f"/api/v1/rooms/{code}/comparison/").json()
    assert answer["comparison"] == expected
    assert (answer["state"], answer["engine"], answer["newer"], answer["left_out"]) == ("done", "1.0.0", None, [])


def test_demo_in_a_room_has_the_digest_of_its_file(zhuxi) -> None:
    case = json.loads((DEMO / "zhuxi.json").read_text(encoding="utf-8"))
    assert kept(zhuxi).document == scoring.cards(case)["comparison"] == scoring.compare(case)


def test_figures_of_the_page_are_those_of_the_document(signed_in, zhuxi) -> None:
    found = scoring.cards(dump_case(zhuxi))
    standings, cards = found["comparison"]["packages"], {row["package"]: row for row in found["cards"]}
    rows = table(signed_in("resident").get(f"{PAGE}?p=A&p=B&p=C"))

    def figures(key: str) -> list[float]:
        return [standings[code][key] for code in "ABC" if key in standings[code]]

    assert [float(text) for text in rows["Smallest gain of a side over no agreement"]] == figures("egalitarian")
    assert [float(text) for text in rows["All gains together"]] == figures("utilitarian")
    assert [float(text) for text in rows["Nash measure"]] == figures("nash")
    assert [float(text) for text in rows["Kalai–Smorodinsky measure"]] == figures("kalai_smorodinsky")
    assert figures("utilitarian") == [cards[code]["fairness"]["total"]["gain"] for code in "ABC"]
    npv = [cards[code]["balance"]["project"]["npv"] for code in "ABC"]
    assert [float(text) for text in rows["Project, present value"]] == npv


def test_rows_of_the_api_are_those_of_the_page(signed_in, zhuxi) -> None:
    lines = signed_in("resident").get(f"{API}compare/?p=B&p=C").json()
    by_label = {line["label"]: line for line in lines}
    standings = kept(zhuxi).document["packages"]
    assert [cell["value"] for cell in by_label["Nash measure"]["cells"]] == [standings[c]["nash"] for c in "BC"]
    page = signed_in("resident").get(f"{PAGE}?p=B&p=C")
    shown = [line for group in ("different", "same") for line in page.context["lines"][group]]
    shown += [line for group in ("different", "same") for line in page.context["measures"][group]]
    assert sorted(line.label for line in shown) == sorted(by_label)


def test_absent_figures_say_why(signed_in, cast) -> None:
    rows = {line["label"]: line for line in signed_in("").get(f"{API}compare/").json()}
    failing = rows["Nash measure"]["cells"][0]
    assert (failing["text"], failing["value"], failing["reason"]) == ("—", None, "does not pass the gates")
    text = words(signed_in("planner").get("/rooms/HK-2026/compare/"))
    assert "— a side gains nothing over no agreement" in text
    assert "Under B everyone does at least as well, and someone better." in text
    assert "The platform never ranks them" in text


def test_rows_that_do_not_differ_are_folded(signed_in, zhuxi) -> None:
    page = signed_in("planner").get(f"{PAGE}?p=B&p=C")
    lines = page.context["lines"]
    assert all(line.differs for line in lines["different"]) and not any(line.differs for line in lines["same"])
    folded = page.content.decode().split("The same in all of them", 1)[1].split("</details>")[0]
    assert all(line.label in folded for line in lines["same"]) and lines["same"]
    lone = signed_in("planner").get(f"{PAGE}?p=B").context
    assert lone["lines"]["same"] == lone["measures"]["same"] == []


def test_four_stand_side_by_side_and_a_fifth_is_said_to_be_left_out(signed_in, mandate, zhuxi) -> None:
    more_packages(zhuxi, mandate("planner"), 2)
    page = signed_in("planner").get(f"{PAGE}?p=A&p=B&p=C&p=X0")
    assert page.context["chosen"] == ["A", "B", "C", "X0"] and not page.context["cut"]
    page = signed_in("planner").get(f"{PAGE}?p=A&p=B&p=C&p=X0&p=X1")
    assert page.context["chosen"] == ["A", "B", "C", "X0"] and "Only 4 packages" in words(page)
    assert len(signed_in("").get(f"{API}compare/?p=A&p=B&p=C&p=X0&p=X1").json()[0]["cells"]) == 4


# When it is computed


def test_new_package_is_compared_once_its_card_is_done(mandate, zhuxi, signed_in) -> None:
    revision = put_on_table(mandate("developer"), zhuxi)
    assert comparisons.compute_comparison(zhuxi) is None
    page = signed_in("resident").get(PAGE)
    assert "The comparison waits for the scorecards." in words(page) and "Nash measure" not in words(page)
    assert signed_in("resident").get(f"{API}comparison/").json()["state"] == "pending"
    scorecards.compute_card(revision)
    found = comparisons.compute_comparison(zhuxi)
    assert (found.state, found.packages) == ("done", {"A": 1, "B": 1, "C": 1, "D": 1})
    assert found.document == scoring.cards(dump_case(zhuxi))["comparison"]


def test_earlier_comparison_stays(mandate, zhuxi) -> None:
    first = kept(zhuxi)
    scorecards.compute_card(put_on_table(mandate("developer"), zhuxi))
    second = comparisons.compute_comparison(zhuxi)
    rows = Comparison.objects.filter(room=zhuxi).order_by("pk")
    assert [(row.pk, row.digest) for row in rows] == [(first.pk, first.digest), (second.pk, second.digest)]


def test_same_input_is_kept_and_logged_once(zhuxi) -> None:
    first = kept(zhuxi)
    before = Entry.objects.filter(action="comparison.score").count()
    assert asked(zhuxi) == first
    assert comparisons.compute_comparison(zhuxi) is None
    assert Comparison.objects.filter(room=zhuxi).count() == 1
    assert Entry.objects.filter(action="comparison.score").count() == before


def test_revision_without_a_change_is_covered_by_the_same_comparison(zhuxi, mandate) -> None:
    first, planner = kept(zhuxi), mandate("planner")
    draft = packages.revise_package(planner, Package.objects.get(room=zhuxi, code="B"))
    scorecards.compute_card(packages.submit_package(planner, draft, draft.version))
    again = comparisons.compute_comparison(zhuxi)
    assert (again.pk, again.digest, again.packages) == (first.pk, first.digest, {"A": 1, "B": 2, "C": 1})
    assert kept(zhuxi) == again and comparisons.under_way(zhuxi) is None


def test_entry_says_what_was_compared(zhuxi) -> None:
    entry = Entry.objects.get(action="comparison.score", scope="room:ZX-03-2026")
    body, found = json.loads(bytes(entry.body)), kept(zhuxi)
    assert body["data"] == {
        "digest": found.digest,
        "engine": "1.0.0",
        "packages": {"A": 1, "B": 1, "C": 1},
        "sha256": digest(found.document),
    }
    assert body["object"] == {"id": str(found.pk), "type": "comparison"}


def test_package_that_can_not_be_scored_is_left_out(zhuxi, signed_in) -> None:
    fail(latest(zhuxi).get(package__code="C"))
    found = asked(zhuxi)
    assert found.packages == {"A": 1, "B": 1}
    case = dump_case(zhuxi)
    assert found.document == scoring.compare({**case, "packages": case["packages"][:2]})
    page = words(signed_in("resident").get(f"{PAGE}?p=B&p=C"))
    assert "Left out, because scoring failed: C" in page and "— could not be scored" in page
    assert signed_in("").get(f"{API}comparison/").json()["left_out"] == ["C"]


def test_failed_card_asks_for_a_comparison_of_the_others(zhuxi, mandate) -> None:
    revision = put_on_table(mandate("developer"), zhuxi)
    revision.flows.filter(category="construction").update(year=99)
    card = scorecards.compute_card(Revision.objects.select_related("package__room__plan").get(pk=revision.pk))
    assert card.state == "failed"
    assert comparisons.compute_comparison(zhuxi).packages == {"A": 1, "B": 1, "C": 1}


def test_room_without_a_scored_package_has_nothing_to_compare(zhuxi, signed_in) -> None:
    Scorecard.objects.filter(revision__package__room=zhuxi).update(state="failed")
    assert asked(zhuxi) is None
    assert not Comparison.objects.filter(room=zhuxi).exclude(state="done").exists()
    answer = signed_in("").get(f"{API}comparison/").json()
    assert (answer["state"], answer["comparison"]) == (None, None)
    assert "There is nothing to compare yet." in words(signed_in("planner").get(PAGE))


def test_only_the_last_packages_are_compared(zhuxi, mandate, signed_in) -> None:
    more_packages(zhuxi, mandate("planner"), comparisons.MOST)
    found = asked(zhuxi)
    assert sorted(found.packages) == sorted(f"X{number}" for number in range(comparisons.MOST))
    page = words(signed_in("resident").get(f"{PAGE}?p=A&p=X1"))
    assert f"not among the {comparisons.MOST} packages last put on the table" in page


# When it fails, and by which engine


def test_comparison_that_failed_is_asked_for_again(zhuxi, mandate, signed_in) -> None:
    with pytest.raises(WrongPhase) as refusal:
        comparisons.retry_comparison(mandate("resident"), zhuxi)
    assert refusal.value.code == "comparison_current"
    rate = zhuxi.plan.discount_rate
    Comparison.objects.filter(room=zhuxi).delete()
    zhuxi.plan.discount_rate = -2
    assert asked(zhuxi).state == "failed"
    client = signed_in("resident")
    assert "The comparison could not be computed: /plan/discount_rate" in words(client.get(PAGE))
    assert client.post(f"{PAGE}retry/").status_code == 302
    assert client.post(f"{PAGE}retry/").status_code == 409
    assert Entry.objects.filter(action="comparison.retry").count() == 1
    zhuxi.plan.discount_rate = rate
    assert comparisons.compute_comparison(zhuxi).state == "done"


def test_new_card_asks_again_after_a_failure(zhuxi) -> None:
    Comparison.objects.create(room=zhuxi, engine=scoring.ENGINE, state="failed", error="full disk")
    comparisons.request_comparison(zhuxi)
    assert [(row.state, row.error) for row in Comparison.objects.exclude(state="done")] == [("pending", "")]


def test_comparison_of_an_earlier_engine_is_told_and_renewed(zhuxi, signed_in) -> None:
    earlier, client = by_engine(zhuxi, EARLIER), signed_in("resident")
    assert "Computed by engine 0.9.0; today's is 1.0.0." in words(client.get(PAGE))
    answer = client.post(f"{API}comparison/retry/", {}, content_type="application/json")
    told = {key: answer.json()[key] for key in ("state", "engine", "todays_engine", "newer")}
    assert (answer.status_code, told["state"]) == (202, "done")
    assert told == {"state": "done", "engine": EARLIER, "todays_engine": "1.0.0", "newer": "pending"}
    page = words(client.get(PAGE))
    assert "The comparison is being computed anew" in page and "Nash measure" in page
    renewed = comparisons.compute_comparison(zhuxi)
    assert kept(zhuxi) == renewed != earlier and Comparison.objects.filter(pk=earlier.pk).exists()


def test_failure_does_not_hide_an_earlier_engines_comparison(zhuxi, signed_in) -> None:
    by_engine(zhuxi, EARLIER)
    Comparison.objects.create(room=zhuxi, engine=scoring.ENGINE, state="failed", error="full disk")
    page = words(signed_in("resident").get(PAGE))
    assert "could not be computed anew: full disk" in page and "Nash measure" in page and "Try again" in page


def test_who_has_no_role_asks_for_nothing(zhuxi, mandate) -> None:
    elsewhere = mandate("resident", "HK-2026")
    with pytest.raises(NotAllowed):
        comparisons.retry_comparison(elsewhere, zhuxi)


# Two jobs at once


@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_once_keep_one_comparison(zhuxi) -> None:
    Comparison.objects.filter(room=zhuxi).delete()
    before = Entry.objects.filter(action="comparison.score").count()
    with transaction.atomic():
        comparisons.request_comparison(zhuxi)

    def compute(_number: int) -> None:
        comparisons.compute_comparison(Room.objects.select_related("plan__unit__region").get(pk=zhuxi.pk))
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(compute, range(4)))
    assert Comparison.objects.get(room=zhuxi).state == "done"
    assert Entry.objects.filter(action="comparison.score").count() == before + 1


@pytest.mark.django_db(transaction=True)
def test_what_was_computed_over_an_earlier_table_is_not_kept(zhuxi, mandate) -> None:
    """A package is put on the table while the job computes: what the job found is already past."""
    developer, room = mandate("developer"), Room.objects.select_related("plan__unit__region").get(pk=zhuxi.pk)
    Comparison.objects.filter(room=zhuxi).delete()
    draft = packages.start_package(developer, zhuxi, source=latest(zhuxi).get(package__code="B"))
    with transaction.atomic():
        comparisons.request_comparison(zhuxi)

    def compute() -> str:
        found = comparisons.compute_comparison(room)
        connection.close()
        return found.state

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            revision = packages.submit_package(developer, draft, draft.version)
            job = pool.submit(compute)
            wait_until_somebody_waits()
        assert job.result() == "running"
    scorecards.compute_card(revision)
    assert comparisons.compute_comparison(room).packages == {"A": 1, "B": 1, "C": 1, "D": 1}


def wait_until_somebody_waits() -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            if cursor.fetchone():
                return
        time.sleep(0.05)
    raise AssertionError("nobody waits for the room")


def test_package_code_may_be_any_word(zhuxi, signed_in) -> None:
    """A map of codes is no place for a template's own words."""
    Package.objects.filter(room=zhuxi, code="A").update(code="items")
    asked(zhuxi)
    assert "Compared: B.1、C.1、items.1" in words(signed_in("").get(PAGE))
