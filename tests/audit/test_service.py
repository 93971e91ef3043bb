"""The product as it runs: pages under the web's role, sealing by the worker under the sequencer's."""

import time
import urllib.request

import psycopg

from tests.product import running


def test_running_product_seals_under_its_roles() -> None:
    with running("roles") as product, psycopg.connect(product.env["DATABASE_URL"], autocommit=True) as database:
        product.manage("add_person", "newcomer", "Newcomer", "--email", "n@example.org")
        end = time.monotonic() + 60
        while not database.execute("SELECT 1 FROM audit_checkpoint WHERE scope = 'site'").fetchone():
            assert time.monotonic() < end, "nothing was sealed"
            time.sleep(0.2)
        page = urllib.request.urlopen(f"{product.address}/log/key/").read().decode()
        assert product.manage("log_key").split()[1] in page
