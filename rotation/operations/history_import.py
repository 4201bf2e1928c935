"""Bringing in who carried which week before Rota, all of it or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from audit.operations import Area, record
from common.refusals import RefusedError
from rotation.models import HistoryWeek, Rotation
from rotation.queries import history_import
from rotation.queries.history_import import NEW, REPLACED, SKIPPED, UNCHANGED

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable

    from audit.operations import Actor
    from rotation.queries.history_import import Choices, HistoryLine, HistoryPlan, HistoryRow

AT_ONCE = 500
MOST_NAMED = 100


class HistoryRefusedError(RefusedError):
    """Some lines cannot be used, so none was."""

    code = "HISTORY_REFUSED"


def import_history(
    *,
    rotation_id: int,
    rows: Iterable[HistoryRow],
    choices: Choices,
    progress: Callable[[int, int], None],
    actor: Actor,
    now: dt.datetime,
) -> HistoryPlan:
    """Keep who carried the weeks of a list; gives what was done. Nobody is paid for them.

    Running it again changes nothing and records nothing. `progress` is told how many of how many
    weeks are written, after every 500.

    Raises:
        HistoryRefusedError: a line cannot be used; `fields` has the messages by "line 7".
    """
    with transaction.atomic():
        # The rotation's row stands for its schedule: two imports, or a publication, wait here.
        rotation = Rotation.objects.select_for_update(of=("self",)).get(pk=rotation_id)
        plan = history_import.plan_import(rotation=rotation, rows=rows, choices=choices, now=now)
        if plan.problems:
            raise HistoryRefusedError(
                f"Nothing was imported: {len(plan.problems)} problems.",
                fields={f"line {line}": said for line, said in reversed(plan.problems)},
            )
        changed = [line for line in plan.lines if line.outcome != UNCHANGED]
        for done, batch in _batches(changed):
            _write(batch, actor, now)
            progress(done, len(changed))
        if changed:
            _record(rotation, plan, changed, actor=actor, now=now)
    return plan


def _batches(lines: list[HistoryLine]) -> Iterable[tuple[int, list[HistoryLine]]]:
    """Up to 500 lines at a time, with how many are done by then."""
    for first in range(0, len(lines), AT_ONCE):
        batch = lines[first : first + AT_ONCE]
        yield first + len(batch), batch


def _write(batch: list[HistoryLine], actor: Actor, now: dt.datetime) -> None:
    HistoryWeek.objects.bulk_create(
        [
            HistoryWeek(
                level_id=line.level_id,
                week_date=line.week.week_date,
                holder_id=line.holder_id,
                load_hundredths=line.week.load,
                holidays=list(line.week.holidays),
                imported_by=actor.name,
                imported_at=now,
            )
            for line in batch
        ],
        update_conflicts=True,
        unique_fields=["level", "week_date"],
        update_fields=["holder", "load_hundredths", "holidays", "imported_by", "imported_at"],
    )


def _record(
    rotation: Rotation,
    plan: HistoryPlan,
    changed: list[HistoryLine],
    *,
    actor: Actor,
    now: dt.datetime,
) -> None:
    dates = [line.week.week_date for line in changed]
    counts: dict[str, Any] = {
        outcome: plan.count(outcome) for outcome in (NEW, REPLACED, UNCHANGED, SKIPPED)
    }
    given_away = [line for line in changed if line.outcome == REPLACED][:MOST_NAMED]
    record(
        actor=actor,
        now=now,
        area=Area.SCHEDULE,
        verb="imported history",
        subject=f"rotation {rotation.name}",
        team=rotation.team.slug,
        concerned=sorted({line.email for line in changed}),
        before={"holders": {_cell(line): line.was_email for line in given_away}},
        after={
            **counts,
            "first_week": str(min(dates)),
            "last_week": str(max(dates)),
            "holders": {_cell(line): line.email for line in given_away},
        },
    )


def _cell(line: HistoryLine) -> str:
    return f"{line.week.week_date} {line.level}"
