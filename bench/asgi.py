"""The product with the addresses of `bench.urls`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings

settings.ROOT_URLCONF = "bench.urls"

from config.asgi import application  # noqa: E402, F401
