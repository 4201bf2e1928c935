"""Taking leavers out of PagerDuty: their time becomes a gap there as soon as it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from audit.operations import Actor, Area, record
from common import wording
from rotation.models import Rotation, Shift, WithheldWeek
from rotation.operations import syncing
from rotation.queries import leavers

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from rotation.queries.leavers import Withheld

LEAVERS = Actor.sweep("sweep_leavers")


def withhold(*, rotation_id: int, now: dt.datetime) -> bool:
    """Note which time PagerDuty must not page leavers for, and queue a sync run if it is news.

    The schedule stays as published until a repair is. What somebody may carry again, or what has
    another holder, is given back by a run as well. False when nothing changed.
    """
    with transaction.atomic():
        rows = Rotation.objects.select_for_update(of=("self",)).select_related("team")
        rotation = rows.get(pk=rotation_id)
        found = {each.key: each for each in leavers.withheld(rotation=rotation, now=now)}
        noticed = leavers.open_rows(rotation_id=rotation_id)
        fresh = [each for key, each in found.items() if key not in noticed]
        gone = [row for key, row in noticed.items() if key not in found]
        if not fresh and not gone:
            return False
        WithheldWeek.objects.filter(pk__in=[row.pk for row in gone]).update(cleared_at=now)
        _notice(fresh, now)
        given_back = _starts(gone, now)
        if fresh or given_back:
            starts = [*(each.starts_at for each in fresh), *given_back]
            cause = _cause(fresh) or "somebody may carry a week again"
            syncing.queue_sync(
                rotation_id=rotation_id, cause=cause, now=now, starts_at=max(now, min(starts))
            )
        if fresh:
            _record(rotation, fresh, now)
    return True


def _notice(fresh: Iterable[Withheld], now: dt.datetime) -> None:
    WithheldWeek.objects.bulk_create(
        WithheldWeek(
            level_id=each.level_id,
            week_date=each.week_date,
            engineer_id=each.engineer_id,
            why=each.why,
            noticed_at=now,
        )
        for each in fresh
    )


def _starts(gone: Iterable[WithheldWeek], now: dt.datetime) -> list[dt.datetime]:
    """The starts of those weeks that are not over: only there PagerDuty shows anything else."""
    found = []
    for row in gone:
        shifts = Shift.objects.filter(
            level_id=row.level_id, week_date=row.week_date, ends_at__gt=now
        )
        found += list(shifts.values_list("starts_at", flat=True))
    return found


def _cause(fresh: Sequence[Withheld]) -> str:
    told = dict.fromkeys(each.sentence for each in fresh)
    text = "; ".join(told)
    return f"{text[0].upper()}{text[1:]}"[:200] if text else ""


def _record(rotation: Rotation, fresh: Sequence[Withheld], now: dt.datetime) -> None:
    record(
        actor=LEAVERS,
        now=now,
        area=Area.SCHEDULE,
        verb="withheld",
        subject=f"{wording.counted(len(fresh), 'week')} of {rotation.name} from PagerDuty",
        team=rotation.team.slug,
        after={
            "weeks": [
                {"level": each.level, "week": str(each.week_date), "why": each.sentence}
                for each in fresh
            ]
        },
    )
