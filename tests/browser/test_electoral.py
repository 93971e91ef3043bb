"""The electoral roll in the browser: published, objected to on a phone, answered and corrected, read by all."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.browser.test_pages import ROOM, seen
from tests.product import Product, running

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    """One of its own: while the roll lies open no vote may open in its room."""
    with running("electoral") as found:
        yield found


def test_roll_is_published_contested_and_corrected(enter) -> None:
    found = {}
    planner = enter("planner")
    planner.goto(f"{ROOM}roll/")
    found["before"] = seen(planner, "roll-before")
    planner.goto(f"{ROOM}roll/publish/")
    planner.fill("[name=published_on]", (timezone.localdate() + timedelta(days=1)).isoformat())
    planner.fill("[name=place]", "街道办公告栏")
    found["publish"] = seen(planner, "roll-publish")
    planner.click("main form .btn-primary")
    found["planner"] = seen(planner, "roll-planner")
    resident = enter("resident", phone=True)
    resident.goto(f"{ROOM}mine/")
    found["mine"] = seen(resident, "roll-mine")
    resident.goto(f"{ROOM}roll/")
    for details in resident.locator("main details").all():
        details.locator("summary").click()
    found["resident"] = seen(resident, "roll-resident")
    resident.click("a[href*='object/?party=HH-017']")
    resident.fill("[name=text]", "房产证上是 90 平方米")
    found["object"] = seen(resident, "roll-object")
    resident.click("main form .btn-primary")
    found["objections"] = seen(resident, "roll-objections")
    planner.goto(f"{ROOM}roll/objections/")
    planner.click("main .btn-primary")
    planner.check("[value=upheld]")
    planner.fill("[name=reason]", "以房产证为准")
    found["answer"] = seen(planner, "roll-answer")
    planner.click("main form .btn-primary")
    planner.click("main .btn-primary")
    planner.fill("[name=floor_area]", "90")
    planner.fill("[name=reason]", "以房产证为准")
    found["correct"] = seen(planner, "roll-correct")
    planner.click("main form .btn-primary")
    found["corrected"] = seen(planner, "roll-corrected")
    resident.goto(f"{ROOM}roll/")
    found["own"] = seen(resident, "roll-own")
    assert "90.00" in resident.inner_text("main")
    planner.goto(f"{ROOM}roll/posting/")
    found["posting"] = seen(planner, "roll-posting")
    planner.goto(f"{ROOM}procedure/")
    found["procedure"] = seen(planner, "roll-procedure")
    assert found == dict.fromkeys(found, ([], 0))
