"""Who holds more shifts in a term than the policy wants."""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING

from common import wording
from rotation.domain import limits
from rotation.models import LevelName, PolicyVersion, Shift
from rotation.queries import agreed, patterns
from volunteers.queries import service

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping

    from rotation.models import Rotation
    from volunteers.queries.service import Service

    Holders = Mapping[tuple[str, dt.date], int | None]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class OverLimit:
    """Somebody with more shifts in `[starts_on, ends_on)` than their level's limit."""

    engineer_id: int
    name: str
    level: str
    starts_on: dt.date
    ends_on: dt.date
    shifts: int
    limit: int

    @property
    def words(self) -> str:
        """`7 shifts in the term from Mon 7 Dec 2026; the policy wants 6 at most`."""
        return (
            f"{wording.counted(self.shifts, 'shift')} in the term from "
            f"{wording.day(self.starts_on)}; the policy wants {self.limit} at most"
        )


def people_over_limit(
    *,
    rotation: Rotation,
    policy: PolicyVersion,
    now: dt.datetime,
    proposed: Holders | None = None,
) -> list[OverLimit]:
    """Those over the limit in a term that is not over, by level and name; four queries.

    `proposed` gives holders by level and week as a draft has them: they count instead of what is
    published. A week that somebody covers wholly is theirs.
    """
    caps = limits_of(policy)
    today = patterns.today_in(rotation, now)
    services = service.services_of(team_id=rotation.team_id, from_date=today)
    held = _held(rotation, proposed or {})
    found = [
        over
        for line in services
        if (cap := caps[line.level]) is not None
        for over in _over(line, held[line.engineer_id, line.level], cap, policy, today)
    ]
    return sorted(found, key=lambda over: (over.level != LevelName.PRIMARY, over.name))


def limits_of(policy: PolicyVersion) -> dict[str, int | None]:
    """The shifts a term holds by level, None being no limit."""
    return {
        LevelName.PRIMARY.value: policy.primary_shifts_per_term,
        LevelName.ESCALATION.value: policy.escalation_shifts_per_term,
    }


def limits_by_team(*, team_ids: Iterable[int], now: dt.datetime) -> dict[tuple[int, str], int]:
    """The shifts a term holds, by team and level, those without a limit left out; one query."""
    in_force = PolicyVersion.objects.filter(
        rotation__team_id__in=set(team_ids), effective_from__lte=now
    ).select_related("rotation")
    by_team = {policy.rotation.team_id: policy for policy in in_force.order_by("number")}
    return {
        (team_id, level): limit
        for team_id, policy in by_team.items()
        for level, limit in limits_of(policy).items()
        if limit is not None
    }


def of_person(
    *, engineer_id: int, rotations: Iterable[Rotation], now: dt.datetime
) -> list[OverLimit]:
    """Where one person is over the limit in these rotations; five queries each."""
    return [
        over
        for rotation in rotations
        for over in people_over_limit(
            rotation=rotation,
            policy=patterns.policy_in_force(rotation_id=rotation.pk, now=now),
            now=now,
        )
        if over.engineer_id == engineer_id
    ]


def _held(rotation: Rotation, proposed: Holders) -> dict[tuple[int, str], list[dt.date]]:
    """Weeks by person and level."""
    carriers = agreed.carriers_before(rotation=rotation)
    holders: dict[tuple[str, dt.date], int | None] = {}
    rows = Shift.objects.filter(level__rotation=rotation, cancelled_at__isnull=True)
    for pk, level, week_date, holder_id in rows.order_by("week_date", "pk").values_list(
        "pk", "level__name", "week_date", "holder_id"
    ):
        # A draft leaves a covered week to whoever carries it.
        key = (level, week_date)
        holders[key] = carriers.get(pk, proposed.get(key, holder_id))
    found: dict[tuple[int, str], list[dt.date]] = collections.defaultdict(list)
    for (level, week_date), whose in {**proposed, **holders}.items():
        if whose is not None:
            found[whose, level].append(week_date)
    return found


def _over(
    line: Service, weeks: list[dt.date], limit: int, policy: PolicyVersion, today: dt.date
) -> Iterator[OverLimit]:
    last = max(weeks, default=today)
    for stretch in limits.stretches(
        (line.starts_on, line.ends_on), term_weeks=policy.term_weeks, until=last
    ):
        shifts = limits.held_in(stretch, weeks)
        if shifts > limit and stretch[1] > today:
            yield OverLimit(
                engineer_id=line.engineer_id,
                name=line.name,
                level=line.level,
                starts_on=stretch[0],
                ends_on=stretch[1],
                shifts=shifts,
                limit=limit,
            )
