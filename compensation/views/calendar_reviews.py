"""Weeks that began before a calendar changed: kept as paid, or paid anew by two of finance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from common import clock, wording
from common.refusals import RefusedError
from compensation import access
from compensation.operations import calendar_reviews as operations
from compensation.operations import rights
from compensation.queries import calendar_page
from compensation.views.office_calendars import calendar_answer, office_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from compensation.queries.calendar_page import ChangeLine
    from volunteers.access import SignedInRequest


@require_POST
def keep(request: SignedInRequest, office: str, number: int) -> HttpResponse:
    """Leave the weeks as they were paid."""
    return _decided(request, office, number, attempt="keeping", do=_keep)


@require_POST
def ask(request: SignedInRequest, office: str, number: int) -> HttpResponse:
    """Ask another of finance to let the changed calendar count."""
    return _decided(request, office, number, attempt="asking to recalculate", do=_ask)


@require_POST
def approve(request: SignedInRequest, office: str, number: int) -> HttpResponse:
    """Let it count, as the second of two."""
    return _decided(request, office, number, attempt="approving to recalculate", do=_approve)


@require_POST
def decline(request: SignedInRequest, office: str, number: int) -> HttpResponse:
    """Leave the weeks as they were paid, and say why."""
    return _decided(request, office, number, attempt="declining to recalculate", do=_decline)


@require_POST
def withdraw(request: SignedInRequest, office: str, number: int) -> HttpResponse:
    """Take one's own request back."""
    return _decided(request, office, number, attempt="taking back to recalculate", do=_withdraw)


def _decided(
    request: SignedInRequest,
    office: str,
    number: int,
    *,
    attempt: str,
    do: Callable[[SignedInRequest, ChangeLine], str],
) -> HttpResponse:
    """Let finance through; everybody else's attempt is recorded and refused."""
    rights.require_finance(
        viewer=request.viewer,
        function=access.MoneyFunction.DECIDE_CALENDAR,
        attempt=f"{attempt} weeks of calendar {office}, version {number}",
        now=clock.now(),
    )
    line = office_of(office)
    change = calendar_page.change_line(office_id=line.office_id, number=number)
    if change is None:
        raise Http404
    try:
        messages.success(request, do(request, change))
    except RefusedError as refusal:
        return calendar_answer(request, line, refusal=refusal)
    return redirect("office-calendar", office=line.slug)


def _keep(request: SignedInRequest, change: ChangeLine) -> str:
    weeks = operations.keep_weeks(
        version_id=change.version.version_id, actor=request.viewer.actor, now=clock.now()
    )
    return f"Kept: {wording.counted(weeks, 'week')} stay as they were paid."


def _ask(request: SignedInRequest, change: ChangeLine) -> str:
    operations.ask_to_recalculate(
        version_id=change.version.version_id,
        reason=request.POST.get("reason", ""),
        actor=request.viewer.actor,
        now=clock.now(),
    )
    return "Asked. The others of finance got a mail; nothing changes until one of them approves."


def _approve(request: SignedInRequest, change: ChangeLine) -> str:
    weeks = operations.approve_review(
        review_id=_review(change),
        note=request.POST.get("note", ""),
        actor=request.viewer.actor,
        now=clock.now(),
    )
    return f"Approved: {wording.counted(weeks, 'week')} are priced anew within minutes."


def _decline(request: SignedInRequest, change: ChangeLine) -> str:
    operations.decline_review(
        review_id=_review(change),
        note=request.POST.get("note", ""),
        actor=request.viewer.actor,
        now=clock.now(),
    )
    return "Declined: the weeks stay as they were paid."


def _withdraw(request: SignedInRequest, change: ChangeLine) -> str:
    operations.withdraw_review(
        review_id=_review(change), actor=request.viewer.actor, now=clock.now()
    )
    return "Taken back. The weeks wait for your decision as before."


def _review(change: ChangeLine) -> int:
    """The latest request about the change.

    Raises:
        Http404: nobody has asked.
    """
    if change.request is None:
        raise Http404
    return change.request.request_id
