"""Writes to PagerDuty that were answered and whose effect no run has read back yet."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from rotation.domain.pagerduty_lag import LONGEST_LAG
from rotation.domain.pagerduty_plan import Action
from rotation.domain.pagerduty_state import OverrideState
from rotation.models import SyncRun, SyncStep
from rotation.queries import worked

if TYPE_CHECKING:
    import datetime as dt

CREATED = 201


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class UnseenWrites:
    """A level's latest writes: overrides made and removed, the answer to the last one of layers."""

    created: tuple[OverrideState, ...]
    removed: frozenset[str]
    schedule_answer: Any


def unseen_writes(*, level_id: int, now: dt.datetime) -> UnseenWrites:
    """Those of runs that have not ended well: a run that has, has read everything back."""
    steps = (
        SyncStep.objects.filter(level_id=level_id, answered_at__gt=now - LONGEST_LAG)
        .exclude(run__state=SyncRun.State.DONE)
        .order_by("pk")
    )
    created: dict[str, OverrideState] = {}
    removed: set[str] = set()
    answer = None
    for step in steps:
        if step.action == Action.CREATE_OVERRIDES:
            created |= {one.ref or "": one for one in _created(step)}
        elif step.state != SyncStep.State.DONE:
            continue
        elif step.action == Action.REMOVE_OVERRIDE:
            removed.add(step.path.rsplit("/", 1)[-1])
        else:
            answer = step.answer
    kept = tuple(one for ref, one in created.items() if ref not in removed)
    return UnseenWrites(created=kept, removed=frozenset(removed), schedule_answer=answer)


def _created(step: SyncStep) -> list[OverrideState]:
    """The overrides of a batch that PagerDuty took, whatever became of the others."""
    asked = (step.request or {}).get("overrides", [])
    answers = step.answer if isinstance(step.answer, list) else []
    return [
        OverrideState(
            ref=answer["override"]["id"],
            user_ref=wish["user"]["id"],
            period=worked.periods_from_json([[wish["start"], wish["end"]]])[0],
        )
        for wish, answer in zip(asked, answers, strict=False)
        if answer.get("status") == CREATED and (answer.get("override") or {}).get("id")
    ]
