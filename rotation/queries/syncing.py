"""What a sync needs to know: wanted stints, past requests, runs that wait."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Case, Q, When

from common.periods import Period, difference, intersection
from rotation.domain import leavers, stints
from rotation.domain.pagerduty_layers import HolderWeek
from rotation.domain.pagerduty_overrides import UserStint
from rotation.domain.pagerduty_plan import Action, WantedLevel, WantedWeek
from rotation.domain.pagerduty_state import OverrideState
from rotation.models import Level, LevelName, Shift, SyncRun, SyncStep
from rotation.queries import drift_decisions, identities, patterns, worked
from rotation.queries import leavers as leaver_queries
from volunteers.queries import service

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rotation.domain.pagerduty_people import Directory, Identity
    from rotation.models import Rotation
    from rotation.queries.drift_decisions import Decisions

CREATED = 201
SOON = dt.timedelta(hours=24)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LevelToSync:
    """One level: its row, its published shifts that have not ended, and its people's e-mails.

    `known` is how they were last known in PagerDuty, `taken` everybody's e-mail here, and `people`
    says until when each serves, `paged` whose time is not all withheld; `decided` is what was
    decided on drifts. `version_there` is the schedule's version that PagerDuty was last read to
    show, None while it shows something else.
    """

    level_id: int
    rotation_id: int
    name: str
    schedule_ref: str
    shifts: tuple[worked.WorkedShift, ...]
    emails: Mapping[int, str]
    names: Mapping[int, str]
    known: Mapping[int, Identity] = dataclasses.field(default_factory=dict)
    taken: frozenset[str] = frozenset()
    people: Mapping[int, leavers.Person] = dataclasses.field(default_factory=dict)
    paged: frozenset[int] = frozenset()
    decided: Decisions = drift_decisions.NONE
    is_adopted: bool = False
    released: frozenset[str] = frozenset()
    version_there: int | None = None

    def users(self, directory: Directory) -> dict[int, str]:
        """PagerDuty's ids of those of its people whom it knows."""
        return directory.refs_of(self.emails, self.known, self.taken)


def levels_to_sync(
    *, rotation: Rotation, now: dt.datetime, writes_over: bool = False
) -> list[LevelToSync]:
    """Both levels, primary first, with the people of their coming stints.

    With `writes_over` edits of the layers that nobody decided on do not stay.
    """
    levels = {level.name: level for level in Level.objects.filter(rotation=rotation)}
    shifts = Shift.objects.filter(level__rotation=rotation, ends_at__gt=now)
    lines = worked.worked_shifts(shifts=shifts)
    ids = leaver_queries.on_it(lines)
    contacts = service.contacts_of(engineer_ids=ids)
    known = identities.identities(engineer_ids=ids)
    taken = identities.taken_emails()
    people = leaver_queries.people_of(team_id=rotation.team_id, engineer_ids=ids)
    decided = drift_decisions.decisions(rotation_id=rotation.pk, now=now)
    return [
        LevelToSync(
            level_id=levels[name].pk,
            rotation_id=rotation.pk,
            name=name.value,
            schedule_ref=levels[name].pagerduty_schedule_ref,
            shifts=tuple(line for line in lines if line.level == name),
            emails={contact.engineer_id: contact.email for contact in contacts},
            names={contact.engineer_id: contact.name for contact in contacts},
            known=known,
            taken=taken,
            people=people,
            paged=_paged([line for line in lines if line.level == name], rotation, people),
            decided=_ordered(
                decided.get(levels[name].pk, drift_decisions.NONE), writes_over=writes_over
            ),
            is_adopted=levels[name].schedule_is_adopted,
            released=frozenset(rotation.pagerduty_released_refs),
            version_there=levels[name].in_pagerduty_version
            if levels[name].in_pagerduty_since
            else None,
        )
        for name in (LevelName.PRIMARY, LevelName.ESCALATION)
        if name in levels
    ]


def _ordered(decided: Decisions, *, writes_over: bool) -> Decisions:
    return dataclasses.replace(decided, restores=decided.restores or writes_over)


