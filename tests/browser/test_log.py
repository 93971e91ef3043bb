"""The auditor reads the log and has it checked by the browser's own cryptography."""

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

import psycopg
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import WITNESS
from tests.browser.test_pages import overflow, seen, violations

pytestmark = pytest.mark.browser
LOG = "/rooms/ZX-03-2026/log/"
MORE = """
INSERT INTO audit_entry (id, scope, time, action, party, object_type, object_id, body)
SELECT key, 'room:ZX-03-2026', clock_timestamp(), 'test.act', 'HH-017', 'thing', n,
       convert_to(format('{"data":{},"number":%s,"time":"2026-11-26T08:00:00Z","v":1}', n), 'UTF8')
FROM (SELECT n, gen_random_uuid() AS key FROM generate_series(1, 2500) AS n) AS made
"""
VERSION = """
UPDATE audit_entry SET body = set_byte(body, length(body) - 2, ascii('{}'))
WHERE scope = 'room:ZX-03-2026' AND index = {}
"""
BROKEN = "UPDATE audit_entry SET body = {} WHERE scope = 'room:ZX-03-2026' AND index = 0"
HASH = """
UPDATE audit_tile SET hashes = set_bit(hashes, 0, 1 - get_bit(hashes, 0))
WHERE scope = 'room:ZX-03-2026' AND level = 0 AND number = 1
"""


# The witness of the product's policy has seen the last checkpoint, and then something else.
SEEN = """
INSERT INTO audit_cosignature (checkpoint_id, witness, line, created)
SELECT id, %s, %s, now() FROM audit_checkpoint WHERE scope = 'room:ZX-03-2026' ORDER BY size DESC LIMIT 1
"""
STANDS = """
INSERT INTO audit_witnessstate (witness, scope, size, failures, due, asked, error, detail)
SELECT %s, scope, size, 1, now(), now(), 'disagrees', '' FROM audit_checkpoint
WHERE scope = 'room:ZX-03-2026' ORDER BY size DESC LIMIT 1
"""


