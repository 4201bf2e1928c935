"""Celery's own settings, in its lower-case names."""

from __future__ import annotations

from celery.schedules import schedule
from django.conf import settings

from config import broker

broker_url = broker.broker_url(settings.REDIS_URL)
broker_connection_retry_on_startup = True
broker_transport_options = {"visibility_timeout": 3600}
# Rows hold every result; nothing reads Celery's.
task_ignore_result = True
task_acks_late = True
task_reject_on_worker_lost = True
task_acks_on_failure = True
task_acks_on_timeout = True
task_serializer = "json"
accept_content = ["json"]
task_time_limit = 900
task_soft_time_limit = 840
worker_prefetch_multiplier = 1
worker_concurrency = 2
worker_hijack_root_logger = False
worker_send_task_events = False
worker_cancel_long_running_tasks_on_connection_loss = True
worker_soft_shutdown_timeout = 5
timezone = "UTC"
enable_utc = True
beat_max_loop_interval = 5
beat_schedule_filename = str(settings.DATA_DIR / "beat-schedule")
beat_scheduler = "config.heartbeat:Scheduler"
imports = ("config.heartbeat",)

SWEEP_SECONDS = 15.0
EXPIRES_SECONDS = 60
_SWEEPS = (
    "outbox.sweep_messages",
    "rotation.sweep_drafts",
    "rotation.sweep_repairs",
    "rotation.sweep_questions",
    "rotation.sweep_forecasts",
    "rotation.sweep_leavers",
    "rotation.sweep_cover_requests",
    "rotation.sweep_terms",
    "rotation.sweep_reminders",
    "rotation.sweep_calendars",
    "rotation.sweep_people_checks",
    "rotation.sweep_syncs",
    "rotation.sweep_drift_checks",
    "rotation.sweep_lookups",
    "rotation.sweep_web_hooks",
    "compensation.sweep_weeks",
    "compensation.sweep_recalculations",
    "compensation.sweep_answers",
    "compensation.sweep_reports",
)
# A sweep that waited for a minute in the queue is dropped: the next one is there by then.
beat_schedule = {
    name: {
        "task": name,
        "schedule": schedule(SWEEP_SECONDS),
        "options": {"expires": EXPIRES_SECONDS},
    }
    for name in _SWEEPS
}
