"""A forecast's life: asked for by the sweep, computed by a worker, told to managers once."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.clocks import Clocks
from outbox.models import Message
from rotation import forecasting, tasks
from rotation.models import Forecast, Shift
from rotation.operations import forecasts
from rotation.queries import forecast_facts, waiting
from tests import builders
from tests.builders import NEXT_WEEK, NOW, TODAY, WEEK
from tests.compensation.test_at_once import at_once
from tests.rotation.pages import TERM_START, TeamAtWork, publish, solved_draft, team_at_work
from volunteers.models import Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
# Everybody's term of forty weeks began eight weeks ago; a rest of three weeks lets each carry one
# of the last four weeks.
LAST_DAY = TERM_START + 40 * WEEK


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    return team_at_work()


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The forecasts that the sweep hands to workers."""
    sent: list[int] = []
    monkeypatch.setattr(
        tasks.compute_forecast, "delay", lambda *, forecast_id: sent.append(forecast_id)
    )
    return sent


def _compute(row: Forecast, *, at: dt.datetime = NOW, holder: str = "worker") -> bool:
    done = forecasting.compute_forecast(
        forecast_id=row.pk,
        holder=holder,
        clocks=Clocks(now=lambda: at, real_now=lambda: at),
    )
    row.refresh_from_db()
    return done


def _asked(team: TeamAtWork, *, now: dt.datetime = NOW) -> Forecast:
    digest = forecast_facts.forecast_facts(rotation=team.rotation, now=now).digest
    forecasts.refresh_forecast(rotation_id=team.rotation.pk, digest=digest, now=now)
    return Forecast.objects.get(rotation=team.rotation)


def _figures(team: TeamAtWork, *, now: dt.datetime = NOW) -> dict[str, Any]:
    row = _asked(team, now=now)
    assert _compute(row, at=now)
    figures: dict[str, Any] = row.figures
    return figures


def _end(engineer_id: int, ends_on: dt.date) -> None:
    Term.objects.filter(engineer_id=engineer_id).update(ends_on=ends_on)


def _policy(team: TeamAtWork, **figures: Any) -> None:
    """A further version that differs in these figures."""
    policy = team.rotation.policies.latest("number")
    policy.pk, policy.number = None, policy.number + 1
    for name, value in figures.items():
        setattr(policy, name, value)
    policy.save(force_insert=True)


def _mails() -> list[Message]:
    return list(Message.objects.filter(kind="team_below_minimum").order_by("pk"))


def test_the_sweep_asks_once_for_each_rotation_and_hands_over_what_waits(
    team: TeamAtWork, handed: list[int]
) -> None:
    first = tasks.sweep_forecasts()
    second = tasks.sweep_forecasts()

    row = Forecast.objects.get()
    assert (row.rotation_id, row.state, row.queued_at) == (team.rotation.pk, "queued", NOW)
    assert (first, second, handed) == (1, 1, [row.pk, row.pk])


def test_what_is_computed_is_not_asked_for_again(team: TeamAtWork, handed: list[int]) -> None:
    tasks.sweep_forecasts()
    row = Forecast.objects.get(rotation=team.rotation)
    done, again = _compute(row), _compute(row)

    tasks.sweep_forecasts()

    assert (done, again) == (True, False)
    assert (row.state, row.finished_at, row.failure) == ("ready", NOW, "")
    assert (row.tries, row.leased_until) == (1, None)
    assert handed == [row.pk]


def test_terms_that_end_leave_a_gap_and_need_volunteers_from_then_on(team: TeamAtWork) -> None:
    found = _figures(team)

    last = LAST_DAY.isoformat()
    assert (found["first_gap"], found["proven"]) == (last, True)
    assert found["gaps"][0] == {"week": last, "level": "primary"}
    assert found["needed"][0] == {"level": "primary", "volunteers": 1, "from": last}
    assert sum(line["volunteers"] for line in found["needed"]) == 4
    assert found["horizon_until"] == (NEXT_WEEK + 52 * WEEK).isoformat()
    assert len(found["gaps"]) == (NEXT_WEEK + 52 * WEEK - LAST_DAY) // WEEK


def test_the_needed_volunteers_close_every_gap_and_one_fewer_does_not(team: TeamAtWork) -> None:
    found = _figures(team)
    starts = [
        dt.date.fromisoformat(line["from"])
        for line in found["needed"]
        for _ in range(line["volunteers"])
    ]
    for number, start in enumerate(starts):
        builders.make_term(
            team=team.rotation.team,
            engineer=builders.make_engineer(name=f"New {number}"),
            starts_on=start,
            weeks=60,
            accepted_by=team.anna,
        )

    with_all = _figures(team)
    Term.objects.filter(engineer__name="New 0").delete()
    with_one_fewer = _figures(team)

    assert (with_all["first_gap"], with_all["gaps"], with_all["needed"]) == (None, [], [])
    assert with_one_fewer["first_gap"] is not None
    assert sum(line["volunteers"] for line in with_one_fewer["needed"]) == 1


