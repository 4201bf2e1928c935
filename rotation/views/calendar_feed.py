"""The calendar behind a secret address: no session opens it, and none is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from common import clock
from rotation.exports import calendar_file
from rotation.operations import calendar_feeds
from rotation.queries import calendar_events
from rotation.queries import calendar_feeds as feed_queries

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest

    from rotation.models import CalendarFeed
    from rotation.queries.calendar_events import Version

KEPT = "calendar-bytes-{}"
KEPT_SECONDS = 24 * 3600
GONE = "There is no such calendar, or its address was stopped.\n"


@login_not_required
@require_safe
@gzip_page
@sensitive_variables("secret")
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar, or 304 for who has it already; 404 for every address that opens none."""
    now = clock.now()
    feed = feed_queries.opened_by(secret=secret)
    if feed is None:
        return HttpResponse(GONE, status=404, content_type="text/plain; charset=utf-8")
    version = calendar_events.version(feed=feed, now=now)
    answer = get_conditional_response(
        request, etag=version.etag, last_modified=int(version.changed_at.timestamp())
    )
    if answer is None:
        answer = _calendar(feed, version, now)
    calendar_feeds.note_fetched(feed_id=feed.pk, now=now)
    answer.headers["ETag"] = version.etag
    answer.headers["Last-Modified"] = http_date(version.changed_at.timestamp())
    # It may lie with the reader, who asks each time whether it still holds, and nowhere between.
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _calendar(feed: CalendarFeed, version: Version, now: dt.datetime) -> HttpResponse:
    written = cache.get(KEPT.format(version.key))
    if written is None:
        calendar = calendar_events.calendar(feed=feed, now=now)
        written = calendar_file.calendar_bytes(calendar)
        cache.set(KEPT.format(version.key), written, KEPT_SECONDS)
    answer = HttpResponse(written, content_type=calendar_file.CONTENT_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{calendar_file.FILE_NAME}"'
    return answer
