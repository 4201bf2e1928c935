"""Gathering what a draft depends on, from terms, absences, wishes, policy and history."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from rotation.domain import fairness, limits, planning, slots
from rotation.models import Cover, Draft, LevelName, PolicyVersion, Rotation, Shift
from rotation.queries import agreed, calendars, history, patterns
from volunteers.queries import service

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from rotation.models import DraftRule


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Facts:
    """One rotation's rows, read once for both levels."""

    weeks: list[slots.Week]
    services: list[service.Service]
    history: dict[str, list[Shift]]
    carried: dict[str, list[fairness.HeldWeek]]
    homes: dict[int, str]
    covered: list[agreed.CoveredWeek]
    carriers: dict[int, int]
    absences: dict[int, list[planning.DaysAway]]
    away: dict[int, tuple[dt.date, ...]]
    wishes: dict[tuple[int, str], tuple[dt.date, ...]]
    pins: dict[str, tuple[tuple[dt.date, int], ...]]
    published: dict[str, tuple[tuple[dt.date, int | None], ...]]
    rules: tuple[planning.HandRule, ...]


def plan_of_draft(draft: Draft) -> planning.Plan:
    """The facts for a draft as they are now, with the rules by hand that it was asked for with."""
    counting = draft.rules.filter(added_at__lte=draft.requested_at)
    return plan_of_draft_with(draft, rules=hand_rules(counting))


def plan_of_draft_with(draft: Draft, *, rules: tuple[planning.HandRule, ...]) -> planning.Plan:
    """The facts for a draft as they are now, with these rules by hand."""
    return plan_for(
        rotation=draft.rotation,
        policy=draft.policy,
        first_week_date=draft.first_week_date,
        weeks=draft.weeks,
        objectives=tuple(draft.objectives),
        rules=rules,
    )


def hand_rules(rows: QuerySet[DraftRule]) -> tuple[planning.HandRule, ...]:
    """The rules as plain data, by week; one query."""
    return tuple(
        planning.HandRule(
            level=rule.level.name,
            week_date=rule.week_date,
            engineer_id=rule.engineer_id,
            kind=rule.kind,
        )
        for rule in rows.select_related("level").order_by("week_date", "level_id", "engineer_id")
    )


def plan_for(
    *,
    rotation: Rotation,
    policy: PolicyVersion,
    first_week_date: dt.date,
    weeks: int,
    objectives: tuple[str, ...] = (),
    rules: tuple[planning.HandRule, ...] = (),
) -> planning.Plan:
    """The facts for `weeks` weeks from a handover date on; a fixed number of queries.

    Without `objectives` the policy's order holds.
    """
    pattern = patterns.pattern_of(rotation)
    horizon = slots.weeks_from(pattern, first_week_date, weeks)
    holidays = patterns.holidays_in(rotation, horizon)
    counted = calendars.counted_holidays(
        rotation=rotation, policy=policy, weeks=horizon, own=holidays
    )
    facts = _facts(rotation, pattern, horizon, frozenset(holidays), rules)
    return planning.Plan(
        zone=rotation.time_zone,
        weeks=planning.plan_weeks(pattern, horizon, counted),
        levels=(
            _level(
                LevelName.PRIMARY,
                facts,
                rest_weeks=policy.primary_rest_weeks,
                shifts_per_term=policy.primary_shifts_per_term,
            ),
            _level(
                LevelName.ESCALATION,
                facts,
                rest_weeks=policy.escalation_rest_weeks,
                shifts_per_term=policy.escalation_shifts_per_term,
            ),
        ),
        spacing_weeks=policy.spacing_weeks,
        objectives=objectives or tuple(policy.objectives),
        policy_number=policy.number,
    )


def horizon_weeks(*, rotation: Rotation, first_week_date: dt.date, wanted: int) -> int:
    """The number of weeks a draft spans: what was asked for, and all that is published already."""
    last = (
        Shift.objects.filter(level__rotation=rotation, week_date__gte=first_week_date)
        .order_by("-week_date")
        .values_list("week_date", flat=True)
        .first()
    )
    published = 0 if last is None else (last - first_week_date).days // 7 + 1
    return max(wanted, min(published, 53))


def _facts(
    rotation: Rotation,
    pattern: slots.WeekPattern,
    weeks: list[slots.Week],
    holidays: frozenset[dt.date],
    rules: tuple[planning.HandRule, ...],
) -> _Facts:
    first, until = weeks[0].week_date, weeks[-1].week_date + planning.WEEK
    services = service.services_of(team_id=rotation.team_id)
    ids = sorted({line.engineer_id for line in services})
    absences: dict[int, list[planning.DaysAway]] = collections.defaultdict(list)
    margin = dt.timedelta(days=2)  # an office may be up to a day away from the rotation's zone
    for away in service.absences_of(
        engineer_ids=ids, from_date=first - margin, until_date=until + margin
    ):
        days = planning.DaysAway(starts_on=away.starts_on, ends_on=away.ends_on, zone=away.zone)
        absences[away.engineer_id].append(days)
    wishes: dict[tuple[int, str], list[dt.date]] = collections.defaultdict(list)
    for wish in service.wishes_of(team_id=rotation.team_id, from_date=first):
        if wish.week_date < until:
            wishes[wish.engineer_id, wish.wish].append(wish.week_date)
    return _Facts(
        weeks=weeks,
        services=services,
        history=_history(rotation, first),
        carried=history.carried_weeks(rotation=rotation, before=first),
        homes=service.home_teams(engineer_ids=ids, date=first),
        covered=agreed.covered_weeks(rotation=rotation, from_date=first, until_date=until),
        carriers=agreed.carriers_before(rotation=rotation, before=first),
        absences=absences,
        away={
            engineer_id: planning.weeks_away(pattern, weeks, holidays, days)
            for engineer_id, days in absences.items()
        },
        wishes={key: tuple(dates) for key, dates in wishes.items()},
        pins=_pins(rotation, first, until),
        published=_published(rotation, first, until),
        rules=rules,
    )


