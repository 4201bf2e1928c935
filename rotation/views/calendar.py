"""A person's calendar addresses: shown, made, replaced, stopped."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from common import clock
from common.forms import add_refusal
from common.refusals import RefusedError
from rotation import access
from rotation.domain.calendar_feeds import MINE, Held
from rotation.exports import qr_code
from rotation.forms.calendars import CalendarForm, OwnCalendarForm
from rotation.operations import calendar_feeds
from rotation.queries import calendar_feeds as queries

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.utils.safestring import SafeString

    from rotation.queries.calendar_feeds import OwnFeed
    from volunteers.access import SignedInRequest, Viewer

UNPROCESSABLE = 422


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ShownFeed:
    """An address with its code for a camera; empty where the address cannot be shown."""

    feed: OwnFeed
    code: SafeString | str


@require_http_methods(["GET", "POST"])
@never_cache
def calendar(request: SignedInRequest) -> HttpResponse:
    """The viewer's addresses, how to use them, and a form for one more."""
    offered = CalendarForm(
        initial={"calendar": request.GET.get("rotation", "")}, choices=_choices(request.viewer)
    )
    if request.method != "POST":
        return _page(request, offered)
    is_own = request.POST.get("calendar") == MINE
    sent = OwnCalendarForm(request.POST) if is_own else _sent(request)
    shown = offered if is_own else sent
    if not sent.is_valid():
        return _page(request, shown, status=UNPROCESSABLE)
    try:
        calendar_feeds.make_feed(
            held=_held(request.viewer, *sent.cleaned_data["calendar"]),
            actor=request.viewer.actor,
            now=clock.now(),
        )
    except RefusedError as refusal:
        add_refusal(sent, refusal)
        return _page(request, sent, status=refusal.status)
    messages.success(request, "Made. Paste the address into your calendar program, or open it.")
    return redirect("calendar")


@require_POST
def replace(request: SignedInRequest, feed_id: int) -> HttpResponse:
    """Another address in the place of this one, which stops at once."""
    own = get_object_or_404(access.own_calendar_feeds(viewer=request.viewer), pk=feed_id)
    calendar_feeds.replace_feed(feed_id=own.pk, actor=request.viewer.actor, now=clock.now())
    messages.success(
        request, "Replaced. The old address stopped; give the new one to your calendar program."
    )
    return redirect("calendar")


@require_POST
def stop(request: SignedInRequest, feed_id: int) -> HttpResponse:
    """End an address."""
    own = get_object_or_404(access.own_calendar_feeds(viewer=request.viewer), pk=feed_id)
    calendar_feeds.stop_feed(feed_id=own.pk, actor=request.viewer.actor, now=clock.now())
    messages.success(
        request, "Stopped. The address answers nobody; remove the calendar from your program."
    )
    return redirect("calendar")


def _choices(viewer: Viewer) -> list[queries.Choice]:
    return queries.choices(rotations=access.visible_rotations(viewer=viewer))


def _sent(request: SignedInRequest) -> CalendarForm:
    return CalendarForm(request.POST, choices=_choices(request.viewer))


def _held(viewer: Viewer, slug: str, level: str) -> Held:
    """What was chosen of what is offered."""
    rotations = access.visible_rotations(viewer=viewer)
    return queries.held(rotations=rotations, slug=slug, level=level) or Held()


def _page(
    request: SignedInRequest, form: CalendarForm | OwnCalendarForm, *, status: int = 200
) -> HttpResponse:
    feeds = queries.own_feeds(feeds=access.own_calendar_feeds(viewer=request.viewer))
    shown = [
        ShownFeed(feed=feed, code=qr_code.svg(feed.webcal) if feed.webcal else "") for feed in feeds
    ]
    context = {
        "mine": next((one for one in shown if one.feed.kind == MINE), None),
        "others": [one for one in shown if one.feed.kind != MINE],
        "form": form,
    }
    return render(request, "rotation/calendar.html", context, status=status)
