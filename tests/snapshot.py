"""The whole test database as it was once, brought back by COPY: far quicker than staging both cases again."""

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

COLUMNS = """
    SELECT table_name, string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)
    FROM information_schema.columns NATURAL JOIN information_schema.tables
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND is_generated = 'NEVER'
        AND table_name <> 'django_migrations'
    GROUP BY table_name
"""
kept: dict[str, bytes] = {}  # the rows of each `table (columns)`


def allow_emptying() -> None:
    """A test that commits empties all tables behind itself; of the log the database would refuse it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgname LIKE '%never_emptied'")
        for table, trigger in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")


def take() -> None:
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        for table, columns in cursor.fetchall():
            with cursor.copy(f'COPY "{table}" ({columns}) TO STDOUT') as rows:
                kept[f'"{table}" ({columns})'] = b"".join(rows)


def restore_if_empty() -> None:
    """Put every row back, without triggers and foreign keys. Sequences only ever go on, so they stay."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM accounts_user)")
        if cursor.fetchone() == (True,):
            return
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("TRUNCATE " + ", ".join(table.split(" (")[0] for table in kept))
        for table, rows in kept.items():
            if rows:
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    copy.write(rows)
    ContentType.objects.clear_cache()
