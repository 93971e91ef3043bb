"""A secret vote from the naming of trustees to the result, at 360 and at 1280 px."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.test_results import ROOM, close_at, good, seen
from tests.negotiation.ballots import RULE, TRUSTEES, passphrase
from tests.product import Product, running

pytestmark = pytest.mark.browser
SET_RULE = f"""
from negotiation.models import Room
Room.objects.filter(code="ZX-03-2026").update(rule={RULE!r})
"""
OTHERS_VOTE = """
from django.db import transaction
from accounts.models import Mandate
from negotiation.models import Ballot
from tests.negotiation.ballots import many
mandate = Mandate.objects.filter(user__username="neighbour")[0]
with transaction.atomic():
    many(Ballot.objects.get(), ["yes", "no", "yes", "yes", "abstain"], mandate)
"""
CLOSE = """
from django.utils import timezone
from negotiation.models import Ballot
from negotiation.tasks import close_due_ballots
Ballot.objects.update(closes_at=timezone.now())
close_due_ballots()
"""


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    """One of its own: its room decides in secret."""
    with running("secret") as found:
        yield found


def submit(page) -> None:
    page.click("main form .btn-primary")
    page.wait_for_load_state("networkidle")


def test_secret_vote(enter, product) -> None:
    product.manage("shell", "-c", SET_RULE)
    planner, resident = enter("planner"), enter("resident", phone=True)
    good(seen(planner, "secret-nobody", ROOM + "trustees/"), seen(planner, "secret-rule", ROOM + "rule/"))
    planner.goto(ROOM + "trustees/")
    planner.fill("textarea[name=usernames]", "\n".join(TRUSTEES))
    submit(planner)
    keepers = [enter(name, phone=True) for name in TRUSTEES]
    good(seen(keepers[0], "secret-accept-phone", ROOM + "trustees/accept/"))
    for page, name in zip(keepers, TRUSTEES, strict=True):
        page.goto(ROOM + "trustees/accept/")
        page.fill("input[name=passphrase]", passphrase(name))
        page.fill("input[name=again]", passphrase(name))
        submit(page)
    good(
        seen(planner, "secret-trustees", ROOM + "trustees/"),
        seen(resident, "secret-trustees-phone", ROOM + "trustees/"),
    )
    planner.goto(ROOM + "packages/B/ballot/")
    close_at(planner, 3600)
    good(seen(planner, "secret-open"))
    submit(planner)
    resident.goto(ROOM + "ballots/")
    ballot = resident.url
    good(seen(resident, "secret-ballot-phone"))
    resident.click(".choice-yes")
    good(seen(resident, "secret-vote-phone"))
    submit(resident)
    mark = resident.locator("main code").inner_text()
    assert len(mark) == 32
    good(seen(resident, "secret-mark-phone"))
    product.manage("shell", "-c", OTHERS_VOTE)
    product.manage("shell", "-c", CLOSE)
    good(seen(planner, "secret-closed", ballot))
    good(seen(keepers[1], "secret-share-phone", ballot + "share/"))
    for page, name in list(zip(keepers, TRUSTEES, strict=True))[:2]:
        page.goto(ballot + "share/")
        page.fill("input[name=passphrase]", passphrase(name))
        submit(page)
    good(seen(planner, "secret-opened", ballot), seen(resident, "secret-opened-phone", ballot))
    planner.goto(ballot + "decide/")
    planner.click("main form .btn-danger")
    planner.wait_for_url(ballot)
    good(seen(planner, "secret-result", ballot + "result/"), seen(resident, "secret-result-phone", ballot + "result/"))
    with resident.expect_download() as download:
        resident.locator("section a[href$='board.csv']").first.click()
    assert f"{mark},yes" in download.value.path().read_text("utf-8")
    expect(resident.locator("main")).not_to_contain_text(mark)
