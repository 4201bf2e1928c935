"""How many pages a rotation had: on whom, from which service, in which month and week."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, TypeVar

from common import wording
from rotation.domain import pages, slots
from rotation.models import LevelName, Page
from rotation.queries import patterns
from volunteers.queries import marks

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from django.db.models import QuerySet

    from rotation.domain.pages import Count, CountedPage
    from rotation.models import Rotation
    from volunteers.domain import PersonMark

BAR = 260
USUAL_MONTHS = 3
MONTHS = (1, 3, 6, 12)
A_WEEK = dt.timedelta(days=7)
NOBODY = "Not on call here"
STRANGER = "Nobody known here"
NO_SERVICE = "No service"
Key = TypeVar("Key", bound="Hashable")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which pages: those since the first of a month, and of one level, service or person if any."""

    months: int = USUAL_MONTHS
    level: str = ""
    service: str = ""
    person: int | None = None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """What a row is about; `key` is its name in the API, `shift` leads to a week's page."""

    text: str
    key: str = ""
    mark: PersonMark | None = None
    shift: int | None = None
    level: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class CountLine:
    """One row of a chart and its table; the bars are lengths in a picture 260 wide."""

    label: Label
    count: Count
    bar: int
    asleep_bar: int

    @property
    def answered(self) -> str:
        """Half were acknowledged within that time; empty when none was."""
        return wording.duration(self.count.median_seconds)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """The pages since a day in all and in rows.

    People, services and levels: those with most first; months and weeks: the newest first.
    """

    since: dt.date
    total: Count
    people: tuple[CountLine, ...]
    services: tuple[CountLine, ...]
    levels: tuple[CountLine, ...]
    months: tuple[CountLine, ...]
    shifts: tuple[CountLine, ...]

    @property
    def answered(self) -> str:
        """Half of all were acknowledged within that time; empty when none was."""
        return wording.duration(self.total.median_seconds)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class MonthCount:
    """The pages of a month and those of them in sleep hours; bars as in `CountLine`."""

    month: dt.date
    pages: int
    asleep: int
    bar: int
    asleep_bar: int


