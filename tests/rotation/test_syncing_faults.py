"""What a sync makes of refusals, of PagerDuty that fails, and of answers that never came."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from rotation import syncing
from rotation.models import Level, PagerDutyAccount, Shift, SyncRun, SyncStep
from rotation.operations import account, schedules
from rotation.operations import syncing as operations
from rotation.pagerduty.http import HttpGateway
from rotation.pagerduty.paced import Line, key_of
from rotation.queries import syncing as queries
from tests import builders
from tests.rotation.pages import actor
from tests.rotation.syncs import NOW, Published, know_people, make_published

if TYPE_CHECKING:
    from tests.simulator.running import RunningSimulator

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]

OVERRIDES = "/schedules/*/overrides"
MINUTE = dt.timedelta(minutes=1)
SWEEP = dt.timedelta(seconds=15)
FAULTS: list[dict[str, Any]] = [
    {"status": 500},
    {"status": 503},
    {"status": 200, "body": "<html>Down for maintenance</html>"},
    {"status": 200, "body": ""},
    {"status": 200, "body": '{"users": ['},
    {"drop_before_write": True},
]


@pytest.fixture
def published(simulator: RunningSimulator) -> Published:
    published = make_published(weeks=10)
    know_people(simulator, published.people)
    return published


class Worker:
    """Sweeps every fifteen seconds, its calls in turn; `token` may change in between."""

    def __init__(self, published: Published, simulator: RunningSimulator) -> None:
        self.published = published
        self.url = simulator.base_url
        self.token = simulator.token

    def sweep(self, times: int = 1) -> None:
        for _sweep in range(times):
            at = self.published.at
            operations.requeue_failed(real_now=at)
            run_id = queries.next_run_id(now=at, real_now=at)
            if run_id is not None:
                self._carry_out(run_id)
            self.published.at += SWEEP

    def _carry_out(self, run_id: int) -> None:
        line = Line(
            url=self.url, holder="worker", account=account, real_now=lambda: self.published.at
        )
        gateway = HttpGateway(url=self.url, token=lambda: self.token, turn=line.turn)
        syncing.sync_rotation(
            run_id=run_id, gateway=gateway, clocks=self.published.clocks(), holder="worker"
        )


@pytest.fixture
def worker(published: Published, simulator: RunningSimulator) -> Worker:
    return Worker(published, simulator)


@pytest.fixture(autouse=True)
def _no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' clock stands still while a run calls, and the simulator does not lag."""
    monkeypatch.setattr(account, "MOST_CALLS", 10_000)
    monkeypatch.setattr(syncing, "PATIENCE_SECONDS", 0)


def _run(published: Published) -> SyncRun:
    return SyncRun.objects.filter(rotation=published.rotation).latest("pk")


def _batches(simulator: RunningSimulator) -> list[list[Any]]:
    """What each batch of overrides asked for."""
    return [
        [(item["user"]["id"], item["start"]) for item in each["request_body"]["overrides"]]
        for each in simulator.requests()
        if each["method"] == "POST" and each["path"].endswith("/overrides")
    ]


def _override_ids(simulator: RunningSimulator) -> set[str]:
    state = simulator.state()
    return {each["id"] for schedule in state["schedules"] for each in schedule["overrides"]}


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_pagerduty_that_fails_is_asked_six_times_in_five_minutes_at_most(
    published: Published, simulator: RunningSimulator, worker: Worker, fault: dict[str, Any]
) -> None:
    simulator.faults(**fault)

    worker.sweep(20)
    asked = len(simulator.requests())
    simulator.clear_faults()
    worker.sweep(20)

    assert 3 <= asked <= 6
    assert _run(published).state == SyncRun.State.DONE
    assert published.shown(simulator, "primary") == published.wanted("primary")


@pytest.mark.parametrize("status", [401, 402, 403])
def test_a_refused_token_stops_everything_until_there_is_another(
    published: Published, simulator: RunningSimulator, worker: Worker, status: int
) -> None:
    simulator.faults(status=status)

    worker.sweep(40)
    asked = len(simulator.requests())
    simulator.clear_faults()
    worker.sweep(4)
    still = _run(published).state
    worker.token = "another-token"  # noqa: S105 - the simulator takes any
    worker.sweep(4)

    assert asked <= 2
    assert still != SyncRun.State.DONE
    assert _run(published).state == SyncRun.State.DONE
    assert PagerDutyAccount.objects.filter(refused_at__isnull=False).count() == 1


def test_a_rate_limit_is_waited_for_without_a_call(
    published: Published, simulator: RunningSimulator, worker: Worker
) -> None:
    simulator.faults(status=429, headers={"ratelimit-reset": "50"}, count=1)

    worker.sweep(4)
    asked = len(simulator.requests())
    worker.sweep(2)

    assert asked == 1
    assert _run(published).state == SyncRun.State.DONE