@pytest.fixture(scope="module")
def database(product, tmp_path_factory) -> Iterator[psycopg.Connection]:
    """The product's database by its owner, with more entries than three parts hold, all sealed."""
    with psycopg.connect(product.env["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(MORE)
        product.manage("export_log", "ZX-03-2026", str(tmp_path_factory.mktemp("log") / "bundle.zip"))
        name, key_id, _public = WITNESS.split("+", 2)
        label = f"{name}+{key_id}"
        line = f"— {name} jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dl\n"
        connection.execute(SEEN, [label, line])
        connection.execute(STANDS, [label])
        yield connection


@contextmanager
def past_triggers(connection: psycopg.Connection, do: str, undo: str) -> Iterator[None]:
    """Somebody with full rights changes the database, and changes it back."""
    connection.execute("SET session_replication_role = replica")
    connection.execute(do)
    try:
        yield
    finally:
        connection.execute(undo)


def other_bytes(connection: psycopg.Connection, index: int):
    """The entry at this place claims to be of version 2."""
    return past_triggers(connection, VERSION.format(2, index), VERSION.format(1, index))


def other_hash(connection: psycopg.Connection):
    """One bit of the sealed hash of entry 256 is another."""
    return past_triggers(connection, HASH, HASH)


def check(page) -> list[str]:
    """What the page says once it has checked."""
    page.goto(f"{LOG}check/")
    page.click("main form button[type=submit]")
    expect(page.locator("[data-check-state]")).to_have_text("That is all.", timeout=60_000)
    return page.locator("[data-check-found] li").all_inner_texts()


def test_sound_log_is_found_sound(enter, database, product) -> None:
    page = enter("auditor", locale="en")
    root, signed = check(page)
    kept = database.execute("SELECT root, size FROM audit_checkpoint ORDER BY size DESC LIMIT 1").fetchone()
    assert root.startswith("✓") and root.endswith(kept[0].hex()) and kept[1] > 2500
    printed = product.manage("log_key").split()[1]
    assert signed.startswith("✓") and signed.endswith(printed)
    assert (violations(page), overflow(page)) == ([], 0)


@pytest.mark.parametrize("index", [0, 1500])
def test_changed_entry_is_named_by_its_index(enter, database, index: int) -> None:
    page = enter("auditor", locale="en")
    with other_bytes(database, index):
        differs, named, signed = check(page)
    assert differs.startswith("✗") and signed.startswith("✓")
    assert named == f"✗ Entry {index} is not what was sealed."
    page.click("[data-check-found] a")
    expect(page.locator("h1")).to_have_text(f"Log entry {index}")


def test_changed_hash_too_does_not_name_an_innocent_entry(enter, database) -> None:
    page = enter("auditor", locale="en")
    with other_bytes(database, 300), other_hash(database):
        found = check(page)
    assert "can not be said which" in found[1] and not re.search(r"Entry \d", "".join(found))


def test_foreign_key_and_old_browser_are_told(enter, database) -> None:
    page = enter("auditor", locale="en")
    page.goto(f"{LOG}check/")
    page.fill("#key", "nonsense")
    page.click("main form button[type=submit]")
    expect(page.locator("[data-check-found] li").nth(1)).to_contain_text("no verifier key")
    body = bytes([1]) + bytes(range(32))
    name = "other.example/log"
    digest = sha256(f"{name}\n".encode() + body).hexdigest()[:8]
    page.fill("#key", f"{name}+{digest}+{base64.b64encode(body).decode()}")
    page.click("main form button[type=submit]")
    expect(page.locator("[data-check-found] li").nth(1)).to_contain_text("not signed by this key")
    page.add_init_script(
        "const ask = crypto.subtle.importKey.bind(crypto.subtle);"
        "crypto.subtle.importKey = (form, raw, name, ...more) => name === 'Ed25519'"
        " ? Promise.reject(new DOMException('', 'NotSupportedError')) : ask(form, raw, name, ...more);"
    )
    assert check(page)[1].startswith("– This browser can not check Ed25519")


def test_check_can_be_stopped(enter, database) -> None:
    page = enter("auditor", locale="en")
    page.route("**/leaves.jsonl?from=1024", lambda route: None)
    page.goto(f"{LOG}check/")
    page.click("main form button[type=submit]")
    expect(page.locator("[data-check-state]")).to_contain_text("1024 /")
    page.click("[data-check-cancel]")
    expect(page.locator("[data-check-found]")).to_contain_text("Stopped; nothing is said about the log.")


@pytest.mark.parametrize("phone", [False, True], ids=["1280", "360"])
def test_pages_of_the_log_are_accessible_and_fit(enter, database, phone: bool) -> None:
    page = enter("auditor", phone=phone)
    found = {}
    for path in ("", "?action=vote", "at/0/", "checkpoints/", "check/", "anomalies/", "witnesses/"):
        page.goto(LOG + path)
        name = re.sub(r"\W+", "-", f"log-{path}{360 if phone else 1280}")
        found[path] = seen(page, name)
    assert found == dict.fromkeys(found, ([], 0))


def test_finding_goes_from_the_auditor_to_the_convener_and_back(enter, database, product) -> None:
    auditor, planner = enter("auditor", locale="en", phone=True), enter("planner", locale="en")
    auditor.goto(f"{LOG}at/0/")
    auditor.get_by_role("link", name="Open a finding").click()
    assert seen(auditor, "finding-open") == ([], 0)
    auditor.get_by_label("What you find").fill("Whose case is this?")
    auditor.get_by_role("button", name="Open the finding").click()
    expect(auditor.locator("h1")).to_have_text("Log entry 0")
    auditor.get_by_role("link", name=re.compile("Finding [0-9]+")).click()
    one = auditor.url

    planner.goto(LOG)
    planner.get_by_role("link", name=re.compile("Findings 1 · 1 open")).click()
    assert seen(planner, "findings") == ([], 0)
    planner.get_by_role("link", name=re.compile("Finding [0-9]+")).click()
    planner.get_by_role("link", name="Answer", exact=True).click()
    planner.get_by_label("Your answer").fill("The department's.")
    planner.get_by_role("button", name="Send the answer").click()
    expect(planner.locator(".said").nth(1)).to_have_text("The department's.")

    # The auditor's page has heard of it.
    expect(auditor.get_by_text("Something changed; load the page again")).to_be_visible()
    auditor.goto(one)
    auditor.get_by_role("link", name="Ask again").click()
    auditor.get_by_label("What the answer leaves open").fill("Of which town?")
    auditor.get_by_role("button", name="Ask again").click()
    planner.goto(one)
    planner.get_by_role("link", name="Answer", exact=True).click()
    planner.get_by_label("Your answer").fill("Of Zhuxi.")
    planner.get_by_role("button", name="Send the answer").click()
    auditor.goto(f"{one}close/")
    auditor.get_by_label("Settled: the answer is accepted").check()
    auditor.get_by_label("Reason").fill("That is clear.")
    auditor.get_by_role("button", name="Close the finding").click()
    expect(auditor.locator("main .lead")).to_contain_text("Settled: the answer is accepted")
    assert seen(auditor, "finding") == ([], 0)

    # Somebody changes the first entry so that nothing can read it: its page and the list stay.
    with past_triggers(database, BROKEN.format("set_byte(body, 0, 255)"), BROKEN.format("set_byte(body, 0, 123)")):
        auditor.goto(f"{LOG}at/0/")
        expect(auditor.locator("main .lead")).to_contain_text("can not be read")
        with auditor.expect_download() as taken:
            auditor.get_by_role("link", name="Take the bytes away").click()
        assert taken.value.path().read_bytes()[:1] == b"\xff"
        assert seen(auditor, "unreadable") == ([], 0)
    # The page waits for the checks, which the scheduler starts.
    planner.goto(f"{LOG}anomalies/")
    product.manage("shell", "--command", "from negotiation.tasks import reviews_pending; reviews_pending()")
    expect(planner.get_by_text(re.compile("All [0-9]+ sealed entries are checked"))).to_be_visible(timeout=60_000)
