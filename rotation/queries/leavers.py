"""Whose published time PagerDuty is not to page any more, from terms and accounts as they are."""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q

from common import wording
from rotation.domain import leavers
from rotation.models import Cover, LevelName, Rotation, Shift, WithheldWeek
from rotation.queries import worked
from volunteers.models import Term
from volunteers.queries import contacts, served, service

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from rotation.queries.worked import WorkedShift


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Withheld:
    """A published week, some of which is a leaver's: nobody is paged for their time.

    `starts_at` is when that time begins, `ends_on` the end of their last term, or of the last at
    the level where they serve at the other one.
    """

    level_id: int
    level: str
    shift_id: int
    week_date: dt.date
    engineer_id: int
    name: str
    why: str
    ends_on: dt.date | None
    starts_at: dt.datetime
    serves_elsewhere: bool = False

    @property
    def key(self) -> tuple[int, dt.date, int]:
        """What makes it the same one the next time one looks."""
        return self.level_id, self.week_date, self.engineer_id

    @property
    def sentence(self) -> str:
        """Why PagerDuty pages nobody then."""
        if self.why == leavers.DEACTIVATED or self.ends_on is None:
            return f"{self.name} was deactivated"
        where = f" on {LevelName(self.level).label.lower()}" if self.serves_elsewhere else ""
        return f"the service of {self.name}{where} ends on {wording.day(self.ends_on)}"


def people_of(*, team_id: int, engineer_ids: Iterable[int]) -> dict[int, leavers.Person]:
    """Those people's terms in the team, by id; two queries."""
    ids = set(engineer_ids)
    active = {contact.engineer_id for contact in service.contacts_of(engineer_ids=ids)}
    terms: dict[int, list[served.ServedTerm]] = collections.defaultdict(list)
    for term in served.served_terms(team_id=team_id):
        terms[term.engineer_id].append(term)
    return {
        engineer_id: leavers.Person(
            is_active=engineer_id in active,
            terms=tuple((each.starts_on, each.ends_on) for each in terms[engineer_id]),
            by_level={
                name: tuple(
                    (each.starts_on, each.ends_on)
                    for each in terms[engineer_id]
                    if each.level == name
                )
                for name in LevelName.values
            },
        )
        for engineer_id in sorted(ids)
    }


def week_of(shift: WorkedShift, rotation: Rotation) -> leavers.Week:
    """The shift as the rule about leavers wants it."""
    return leavers.Week(
        week_date=shift.week_date,
        period=shift.period,
        zone=shift.zone,
        handover_time=rotation.handover_time,
    )


def on_it(shifts: Iterable[WorkedShift]) -> set[int]:
    """Everybody who holds one of the shifts or has time in it."""
    found = {shift.holder_id for shift in shifts}
    found |= {stint.person for shift in shifts for stint in shift.stints}
    return {person for person in found if person is not None}


def withheld(*, rotation: Rotation, now: dt.datetime) -> list[Withheld]:
    """The time of leavers in weeks that have not ended, by week, level and person; six queries."""
    rows = Shift.objects.filter(
        level__rotation=rotation, ends_at__gt=now, cancelled_at__isnull=True
    )
    levels = dict(rows.values_list("pk", "level_id"))
    shifts = worked.worked_shifts(shifts=rows)
    ids = on_it(shifts)
    people = people_of(team_id=rotation.team_id, engineer_ids=ids)
    names = contacts.contacts(engineer_ids=ids)
    found = []
    for shift in shifts:
        week = week_of(shift, rotation)
        known = leavers.as_known_to(people, shift.level, shift.holder_id)
        for person_id in sorted(ids):
            person = known[person_id]
            time = [stint.period for stint in shift.stints if stint.person == person_id]
            why = person.why_lost(week, time)
            if why:
                lost = [a for each in person.lost(week) for b in time if (a := each.overlap(b))]
                found.append(
                    Withheld(
                        level_id=levels[shift.shift_id],
                        level=shift.level,
                        shift_id=shift.shift_id,
                        week_date=shift.week_date,
                        engineer_id=person_id,
                        name=names[person_id].name,
                        why=why,
                        ends_on=person.ends_on,
                        serves_elsewhere=not people[person_id].lost(week),
                        starts_at=min(period.starts_at for period in lost),
                    )
                )
    return found


def open_rows(*, rotation_id: int) -> dict[tuple[int, dt.date, int], WithheldWeek]:
    """Those that were noticed and not cleared, by what makes them the same; one query."""
    rows = WithheldWeek.objects.filter(level__rotation_id=rotation_id, cleared_at__isnull=True)
    return {(row.level_id, row.week_date, row.engineer_id): row for row in rows.order_by("pk")}


def weeks_withheld(*, rotation: Rotation, now: dt.datetime) -> list[tuple[str, int]]:
    """Whose published weeks PagerDuty shows as a gap, with how many, by name; one query."""
    shifts = Shift.objects.filter(
        level=OuterRef("level"), week_date=OuterRef("week_date"), ends_at__gt=now
    )
    rows = WithheldWeek.objects.filter(
        Exists(shifts), level__rotation=rotation, cleared_at__isnull=True
    )
    counted = rows.values_list("engineer__name").annotate(weeks=Count("pk"))
    return [(name, weeks) for name, weeks in counted.order_by("engineer__name")]


def names_withheld(*, shift: Shift) -> list[str]:
    """Those whose time of this shift PagerDuty does not get, by name; one query."""
    rows = WithheldWeek.objects.filter(
        level_id=shift.level_id, week_date=shift.week_date, cleared_at__isnull=True
    )
    return list(rows.order_by("engineer__name").values_list("engineer__name", flat=True))


def rotation_ids_to_look_at(*, now: dt.datetime) -> list[int]:
    """Rotations where somebody on call may have left, or was noticed to have; one query."""
    covers = Cover.objects.filter(
        _may_be_gone("to_engineer", "shift__"), shift=OuterRef("pk"), state=Cover.State.ACCEPTED
    )
    shifts = Shift.objects.filter(
        _may_be_gone("holder") | Exists(covers),
        level__rotation=OuterRef("pk"),
        ends_at__gt=now,
        cancelled_at__isnull=True,
    )
    noticed = WithheldWeek.objects.filter(level__rotation=OuterRef("pk"), cleared_at__isnull=True)
    rows = Rotation.objects.filter(Exists(shifts) | Exists(noticed)).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def _may_be_gone(person: str, shift: str = "") -> Q:
    """Whether the person's account is closed, or a term of theirs ends before the week does."""
    ended: QuerySet[Term] = Term.objects.filter(
        Q(ends_on__lt=OuterRef(f"{shift}ends_at")) | Q(left_on__lt=OuterRef(f"{shift}ends_at")),
        engineer=OuterRef(person),
        team=OuterRef(f"{shift}level__rotation__team"),
    )
    return Q(**{f"{person}__is_active": False}) | Q(Exists(ended))
