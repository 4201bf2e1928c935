"""Celery's doorway to compensation."""

from __future__ import annotations

import uuid

from celery import shared_task
from django.conf import settings

from audit.operations import Actor
from common import clock
from common.clocks import Clocks
from compensation import reporting
from compensation.operations import answers, office_calendars, recalculating, report_files, weeks
from compensation.queries import report_files as report_queries


@shared_task(name="compensation.sweep_weeks")
def sweep_weeks() -> int:
    """Complete the weeks that have ended; returns how many entries were posted."""
    return weeks.complete_weeks(actor=Actor.sweep("weeks"), now=clock.now()).posted


@shared_task(name="compensation.sweep_recalculations")
def sweep_recalculations() -> int:
    """Let weeks follow calendars that changed, and price those anew that wait for it; how many."""
    actor, now = Actor.sweep("recalculations"), clock.now()
    office_calendars.settle_calendars(actor=actor, now=now)
    return recalculating.recalculate_weeks(actor=actor, now=now).done


@shared_task(name="compensation.sweep_answers")
def sweep_answers() -> int:
    """Forget what was kept for repeated requests a week ago; returns how many answers."""
    return answers.forget_answers(now=clock.real_now())


@shared_task(name="compensation.sweep_reports")
def sweep_reports() -> int:
    """Throw away files whose time is over, and hand each that waits to a worker; how many wait."""
    report_files.expire_reports(now=clock.now())
    report_file_ids = report_queries.waiting_ids(real_now=clock.real_now())
    for report_file_id in report_file_ids:
        make_report.delay(report_file_id=report_file_id)
    return len(report_file_ids)


@shared_task(name="compensation.make_report")
def make_report(*, report_file_id: int) -> bool:
    """Make one file that waits; False when another worker has it or it is over."""
    return reporting.make_report(
        report_file_id=report_file_id,
        holder=uuid.uuid4().hex,
        clocks=Clocks(now=clock.now, real_now=clock.real_now),
        starts_in=settings.ROTA_FISCAL_YEAR_MONTH,
    )
