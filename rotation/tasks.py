"""Celery's doorway to solving and syncing: read the clocks, build the gateway, call once."""

from __future__ import annotations

import datetime as dt
import uuid

from celery import shared_task

from audit.operations import Actor
from common import clock
from common.clocks import Clocks
from common.each import each
from rotation import (
    answering,
    door,
    drifting,
    forecasting,
    generation,
    hooking,
    looking,
    people_checking,
    sparing,
    syncing,
)
from rotation.operations import (
    account_notices,
    calendar_feeds,
    calendars,
    clock_back,
    cover_sweeps,
    digests,
    drift_checks,
    forecasts,
    gap_mails,
    hook_events,
    hook_keeping,
    incidents,
    leavers,
    lookups,
    people_checks,
    reminders,
    repairs,
    term_notices,
)
from rotation.operations import syncing as sync_operations
from rotation.queries import (
    calendar_pieces,
    disturbances,
    drift_facts,
    forecast_facts,
    hook_state,
    hook_work,
    people_facts,
    waiting,
)
from rotation.queries import cover_requests as cover_queries
from rotation.queries import leavers as leaver_queries
from rotation.queries import lookups as lookup_queries
from rotation.queries import syncing as sync_queries
from rotation.queries import term_ends as term_queries

SYNC_SLICE = dt.timedelta(seconds=30)
REPAIRS = Actor.sweep("sweep_repairs")


@shared_task(name="rotation.sweep_drafts")
def sweep_drafts() -> int:
    """Hand every draft that waits to a worker; returns how many."""
    draft_ids = waiting.waiting_draft_ids(real_now=clock.real_now())
    for draft_id in draft_ids:
        generate_draft.delay(draft_id=draft_id)
    return len(draft_ids)


@shared_task(name="rotation.generate_draft")
def generate_draft(*, draft_id: int) -> bool:
    """Solve one waiting draft; False when another worker has it or it moved on."""
    return generation.generate_draft(
        draft_id=draft_id,
        holder=uuid.uuid4().hex,
        clocks=Clocks(now=clock.now, real_now=clock.real_now),
    )


@shared_task(name="rotation.sweep_repairs")
def sweep_repairs() -> int:
    """Propose a repair of every schedule that something new disturbs; returns how many."""
    now = clock.now()

    def propose(rotation_id: int) -> bool:
        draft = repairs.propose_repair(rotation_id=rotation_id, actor=REPAIRS, now=now)
        if draft is not None:
            generate_draft.delay(draft_id=draft.pk)
        return draft is not None

    return sum(each(disturbances.rotation_ids_to_look_at(now=now), propose))


@shared_task(name="rotation.sweep_questions")
def sweep_questions() -> int:
    """Hand every question that waits to a worker; returns how many."""
    question_ids = waiting.waiting_question_ids(real_now=clock.real_now())
    for question_id in question_ids:
        answer_question.delay(question_id=question_id)
    return len(question_ids)


@shared_task(name="rotation.answer_question")
def answer_question(*, question_id: int) -> bool:
    """Answer one waiting question; False when another worker has it or it is over."""
    return answering.answer_question(
        question_id=question_id,
        holder=uuid.uuid4().hex,
        clocks=Clocks(now=clock.now, real_now=clock.real_now),
    )


@shared_task(name="rotation.sweep_forecasts")
def sweep_forecasts() -> int:
    """Ask for each forecast whose facts changed, hand those that wait to workers; how many."""
    now = clock.now()
    for rotation in forecast_facts.rotations_to_look_at(now=now):
        digest = forecast_facts.forecast_facts(rotation=rotation, now=now).digest
        forecasts.refresh_forecast(rotation_id=rotation.pk, digest=digest, now=now)
    forecast_ids = waiting.waiting_forecast_ids(real_now=clock.real_now())
    for forecast_id in forecast_ids:
        compute_forecast.delay(forecast_id=forecast_id)
    return len(forecast_ids)


@shared_task(name="rotation.compute_forecast")
def compute_forecast(*, forecast_id: int) -> bool:
    """Compute one waiting forecast; False when another worker has it or none waits."""
    return forecasting.compute_forecast(
        forecast_id=forecast_id,
        holder=uuid.uuid4().hex,
        clocks=Clocks(now=clock.now, real_now=clock.real_now),
    )


