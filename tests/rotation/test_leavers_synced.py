from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from audit.models import AuditEvent
from rotation import tasks
from rotation.models import PagerDutyPerson, Shift, SyncRun, WithheldWeek
from rotation.operations import leavers, syncing
from rotation.queries import leavers as queries
from tests import builders
from tests.builders import NEXT_WEEK, WEEK
from tests.rotation.syncs import NOW, Published, know_people, make_published
from volunteers.models import Engineer, Term

if TYPE_CHECKING:
    from tests.simulator.running import RunningSimulator

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]

LAST_WEEK = NEXT_WEEK + 6 * WEEK


@pytest.fixture
def published(simulator: RunningSimulator) -> Published:
    published = make_published(weeks=12)
    know_people(simulator, published.people)
    published.sync(simulator)
    return published


def _person(published: Published, name: str) -> Engineer:
    return next(person for person in published.people if person.name == name)


def _leave(person: Engineer, on: dt.date) -> None:
    Term.objects.filter(engineer=person).update(left_on=on)


def _shown_of(
    published: Published, simulator: RunningSimulator, person: Engineer, level: str = "primary"
) -> list[tuple[str, dt.datetime, dt.datetime]]:
    return [piece for piece in published.shown(simulator, level) if piece[0] == person.email]


def _listed(simulator: RunningSimulator) -> set[str]:
    """Everybody whom a live layer or a coming override names."""
    now = f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
    return {
        user
        for schedule in simulator.state()["schedules"]
        for user in [
            *(
                user
                for layer in schedule["layers"]
                if layer["end"] is None or layer["end"] > now
                for user in layer["users"]
            ),
            *(each["user"] for each in schedule["overrides"] if each["end"] > now),
        ]
    }


def test_after_the_last_day_nothing_of_a_leaver_remains(
    published: Published, simulator: RunningSimulator
) -> None:
    ben = _person(published, "Ben")
    _leave(ben, LAST_WEEK)

    changed = leavers.withhold(rotation_id=published.rotation.pk, now=NOW)
    run = published.sync(simulator)

    end = dt.datetime(2027, 1, 11, 12, tzinfo=dt.UTC)
    theirs = [piece for piece in published.wanted("primary") if piece[0] == ben.email]
    others = [piece for piece in published.wanted("primary") if piece[0] != ben.email]
    shown = published.shown(simulator, "primary")
    assert (changed, run.state, run.failure) == (True, "done", "")
    assert "The service of Ben ends on Mon 11 Jan 2027" in run.cause
    assert [piece for piece in shown if piece[0] != ben.email] == others
    assert _shown_of(published, simulator, ben) == [p for p in theirs if p[2] <= end]
    assert [piece for piece in theirs if piece[1] >= end]


def test_a_closed_account_is_out_of_every_layer_and_override_at_once(
    published: Published, simulator: RunningSimulator
) -> None:
    ben = _person(published, "Ben")
    Engineer.objects.filter(pk=ben.pk).update(is_active=False)

    leavers.withhold(rotation_id=published.rotation.pk, now=NOW)
    run = published.sync(simulator)

    assert run.state == SyncRun.State.DONE
    assert f"P{ben.pk:06d}" not in _listed(simulator)
    assert _shown_of(published, simulator, ben) == []


def test_what_was_noticed_leads_to_one_run_and_one_record(published: Published) -> None:
    _leave(_person(published, "Ben"), LAST_WEEK)

    first = leavers.withhold(rotation_id=published.rotation.pk, now=NOW)
    again = leavers.withhold(rotation_id=published.rotation.pk, now=NOW)

    assert (first, again) == (True, False)
    assert SyncRun.objects.filter(state="queued").count() == 1
    assert AuditEvent.objects.filter(verb="withheld").count() == 1


def test_somebody_who_stays_after_all_is_paged_again(
    published: Published, simulator: RunningSimulator
) -> None:
    ben = _person(published, "Ben")
    _leave(ben, LAST_WEEK)
    leavers.withhold(rotation_id=published.rotation.pk, now=NOW)
    published.sync(simulator)
    Term.objects.filter(engineer=ben).update(left_on=None)

    changed = leavers.withhold(rotation_id=published.rotation.pk, now=NOW)
    run = published.sync(simulator)

    assert (changed, run.state) == (True, "done")
    assert published.shown(simulator, "primary") == published.wanted("primary")
    assert not WithheldWeek.objects.filter(cleared_at__isnull=True).exists()


def test_a_leaver_on_level_2_is_a_gap_there_and_primary_is_left_alone(
    published: Published, simulator: RunningSimulator
) -> None:
    gil = _person(published, "Gil")
    _leave(gil, NEXT_WEEK)

    leavers.withhold(rotation_id=published.rotation.pk, now=NOW)
    published.sync(simulator)

    start = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
    shown = _shown_of(published, simulator, gil, "escalation")
    assert all(piece[2] <= start for piece in shown)
    assert published.shown(simulator, "primary") == published.wanted("primary")