def _paged(
    shifts: Iterable[worked.WorkedShift],
    rotation: Rotation,
    people: Mapping[int, leavers.Person],
) -> frozenset[int]:
    """Everybody with time in the shifts that leavers' time does not take all of."""
    return frozenset(
        piece.person
        for shift in shifts
        for piece in _pieces(shift, leaver_queries.week_of(shift, rotation), people)
        if piece.person is not None
    )


def _pieces(
    shift: worked.WorkedShift, week: leavers.Week, people: Mapping[int, leavers.Person]
) -> list[stints.Stint]:
    """The shift's stints, leavers' time being nobody's."""
    known = leavers.as_known_to(people, shift.level, shift.holder_id)
    return leavers.paged(shift.stints, week, known)


def wanted_level(
    rotation: Rotation, level: LevelToSync, users: Mapping[int, str], now: dt.datetime
) -> WantedLevel:
    """What PagerDuty should show, `users` giving PagerDuty's id for those whom it knows."""
    return WantedLevel(
        name=f"{rotation.name}: {LevelName(level.name).label.lower()}",
        marker=f"rota:{rotation.slug}:{level.name}",
        time_zone=rotation.time_zone,
        pattern=patterns.pattern_of(rotation),
        is_adopted=level.is_adopted,
        weeks=tuple(
            _wanted_week(shift, leaver_queries.week_of(shift, rotation), level, users)
            for shift in level.shifts
            if shift.cancelled_at is None or shift.cancelled_at > max(now, shift.period.starts_at)
        ),
        left=level.decided.left,
        undecided=level.decided.undecided,
    )


def _wanted_week(
    shift: worked.WorkedShift, week: leavers.Week, level: LevelToSync, users: Mapping[int, str]
) -> WantedWeek:
    """The week with the time of leavers, and of those whom PagerDuty does not know, as nobody's.

    A layer cannot leave out a part of a week: where some of its time is nobody's, the layer has a
    gap and the others' time becomes overrides.
    """
    pieces = _pieces(shift, week, level.people)
    on_call = tuple(
        UserStint(
            user_ref=None if piece.person is None else users.get(piece.person),
            period=piece.period,
        )
        for piece in stints.on_call_stints(pieces, shift.windows)
    )
    running = _running(shift)
    holder_ref = None if shift.holder_id is None else users.get(shift.holder_id)
    holder = level.people.get(shift.holder_id or 0)
    has_left = holder is not None and bool(holder.at(level.name).lost(week))
    is_open = any(stint.user_ref is None and stint.period.overlap(running) for stint in on_call)
    return WantedWeek(
        holder=HolderWeek(period=running, user_ref=None if has_left or is_open else holder_ref),
        on_call=(*on_call, *_adopted(shift, level.decided.adopted)),
    )


def _adopted(shift: worked.WorkedShift, overrides: Iterable[OverrideState]) -> list[UserStint]:
    """The time off call of overrides that became covers: they stay as whoever made them made them.

    On call the stints show them already.
    """
    return [
        UserStint(user_ref=override.user_ref, period=period)
        for override in overrides
        for inside in intersection([override.period], [shift.period])
        for period in difference([inside], shift.windows)
    ]


def unmatched_names(level: LevelToSync, users: Mapping[int, str]) -> set[str]:
    """The people of the level's coming stints whom PagerDuty does not know, by name.

    Who has no time left there but what is withheld is a leaver, and nobody to make known there.
    """
    return {
        name
        for person, name in level.names.items()
        if person in level.paged and person not in users
    }


def asked_overrides(*, level_id: int, now: dt.datetime) -> list[OverrideState]:
    """Overrides that are Rota's to keep or to remove: its own, and those that somebody wants gone.

    In the order asked, with known ids; none that has ended.
    """
    own = own_overrides(level_id=level_id, now=now)
    return [*own, *drift_decisions.ordered_out(level_id=level_id, now=now)]


def own_overrides(*, level_id: int, now: dt.datetime) -> list[OverrideState]:
    """Overrides that Rota has asked PagerDuty for, and adopted ones, that have not ended."""
    asked = _from_steps(level_id, now)
    return [*asked, *drift_decisions.taken_over(level_id=level_id, now=now)]


