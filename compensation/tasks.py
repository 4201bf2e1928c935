"""Celery's doorway to compensation."""

from __future__ import annotations

from celery import shared_task

from audit.operations import Actor
from common import clock
from compensation.operations import answers, weeks


@shared_task(name="compensation.sweep_weeks")
def sweep_weeks() -> int:
    """Complete the weeks that have ended; returns how many entries were posted."""
    return weeks.complete_weeks(actor=Actor.sweep("weeks"), now=clock.now()).posted


@shared_task(name="compensation.sweep_answers")
def sweep_answers() -> int:
    """Forget what was kept for repeated requests a week ago; returns how many answers."""
    return answers.forget_answers(now=clock.real_now())