def _history(rotation: Rotation, before: dt.date) -> dict[str, list[Shift]]:
    rows = Shift.objects.filter(
        level__rotation=rotation, week_date__lt=before, cancelled_at__isnull=True
    ).select_related("level")
    published: dict[str, list[Shift]] = collections.defaultdict(list)
    for shift in rows.order_by("week_date", "pk"):
        published[shift.level.name].append(shift)
    return published


def _pins(
    rotation: Rotation, first: dt.date, until: dt.date
) -> dict[str, tuple[tuple[dt.date, int], ...]]:
    """Weeks with an accepted cover: a draft leaves their holder as agreed."""
    rows = (
        Cover.objects.filter(
            state=Cover.State.ACCEPTED,
            shift__level__rotation=rotation,
            shift__week_date__gte=first,
            shift__week_date__lt=until,
            shift__holder__isnull=False,
            shift__cancelled_at__isnull=True,
        )
        .order_by("shift__week_date", "shift_id")
        .values_list("shift__level__name", "shift__week_date", "shift__holder_id")
        .distinct()
    )
    pins: dict[str, list[tuple[dt.date, int]]] = collections.defaultdict(list)
    for level, week_date, holder_id in rows:
        if holder_id is not None:
            pins[level].append((week_date, holder_id))
    return {level: tuple(items) for level, items in pins.items()}


def _published(
    rotation: Rotation, first: dt.date, until: dt.date
) -> dict[str, tuple[tuple[dt.date, int | None], ...]]:
    rows = (
        Shift.objects.filter(
            level__rotation=rotation,
            week_date__gte=first,
            week_date__lt=until,
            cancelled_at__isnull=True,
        )
        .order_by("week_date", "pk")
        .values_list("level__name", "week_date", "holder_id")
    )
    published: dict[str, list[tuple[dt.date, int | None]]] = collections.defaultdict(list)
    for level, week_date, holder_id in rows:
        published[level].append((week_date, holder_id))
    return {level: tuple(items) for level, items in published.items()}


def _by_hand(facts: _Facts, level: LevelName, kind: str) -> tuple[tuple[dt.date, int], ...]:
    return tuple(
        (rule.week_date, rule.engineer_id)
        for rule in facts.rules
        if rule.level == level and rule.kind == kind
    )


def _level(
    level: LevelName, facts: _Facts, *, rest_weeks: int, shifts_per_term: int | None
) -> planning.PlanLevel:
    first, until = facts.weeks[0].week_date, facts.weeks[-1].week_date + planning.WEEK
    serving = [
        line
        for line in facts.services
        if line.level == level
        and line.starts_on < until
        and (line.ends_on is None or line.ends_on > first)
    ]
    people = sorted({line.engineer_id for line in serving})
    return planning.PlanLevel(
        level=level.value,
        rest_weeks=rest_weeks,
        shifts_per_term=shifts_per_term,
        people=tuple(_person(engineer_id, level, facts, shifts_per_term) for engineer_id in people),
        pins=tuple(dict.fromkeys((*facts.pins.get(level, ()), *_by_hand(facts, level, "pin")))),
        forbidden=_by_hand(facts, level, "forbid"),
        published=facts.published.get(level, ()),
        agreed=tuple(week.agreement for week in facts.covered if week.level == level),
    )


def _person(
    engineer_id: int, level: LevelName, facts: _Facts, shifts_per_term: int | None
) -> planning.PlanPerson:
    lines = [
        line for line in facts.services if line.engineer_id == engineer_id and line.level == level
    ]
    terms = tuple((line.starts_on, line.ends_on) for line in lines)
    published = facts.history.get(level, [])
    held = [
        fairness.HeldWeek(
            week_date=shift.week_date,
            load=shift.load_hundredths,
            holder_id=engineer_id,
            is_holiday=bool(shift.holidays),
        )
        for shift in published
        if facts.carriers.get(shift.pk, shift.holder_id) == engineer_id
    ]
    before = [week for week in facts.carried.get(level, []) if week.holder_id == engineer_id]
    return planning.PlanPerson(
        engineer_id=engineer_id,
        name=lines[0].name,
        home_team=facts.homes.get(engineer_id),
        terms=terms,
        away=agreed.weeks_away(
            level=level,
            engineer_id=engineer_id,
            away=facts.away.get(engineer_id, ()),
            absences=[days.period for days in facts.absences.get(engineer_id, [])],
            covered=facts.covered,
        ),
        wants=facts.wishes.get((engineer_id, "want"), ()),
        avoids=facts.wishes.get((engineer_id, "avoid"), ()),
        prior_load=sum(week.load for week in (*before, *held)),
        prior_weeks=fairness.weeks_there(before) + _weeks_served(terms, published),
        prior_holidays=sum(1 for week in (*before, *held) if week.is_holiday),
        last_week=max((week.week_date for week in (*before, *held)), default=None),
        shifts_left=limits.shifts_left(
            terms,
            limit=shifts_per_term,
            carried=[week.week_date for week in held],
            first=facts.weeks[0].week_date,
            until=facts.weeks[-1].week_date + planning.WEEK,
        ),
    )


def _weeks_served(
    terms: tuple[tuple[dt.date, dt.date | None], ...], published: Iterable[Shift]
) -> int:
    """Published weeks before the horizon in which the person was in term."""
    return sum(1 for shift in published if planning.is_active(terms, shift.week_date))
