"""Attempts at what moves money, by those who may not: refused, and kept on record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

from audit.operations import Area, record
from compensation import access

if TYPE_CHECKING:
    import datetime as dt

    from audit.operations import Actor
    from volunteers.access import Viewer


def require_finance(
    *, viewer: Viewer, function: access.MoneyFunction, attempt: str, now: dt.datetime
) -> None:
    """Let finance pass; record the attempt of anybody else, and refuse it.

    `attempt` is what was tried, `closing pay period 2026-11`. Call it outside a transaction: the
    refusal would take the record with it.

    Raises:
        PermissionDenied: the viewer is not of finance; the text names who can.
    """
    if access.may(viewer=viewer, function=function):
        return
    record_refusal(actor=viewer.actor, attempt=attempt, now=now)
    raise PermissionDenied(function.value)


def require_proposer(*, viewer: Viewer, attempt: str, now: dt.datetime) -> None:
    """Let managers and finance pass; record the attempt of anybody else, unless it only looks.

    Raises:
        PermissionDenied: the viewer is neither; the text names who can.
    """
    if access.may_propose_adjustments(viewer=viewer):
        return
    if attempt:
        record_refusal(actor=viewer.actor, attempt=attempt, now=now)
    raise PermissionDenied("Only managers and finance can ask for an adjustment.")


def record_refusal(*, actor: Actor, attempt: str, now: dt.datetime) -> None:
    """Keep an attempt on record that is about to be refused; outside the refused transaction."""
    record(actor=actor, now=now, area=Area.MONEY, verb="was refused", subject=attempt[:200])
