"""A database of the benchmarks' own beside the one that DATABASE_URL names, migrated, with the demo staged and scored.

It is made anew by each run and left there after it.
"""

import os
from functools import cache
from tempfile import mkdtemp
from urllib.parse import urlsplit

import django
import psycopg
from django.core.management import call_command
from psycopg import sql

NAME = "tongchou_bench"
ROOM = "ZX-03-2026"
CONNECTIONS = 12  # eight voting threads and the main one, with some to spare


@cache
def stage() -> None:
    """Make the database and set Django up over it; for this process and those that it starts."""
    os.environ |= dict.fromkeys(("CACHE_PREFIX", "CHANNEL_PREFIX", "CELERY_QUEUE"), NAME)
    os.environ |= {"DATABASE_URL": fresh_database(), "DATABASE_POOL": str(CONNECTIONS), "DEMO": "1"}
    os.environ["LOG_MARKS"] = mkdtemp(prefix="tongchou-marks-")
    os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings"}
    django.setup()
    forget_jobs()
    call_command("migrate", verbosity=0)
    stage_demo()


def fresh_database() -> str:
    """An empty database; its address."""
    address = os.environ["DATABASE_URL"]
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(NAME)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
    return urlsplit(address)._replace(path=f"/{NAME}").geturl()


def forget_jobs() -> None:
    """Empty the benchmarks' queue: no worker runs here, so what an earlier run asked for still waits in it."""
    from config.celery import app

    app.control.purge()


def stage_demo() -> None:
    from django.conf import settings

    from negotiation import demonstration, scorecards
    from negotiation.models import Revision

    demonstration.stage(settings.BASE_DIR / "demo")
    for revision in Revision.objects.select_related("package__room__plan", "parent__package"):
        scorecards.compute_card(revision)
