"""Locks that are held to the end of the transaction, by name."""

from hashlib import sha256

from django.db import connection


def lock(name: str) -> None:
    """Wait for the lock of this name."""
    number = int.from_bytes(sha256(name.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
