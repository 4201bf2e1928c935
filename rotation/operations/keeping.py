"""Solving a draft again around weeks that stay as published."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db import transaction

from common import wording
from common.refusals import RefusedError
from rotation.models import Draft, DraftRule, Rotation, Shift
from rotation.operations import draft_rules, drafts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from audit.operations import Actor


class NothingToKeepError(RefusedError):
    """Nobody is published for the week, so that it cannot stay theirs."""

    code = "NOTHING_TO_KEEP"
    status = 409


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True, order=True)
class KeptWeek:
    """A week of one level that stays with whom it is published for."""

    week_date: dt.date
    level: str


def solve_again_keeping(
    *, draft_id: int, weeks: Sequence[KeptWeek], actor: Actor, now: dt.datetime
) -> Draft:
    """Leave a new draft as `drafts.solve_again` does, with the published holders of weeks fixed.

    Either all of it happens or nothing.

    Raises:
        NothingToKeepError: a week has no published holder.
        DraftRuleInvalidError: somebody can no longer carry their week.
        DraftRuleClashError: another rule by hand says otherwise.
        DraftMovedOnError: the draft is being made, published or put aside.
        DraftInProgressError: another draft of the rotation waits or is being solved.
    """
    with transaction.atomic():
        # In the order in which publishing locks: the rotation, then its draft.
        rotations = Rotation.objects.select_for_update(of=("self",))
        rotation = rotations.get(drafts__pk=draft_id)
        for week in sorted(set(weeks)):
            _keep(draft_id, rotation, week, actor=actor, now=now)
        return drafts.solve_again(draft_id=draft_id, actor=actor, now=now)


def _keep(
    draft_id: int, rotation: Rotation, week: KeptWeek, *, actor: Actor, now: dt.datetime
) -> None:
    rows = Shift.objects.filter(
        level__rotation=rotation, level__name=week.level, week_date=week.week_date
    )
    holder_id = rows.values_list("holder_id", flat=True).first()
    if holder_id is None:
        day = wording.day(week.week_date)
        raise NothingToKeepError(f"Nobody is published for the week of {day}.")
    fixed = DraftRule.objects.filter(
        draft_id=draft_id,
        level__name=week.level,
        week_date=week.week_date,
        engineer_id=holder_id,
        kind=DraftRule.Kind.PIN,
    )
    if not fixed.exists():
        draft_rules.add_rule(
            draft_id=draft_id,
            level=week.level,
            week_date=week.week_date,
            engineer_id=holder_id,
            kind=DraftRule.Kind.PIN,
            actor=actor,
            now=now,
        )
