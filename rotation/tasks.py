"""Celery's doorway to drafts and sync runs: read the clocks, call one operation."""

from __future__ import annotations

import uuid

from celery import shared_task

from common import clock
from rotation import generation
from rotation.queries import waiting


@shared_task(name="rotation.sweep_drafts")
def sweep_drafts() -> int:
    """Hand every draft that waits to a worker; returns how many."""
    draft_ids = waiting.waiting_draft_ids(real_now=clock.real_now())
    for draft_id in draft_ids:
        generate_draft.delay(draft_id=draft_id)
    return len(draft_ids)


@shared_task(name="rotation.generate_draft")
def generate_draft(*, draft_id: int) -> bool:
    """Solve one waiting draft; False when another worker has it or it moved on."""
    return generation.generate_draft(
        draft_id=draft_id,
        holder=uuid.uuid4().hex,
        clocks=generation.Clocks(now=clock.now, real_now=clock.real_now),
    )