def test_where_the_limit_of_shifts_stands_before_gaps_it_leaves_weeks_open(
    team: TeamAtWork,
) -> None:
    _policy(team, objectives=["gaps", "overload"], escalation_shifts_per_term=10)
    soft = _figures(team)
    _policy(team, objectives=["overload", "gaps"])

    found = _figures(team)

    # Five volunteers with six shifts in the rest of their terms; two managers with open ends, for
    # whom a year is two terms.
    first: dict[str, str] = {}
    for gap in reversed(found["gaps"]):
        first[gap["level"]] = gap["week"]
    assert soft["first_gap"] == LAST_DAY.isoformat()
    assert found["first_gap"] == first["primary"] == (NEXT_WEEK + 30 * WEEK).isoformat()
    assert first["escalation"] == (NEXT_WEEK + 40 * WEEK).isoformat()


def test_a_rotation_without_level_2_needs_managers_at_once() -> None:
    team = team_at_work(on_level_2=False)

    found = _figures(team)

    managers = [line for line in found["needed"] if line["level"] == "escalation"]
    assert found["first_gap"] == NEXT_WEEK.isoformat()
    assert managers[0]["from"] == NEXT_WEEK.isoformat()


@pytest.mark.parametrize(
    "change",
    [
        lambda team: _end(team.ben.pk, NEXT_WEEK + 3 * WEEK),
        lambda team: builders.make_absence(
            engineer=team.ben, starts_on=NEXT_WEEK, ends_on=NEXT_WEEK + WEEK
        ),
        lambda team: _policy(team, primary_rest_weeks=2),
        lambda team: publish(team, solved_draft(team)),
    ],
    ids=["a term", "an absence", "the policy", "published weeks"],
)
def test_other_facts_are_looked_at_again_and_the_old_figures_stay_until_then(
    team: TeamAtWork, change: Any
) -> None:
    figures = _figures(team)

    change(team)

    row = _asked(team)
    assert (row.state, row.tries, row.figures) == ("queued", 0, figures)
    assert _compute(row)
    assert row.state == "ready"


def test_each_day_has_a_forecast_of_its_own(team: TeamAtWork) -> None:
    _figures(team)

    later = _asked(team, now=NOW + dt.timedelta(hours=1)).state
    tomorrow = _asked(team, now=NOW + dt.timedelta(days=1)).state

    assert (later, tomorrow) == ("ready", "queued")


def test_a_worker_that_was_killed_is_followed_by_another_once_its_lease_has_run_out(
    team: TeamAtWork,
) -> None:
    row = _asked(team)
    killed = forecasts.claim_forecast(forecast_id=row.pk, real_now=NOW, now=NOW, holder="killed")

    early = _compute(row, at=NOW + MINUTE / 2, holder="next")
    waiting_early = waiting.waiting_forecast_ids(real_now=NOW + MINUTE / 2)
    waiting_late = waiting.waiting_forecast_ids(real_now=NOW + MINUTE)
    late = _compute(row, at=NOW + MINUTE, holder="next")
    kept = forecasts.renew_forecast(forecast_id=row.pk, real_now=NOW, holder="killed")

    assert killed is not None
    assert (early, late, kept) == (False, True, False)
    assert (waiting_early, waiting_late) == ([], [row.pk])
    assert (row.state, row.tries, row.lease_holder) == ("ready", 2, "next")


def test_a_search_about_facts_of_the_past_is_left_and_writes_nothing(team: TeamAtWork) -> None:
    row = _asked(team)
    forecasts.claim_forecast(forecast_id=row.pk, real_now=NOW, now=NOW, holder="slow")
    facts = forecast_facts.forecast_facts(rotation=team.rotation, now=NOW)
    _end(team.ben.pk, NEXT_WEEK + 3 * WEEK)

    _asked(team)
    written = forecasts.record_forecast(
        forecast_id=row.pk,
        holder="slow",
        facts=facts,
        computed=forecasts.Computed(figures={"first_gap": None}),
        now=NOW,
    )

    row.refresh_from_db()
    assert not written
    assert not forecasts.is_held(forecast_id=row.pk, holder="slow")
    assert (row.state, row.figures) == ("queued", {})