def was_created(*, rotation_id: int, level_id: int | None) -> bool:
    """Whether Rota ever began to create the level's schedule, whatever came of it.

    Without a level, the rotation's escalation policy.
    """
    steps = SyncStep.objects.filter(run__rotation_id=rotation_id)
    if level_id is None:
        return steps.filter(action=Action.CREATE_POLICY).exists()
    return steps.filter(action=Action.CREATE_SCHEDULE, level_id=level_id).exists()


def removed_refs(*, level_id: int) -> set[str]:
    """Ids of overrides that Rota removed, or that were gone when it was about to."""
    steps = SyncStep.objects.filter(
        level_id=level_id, action=Action.REMOVE_OVERRIDE, state=SyncStep.State.DONE
    )
    return {path.rsplit("/", 1)[-1] for path in steps.values_list("path", flat=True)}


def _from_steps(level_id: int, now: dt.datetime) -> list[OverrideState]:
    steps = SyncStep.objects.filter(level_id=level_id, action=Action.CREATE_OVERRIDES)
    found = []
    for step in steps.order_by("pk"):
        asked = (step.request or {}).get("overrides", [])
        answers = step.answer if isinstance(step.answer, list) else [{}] * len(asked)
        for wish, answer in zip(asked, answers, strict=False):
            if answer.get("status", CREATED) != CREATED:
                continue
            period = worked.periods_from_json([[wish["start"], wish["end"]]])[0]
            if period.ends_at > now:
                ref = (answer.get("override") or {}).get("id")
                found.append(OverrideState(ref=ref, user_ref=wish["user"]["id"], period=period))
    return found


def waiting_run_ids(*, now: dt.datetime, real_now: dt.datetime) -> list[int]:
    """Runs that a worker may claim now.

    First those whose worker died, then those that change something within a day, then the others;
    the oldest first. One whose worker died again comes last, and a newer run waits for it.
    """
    due = Q(next_try_at__isnull=True) | Q(next_try_at__lte=real_now)
    died = Q(state=SyncRun.State.RUNNING, leased_until__lte=real_now)
    order = Case(
        When(died & Q(tries__lt=2), then=0),
        When(died, then=3),
        When(first_change_at__lt=now + SOON, then=1),
        default=2,
    )
    begun = SyncRun.objects.filter(state=SyncRun.State.RUNNING).values("rotation")
    free = Q(due, state=SyncRun.State.QUEUED) & ~Q(rotation__in=begun)
    waiting = SyncRun.objects.filter(free | died)
    return list(waiting.order_by(order, "pk").values_list("pk", flat=True))


def runs_ahead(*, rotation_id: int, now: dt.datetime, real_now: dt.datetime) -> int:
    """How many other rotations are written before this one, the one being written included."""
    mine = SyncRun.objects.filter(rotation_id=rotation_id, state=SyncRun.State.QUEUED)
    live = SyncRun.objects.filter(state=SyncRun.State.RUNNING, leased_until__gt=real_now)
    waiting = waiting_run_ids(now=now, real_now=real_now)
    run_id = mine.values_list("pk", flat=True).first()
    before = waiting.index(run_id) if run_id in waiting else 0
    return before + live.exclude(rotation_id=rotation_id).count()


def next_run_id(*, now: dt.datetime, real_now: dt.datetime) -> int | None:
    """The run that comes next; None when none waits, or while a worker is at one.

    PagerDuty's account answers one caller at a time, so a second worker would only wait.
    """
    live = SyncRun.objects.filter(state=SyncRun.State.RUNNING, leased_until__gt=real_now)
    if live.exists():
        return None
    return next(iter(waiting_run_ids(now=now, real_now=real_now)), None)


def _running(shift: worked.WorkedShift) -> Period:
    """The shift's time up to its cancellation."""
    if shift.cancelled_at is None:
        return shift.period
    return Period(starts_at=shift.period.starts_at, ends_at=shift.cancelled_at)
