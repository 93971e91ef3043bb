"""The Celery application: `celery -A config`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("tongchou")
app.set_default()  # also in the threads that serve requests
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
