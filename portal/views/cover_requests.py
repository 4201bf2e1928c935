"""One request for cover: read, taken, declined, withdrawn, given back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from common import clock, wording
from common.nudge import nudge
from common.refusals import RefusedError
from compensation.queries import cover_pay
from rotation import access
from rotation.forms.cover_requests import PersonForm
from rotation.models import Cover, SwapOffer
from rotation.operations import cover_answers, cover_requests
from rotation.queries import cover_request_page, swaps
from volunteers.queries import profiles

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpResponse

    from rotation.queries.cover_request_page import RequestPage
    from volunteers.access import SignedInRequest, Viewer

SYNCS = "rotation.sweep_syncs"
CONFLICT = 409
UNPROCESSABLE = 422


@require_GET
def detail(request: SignedInRequest, request_id: int) -> HttpResponse:
    """What is asked, what it means to the reader, what happened, and what they can do."""
    now = clock.now()
    cover = _visible(request.viewer, request_id, now)
    return _page(request, cover, now)


@require_POST
def take(request: SignedInRequest, request_id: int) -> HttpResponse:
    """Take it, or assign it as a manager."""
    now = clock.now()
    cover, engineer_id = _answered(request, request_id, now)
    try:
        taken = cover_answers.take_cover(
            cover_id=cover.pk, engineer_id=engineer_id, actor=request.viewer.actor, now=now
        )
    except RefusedError as refusal:
        return _page(request, cover, now, refusal=refusal)
    nudge(SYNCS)
    who = "You have it" if engineer_id == request.viewer.engineer_id else "It is assigned"
    when = wording.span(taken.starts_at, taken.ends_at, taken.shift.time_zone)
    messages.success(request, f"{who}: {when}. PagerDuty gets it within a minute.")
    return redirect("cover-detail", request_id=cover.pk)


@require_POST
def decline(request: SignedInRequest, request_id: int) -> HttpResponse:
    """Say no, or note somebody's no as a manager."""
    now = clock.now()
    cover, engineer_id = _answered(request, request_id, now)
    try:
        cover_answers.decline_cover(
            cover_id=cover.pk, engineer_id=engineer_id, actor=request.viewer.actor, now=now
        )
    except RefusedError as refusal:
        return _page(request, cover, now, refusal=refusal)
    messages.success(request, "Noted: not you. You can still take it while it is open.")
    return redirect("cover-detail", request_id=cover.pk)


@require_POST
def withdraw(request: SignedInRequest, request_id: int) -> HttpResponse:
    """Take the request back."""
    rows = access.withdrawable_requests(viewer=request.viewer)
    cover = get_object_or_404(_read(rows), pk=request_id)
    now = clock.now()
    try:
        cover_requests.withdraw_request(cover_id=cover.pk, actor=request.viewer.actor, now=now)
    except RefusedError as refusal:
        return _page(request, cover, now, refusal=refusal)
    messages.success(request, "Withdrawn. Those who were asked get a mail.")
    return redirect("cover-detail", request_id=cover.pk)


@require_POST
def give_back(request: SignedInRequest, request_id: int) -> HttpResponse:
    """Give a cover that was taken back; the request is open again."""
    rows = access.returnable_covers(viewer=request.viewer)
    cover = get_object_or_404(_read(rows), pk=request_id)
    now = clock.now()
    try:
        again = cover_answers.give_back(cover_id=cover.pk, actor=request.viewer.actor, now=now)
    except RefusedError as refusal:
        return _page(request, cover, now, refusal=refusal)
    nudge(SYNCS)
    messages.success(request, "Given back. The others are asked again; the managers get a mail.")
    rows = access.visible_requests(viewer=request.viewer, today=_today(request.viewer, now))
    if rows.filter(pk=again.pk).exists():
        return redirect("cover-detail", request_id=again.pk)
    return redirect("cover-detail", request_id=cover.pk)


def _today(viewer: Viewer, now: dt.datetime) -> dt.date:
    zone = profiles.place(engineer_id=viewer.engineer_id, now=now).zone
    return wording.local(now, zone).date()


def _read(rows: Any) -> Any:
    return rows.select_related("shift__level__rotation__team", "from_engineer", "to_engineer")


def _visible(viewer: Viewer, request_id: int, now: dt.datetime) -> Cover:
    rows = access.visible_requests(viewer=viewer, today=_today(viewer, now))
    cover: Cover = get_object_or_404(_read(rows), pk=request_id)
    return cover


def _answered(request: SignedInRequest, request_id: int, now: dt.datetime) -> tuple[Cover, int]:
    """The request, and for whom it is answered."""
    viewer = request.viewer
    form = PersonForm(request.POST)
    form.is_valid()
    engineer_id = form.cleaned_data.get("engineer") or viewer.engineer_id
    rows = access.answerable_requests(viewer=viewer, for_id=engineer_id, today=_today(viewer, now))
    return get_object_or_404(_read(rows), pk=request_id), engineer_id


def _page(
    request: SignedInRequest, cover: Cover, now: dt.datetime, *, refusal: RefusedError | None = None
) -> HttpResponse:
    viewer = request.viewer
    page = cover_request_page.request_page(cover=cover, reader_id=viewer.engineer_id, now=now)
    line = page.line
    mine = line.ask_of(viewer.engineer_id)
    place = profiles.place(engineer_id=viewer.engineer_id, now=now)
    is_asker = line.asker is not None and line.asker.engineer_id == viewer.engineer_id
    is_taker = line.taker is not None and line.taker.engineer_id == viewer.engineer_id
    manages = viewer.manages(line.team_id)
    offers = access.visible_swaps(viewer=viewer).filter(cover=cover, state=SwapOffer.State.OPEN)
    context = {
        "page": page,
        "swaps": [each for each in swaps.swap_lines(offers=offers, now=now) if each.is_open],
        "line": line,
        "refusal": refusal,
        "mine": mine,
        "is_asker": is_asker,
        "is_taker": is_taker,
        "manages": manages,
        "answers": line.is_open
        and not is_asker
        and page.reader is not None
        and (mine is not None or line.asks_everyone),
        "pay": _pay(page, viewer.engineer_id) if line.is_open and not is_asker else None,
        "own_zone": place.zone,
        "has_own_zone": wording.local(page.period.starts_at, place.zone).utcoffset()
        != wording.local(page.period.starts_at, line.zone).utcoffset(),
        "gives_back": line.state == Cover.State.ACCEPTED
        and now <= line.given_back_until
        and (is_taker or manages),
        "undoes": line.state == Cover.State.ACCEPTED
        and now < line.period.ends_at
        and (is_asker or manages),
        "is_running": line.period.starts_at <= now,
    }
    status = 200 if refusal is None else CONFLICT if refusal.status == CONFLICT else UNPROCESSABLE
    return render(request, "portal/cover_request.html", context, status=status)


def _pay(page: RequestPage, engineer_id: int) -> cover_pay.OwnChange | None:
    if page.reader is None or not page.reader.candidate.can:
        return None
    return cover_pay.own_change(
        shift_id=page.line.shift_id,
        period=page.period,
        engineer_id=engineer_id,
        taker_id=engineer_id,
    )
