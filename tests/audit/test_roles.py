"""The roles of least right: what each may do with the log, and that the database holds it against whoever asks."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from django.apps import apps
from django.core.management import CommandError
from django.db import IntegrityError, ProgrammingError, connection, transaction
from psycopg import sql

from audit import log, sequencer
from audit.models import Commitment, Cosignature, Entry
from audit.roles import ERASER, LOG, MAKE, ROLES, SEQUENCER, WEB, WORKER, acting_as, establish
from tests.audit.test_sequencer import SCOPE, check_whole, write

pytestmark = pytest.mark.django_db
TABLES = ("audit_entry", "audit_commitment", "audit_tile", "audit_checkpoint", "audit_cosignature", "audit_key")
CHANGES = (
    *(f"DELETE FROM {table}" for table in TABLES),  # noqa: S608
    *(f"TRUNCATE {table} CASCADE" for table in TABLES),
    "UPDATE audit_entry SET body = 'x'",
    "UPDATE audit_entry SET time = time - interval '1 day'",
    "UPDATE audit_entry SET index = 1000 - index",
    "UPDATE audit_entry SET index = NULL",
    "UPDATE audit_commitment SET digest = 'x'",
    "UPDATE audit_commitment SET content = 'x'",
    "UPDATE audit_commitment SET content = NULL, salt = NULL",
    "UPDATE audit_checkpoint SET root = 'x'",
    "UPDATE audit_cosignature SET line = 'x'",
    "UPDATE audit_key SET public = 'x'",
    "UPDATE audit_tile SET hashes = 'x'",
)
SEALING = (
    "INSERT INTO audit_checkpoint (scope, size, root, note, created) VALUES ('x', 1, 'x', 'x', now())",
    "INSERT INTO audit_tile (scope, level, number, hashes) VALUES ('x', 0, 0, 'x')",
    "INSERT INTO audit_key (public, added) VALUES ('x', now())",
    "UPDATE audit_entry SET index = 7 WHERE index IS NULL",
)
OUTSIDE = (
    "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
    "DROP TRIGGER audit_entry_unchanging ON audit_entry",
    "CREATE TABLE public.mine (x int)",
    "SET session_replication_role = replica",
    "DELETE FROM django_migrations",
)


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def sealed() -> None:
    """Some sealed entries and one that waits, each with a commitment, and the triggers as in service."""
    for number in range(4):
        with transaction.atomic():
            log.append(SCOPE, "test.act", None, "thing", number, {"who": log.Private.text("Wang")})
        if number < 3:
            sequencer.sequence(SCOPE)
    checkpoint = sequencer.last_checkpoint(SCOPE)
    Cosignature.objects.create(checkpoint=checkpoint, line="— somebody else\n")
    run("SET CONSTRAINTS ALL IMMEDIATE")
    for table in TABLES:
        run(f"ALTER TABLE {table} ENABLE TRIGGER ALL")


def content() -> list[object]:
    with connection.cursor() as cursor:
        found: list[object] = []
        for table in TABLES:
            cursor.execute(f"SELECT to_jsonb(t) FROM {table} t ORDER BY 1")  # noqa: S608
            found.append(cursor.fetchall())
        return found


def done(statements: Sequence[str], refusal: type[Exception] | tuple[type[Exception], ...], role: str) -> list[str]:
    """Those of the statements that were not refused."""
    went_through = []
    for statement in statements:
        try:
            with transaction.atomic(), acting_as(role):
                run(statement)
        except refusal:
            continue
        went_through.append(statement)
    return went_through


@pytest.mark.parametrize("role", ROLES)
def test_no_role_changes_what_was_written(sealed, role: str) -> None:
    before = content()
    assert done(CHANGES + OUTSIDE, (ProgrammingError, IntegrityError), role) == []
    assert content() == before


@pytest.mark.parametrize("role", [WEB, WORKER, ERASER])
def test_only_the_sequencer_seals(sealed, role: str) -> None:
    assert done(SEALING, ProgrammingError, role) == []


def test_triggers_refuse_the_owner_and_the_superuser_too(sealed) -> None:
    before = content()
    assert done(CHANGES, IntegrityError, "NONE") == []
    assert content() == before


def test_key_only_ends() -> None:
    write(1)
    sequencer.sequence(SCOPE)
    with pytest.raises(IntegrityError), transaction.atomic():
        run("UPDATE audit_key SET public = 'x'")
    run("UPDATE audit_key SET ended = now()")
    with pytest.raises(IntegrityError), transaction.atomic():
        run("UPDATE audit_key SET ended = NULL")


@pytest.mark.parametrize("role", [WEB, WORKER])
def test_an_act_is_written_under_the_role_and_sealed_by_the_sequencers(role: str) -> None:
    with transaction.atomic(), acting_as(role):
        log.append(SCOPE, "test.act", None, "thing", 1, {"who": log.Private.text("Wang")})
    assert sequencer.sequence(SCOPE) == 1 and check_whole() == 1


def test_sequencer_sets_a_place_once(sealed) -> None:
    with acting_as(SEQUENCER):
        assert Entry.objects.filter(scope=SCOPE, index=None).update(index=3) == 1
        with pytest.raises(IntegrityError), transaction.atomic():
            Entry.objects.filter(scope=SCOPE, index=3).update(index=4)


def test_eraser_needs_an_entry_that_says_why(sealed) -> None:
    commitment, other = Commitment.objects.filter(entry__scope=SCOPE).order_by("pk")[:2]
    why = log.append(SCOPE, "log.erase", None, "person", 1, {"ground": "law", "count": 1})
    not_why = log.append(SCOPE, "test.act", None, "thing", 1)
    with acting_as(ERASER):
        for row, entry in ((other, not_why), (other, None)):
            with pytest.raises(IntegrityError), transaction.atomic():
                Commitment.objects.filter(pk=row.pk).update(salt=None, content=None, erasure=entry)
        assert Commitment.objects.filter(pk=commitment.pk).update(salt=None, content=None, erasure=why) == 1
        with pytest.raises(IntegrityError), transaction.atomic():
            Commitment.objects.filter(pk=commitment.pk).update(erasure=None)


def test_role_ends_with_its_block_and_with_a_failure() -> None:
    def now() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            return str(cursor.fetchone()[0])

    owner = now()
    with transaction.atomic(), acting_as(SEQUENCER):
        assert now() == SEQUENCER
    assert now() == owner
    with pytest.raises(RuntimeError), transaction.atomic(), acting_as(SEQUENCER):
        raise RuntimeError
    assert now() == owner


def test_every_table_of_the_log_has_its_rights_written_down() -> None:
    made = {model._meta.db_table for model in apps.get_app_config("audit").get_models()}
    assert made == set(LOG) - {"django_migrations"}


def test_every_other_table_is_the_products_to_write() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT tablename, role FROM pg_tables, unnest(%s::text[]) role
            WHERE schemaname = 'public' AND NOT tablename = ANY(%s::text[])
              AND NOT (has_table_privilege(role, tablename, 'SELECT') AND has_table_privilege(role, tablename, 'INSERT')
                AND has_table_privilege(role, tablename, 'UPDATE') AND has_table_privilege(role, tablename, 'DELETE'))
            """,
            [[WEB, WORKER], list(LOG)],
        )
        assert cursor.fetchall() == []


