"""What disturbs the published future of a rotation, from the facts as they are now."""

from __future__ import annotations

import collections
import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from rotation.domain import disturbances as domain
from rotation.domain import planning
from rotation.models import Cover, Disturbance, Draft, LevelName, Rotation, Shift
from rotation.queries import patterns, worked
from volunteers.queries import contacts, served, service

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from volunteers.queries.served import ServedTerm

MARGIN = dt.timedelta(days=2)  # an office may be up to a day away from the rotation's zone


def found_in(*, rotation: Rotation, now: dt.datetime) -> list[domain.Disturbance]:
    """What disturbs the published weeks that have not started; a fixed number of queries."""
    weeks = _standing(rotation, now)
    if not weeks:
        return []
    policy = patterns.policy_in_force(rotation_id=rotation.pk, now=now)
    return domain.disturbances(
        weeks,
        people=_people(rotation, weeks, now),
        rest_weeks={
            LevelName.PRIMARY: policy.primary_rest_weeks,
            LevelName.ESCALATION: policy.escalation_rest_weeks,
        },
        today=patterns.today_in(rotation, now),
    )


def noticed(*, rotation_id: int) -> dict[tuple[str, dt.date, str, int], Disturbance]:
    """Those that were noticed and not cleared, by what makes them the same; one query."""
    rows = Disturbance.objects.filter(level__rotation_id=rotation_id, cleared_at__isnull=True)
    return {
        (row.level.name, row.week_date, row.kind, row.engineer_id): row
        for row in rows.select_related("level").order_by("pk")
    }


def rotation_ids_to_look_at(*, now: dt.datetime) -> list[int]:
    """Rotations with a published week that is to come, or with something noticed; one query."""
    coming = Shift.objects.filter(level__rotation=OuterRef("pk"), starts_at__gt=now)
    open_ones = Disturbance.objects.filter(level__rotation=OuterRef("pk"), cleared_at__isnull=True)
    rows = Rotation.objects.filter(Exists(coming) | Exists(open_ones)).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def _standing(rotation: Rotation, now: dt.datetime) -> list[domain.StandingWeek]:
    rows = Shift.objects.filter(
        level__rotation=rotation, starts_at__gt=now, cancelled_at__isnull=True
    )
    covered = set(
        Cover.objects.filter(shift__in=rows, state=Cover.State.ACCEPTED).values_list(
            "shift_id", flat=True
        )
    )
    return [
        domain.StandingWeek(
            level=shift.level,
            week_date=shift.week_date,
            windows=tuple(shift.windows),
            holder_id=shift.holder_id,
            is_covered=shift.shift_id in covered,
        )
        for shift in worked.worked_shifts(shifts=rows)
    ]


def _people(
    rotation: Rotation, weeks: Sequence[domain.StandingWeek], now: dt.datetime
) -> dict[int, domain.Person]:
    """Everybody who holds one of the weeks or has a term in the team, by id."""
    terms: dict[int, list[ServedTerm]] = collections.defaultdict(list)
    for term in served.served_terms(team_id=rotation.team_id):
        terms[term.engineer_id].append(term)
    ids = set(terms) | {week.holder_id for week in weeks if week.holder_id is not None}
    known = contacts.contacts(engineer_ids=ids)
    active = {each.engineer_id for each in service.contacts_of(engineer_ids=ids)}
    away = _away(ids, weeks)
    since = _known_until(rotation, now)
    held = _held(rotation, [pk for pk in terms if _has_new(terms[pk], since)])
    return {
        engineer_id: domain.Person(
            engineer_id=engineer_id,
            name=known[engineer_id].name,
            is_active=engineer_id in active,
            terms=tuple(_span(term, since) for term in terms[engineer_id]),
            away=tuple(away.get(engineer_id, ())),
            held=held.get(engineer_id, {}),
        )
        for engineer_id in sorted(ids)
    }


def _away(
    ids: Iterable[int], weeks: Sequence[domain.StandingWeek]
) -> Mapping[int, list[planning.DaysAway]]:
    dates = [week.week_date for week in weeks]
    found: dict[int, list[planning.DaysAway]] = collections.defaultdict(list)
    for line in service.absences_of(
        engineer_ids=ids,
        from_date=min(dates) - MARGIN,
        until_date=max(dates) + planning.WEEK + MARGIN,
    ):
        days = planning.DaysAway(starts_on=line.starts_on, ends_on=line.ends_on, zone=line.zone)
        found[line.engineer_id].append(days)
    return found


def _known_until(rotation: Rotation, now: dt.datetime) -> dt.datetime:
    """When the facts of the schedule in force were read."""
    drafts = Draft.objects.filter(
        rotation=rotation,
        state=Draft.State.PUBLISHED,
        base_version=rotation.schedule_version - 1,
    )
    draft = drafts.order_by("-pk").first() if rotation.schedule_version else None
    if draft is None:
        return rotation.published_at or now
    return draft.solving_at or draft.requested_at


def _held(rotation: Rotation, engineer_ids: Collection[int]) -> dict[int, dict[str, list[dt.date]]]:
    found: dict[int, dict[str, list[dt.date]]] = collections.defaultdict(
        lambda: collections.defaultdict(list)
    )
    rows = Shift.objects.filter(
        level__rotation=rotation, holder_id__in=list(engineer_ids), cancelled_at__isnull=True
    ).order_by("week_date", "pk")
    for holder_id, level, week_date in rows.values_list("holder_id", "level__name", "week_date"):
        if holder_id is not None:
            found[holder_id][level].append(week_date)
    return found


def _has_new(terms: Iterable[ServedTerm], since: dt.datetime) -> bool:
    return any(term.entered_at > since for term in terms)


def _span(term: ServedTerm, since: dt.datetime) -> domain.TermSpan:
    return domain.TermSpan(
        level=term.level,
        starts_on=term.starts_on,
        ends_on=term.ends_on,
        has_left=term.has_left_early,
        is_new=term.entered_at > since,
    )