def since_of(rotation: Rotation, *, months: int, now: dt.datetime) -> dt.date:
    """The first of the month so many months ago, the running one included, in its zone."""
    today = patterns.today_in(rotation, now)
    index = today.year * 12 + today.month - months
    return dt.date(index // 12, index % 12 + 1, 1)


def pages_of(rotation: Rotation, *, wanted: Wanted, now: dt.datetime) -> QuerySet[Page]:
    """The wanted pages."""
    since = since_of(rotation, months=wanted.months, now=now)
    starts_at = slots.local_instant(rotation.time_zone, since, slots.MIDNIGHT)
    rows = Page.objects.filter(incident__rotation=rotation, paged_at__gte=starts_at)
    if wanted.level:
        rows = rows.filter(level__name=wanted.level)
    if wanted.service:
        rows = rows.filter(incident__service__ref=wanted.service)
    if wanted.person is not None:
        rows = rows.filter(engineer_id=wanted.person)
    return rows


def counts(rotation: Rotation, *, wanted: Wanted, now: dt.datetime) -> Counts:
    """The wanted pages counted; three queries at most."""
    rows = pages_of(rotation, wanted=wanted, now=now)
    read = list(
        rows.select_related("incident__service", "level", "shift__level").order_by(
            "-paged_at", "pk"
        )
    )
    found = [_counted(row, rotation.time_zone) for row in read]
    by_shift = [page for page in found if page.shift is not None]
    return Counts(
        since=since_of(rotation, months=wanted.months, now=now),
        total=pages.count(found),
        people=_most_first(
            _lines(pages.counts(found, lambda one: one.person), _people(rotation, read))
        ),
        services=_most_first(_lines(pages.counts(found, lambda one: one.service), _services(read))),
        levels=_most_first(_lines(pages.counts(found, lambda one: one.level), _levels())),
        months=_lines(pages.counts(found, lambda one: one.month), _months(found)),
        shifts=_newest_first(_lines(pages.counts(by_shift, lambda one: one.shift), _shifts(read))),
    )


def paged_lately(*, engineer_id: int, now: dt.datetime) -> Count:
    """The person's pages of the last seven days, of whatever rotation; one query."""
    rows = Page.objects.filter(
        engineer_id=engineer_id, paged_at__gt=now - A_WEEK, paged_at__lte=now
    ).select_related("incident__service", "level", "shift__level")
    return pages.count(_counted(row, "UTC") for row in rows)


def by_month(rotation: Rotation, *, months: int, now: dt.datetime) -> list[MonthCount]:
    """How many pages each of the last months had, the running one first; one query."""
    rows = pages_of(rotation, wanted=Wanted(months=months), now=now)
    found: dict[dt.date, list[bool]] = {}
    for back in range(months):
        found[since_of(rotation, months=back + 1, now=now)] = []
    for paged_at, asleep in rows.values_list("paged_at", "in_sleep_hours"):
        month = slots.local_date(rotation.time_zone, paged_at).replace(day=1)
        found.setdefault(month, []).append(asleep)
    widest = max(1, *(len(pages) for pages in found.values()))
    return [
        MonthCount(
            month=month,
            pages=len(pages),
            asleep=sum(pages),
            bar=round(BAR * len(pages) / widest),
            asleep_bar=round(BAR * sum(pages) / widest),
        )
        for month, pages in found.items()
    ]


def services_of(rotation: Rotation) -> list[tuple[str, str]]:
    """PagerDuty's id and the name of each service that ever paged the rotation, by name."""
    rows = rotation.incidents.filter(service__isnull=False).order_by("service__name")
    return list(rows.values_list("service__ref", "service__name").distinct())


def _counted(row: Page, zone: str) -> CountedPage:
    answered = row.acknowledged_at
    service = row.incident.service
    return pages.CountedPage(
        person=row.engineer_id,
        level=row.level.name if row.level else "",
        shift=row.shift_id,
        service=service.ref if service else "",
        month=slots.local_date(zone, row.paged_at).replace(day=1),
        in_on_call_hours=row.in_on_call_hours,
        in_sleep_hours=row.in_sleep_hours,
        seconds_to_acknowledge=(
            None if answered is None else int((answered - row.paged_at).total_seconds())
        ),
    )


def _people(rotation: Rotation, read: Iterable[Page]) -> dict[int | None, Label]:
    ids = {row.engineer_id for row in read if row.engineer_id is not None}
    known = marks.with_others(marks.team_marks(team_id=rotation.team_id), engineer_ids=ids)
    labels: dict[int | None, Label] = {None: Label(text=STRANGER)}
    for pk in ids:
        labels[pk] = Label(text=known[pk].name, key=str(pk), mark=known[pk])
    return labels


def _services(read: Iterable[Page]) -> dict[str, Label]:
    labels = {"": Label(text=NO_SERVICE)}
    for row in read:
        if row.incident.service:
            ref = row.incident.service.ref
            labels[ref] = Label(text=row.incident.service.name, key=ref)
    return labels


def _levels() -> dict[str, Label]:
    labels = {name.value: Label(text=str(name.label), key=name.value) for name in LevelName}
    return {"": Label(text=NOBODY), **labels}


def _months(found: Iterable[CountedPage]) -> dict[dt.date, Label]:
    return {
        page.month: Label(text=wording.month(page.month), key=f"{page.month:%Y-%m}")
        for page in found
    }


def _shifts(read: Iterable[Page]) -> dict[int | None, Label]:
    return {
        row.shift.pk: Label(
            text=f"Week of {wording.day(row.shift.week_date)}",
            key=f"{row.shift.week_date:%Y-%m-%d}",
            shift=row.shift.pk,
            level=row.shift.level.name,
        )
        for row in read
        if row.shift
    }


def _lines(found: Mapping[Key, Count], labels: Mapping[Key, Label]) -> tuple[CountLine, ...]:
    widest = max((count.pages for count in found.values()), default=1)
    return tuple(
        CountLine(
            label=labels[key],
            count=count,
            bar=round(BAR * count.pages / widest),
            asleep_bar=round(BAR * count.asleep / widest),
        )
        for key, count in found.items()
    )


def _most_first(lines: Iterable[CountLine]) -> tuple[CountLine, ...]:
    return tuple(sorted(lines, key=lambda line: (-line.count.pages, line.label.text)))


def _newest_first(lines: Iterable[CountLine]) -> tuple[CountLine, ...]:
    by_level = sorted(lines, key=lambda line: line.label.level, reverse=True)
    return tuple(sorted(by_level, key=lambda line: line.label.key, reverse=True))