def test_rights_come_back_after_a_restore_without_them() -> None:
    run(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {WEB}")
    run(f"GRANT DELETE ON audit_entry TO {WEB}")
    establish()
    with acting_as(WEB):
        run("SELECT 1 FROM audit_entry")
        with pytest.raises(ProgrammingError), transaction.atomic():
            run("DELETE FROM audit_entry")


class TestCluster:
    """Roles are the cluster's: several databases make them at once, and not every owner may."""

    OWN = ("tongchou_try_one", "tongchou_try_two")

    @pytest.fixture
    def names(self) -> Iterator[tuple[str, ...]]:
        self.drop()
        yield self.OWN
        self.drop()

    def drop(self) -> None:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
            for name in (*self.OWN, "tongchou_try_owner"):
                server.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(name)))

    def make(self, database: str) -> None:
        with psycopg.connect(os.environ["DATABASE_URL"], dbname=database) as server:
            for name in self.OWN:
                server.execute(MAKE.format(role=name))

    def test_databases_of_one_cluster_make_them_at_the_same_time(self, names) -> None:
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(self.make, ["postgres", "template1", "tongchou"] * 4))
        with psycopg.connect(os.environ["DATABASE_URL"]) as server:
            found = server.execute("SELECT count(*) FROM pg_roles WHERE rolname = ANY(%s)", [list(names)]).fetchone()
        assert found == (2,)

    @contextmanager
    def owner(self, rights: str) -> Iterator[psycopg.Connection]:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
            server.execute(f"CREATE ROLE tongchou_try_owner {rights}")
            server.execute("SET SESSION AUTHORIZATION tongchou_try_owner")
            yield server

    def test_owner_who_may_create_roles_makes_them_and_takes_them(self, names) -> None:
        with self.owner("NOSUPERUSER CREATEROLE") as server:
            for _again in range(2):
                server.execute(MAKE.format(role=names[0]))
            server.execute(f"SET ROLE {names[0]}")
            assert server.execute("SELECT current_user").fetchone() == (names[0],)
            server.execute("RESET ROLE")
            server.execute(f"DROP ROLE {names[0]}")

    def test_owner_who_may_not_is_told_what_to_do(self, names) -> None:
        run("CREATE ROLE tongchou_try_owner NOSUPERUSER NOCREATEROLE")
        with pytest.raises(CommandError) as refusal, transaction.atomic():
            run("SET LOCAL SESSION AUTHORIZATION tongchou_try_owner")
            establish()
        text = str(refusal.value)
        assert "CREATEROLE" in text
        assert all(f"CREATE ROLE {role} NOLOGIN; GRANT {role} TO " in text for role in ROLES)


@pytest.mark.parametrize(
    ("start", "role"),
    [("import config.asgi", WEB), ("import os; os.environ['DATABASE_ROLE'] = 'tongchou_worker'", WORKER)],
)
def test_processes_connect_under_their_role(start: str, role: str) -> None:
    script = f"{start}; import django; django.setup(); from django.db import connection as c; k = c.cursor(); "
    script += "k.execute('SELECT current_user'); print(k.fetchone()[0]); c.close(); c.close_pool()"
    address = os.environ["DATABASE_URL"].replace("/tongchou", f"/{connection.settings_dict['NAME']}", 1)
    environment = os.environ | {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == role, done.stderr


def test_separate_login_can_not_leave_its_role(sealed) -> None:
    """What SET ROLE alone does not give: a login that is a member of one role only has no other to go back to."""
    run("CREATE ROLE tongchou_try_login NOSUPERUSER")
    run(f"GRANT {WEB} TO tongchou_try_login")
    run("SET LOCAL SESSION AUTHORIZATION tongchou_try_login")
    leave: list[Callable[[], None]] = [
        lambda: run(f"SET LOCAL ROLE {SEQUENCER}"),
        lambda: run("SET LOCAL ROLE NONE; DELETE FROM audit_entry"),
        lambda: run("RESET ROLE; UPDATE audit_entry SET index = 9 WHERE index IS NULL"),
    ]
    for attempt in leave:
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            attempt()
