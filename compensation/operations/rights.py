"""Attempts at what moves money, by those who may not: refused, and kept on record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

from audit.operations import Area, record
from compensation import access

if TYPE_CHECKING:
    import datetime as dt

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
    record(actor=viewer.actor, now=now, area=Area.MONEY, verb="was refused", subject=attempt[:200])
    raise PermissionDenied(function.value)
