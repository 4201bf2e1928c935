"""What waits for a manager: syncs that failed, gaps, drafts, applications, a schedule's end."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Max

from common import wording
from rotation.domain.planning import WEEK
from rotation.models import Draft, Shift, SyncRun
from rotation.queries import (
    cover_requests,
    coverage,
    drift,
    forecasts,
    hook_state,
    patterns,
    readiness,
)
from volunteers.queries import applications, extensions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from rotation.models import Rotation
    from rotation.queries.coverage import Gap
    from volunteers.access import Viewer

SOON_ENDS = dt.timedelta(weeks=6)
NEAR = dt.timedelta(days=1)
SYNC = "sync"
GAP = "gap"
DRAFT = "draft"
APPLICATION = "application"
DRIFT = "drift"
REACH = "reach"
SCHEDULE = "schedule"
FORECAST = "forecast"
WEB_HOOKS = "web-hooks"
COVER = "cover"
EXTENSION = "extension"
COVER_ENDS = dt.timedelta(hours=72)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """One thing to do: since when or for which day, what it is, and the page that settles it.

    `argument` is that of the route, empty when it takes none; `part` is the part of the page.
    `is_first` is what comes before all dates: PagerDuty pages, or is about to page, somebody else.
    """

    on: dt.date
    kind: str
    what: str
    more: str
    route: str
    argument: str
    button: str
    part: str = ""
    is_first: bool = False


def things_that_need(
    viewer: Viewer,
    rotations: Sequence[Rotation],
    runs: Mapping[int, SyncRun],
    now: dt.datetime,
) -> list[Need]:
    """What these rotations’ teams wait for beside gaps, in no order; at most 12 queries.

    `runs` are their last ones.
    """
    return [
        *_failed_syncs(rotations, runs.values()),
        *_drifts(rotations, now),
        *_forecasts(rotations, now),
        *_drafts(rotations),
        *_endings(rotations, now),
        *_applications(viewer),
        *_extensions(viewer, rotations),
        *_web_hooks(rotations, now),
        *_covers(rotations, now),
        *_unreached(rotations, now),
    ]


def in_order(needs: Sequence[Need]) -> list[Need]:
    """Failed syncs first, then whom PagerDuty pages wrongly within a day, then by date."""
    return sorted(
        needs, key=lambda need: (need.kind != SYNC, not need.is_first, need.on, need.what)
    )


def _failed_syncs(rotations: Sequence[Rotation], runs: Iterable[SyncRun]) -> Iterator[Need]:
    by_id = {rotation.pk: rotation for rotation in rotations}
    for run in runs:
        if run.state != SyncRun.State.FAILED:
            continue
        rotation = by_id[run.rotation_id]
        yield Need(
            on=_day(rotation, run.finished_at or run.queued_at),
            kind=SYNC,
            what=f"PagerDuty does not show the schedule of {rotation.name}",
            more=f"{run.failure} The published schedule is unchanged.",
            route="rotation-pagerduty",
            argument=rotation.slug,
            button="See and try again",
        )


def _drifts(rotations: Sequence[Rotation], now: dt.datetime) -> Iterator[Need]:
    """One line for each rotation of which PagerDuty shows somebody else and nobody has decided."""
    by_id = {rotation.pk: rotation for rotation in rotations}
    for rotation_id, rows in drift.undecided(rotation_ids=by_id).items():
        rotation = by_id[rotation_id]
        what, more = drift.attention_words(rows, rotation.time_zone)
        yield Need(
            on=_day(rotation, rows[0].starts_at),
            kind=DRIFT,
            what=what,
            more=f"{rotation.name}: {more}",
            route="rotation-pagerduty",
            argument=rotation.slug,
            button="See and decide",
            part="drift",
            is_first=rows[0].starts_at < now + NEAR,
        )


def _covers(rotations: Sequence[Rotation], now: dt.datetime) -> Iterator[Need]:
    """One line for each request for cover that ends within 72 hours."""
    ids = [rotation.pk for rotation in rotations]
    for line in cover_requests.ending_soon(rotation_ids=ids, until=now + COVER_ENDS, now=now):
        who = f"{line.asker} asks" if line.asker else "The team asks"
        when = wording.span(line.period.starts_at, line.period.ends_at, line.zone)
        yield Need(
            on=wording.local(line.ends_at, line.zone).date(),
            kind=COVER,
            what=f"{who} for cover, and nobody has taken it",
            more=f"{line.rotation_name}: {when}",
            route="cover-detail",
            argument=str(line.cover_id),
            button="Assign somebody",
        )


def _extensions(viewer: Viewer, rotations: Sequence[Rotation]) -> Iterator[Need]:
    """One line for each volunteer who would stay longer; the viewer's own waits for others."""
    teams = [rotation.team_id for rotation in rotations]
    for line in extensions.waiting_of(team_ids=teams):
        if line.engineer_id == viewer.engineer_id:
            continue
        yield Need(
            on=line.ends_on,
            kind=EXTENSION,
            what=f"{line.name} would stay {wording.counted(line.weeks, 'week')} longer",
            more=f"{line.team_name}: until {wording.day(line.new_end)} instead of "
            f"{wording.day(line.ends_on)}",
            route="extension-detail",
            argument=str(line.extension_id),
            button="Decide",
        )


def gap_needs(rotation: Rotation, gaps: Sequence[Gap]) -> list[Need]:
    """One line for all gaps of a rotation, none when there are none."""
    if not gaps:
        return []
    need = Need(
        on=gaps[0].week_date,
        kind=GAP,
        what=coverage.gap_words(gaps).removesuffix("."),
        more=rotation.name,
        route="shift-detail",
        argument=str(gaps[0].shift_id),
        button="See why",
    )
    return [need]


