"""The database's roles of least right, and what each may do.

DATABASE_URL connects as the owner of the tables, who migrates. The web server and the worker take a role when they
connect (`DATABASE_ROLE`); sealing and erasing take one of their own for their transaction (`acting_as`). Roles belong
to the whole cluster, rights to one database: both are made sure of after every `migrate`, so that a new table and a
restored dump have them too. docs/decisions/0029-database-roles.md.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction

WEB, WORKER, SEQUENCER, ERASER = ROLES = ("tongchou_web", "tongchou_worker", "tongchou_sequencer", "tongchou_eraser")
ALL = "SELECT, INSERT, UPDATE, DELETE"
ADD = "SELECT, INSERT"
# What may be done with the tables that make up the log, beyond reading them; nobody deletes or empties one.
LOG: dict[str, dict[str, str]] = {
    "audit_entry": {WEB: ADD, WORKER: ADD, SEQUENCER: "UPDATE (index)"},
    "audit_commitment": {WEB: ADD, WORKER: ADD, ERASER: "UPDATE (salt, content, erasure_id)"},
    "audit_tile": {SEQUENCER: f"{ADD}, UPDATE (hashes)"},
    "audit_checkpoint": {SEQUENCER: ADD},
    "audit_cosignature": {WEB: ADD, WORKER: ADD, SEQUENCER: ADD},
    "audit_key": {SEQUENCER: f"{ADD}, UPDATE (ended)"},
    "audit_witnessstate": {WEB: f"{ADD}, UPDATE", WORKER: f"{ADD}, UPDATE"},
    "django_migrations": {},
}
MAKE = """
DO $$ BEGIN
    IF to_regrole('{role}') IS NULL THEN CREATE ROLE {role} NOLOGIN; END IF;
    IF NOT pg_has_role(session_user, '{role}', 'SET') THEN GRANT {role} TO session_user WITH INHERIT FALSE; END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    -- Another database of the cluster has made it at this moment.
    IF NOT pg_has_role(session_user, '{role}', 'SET') THEN GRANT {role} TO session_user WITH INHERIT FALSE; END IF;
END $$
"""
HELP = """The database's roles could not be made ({reason}).
Let the owner of the database make them (ALTER ROLE {owner} CREATEROLE), or make them once as a superuser:
{statements}
and migrate again."""


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    """Work under another role until the end of the block, inside of a transaction; its end would end it too."""
    _take(role)
    yield
    _take(settings.DATABASE_ROLE or "NONE")


def _take(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")


def establish(**_signal: Any) -> None:
    """Make the roles where they are missing and give them their rights in this database. Raises CommandError."""
    with transaction.atomic(), connection.cursor() as cursor:
        try:
            for role in ROLES:
                cursor.execute(MAKE.format(role=role))
            for statement in _grants(connection.introspection.table_names(cursor)):
                cursor.execute(statement)
        except DatabaseError as error:
            raise CommandError(_help(error)) from error


def _grants(tables: list[str]) -> Iterator[str]:
    everybody = ", ".join(ROLES)
    yield f"GRANT USAGE ON SCHEMA public TO {everybody}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {everybody}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {WEB}, {WORKER}, {SEQUENCER}"
    yield f"GRANT SELECT ON {', '.join(tables)} TO {WEB}, {WORKER}"
    if others := [table for table in tables if table not in LOG]:
        yield f"GRANT {ALL} ON {', '.join(others)} TO {WEB}, {WORKER}"
    for table in sorted(set(tables) & set(LOG)):
        yield f"GRANT SELECT ON {table} TO {SEQUENCER}, {ERASER}"
        for role, rights in LOG[table].items():
            yield f"GRANT {rights} ON {table} TO {role}"


def _help(error: DatabaseError) -> str:
    owner = connection.settings_dict["USER"] or "tongchou"
    statements = "\n".join(f"  CREATE ROLE {role} NOLOGIN; GRANT {role} TO {owner};" for role in ROLES)
    return HELP.format(reason=str(error).strip().splitlines()[0], owner=owner, statements=statements)
