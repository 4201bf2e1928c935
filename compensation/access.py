"""Who may see and do what about money: finance all of it, everybody their own entries."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q

from compensation.models import (
    Adjustment,
    Correction,
    CorrectionCover,
    Entry,
    PayQuestion,
    Reopening,
    ReportFile,
)
from rotation import access as rotations
from rotation.access import visible_covers, visible_shifts
from rotation.models import Cover
from volunteers.models import Engineer, Term

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from rotation.models import Rotation, Shift
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
    EDIT_LAYOUTS = "Only finance can see and change export layouts."
    READ_RATES = "Only finance can see the history of rates."
    ADD_RATE = "Only finance can add a rate."
    DECIDE_RATE = "Only finance can decide about a rate."
    READ_CALENDARS = "Only finance can see the calendars that pay follows."
    CHANGE_CALENDAR = "Only finance can change the calendar of an office."
    DECIDE_CALENDAR = "Only finance can decide by which calendar weeks are paid."
    DECIDE_CORRECTION = "Only finance can approve or decline a correction."
    DECIDE_ADJUSTMENT = "Only finance can approve or decline an adjustment."
    TAKE_BACK_ADJUSTMENT = "Only finance can ask that an adjustment be taken back."


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


def visible_reopenings(*, viewer: Viewer) -> QuerySet[Reopening]:
    """Every request to open a closed month again for finance, none for anybody else."""
    return Reopening.objects.all() if viewer.is_finance else Reopening.objects.none()


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


def correctable_shifts(*, viewer: Viewer) -> QuerySet[Shift]:
    """Weeks of which the viewer may say that they were worked otherwise.

    All for finance, those of one's teams for a manager, for everybody those that they hold or in
    which they had a part.
    """
    rows = visible_shifts(viewer=viewer)
    if viewer.is_finance:
        return rows
    taken = visible_covers(viewer=viewer).filter(
        shift=OuterRef("pk"), to_engineer_id=viewer.engineer_id, state=Cover.State.ACCEPTED
    )
    corrected = CorrectionCover.objects.filter(
        correction__shift=OuterRef("pk"), engineer_id=viewer.engineer_id
    )
    return rows.filter(
        Q(level__rotation__team_id__in=viewer.managed_team_ids)
        | Q(holder_id=viewer.engineer_id)
        | Exists(taken)
        | Exists(corrected)
    )


def visible_corrections(*, viewer: Viewer) -> QuerySet[Correction]:
    """All for finance; else those of one's teams, that one asked for or that name one."""
    if viewer.is_finance:
        return Correction.objects.all()
    named = CorrectionCover.objects.filter(
        correction=OuterRef("pk"), engineer_id=viewer.engineer_id
    )
    paid = Entry.objects.filter(shift=OuterRef("shift"), engineer_id=viewer.engineer_id)
    return Correction.objects.filter(
        Q(proposed_by_id=viewer.engineer_id)
        | Q(shift__level__rotation__team_id__in=viewer.managed_team_ids)
        | Q(shift__holder_id=viewer.engineer_id)
        | Exists(named)
        | Exists(paid)
    )


def own_corrections(*, viewer: Viewer) -> QuerySet[Correction]:
    """Those that the viewer asked for."""
    return Correction.objects.filter(proposed_by_id=viewer.engineer_id)


def own_adjustments(*, viewer: Viewer) -> QuerySet[Adjustment]:
    """Those that the viewer asked for, for others."""
    return Adjustment.objects.filter(proposed_by_id=viewer.engineer_id)


def may_propose_adjustments(*, viewer: Viewer) -> bool:
    """Managers for the people of their teams, finance for anybody."""
    return viewer.is_finance or viewer.is_manager


def adjustable_people(*, viewer: Viewer) -> QuerySet[Engineer]:
    """For whom the viewer may ask for an adjustment; themselves too, which the operation refuses.

    Everybody for finance, who serves or served in one's teams for a manager, nobody else.
    """
    people = Engineer.objects.all()
    if viewer.is_finance:
        return people
    if not viewer.is_manager:
        return people.none()
    terms = Term.objects.filter(engineer=OuterRef("pk"), team_id__in=viewer.managed_team_ids)
    return people.filter(Exists(terms) | Q(pk=viewer.engineer_id))


def visible_adjustments(*, viewer: Viewer) -> QuerySet[Adjustment]:
    """All for finance; else those that the viewer asked for, and one's own once approved."""
    if viewer.is_finance:
        return Adjustment.objects.all()
    return Adjustment.objects.filter(
        Q(proposed_by_id=viewer.engineer_id)
        | Q(engineer_id=viewer.engineer_id, state=Adjustment.State.APPROVED)
    )
