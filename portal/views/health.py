"""For machines: is this process alive, and are all parts there?"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common import clock, heartbeat
from outbox import queries as outbox_queries
from rotation.queries import cover_requests, waiting, worked

if TYPE_CHECKING:
    from django.http import HttpRequest

SILENT_AFTER = dt.timedelta(seconds=30)


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while this process answers at all."""
    del request
    return JsonResponse({"status": "alive"})


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database, broker, worker and beat are there, else 503; ages in seconds."""
    del request
    parts: dict[str, Any] = {"database": _database(), "broker": _broker()}
    for part in ("worker", "beat"):
        parts[part] = _heartbeat(part) if parts["broker"]["ok"] else {"ok": False}
    ready = all(part["ok"] for part in parts.values())
    body = {"status": "ready" if ready else "not ready", **parts}
    if parts["database"]["ok"]:
        body["waiting"] = _waiting()
    return JsonResponse(body, status=200 if ready else 503)


def _database() -> dict[str, Any]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return {"ok": False}
    return {"ok": True}


def _broker() -> dict[str, Any]:
    try:
        client = redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2
        )
        with client:
            client.ping()
    except (redis.RedisError, OSError, ValueError):
        return {"ok": False}
    return {"ok": True}


def _heartbeat(part: str) -> dict[str, Any]:
    age = heartbeat.age(part, real_now=clock.real_now())
    if age is None:
        return {"ok": False, "age": None}
    return {"ok": age < SILENT_AFTER, "age": round(age.total_seconds())}


def _waiting() -> dict[str, Any]:
    """Ages of the oldest waiting rows by business time, and when PagerDuty was last in line."""
    now = clock.now()
    oldest = waiting.oldest_waiting()
    ages = {
        "mail": outbox_queries.oldest_waiting_at(),
        "draft": oldest.draft_at,
        "sync": oldest.sync_at,
        "question": oldest.question_at,
        "forecast": oldest.forecast_at,
        "people_check": oldest.people_check_at,
        "drift_check": oldest.drift_check_at,
        "lookup": oldest.lookup_at,
        "calendar": oldest.calendar_at,
        "web_hook": oldest.web_hook_at,
        "web_hook_order": oldest.web_hook_order_at,
        "cover_request": cover_requests.oldest_overdue_at(now=now),
        "week": worked.oldest_ended_at(now=now),
    }
    last = waiting.last_good_sync_at()
    return {
        "oldest": {
            name: None if at is None else max(0, round((now - at).total_seconds()))
            for name, at in ages.items()
        },
        "last_good_sync_at": None if last is None else last.isoformat(),
    }
