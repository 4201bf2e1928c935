"""Celery: sweeps over rows that wait. The database is the truth, a message only a hint."""

from __future__ import annotations

import os

from celery import Celery
from celery.schedules import schedule

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

SWEEP_SECONDS = 15.0
EXPIRES_SECONDS = 60


def _every(seconds: float, task: str) -> dict[str, object]:
    """One beat entry; a sweep that waited for a minute in the queue is dropped, the next is due."""
    return {
        "task": task,
        "schedule": schedule(seconds),
        "options": {"expires": EXPIRES_SECONDS},
    }


BEAT_SCHEDULE = {
    task: _every(SWEEP_SECONDS, task)
    for task in (
        "outbox.sweep_messages",
        "rotation.sweep_drafts",
        "rotation.sweep_syncs",
        "compensation.sweep_weeks",
    )
}

app = Celery("rota")
app.config_from_object("config.celery_settings")
app.conf.beat_schedule = BEAT_SCHEDULE
app.autodiscover_tasks(["outbox", "rotation", "compensation"])