def test_who_leaves_primary_and_serves_on_level_2_keeps_no_entry_on_primary(
    published: Published, simulator: RunningSimulator
) -> None:
    ben = _person(published, "Ben")
    _leave(ben, LAST_WEEK)
    builders.make_escalation_term(team=published.rotation.team, engineer=ben, starts_on=LAST_WEEK)

    changed = leavers.withhold(rotation_id=published.rotation.pk, now=NOW)
    run = published.sync(simulator)

    end = dt.datetime(2027, 1, 11, 12, tzinfo=dt.UTC)
    theirs = [piece for piece in published.wanted("primary") if piece[0] == ben.email]
    assert (changed, run.state, run.unmatched) == (True, "done", [])
    assert "The service of Ben on primary ends on Mon 11 Jan 2027" in run.cause
    assert _shown_of(published, simulator, ben) == [p for p in theirs if p[2] <= end]
    assert [piece for piece in theirs if piece[1] >= end]


def test_a_leaver_whose_weeks_are_all_withheld_is_not_said_to_be_unknown(
    published: Published, simulator: RunningSimulator
) -> None:
    ben = _person(published, "Ben")
    state = simulator.state()
    known = [each for each in state["users"] if each["name"] != "Ben"]
    simulator.put_state({**state, "users": known})
    _leave(ben, NEXT_WEEK)

    leavers.withhold(rotation_id=published.rotation.pk, now=NOW)
    run = published.sync(simulator)

    assert (run.state, run.unmatched) == ("done", [])
    [(name, weeks)] = queries.weeks_withheld(rotation=published.rotation, now=NOW)
    assert name == "Ben"
    assert weeks == Shift.objects.filter(holder=ben, week_date__gte=NEXT_WEEK).count()


def test_a_cover_that_a_leaver_took_pages_nobody_and_the_holder_keeps_the_rest(
    published: Published, simulator: RunningSimulator
) -> None:
    ben = _person(published, "Ben")
    shift = Shift.objects.filter(level__name="primary", week_date__gte=LAST_WEEK).exclude(
        holder=ben
    )[0]
    starts_at, ends_at = (
        shift.starts_at + dt.timedelta(days=2),
        shift.starts_at + dt.timedelta(days=3),
    )
    builders.make_cover(
        shift=shift,
        from_engineer=shift.holder,
        to_engineer=ben,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    _leave(ben, LAST_WEEK)

    leavers.withhold(rotation_id=published.rotation.pk, now=NOW)
    run = published.sync(simulator)

    shown = [
        piece
        for piece in published.shown(simulator, "primary")
        if piece[2] > shift.starts_at and piece[1] < shift.ends_at
    ]
    assert (run.state, run.failure) == ("done", "")
    holder = next(person for person in published.people if person.pk == shift.holder_id)
    assert {piece[0] for piece in shown} == {holder.email}
    assert all(piece[2] <= starts_at or piece[1] >= ends_at for piece in shown)


def test_somebody_unknown_who_takes_a_part_leaves_a_gap_and_not_the_holder(
    published: Published, simulator: RunningSimulator
) -> None:
    hal = _person(published, "Hal")
    state = simulator.state()
    for user in state["users"]:
        if user["name"] == "Hal":
            user |= {"name": "Zoe", "email": "zoe@elsewhere.example"}
    simulator.put_state(state)
    shift = Shift.objects.filter(level__name="primary").exclude(holder=hal).order_by("week_date")[3]
    starts_at = shift.starts_at + dt.timedelta(days=2)
    builders.make_cover(
        shift=shift,
        from_engineer=shift.holder,
        to_engineer=hal,
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(days=1),
    )

    syncing.queue_sync(rotation_id=published.rotation.pk, cause="a cover", now=NOW)
    run = published.sync(simulator)

    wanted = [piece for piece in published.wanted("primary") if piece[0] != hal.email]
    assert (run.state, run.failure, run.unmatched) == ("done", "", ["Hal"])
    assert published.shown(simulator, "primary") == wanted


def test_a_user_whose_e_mail_changed_stays_on_call_by_the_stored_id(
    published: Published, simulator: RunningSimulator
) -> None:
    ben = _person(published, "Ben")
    PagerDutyPerson.objects.create(engineer=ben, user_ref=f"P{ben.pk:06d}", user_name="Ben")
    state = simulator.state()
    for user in state["users"]:
        if user["name"] == "Ben":
            user["email"] = "benjamin@elsewhere.example"
    simulator.put_state(state)
    simulator.clear_requests()

    syncing.queue_sync(rotation_id=published.rotation.pk, cause="again", now=NOW)
    run = published.sync(simulator)

    assert (run.state, run.unmatched) == ("done", [])
    assert [each["method"] for each in simulator.requests() if each["method"] == "PUT"] == []


def test_only_where_somebody_may_have_left_one_looks_closer(published: Published) -> None:
    Term.objects.update(ends_on=dt.date(2030, 1, 7))
    before = queries.rotation_ids_to_look_at(now=NOW)
    ben = _person(published, "Ben")
    Engineer.objects.filter(pk=ben.pk).update(is_active=False)

    assert before == []
    assert queries.rotation_ids_to_look_at(now=NOW) == [published.rotation.pk]


def test_the_sweep_finds_the_rotation_of_a_leaver_once(published: Published) -> None:
    _leave(_person(published, "Ben"), LAST_WEEK)

    with time_machine.travel(NOW, tick=False):
        counts = [tasks.sweep_leavers(), tasks.sweep_leavers()]

    assert counts == [1, 0]
