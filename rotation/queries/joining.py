"""What accepting somebody into a team means: dates to choose from, and what it would close."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from common import wording
from rotation.domain import slots
from rotation.models import LevelName, PolicyVersion, Rotation, Shift
from rotation.queries import patterns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rotation.domain.slots import WeekPattern

CHOICES = 26


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class TermChoice:
    """A term from one handover to another, `weeks` later by the policy."""

    starts_on: dt.date
    ends_on: dt.date

    @property
    def text(self) -> str:
        """`Mon 30 Nov 2026 to Mon 31 May 2027`."""
        return f"{wording.day(self.starts_on)} to {wording.day(self.ends_on)}"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Joining:
    """One team's rotation for those who join: its policy's figures and its coming gaps."""

    rotation_id: int
    slug: str
    name: str
    team_id: int
    pattern: WeekPattern
    today: dt.date
    now: dt.datetime
    term_weeks: int
    cool_down_weeks: int
    minimum_size: int
    target_size: int
    gaps: tuple[dt.date, ...]

    def choices(self, *, not_before: dt.date) -> list[TermChoice]:
        """The coming terms that begin on or after a day, the next handover first."""
        first = slots.first_week_on_or_after(self.pattern, self.now)
        if not_before > first.week_date:
            first = slots.first_week_on_or_after(self.pattern, not_before)
        weeks = slots.weeks_from(self.pattern, first.week_date, CHOICES)
        length = dt.timedelta(weeks=self.term_weeks)
        return [
            TermChoice(starts_on=week.week_date, ends_on=week.week_date + length) for week in weeks
        ]

    def gaps_in(self, term: TermChoice, *, without: Sequence[dt.date]) -> list[dt.date]:
        """The coming gaps on primary that lie in the term and suit."""
        last = term.ends_on - dt.timedelta(weeks=1)
        return [
            week for week in self.gaps if term.starts_on <= week <= last and week not in without
        ]


def joinings(*, team_ids: Iterable[int], now: dt.datetime) -> dict[int, Joining]:
    """The rotation of each team that has one, by team; three queries."""
    rotations = list(Rotation.objects.filter(team_id__in=list(team_ids)).order_by("pk"))
    ids = [rotation.pk for rotation in rotations]
    policies = {
        policy.rotation_id: policy
        for policy in PolicyVersion.objects.filter(
            rotation_id__in=ids, effective_from__lte=now
        ).order_by("number")
    }
    gaps: dict[int, list[dt.date]] = collections.defaultdict(list)
    open_weeks = Shift.objects.filter(
        level__rotation_id__in=ids,
        level__name=LevelName.PRIMARY,
        holder__isnull=True,
        cancelled_at__isnull=True,
        starts_at__gt=now,
    )
    for rotation_id, week_date in open_weeks.order_by("week_date", "pk").values_list(
        "level__rotation_id", "week_date"
    ):
        gaps[rotation_id].append(week_date)
    return {
        rotation.team_id: _joining(rotation, policies[rotation.pk], gaps[rotation.pk], now)
        for rotation in rotations
    }


def _joining(
    rotation: Rotation, policy: PolicyVersion, gaps: Sequence[dt.date], now: dt.datetime
) -> Joining:
    return Joining(
        rotation_id=rotation.pk,
        slug=rotation.slug,
        name=rotation.name,
        team_id=rotation.team_id,
        pattern=patterns.pattern_of(rotation),
        today=patterns.today_in(rotation, now),
        now=now,
        term_weeks=policy.term_weeks,
        cool_down_weeks=policy.cool_down_weeks,
        minimum_size=policy.minimum_size,
        target_size=policy.target_size,
        gaps=tuple(gaps),
    )
