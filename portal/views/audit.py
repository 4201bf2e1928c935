"""The audit log: who did what, as far as its reader may see it; to read, never to change."""

from __future__ import annotations

import contextlib
import csv
from typing import TYPE_CHECKING

from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from audit import queries
from common import clock, wording
from compensation.domain.csv_text import neutralised
from portal.forms.audit import AuditForm
from portal.queries import audit_log
from volunteers.queries import profiles

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from django.http import HttpResponse

    from audit.models import AuditEvent
    from audit.queries import Scope, Wanted
    from volunteers.access import SignedInRequest

UNPROCESSABLE = 422
HEADER = (
    *("at", "actor", "on_behalf_of", "verb", "object", "area", "team"),
    *("what", "before", "after", "request_id", "event"),
)


@require_GET
def audit_log_page(request: SignedInRequest) -> HttpResponse:
    """The events that were asked for, newest first, in pages."""
    viewer, now = request.viewer, clock.now()
    zone = profiles.place(engineer_id=viewer.engineer_id, now=now).zone
    form = AuditForm(request.GET)
    is_asked = form.is_valid()
    events: list[AuditEvent] = []
    if is_asked:
        events = queries.newest(
            scope=audit_log.scope_of(viewer),
            wanted=audit_log.wanted_of(form.cleaned_data, zone=zone),
            after=_after(request.GET.get("after", "")),
            number=audit_log.SHOWN + 1,
        )
    shown = events[: audit_log.SHOWN]
    asked = {name: request.GET[name] for name in form.fields if request.GET.get(name)}
    context = {
        "form": form,
        "lines": audit_log.lines(shown, zone=zone),
        "zone": zone,
        "asked": urlencode(asked),
        "is_narrowed": bool(asked),
        "is_later_page": bool(request.GET.get("after")),
        "older": _link(asked, shown[-1]) if len(events) > len(shown) else "",
        "today": wording.local(now, zone).date(),
    }
    return render(request, "portal/audit.html", context, status=200 if is_asked else UNPROCESSABLE)


@require_GET
def audit_file(request: SignedInRequest) -> HttpResponse | StreamingHttpResponse:
    """Everything that was asked for as CSV: a line for each thing that an event changed."""
    viewer, now = request.viewer, clock.now()
    form = AuditForm(request.GET)
    if not form.is_valid():
        return audit_log_page(request)
    zone = profiles.place(engineer_id=viewer.engineer_id, now=now).zone
    wanted = audit_log.wanted_of(form.cleaned_data, zone=zone)
    answer = StreamingHttpResponse(
        _csv(audit_log.scope_of(viewer), wanted), content_type="text/csv; charset=utf-8"
    )
    name = f"rota-audit-{now:%Y-%m-%d}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


class _Line:
    """What the writer of CSV writes to: it hands each line on."""

    def write(self, text: str) -> str:
        return text


def _csv(scope: Scope, wanted: Wanted) -> Iterator[str]:
    writer = csv.writer(_Line(), lineterminator="\r\n")
    yield writer.writerow(HEADER)
    for event in queries.every(scope=scope, wanted=wanted):
        for row in _rows(event):
            yield writer.writerow([neutralised(cell) for cell in row])


def _rows(event: AuditEvent) -> Iterator[tuple[str, ...]]:
    head = (
        *(event.at.isoformat(), event.actor, event.on_behalf_of, event.verb, event.subject),
        *(event.area, event.team),
    )
    tail = (event.request_id, str(event.pk))
    changes = audit_log.changes_of(event)
    for change in changes:
        yield (*head, change.what, change.before, change.after, *tail)
    if not changes:
        yield (*head, "", "", "", *tail)


def _after(given: str) -> tuple[dt.datetime, int] | None:
    """Where the page begins; what is no place begins at the newest."""
    with contextlib.suppress(ValueError):
        return audit_log.place_from(given)
    return None


def _link(asked: Mapping[str, str], last: AuditEvent) -> str:
    """The address of the next page with the same question."""
    return urlencode({**asked, "after": audit_log.place_text(last)})