@shared_task(name="rotation.sweep_cover_requests")
def sweep_cover_requests() -> int:
    """End the requests for cover whose time has come, tell and remind of the others; how many."""
    now = clock.now()
    ids = cover_queries.due_ids(now=now)
    return sum(cover_sweeps.settle_request(cover_id=cover_id, now=now) for cover_id in ids)


@shared_task(name="rotation.sweep_reminders")
def sweep_reminders() -> int:
    """Tell of shifts, handovers and gaps that are near, and managers of their week; how many."""
    now = clock.now()
    work = (reminders.remind, gap_mails.tell_gaps, digests.tell_managers)
    return sum(each(range(len(work)), lambda number: work[number](now=now)))


@shared_task(name="rotation.sweep_leavers")
def sweep_leavers() -> int:
    """Take leavers out of PagerDuty wherever it is news; returns for how many rotations."""
    now = clock.now()
    ids = leaver_queries.rotation_ids_to_look_at(now=now)
    return sum(each(ids, lambda rotation_id: leavers.withhold(rotation_id=rotation_id, now=now)))


@shared_task(name="rotation.sweep_terms")
def sweep_terms() -> int:
    """Write to those whose term ends in eight or four weeks, or is over; returns to how many."""
    now = clock.now()
    ids = [due.term_id for due in term_queries.due_terms(now=now)]
    return sum(each(ids, lambda term_id: term_notices.tell_term(term_id=term_id, now=now)))


@shared_task(name="rotation.sweep_calendars")
def sweep_calendars() -> int:
    """Bring calendars in line with what is carried, and look after their addresses; how many."""
    now = clock.now()
    calendar_feeds.keep_fetches()
    calendar_feeds.stop_of_closed_accounts(now=now)
    calendars.watch_rotations(now=now)
    changed = calendars.tell_names(now=now)
    ids = calendar_pieces.due_rotation_ids(now=now, look_every=calendars.LOOK_EVERY)
    return changed + sum(
        each(ids, lambda rotation_id: calendars.tell_rotation(rotation_id=rotation_id, now=now))
    )


@shared_task(name="rotation.sweep_people_checks")
def sweep_people_checks() -> int:
    """Leave the daily check of people, or one for somebody new, hand on what waits; how many."""
    real_now = clock.real_now()
    people_checks.request_if_due(now=clock.now())
    people_checks.requeue_failed(real_now=real_now)
    check_ids = people_facts.waiting_check_ids(real_now=real_now)
    for check_id in check_ids:
        check_people.delay(check_id=check_id)
    return len(check_ids)


@shared_task(name="rotation.check_people")
def check_people(*, check_id: int) -> bool:
    """Carry out one waiting check; False when another worker has it or it is over."""
    holder = uuid.uuid4().hex
    return people_checking.check_people(
        check_id=check_id,
        gateway=door.gateway(holder=holder),
        holder=holder,
        clocks=Clocks(now=clock.now, real_now=clock.real_now),
    )


@shared_task(name="rotation.sweep_web_hooks")
def sweep_web_hooks() -> int:
    """Hand every event that waits to a worker, and wake one that looks after them; how many.

    Events that were read long ago are cut and dropped, a bounded number each time.
    """
    now, real_now = clock.now(), clock.real_now()
    event_ids = hook_work.waiting_event_ids(real_now=real_now)
    for event_id in event_ids:
        read_web_hook.delay(event_id=event_id)
    for ref in hook_work.incidents_to_join():
        incidents.rebuild(ref=ref, now=now)
    hook_keeping.forget_old_events(now=now)
    if hook_state.is_due(now=now, real_now=real_now):
        look_after_web_hooks.delay()
    return len(event_ids)


@shared_task(name="rotation.read_web_hook")
def read_web_hook(*, event_id: int) -> bool:
    """Read one event that waits; False when another worker has it or it is done."""
    return hook_events.handle(
        event_id=event_id, holder=uuid.uuid4().hex, now=clock.now(), real_now=clock.real_now()
    )


