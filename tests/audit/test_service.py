"""The product as it runs: pages under the web's role, sealing by the worker under its own, a witness that is asked."""

import time
import urllib.request
from pathlib import Path
from threading import Thread

import psycopg

from tests.product import running
from tongchou_verify.cosignatures import check_cosignatures
from tongchou_verify.serving import server
from tongchou_verify.witness import make_witness

SEALED = "SELECT note FROM audit_checkpoint WHERE scope = 'site'"
COSIGNED = """
SELECT note || line FROM audit_checkpoint JOIN audit_cosignature c ON c.checkpoint_id = audit_checkpoint.id
WHERE scope = 'site' AND witness <> ''
"""


def test_running_product_seals_under_its_roles_and_asks_its_witness(tmp_path: Path) -> None:
    witness = make_witness(tmp_path / "witness", "w.example.org/1")
    with server(witness, "127.0.0.1", 0) as found:
        Thread(target=found.serve_forever, args=[0.05], daemon=True).start()
        (tmp_path / "policy").write_text(f"witness w1 {witness.key.text} http://127.0.0.1:{found.server_port}\n")
        settings = {"LOG_WITNESSES": str(tmp_path / "policy")}
        with running("roles", **settings) as product, psycopg.connect(product.env["DATABASE_URL"]) as database:
            database.autocommit = True
            product.manage("add_person", "newcomer", "Newcomer", "--email", "n@example.org")
            wait_for(database, SEALED)
            page = urllib.request.urlopen(f"{product.address}/log/key/").read().decode()
            assert product.manage("log_key").split()[1] in page
            # The witness learns the key, and is asked after the next seal.
            key = product.manage("log_key", "--all").split()[-1]
            (tmp_path / "witness" / "logs").write_text(f"log {key}\n")
            database.execute("DELETE FROM audit_witnessstate")
            product.manage("add_person", "another", "Another", "--email", "a@example.org")
            note = wait_for(database, COSIGNED)
            assert list(check_cosignatures(note.encode(), [witness.key])) == [witness.key]
            assert "w1" in product.manage("witnesses")
        found.shutdown()


def wait_for(database: psycopg.Connection, statement: str) -> str:
    end = time.monotonic() + 60
    while (row := database.execute(statement).fetchone()) is None:
        assert time.monotonic() < end, f"nothing came of {statement}"
        time.sleep(0.2)
    return str(row[0])
