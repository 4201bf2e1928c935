"""Who may see and do what about money: finance all of it, everybody their own entries."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

from compensation.models import Entry, PayQuestion, ReportFile
from rotation import access as rotations

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from rotation.models import Rotation
    from volunteers.access import Viewer


class MoneyFunction(enum.Enum):
    """What finance alone does; the value says so to anybody else who tries."""

    READ_PERIODS = "Only finance can see pay periods."
    CLOSE_PERIOD = "Only finance can close a period."
    MARK_SENT = "Only finance can say that files went to payroll."
    ASK_REOPENING = "Only finance can ask to reopen a period."
    DECIDE_REOPENING = "Only finance can decide about reopening a period."
    DOWNLOAD_EXPORT = "Only finance can download exports."
    READ_REPORTS = "Only finance can see reports."
    MAKE_REPORT = "Only finance can have a report made as a file."
    ANSWER_QUESTIONS = "Only finance can see and answer questions about pay."
    READ_RATES = "Only finance can see the history of rates."
    ADD_RATE = "Only finance can add a rate."


def may(*, viewer: Viewer, function: MoneyFunction) -> bool:
    """Whether the viewer may do it: managers and admins have no part in money."""
    del function
    return viewer.is_finance


def require(*, viewer: Viewer, function: MoneyFunction) -> None:
    """Let those pass who may.

    Raises:
        PermissionDenied: anybody else; the text names who can.
    """
    if not may(viewer=viewer, function=function):
        raise PermissionDenied(function.value)


def visible_entries(*, viewer: Viewer) -> QuerySet[Entry]:
    """Every entry for finance, one's own for everybody else."""
    return Entry.objects.all() if viewer.is_finance else own_entries(viewer=viewer)


def visible_questions(*, viewer: Viewer) -> QuerySet[PayQuestion]:
    """Every question about pay for finance, one's own for everybody else."""
    if viewer.is_finance:
        return PayQuestion.objects.all()
    return own_questions(viewer=viewer)


def own_questions(*, viewer: Viewer) -> QuerySet[PayQuestion]:
    """What the viewer has asked about their pay, whatever their roles."""
    return PayQuestion.objects.filter(asked_by_id=viewer.engineer_id)


def costed_rotations(*, viewer: Viewer) -> QuerySet[Rotation]:
    """Rotations whose totals the viewer reads: those they manage; every one for finance."""
    if viewer.is_finance:
        return rotations.visible_rotations(viewer=viewer)
    return rotations.managed_rotations(viewer=viewer)


def own_entries(*, viewer: Viewer) -> QuerySet[Entry]:
    """What the viewer has earned, whatever their roles."""
    return Entry.objects.filter(engineer_id=viewer.engineer_id)


def own_report_files(*, viewer: Viewer) -> QuerySet[ReportFile]:
    """Files of reports that the viewer asked for; of no use to one who is not of finance now."""
    return ReportFile.objects.filter(asked_by_id=viewer.engineer_id)