@shared_task(name="rotation.look_after_web_hooks")
def look_after_web_hooks() -> bool:
    """Make, check or mend the subscription and read what it missed; False if another does."""
    holder = uuid.uuid4().hex
    return hooking.look_after(
        gateway=door.gateway(holder=holder),
        holder=holder,
        clocks=Clocks(now=clock.now, real_now=clock.real_now),
    )


@shared_task(name="rotation.sweep_lookups")
def sweep_lookups() -> int:
    """Hand every question to PagerDuty that waits to a worker; returns how many."""
    real_now = clock.real_now()
    lookups.forget_old_lookups(now=clock.now())
    if door.is_resting(real_now=real_now):
        return 0
    lookup_ids = lookup_queries.waiting_lookup_ids(real_now=real_now)
    for lookup_id in lookup_ids:
        look_up.delay(lookup_id=lookup_id)
    return len(lookup_ids)


@shared_task(name="rotation.look_up")
def look_up(*, lookup_id: int) -> bool:
    """Answer one waiting question; False when another worker has it or it is over."""
    holder = uuid.uuid4().hex
    return looking.look_up(
        lookup_id=lookup_id,
        gateway=door.gateway(holder=holder),
        clocks=Clocks(now=clock.now, real_now=clock.real_now),
        holder=holder,
    )


@shared_task(name="rotation.sweep_syncs")
def sweep_syncs() -> int:
    """Wake a worker when a sync run waits, tell of a refused token; returns how many runs do."""
    real_now = clock.real_now()
    clock_back.forget_the_future(real_now=real_now)
    sync_operations.requeue_failed(real_now=real_now)
    account_notices.tell_of_refusal(now=clock.now(), real_now=real_now)
    waiting = len(sync_queries.waiting_run_ids(now=clock.now(), real_now=real_now))
    if waiting:
        sync_next.delay()
    return waiting


@shared_task(name="rotation.sync_next")
def sync_next() -> int:
    """Carry out runs that wait, the most urgent first, and make room after a while; how many."""
    ends_at = clock.real_now() + SYNC_SLICE
    waiting = sync_queries.waiting_run_ids(now=clock.now(), real_now=clock.real_now())
    seen = sparing.Seen(many=len(waiting) >= sparing.MANY, account=door.account_key())
    done = 0
    while (run_id := _next_run_id()) is not None:
        if clock.real_now() >= ends_at:
            sync_next.delay()
            break
        holder = uuid.uuid4().hex
        done += syncing.sync_rotation(
            run_id=run_id,
            gateway=door.gateway(holder=holder),
            clocks=Clocks(now=clock.now, real_now=clock.real_now),
            holder=holder,
            seen=seen,
        )
    return done


def _next_run_id() -> int | None:
    """None as well while PagerDuty is given a rest: what waits then is not touched."""
    real_now = clock.real_now()
    if door.is_resting(real_now=real_now):
        return None
    return sync_queries.next_run_id(now=clock.now(), real_now=real_now)


@shared_task(name="rotation.sweep_drift_checks")
def sweep_drift_checks() -> int:
    """Leave the checks that are due, wake a worker when one waits; returns how many do."""
    drift_checks.queue_due(now=clock.now())
    waiting = len(drift_facts.waiting_check_ids(real_now=clock.real_now()))
    if waiting:
        check_drift_next.delay()
    return waiting


@shared_task(name="rotation.check_drift_next")
def check_drift_next() -> int:
    """Compare rotations that wait for it, and make room after a while; returns how many."""
    ends_at = clock.real_now() + SYNC_SLICE
    done = 0
    while (check_id := _next_drift_check_id()) is not None:
        if clock.real_now() >= ends_at:
            check_drift_next.delay()
            break
        holder = uuid.uuid4().hex
        done += drifting.check_drift(
            check_id=check_id,
            gateway=door.gateway(holder=holder),
            clocks=Clocks(now=clock.now, real_now=clock.real_now),
            holder=holder,
        )
    return done


def _next_drift_check_id() -> int | None:
    real_now = clock.real_now()
    if door.is_resting(real_now=real_now):
        return None
    return drift_facts.next_check_id(real_now=real_now)