def _forecasts(rotations: Sequence[Rotation], now: dt.datetime) -> Iterator[Need]:
    """One line for each team that is too small, or needs people, within half a year."""
    found = forecasts.forecasts_of(rotation_ids=[rotation.pk for rotation in rotations])
    for rotation in rotations:
        forecast, today = found[rotation.pk], patterns.today_in(rotation, now)
        days = forecasts.noticed_days(forecast, today=today)
        if days:
            words = [forecasts.needed_words(forecast), forecasts.size_words(forecast)]
            what, *more = (each[0].lower() + each[1:] for each in words if each)
            if forecast.first_gap is not None:
                more.append(f"no draft closes the week of {wording.day(forecast.first_gap)}")
            yield Need(
                on=min(days),
                kind=FORECAST,
                what=what[0].upper() + what[1:],
                more=f"{rotation.name}: {'; '.join(more)}" if more else rotation.name,
                route="rotation-detail",
                argument=rotation.slug,
                button="See the forecast",
                part="forecast",
            )


def _web_hooks(rotations: Sequence[Rotation], now: dt.datetime) -> Iterator[Need]:
    """One line when pages are not counted, where any team has a schedule."""
    published = [rotation for rotation in rotations if rotation.schedule_version]
    found = hook_state.trouble(now=now) if published else None
    if found is not None:
        yield Need(
            on=_day(published[0], found.since),
            kind=WEB_HOOKS,
            what=found.what,
            more=found.more,
            route="web-hooks",
            argument="",
            button="See web-hooks",
        )


def _drafts(rotations: Sequence[Rotation]) -> Iterator[Need]:
    """Drafts that wait, and those that found no solution as long as no later one was asked for."""
    by_id = {rotation.pk: rotation for rotation in rotations}
    newest: dict[int, int] = {}
    rows = Draft.objects.filter(rotation__in=by_id).exclude(state=Draft.State.PUBLISHED)
    waiting = rows.filter(state__in=[Draft.State.READY, Draft.State.FAILED])
    for draft in waiting.order_by("rotation_id", "-number"):
        rotation = by_id[draft.rotation_id]
        is_newest = newest.setdefault(rotation.pk, draft.number) == draft.number
        if draft.state == Draft.State.FAILED and not is_newest:
            continue
        yield _draft(draft, rotation)


def _draft(draft: Draft, rotation: Rotation) -> Need:
    if draft.state == Draft.State.FAILED:
        what, more = f"Draft {draft.number} has no solution", draft.failure
    elif draft.base_version != rotation.schedule_version:
        what = f"Draft {draft.number} is out of date"
        more = f"Version {rotation.schedule_version} was published after it was made."
    else:
        what, more = f"Draft {draft.number} waits for a decision", _weeks_or_cause(draft)
    return Need(
        on=_day(rotation, draft.finished_at or draft.requested_at),
        kind=DRAFT,
        what=what,
        more=f"{rotation.name}: {more}",
        route="draft-detail",
        argument=str(draft.pk),
        button=f"Review draft {draft.number}",
    )


def _weeks_or_cause(draft: Draft) -> str:
    """What a draft is of: its weeks, or for a repair what made it necessary."""
    if draft.kind == Draft.Kind.REPAIR and draft.cause:
        return f"a repair, because {draft.cause}"
    until = draft.first_week_date + draft.weeks * WEEK
    return f"{draft.weeks} weeks, {wording.days(draft.first_week_date, until)}"


def _endings(rotations: Sequence[Rotation], now: dt.datetime) -> Iterator[Need]:
    """Rotations with nothing published, or whose published weeks end soon."""
    last = dict(
        Shift.objects.filter(level__rotation__in=[rotation.pk for rotation in rotations])
        .values_list("level__rotation")
        .annotate(last=Max("week_date"))
        .order_by("level__rotation")
    )
    for rotation in rotations:
        today, week = patterns.today_in(rotation, now), last.get(rotation.pk)
        if week is not None and week + WEEK > today + SOON_ENDS:
            continue
        until = None if week is None else week + WEEK
        yield Need(
            on=until or today,
            kind=SCHEDULE,
            what="Nothing is published yet"
            if until is None
            else f"The published schedule ends {wording.day(until)}",
            more=rotation.name,
            route="draft-make",
            argument=rotation.slug,
            button="Make a draft",
        )


def _applications(viewer: Viewer) -> Iterator[Need]:
    """One's own application is for another manager."""
    for waiting in applications.waiting_by_team(
        team_ids=viewer.managed_team_ids, not_of=viewer.engineer_id
    ):
        yield Need(
            on=waiting.oldest_at.date(),
            kind=APPLICATION,
            what=wording.counted(waiting.count, "application waits", "applications wait"),
            more=f"{waiting.team_name}, the oldest since {wording.day(waiting.oldest_at.date())}",
            route="applications",
            argument="",
            button="Review applications",
        )


def _unreached(rotations: Sequence[Rotation], now: dt.datetime) -> Iterator[Need]:
    """Rotations with people whom PagerDuty cannot page."""
    if not rotations:
        return
    found = readiness.counts(rotations=rotations, now=now)
    for rotation in rotations:
        if found[rotation.pk].unreached:
            yield Need(
                on=patterns.today_in(rotation, now),
                kind=REACH,
                what=found[rotation.pk].words,
                more=f"{rotation.name}: PagerDuty would not reach them in time",
                route="rotation-readiness",
                argument=rotation.slug,
                button="See who and why",
            )


def _day(rotation: Rotation, at: dt.datetime) -> dt.date:
    return wording.local(at, rotation.time_zone).date()