def test_one_that_was_interrupted_three_times_is_given_up_until_the_facts_change(
    team: TeamAtWork,
) -> None:
    row = _asked(team)
    for number in range(3):
        at = NOW + number * MINUTE
        forecasts.claim_forecast(forecast_id=row.pk, real_now=at, now=at, holder=f"{number}")

    fourth = _compute(row, at=NOW + 3 * MINUTE)
    unchanged = _asked(team).state
    changed = _asked(team, now=NOW + dt.timedelta(days=1)).state

    assert not fourth
    assert "interrupted 3 times" in row.failure
    assert (unchanged, changed) == ("failed", "queued")


def test_covers_that_contradict_the_rules_are_named_and_the_size_is_known(
    team: TeamAtWork,
) -> None:
    publish(team, solved_draft(team))
    shift = Shift.objects.get(level=team.primary, week_date=NEXT_WEEK)
    other = next(who for who in team.volunteers if who.pk != shift.holder_id)
    assert shift.holder is not None
    builders.make_cover(
        shift=shift,
        from_engineer=shift.holder,
        to_engineer=other,
        starts_at=shift.starts_at,
        ends_at=shift.starts_at + dt.timedelta(days=2),
    )
    builders.make_absence(
        engineer=shift.holder,
        starts_on=NEXT_WEEK + dt.timedelta(days=4),
        ends_on=NEXT_WEEK + dt.timedelta(days=5),
    )
    row = _asked(team)

    _compute(row)

    assert row.state == "failed"
    assert f"{shift.holder.name} in the week of {NEXT_WEEK}" in row.failure
    assert row.figures["people_now"] == 5


def test_managers_are_told_once_that_the_team_is_too_small(team: TeamAtWork) -> None:
    found = _figures(team)
    _figures(team, now=NOW + dt.timedelta(days=1))

    assert (found["people_now"], found["minimum"]) == (5, 6)
    assert (found["below_minimum_from"], found["people_then"]) == (TODAY.isoformat(), 5)
    assert sorted(mail.to for mail in _mails()) == [team.anna.email, team.max.email]
    assert _mails()[0].subject == "Core has 5 people, fewer than its minimum of 6"


def test_managers_are_told_before_it_is_too_small_and_again_only_when_it_comes_sooner(
    team: TeamAtWork,
) -> None:
    _policy(team, minimum_size=5)
    far = _figures(team)
    told_far = len(_mails())
    _end(team.ben.pk, NEXT_WEEK + 20 * WEEK)
    near = _figures(team)
    told_near = len(_mails())
    _end(team.ben.pk, NEXT_WEEK + 22 * WEEK)
    _figures(team)
    told_later = len(_mails())
    _end(team.ben.pk, NEXT_WEEK + 2 * WEEK)
    _figures(team)

    assert far["below_minimum_from"] == LAST_DAY.isoformat()
    assert near["below_minimum_from"] == (NEXT_WEEK + 20 * WEEK).isoformat()
    assert (told_far, told_near, told_later, len(_mails())) == (0, 2, 2, 4)
    day = "Mon 19 Apr 2027"
    assert _mails()[0].subject == f"Core falls to 4 people on {day}, below its minimum of 5"


def test_a_team_that_is_large_enough_again_can_become_news_again(team: TeamAtWork) -> None:
    _figures(team)
    _policy(team, minimum_size=5)
    enough = _asked(team)
    _compute(enough)
    cleared = enough.told_below_minimum_on
    _policy(team, minimum_size=6)
    _figures(team)

    assert cleared is None
    assert len(_mails()) == 4


def test_the_facts_take_as_many_queries_for_many_people_as_for_few(
    team: TeamAtWork, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with CaptureQueriesContext(connection) as few:
        forecast_facts.forecast_facts(rotation=team.rotation, now=NOW)
    for number in range(10):
        builders.make_term(
            team=team.rotation.team,
            engineer=builders.make_engineer(name=f"New {number}"),
            accepted_by=team.anna,
        )

    with django_assert_num_queries(len(few)):
        forecast_facts.forecast_facts(rotation=team.rotation, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_leave_one_forecast_and_workers_at_once_write_to_managers_once() -> None:
    team = team_at_work()
    holders = iter(range(6))

    swept = at_once(*[lambda: _asked(team)] * 6)
    row = Forecast.objects.get()
    worked = at_once(*[lambda: _compute(row, holder=f"{next(holders)}")] * 6)

    row.refresh_from_db()
    assert (swept, worked) == ([], [])
    assert (row.state, row.tries) == ("ready", 1)
    assert len(_mails()) == 2
