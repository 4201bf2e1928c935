"""What a manager wants of a draft by hand: the rules, and whom and which weeks they can name."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from rotation.models import DraftRule
from rotation.queries import cells
from volunteers.queries import marks

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from rotation.domain.planning import Plan
    from rotation.models import Draft
    from volunteers.domain import PersonMark


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class RuleLine:
    """One rule: whether the person must or must not carry the week, and who said so.

    One that does not count yet was added after the draft had been asked for.
    """

    rule_id: int
    level: str
    week_date: dt.date
    mark: PersonMark
    must: bool
    counts: bool
    by: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LevelPeople:
    """Who serves at a level in the draft's weeks, by name."""

    level: str
    people: tuple[tuple[int, str], ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class HandRules:
    """The rules of a draft by week, and what can be chosen for another one."""

    rules: tuple[RuleLine, ...]
    levels: tuple[LevelPeople, ...]
    weeks: tuple[dt.date, ...]

    @property
    def waiting(self) -> int:
        """How many rules count only once the draft is solved again."""
        return sum(1 for rule in self.rules if not rule.counts)

    def of_week(self, level: str, week_date: dt.date) -> tuple[RuleLine, ...]:
        """The rules of one week of one level."""
        return tuple(
            rule for rule in self.rules if rule.level == level and rule.week_date == week_date
        )

    def people_of(self, level: str) -> Sequence[tuple[int, str]]:
        """Who serves at the level, by name."""
        return next((each.people for each in self.levels if each.level == level), ())


def hand_rules(*, draft: Draft, plan: Plan, now: dt.datetime) -> HandRules:
    """The draft's rules with what `plan` offers for more; three queries at most."""
    rows = list(
        DraftRule.objects.filter(draft=draft)
        .select_related("level")
        .order_by("week_date", "-level__name", "pk")
    )
    return HandRules(
        rules=_lines(draft, rows),
        levels=tuple(
            LevelPeople(
                level=level.level,
                people=tuple(
                    sorted(
                        ((person.engineer_id, person.name) for person in level.people),
                        key=lambda each: each[1],
                    )
                ),
            )
            for level in plan.levels
        ),
        weeks=tuple(week.week_date for week in plan.weeks if week.period.starts_at > now),
    )


def _lines(draft: Draft, rows: Sequence[DraftRule]) -> tuple[RuleLine, ...]:
    if not rows:
        return ()
    known = marks.with_others(
        marks.team_marks(team_id=draft.rotation.team_id),
        engineer_ids={row.engineer_id for row in rows},
    )
    return tuple(
        RuleLine(
            rule_id=row.pk,
            level=row.level.name,
            week_date=row.week_date,
            mark=cells.mark_of(row.engineer_id, known),
            must=row.kind == DraftRule.Kind.PIN,
            counts=row.added_at <= draft.requested_at,
            by=row.added_by,
        )
        for row in rows
    )
