"""Celery: sweeps over rows that wait. The database is the truth, a message only a hint."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("rota")
app.config_from_object("config.celery_settings")
app.autodiscover_tasks(["outbox", "rotation", "compensation"])