def test_a_run_that_may_not_ask_waits_again_and_its_tries_do_not_count(
    published: Published, simulator: RunningSimulator, worker: Worker
) -> None:
    del simulator
    account.take_turn(key="x", holder="another", real_now=NOW)
    PagerDutyAccount.objects.update(
        key=_key(worker), leased_until=None, paused_until=NOW + 5 * MINUTE, said="It rests."
    )

    worker.sweep()

    run = _run(published)
    assert (run.state, run.tries, run.failure) == (SyncRun.State.QUEUED, 0, "It rests.")
    assert run.next_try_at == NOW + SWEEP
    assert queries.waiting_run_ids(now=NOW, real_now=NOW + SWEEP / 2) == []
    assert queries.waiting_run_ids(now=NOW, real_now=NOW + SWEEP) == [run.pk]


def _key(worker: Worker) -> str:
    return key_of(url=worker.url, token=worker.token)


def test_of_a_batch_the_refused_override_is_named_and_alone_tried_again(
    published: Published, simulator: RunningSimulator, worker: Worker
) -> None:
    simulator.faults(method="POST", path=OVERRIDES, partial=[1], count=1)

    worker.sweep()
    failed, kept = _run(published), _override_ids(simulator)
    worker.sweep(4)

    first, *others = _batches(simulator)
    names = {f"P{person.pk:06d}": person.name for person in published.people}
    assert f"for {names[first[1][0]]}: " in failed.failure
    assert failed.failure.startswith("PagerDuty refused the override from ")
    assert [first[1]] in others
    assert kept < _override_ids(simulator)
    assert _run(published).state == SyncRun.State.DONE
    assert published.shown(simulator, "primary") == published.wanted("primary")


def test_an_override_that_is_refused_again_and_again_waits_for_a_person(
    published: Published, simulator: RunningSimulator, worker: Worker
) -> None:
    simulator.faults(method="POST", path=OVERRIDES, partial=[0])

    worker.sweep(60)
    asked = len(_batches(simulator))
    given_up = _run(published)
    simulator.clear_faults()
    operations.queue_sync(rotation_id=published.rotation.pk, cause="asked", now=published.at)
    worker.sweep()

    assert (given_up.state, given_up.next_try_at) == (SyncRun.State.FAILED, None)
    assert asked <= 2 * syncing.MOST_REFUSED_TRIES
    assert _run(published).state == SyncRun.State.DONE


LOST: list[tuple[str, str]] = [
    ("POST", "/schedules"),
    ("POST", OVERRIDES),
    ("POST", "/escalation_policies"),
    ("PUT", "/schedules/*"),
    ("DELETE", "/schedules/*/overrides/*"),
]


@pytest.mark.parametrize(("method", "path"), LOST)
@pytest.mark.parametrize(
    "fault", [{"drop_after_write": True}, {"drop_before_write": True}], ids=["after", "before"]
)
def test_whichever_answer_is_lost_nothing_is_doubled_and_nothing_is_missing(
    published: Published,
    simulator: RunningSimulator,
    worker: Worker,
    method: str,
    path: str,
    fault: dict[str, bool],
) -> None:
    if method != "POST":
        worker.sweep()
        _change_weeks(published)
    simulator.faults(method=method, path=path, count=1, **fault)

    worker.sweep(6)

    state = simulator.state()
    spans = [
        (schedule["id"], each["start"], each["end"])
        for schedule in state["schedules"]
        for each in schedule["overrides"]
    ]
    assert _run(published).state == SyncRun.State.DONE
    assert len(state["schedules"]) == 2
    assert len(state["escalation_policies"]) == 1
    assert len(spans) == len(set(spans))
    for level in ("primary", "escalation"):
        assert published.shown(simulator, level) == published.wanted(level)


def _change_weeks(published: Published) -> None:
    """A week of another's, and one without its holiday's office hours."""
    first, *_others = Shift.objects.filter(
        level__rotation=published.rotation, level__name="primary", starts_at__gt=published.at
    ).order_by("week_date")
    holiday = Shift.objects.get(
        level__rotation=published.rotation, level__name="primary", week_date=dt.date(2026, 12, 21)
    )
    taker = next(person for person in published.people[2:] if person.pk != first.holder_id)
    Shift.objects.filter(pk=first.pk).update(holder=taker)
    other = next(person for person in published.people[2:] if person.pk != holiday.holder_id)
    Shift.objects.filter(pk=holiday.pk).update(holder=other)
    operations.queue_sync(rotation_id=published.rotation.pk, cause="changed", now=published.at)


