"""A leaver is out of every future entry of PagerDuty by the last day, and back when they stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rotation import tasks
from rotation.models import Cover, Shift
from rotation.operations import leavers, leaving
from rotation.queries.leaving import handover_at
from tests import builders
from tests.builders import NEXT_WEEK, WEEK
from tests.rotation.pages import actor
from tests.rotation.syncs import NOW, Published, know_people, make_published
from volunteers.models import Engineer, Term

if TYPE_CHECKING:
    import datetime as dt

    from tests.simulator.running import RunningSimulator

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]

LEFT = NEXT_WEEK + 4 * WEEK


@pytest.fixture
def published(simulator: RunningSimulator) -> Published:
    published = make_published(weeks=12)
    know_people(simulator, published.people)
    published.sync(simulator)
    return published


def _ben(published: Published) -> Engineer:
    return next(person for person in published.people if person.name == "Ben")


def _leave(published: Published) -> None:
    ben = _ben(published)
    leaving.leave_team(
        term_id=Term.objects.get(engineer=ben).pk, left_on=LEFT, actor=actor(ben), now=NOW
    )
    leavers.withhold(rotation_id=published.rotation.pk, now=NOW)


def _shown(
    published: Published, simulator: RunningSimulator
) -> list[tuple[str, dt.datetime, dt.datetime]]:
    email = _ben(published).email
    return [
        piece
        for level in ("primary", "escalation")
        for piece in published.shown(simulator, level)
        if piece[0] == email
    ]


def test_leaving_takes_every_later_entry_out_and_leaves_the_earlier_ones(
    published: Published, simulator: RunningSimulator
) -> None:
    before = _shown(published, simulator)
    last = handover_at(published.rotation, LEFT)

    _leave(published)
    run = published.sync(simulator)

    assert (run.state, run.failure) == ("done", "")
    assert any(piece[1] >= last for piece in before)
    assert _shown(published, simulator) == [piece for piece in before if piece[2] <= last]


def test_a_cover_that_the_leaver_took_is_the_holders_in_pagerduty_again(
    published: Published, simulator: RunningSimulator
) -> None:
    ben = _ben(published)
    shift = (
        Shift.objects.filter(level__name="primary", week_date__gte=LEFT)
        .exclude(holder=ben)
        .select_related("holder")[0]
    )
    builders.make_cover(shift=shift, from_engineer=shift.holder, to_engineer=ben)
    published.sync(simulator)

    _leave(published)
    published.sync(simulator)

    last = handover_at(published.rotation, LEFT)
    assert Cover.objects.filter(state=Cover.State.UNDONE).count() == 1
    assert all(piece[2] <= last for piece in _shown(published, simulator))
    assert shift.holder is not None
    assert any(
        piece[0] == shift.holder.email and piece[1] >= shift.starts_at
        for piece in published.shown(simulator, "primary")
    )


def test_who_stays_after_all_is_paged_in_published_weeks_again(
    published: Published, simulator: RunningSimulator
) -> None:
    before = _shown(published, simulator)
    _leave(published)
    published.sync(simulator)
    ben = _ben(published)

    leaving.stay_after_all(term_id=Term.objects.get(engineer=ben).pk, actor=actor(ben), now=NOW)
    leavers.withhold(rotation_id=published.rotation.pk, now=NOW)
    published.sync(simulator)

    assert _shown(published, simulator) == before


def test_the_sweeps_that_leaving_wakes_are_there() -> None:
    assert {tasks.sweep_leavers.name, tasks.sweep_repairs.name} == set(leaving.SWEEPS)