def test_a_running_override_is_cut_and_a_past_one_is_left_and_noted(
    published: Published, simulator: RunningSimulator, worker: Worker
) -> None:
    shift = Shift.objects.filter(level__name="primary").order_by("week_date")[1]
    taker = next(person for person in published.people[2:] if person.pk != shift.holder_id)
    cover = builders.make_cover(
        shift=shift,
        from_engineer=shift.holder,
        to_engineer=taker,
        starts_at=shift.starts_at + dt.timedelta(days=1),
        ends_at=shift.starts_at + dt.timedelta(days=4),
    )
    worker.sweep()
    published.at = cover.starts_at + dt.timedelta(hours=12)
    simulator.move_to(f"{published.at:%Y-%m-%dT%H:%M:%SZ}")
    simulator.faults(method="DELETE", path=f"{OVERRIDES}/*", status=400, count=1)

    type(cover).objects.filter(pk=cover.pk).update(ends_at=published.at)
    operations.queue_sync(rotation_id=published.rotation.pk, cause="cut", now=published.at)
    simulator.clear_requests()
    worker.sweep(8)

    removals = SyncStep.objects.filter(action="remove_override").order_by("pk")
    deleted = [each["path"] for each in simulator.requests() if each["method"] == "DELETE"]
    assert {step.state for step in removals} == {SyncStep.State.DONE}
    assert "PagerDuty answered 400" in removals[0].failure
    assert len(deleted) <= 4
    assert _run(published).state == SyncRun.State.DONE
    assert published.shown(simulator, "primary") == published.wanted("primary")


def test_a_deleted_schedule_is_made_again_only_on_order(
    published: Published, simulator: RunningSimulator, worker: Worker
) -> None:
    worker.sweep()
    published.delete_schedule(simulator, "primary")
    operations.queue_sync(rotation_id=published.rotation.pk, cause="check", now=published.at)
    worker.sweep()
    simulator.clear_requests()
    worker.sweep(240)  # an hour
    asked = len(simulator.requests())
    level = Level.objects.get(rotation=published.rotation, name="primary")
    trouble = level.schedule_trouble

    schedules.create_again(level_id=level.pk, actor=actor(published.anna), now=published.at)
    simulator.move_to(f"{published.at:%Y-%m-%dT%H:%M:%SZ}")
    worker.sweep(2)

    level.refresh_from_db()
    assert (asked, trouble) == (0, Level.Trouble.DELETED)
    assert (_run(published).failure, _run(published).state) == ("", SyncRun.State.DONE)
    assert (level.schedule_trouble, len(simulator.state()["schedules"])) == ("", 2)
    assert published.shown(simulator, "primary") == published.wanted("primary")


def test_what_starts_within_a_day_is_written_first_then_the_oldest(published: Published) -> None:
    runs = [_run(published)]
    for number, days in enumerate([30, None, 0.5]):
        rotation = builders.make_rotation(team=builders.make_team(name=f"Team {number}"))
        starts_at = None if days is None else NOW + dt.timedelta(days=days)
        operations.queue_sync(rotation_id=rotation.pk, cause="x", now=NOW, starts_at=starts_at)
        runs.append(SyncRun.objects.latest("pk"))
    SyncRun.objects.filter(pk=runs[0].pk).update(first_change_at=NOW + dt.timedelta(days=5))

    now = queries.waiting_run_ids(now=NOW, real_now=NOW)
    later = queries.waiting_run_ids(now=NOW + dt.timedelta(days=4, hours=1), real_now=NOW)

    oldest, far, unknown, urgent = (run.pk for run in runs)
    assert now == [urgent, oldest, far, unknown]
    assert later == [oldest, urgent, far, unknown]


def test_a_change_that_no_run_has_brought_there_stays_urgent(published: Published) -> None:
    rotation_id, soon = published.rotation.pk, NOW + dt.timedelta(hours=2)
    operations.queue_sync(rotation_id=rotation_id, cause="a cover", now=NOW, starts_at=soon)
    SyncRun.objects.update(state=SyncRun.State.FAILED)

    operations.queue_sync(rotation_id=rotation_id, cause="by hand", now=NOW)
    waiting = _run(published).first_change_at
    SyncRun.objects.update(state=SyncRun.State.DONE)
    operations.queue_sync(rotation_id=rotation_id, cause="by hand", now=NOW)

    assert waiting == soon
    assert _run(published).first_change_at is None


def test_while_a_worker_is_at_one_rotation_the_others_wait(published: Published) -> None:
    other = builders.make_rotation(team=builders.make_team(name="Other"))
    operations.queue_sync(rotation_id=other.pk, cause="x", now=NOW)
    run = _run(published)

    operations.claim_run(run_id=run.pk, now=NOW, real_now=NOW, holder="one")

    assert queries.next_run_id(now=NOW, real_now=NOW) is None
    assert queries.next_run_id(now=NOW, real_now=NOW + MINUTE) == run.pk
