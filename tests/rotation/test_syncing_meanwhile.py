"""What people decide while a sync run is under way stands, and no page says otherwise."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from rotation import syncing
from rotation.domain.pagerduty_plan import Action, Step
from rotation.domain.pagerduty_state import Request
from rotation.models import Level, Lookup, SyncRun, SyncStep
from rotation.operations import adoption
from rotation.operations import syncing as operations
from rotation.pagerduty.gateway import NotNowError
from rotation.pagerduty.http import HttpGateway
from tests.rotation.pages import actor
from tests.rotation.syncs import NOW, Published, know_people, make_published

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulator.running import RunningSimulator

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]


@pytest.fixture
def published(simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch) -> Published:
    monkeypatch.setattr(syncing, "PATIENCE_SECONDS", 0)
    published = make_published(weeks=4)
    know_people(simulator, published.people)
    return published


@dataclasses.dataclass
class Meanwhile:
    """Does something once, when PagerDuty has answered the first such request."""

    method: str
    path: str
    does: Callable[[], None] | None

    def __call__(self, exchange: Any) -> None:
        if self.does and (exchange["method"], exchange["path"]) == (self.method, self.path):
            does, self.does = self.does, None
            does()


def _sync(
    published: Published, simulator: RunningSimulator, meanwhile: Meanwhile | None = None
) -> SyncRun:
    run = SyncRun.objects.filter(rotation=published.rotation).latest("pk")
    gateway = HttpGateway(url=simulator.base_url, token=lambda: simulator.token, recorder=meanwhile)
    syncing.sync_rotation(
        run_id=run.pk, gateway=gateway, clocks=published.clocks(), holder="worker"
    )
    run.refresh_from_db()
    return run


def _adopt(published: Published, level: str, ref: str) -> None:
    published.rotation.refresh_from_db()
    lookup = Lookup.objects.create(
        rotation=published.rotation,
        level=Level.objects.get(rotation=published.rotation, name=level) if level else None,
        kind=Lookup.Kind.ADOPTION,
        query=ref,
        state=Lookup.State.DONE,
        result={},
        schedule_version=published.rotation.schedule_version,
        queued_at=NOW,
        finished_at=NOW,
    )
    adoption.adopt(lookup_id=lookup.pk, actor=actor(published.anna), now=NOW)


def _made_by_hand(published: Published, simulator: RunningSimulator) -> str:
    layer = {
        "name": "Always Anna",
        "start": "2026-11-01T00:00:00Z",
        "end": None,
        "rotation_virtual_start": "2026-11-01T00:00:00Z",
        "rotation_turn_length_seconds": 604_800,
        "users": [{"user": {"id": f"P{published.anna.pk:06d}", "type": "user_reference"}}],
        "restrictions": [],
    }
    body = {
        "type": "schedule",
        "name": "By hand",
        "time_zone": "Europe/Dublin",
        "schedule_layers": [layer],
    }
    answer = simulator.call("POST", "/schedules", {"schedule": body})
    assert answer.status == 201, answer.body
    return str(answer.body["schedule"]["id"])


def _level(published: Published, name: str = "primary") -> Level:
    return Level.objects.get(rotation=published.rotation, name=name)


def test_a_schedule_that_is_adopted_while_one_is_made_stays_the_levels(
    published: Published, simulator: RunningSimulator
) -> None:
    adopted = _made_by_hand(published, simulator)
    meanwhile = Meanwhile("POST", "/schedules", lambda: _adopt(published, "primary", adopted))

    first = _sync(published, simulator, meanwhile)
    between = _level(published)
    second = _sync(published, simulator)

    assert first.state == SyncRun.State.FAILED
    assert "somebody chose another one" in first.failure
    assert (between.pagerduty_schedule_ref, between.in_pagerduty_since) == (adopted, None)
    assert (second.pk != first.pk, second.state) == (True, SyncRun.State.DONE)
    assert _level(published).pagerduty_schedule_ref == adopted
    published.at += dt.timedelta(minutes=1)
    assert published.shown(simulator, "primary") == published.wanted("primary")


def test_an_escalation_policy_that_is_adopted_while_one_is_made_stays_the_rotations(
    published: Published, simulator: RunningSimulator
) -> None:
    meanwhile = Meanwhile("POST", "/escalation_policies", lambda: _adopt(published, "", "PADOPT1"))

    run = _sync(published, simulator, meanwhile)

    published.rotation.refresh_from_db()
    assert run.state == SyncRun.State.FAILED
    assert published.rotation.pagerduty_policy_ref == "PADOPT1"
    assert published.rotation.pagerduty_policy_since is None


def test_a_level_that_is_given_back_meanwhile_is_not_said_to_be_in_pagerduty(
    published: Published, simulator: RunningSimulator
) -> None:
    _sync(published, simulator)
    operations.queue_sync(rotation_id=published.rotation.pk, cause="check", now=NOW)
    Level.objects.update(in_pagerduty_since=None)

    def give_back() -> None:
        adoption.release(
            rotation_id=published.rotation.pk,
            level="primary",
            actor=actor(published.anna),
            now=NOW,
        )

    path = f"/schedules/{_level(published).pagerduty_schedule_ref}"
    _sync(published, simulator, Meanwhile("GET", path, give_back))

    level = _level(published)
    assert (level.pagerduty_schedule_ref, level.in_pagerduty_since) == ("", None)
    assert _level(published, "escalation").in_pagerduty_since is not None


def test_a_schedule_that_was_gone_is_no_trouble_of_the_one_chosen_meanwhile(
    published: Published, simulator: RunningSimulator
) -> None:
    _sync(published, simulator)
    gone = _level(published).pagerduty_schedule_ref
    published.delete_schedule(simulator, "primary")
    adopted = _made_by_hand(published, simulator)
    operations.queue_sync(rotation_id=published.rotation.pk, cause="check", now=NOW)

    meanwhile = Meanwhile(
        "GET", f"/schedules/{gone}", lambda: _adopt(published, "primary", adopted)
    )
    _sync(published, simulator, meanwhile)

    level = _level(published)
    assert (level.pagerduty_schedule_ref, level.schedule_trouble) == (adopted, Level.Trouble.NONE)


def test_who_lost_the_run_writes_no_step_down_and_sends_nothing(published: Published) -> None:
    run = SyncRun.objects.get(rotation=published.rotation)
    operations.claim_run(run_id=run.pk, now=NOW, real_now=NOW, holder="one")
    step = Step(
        action=Action.CREATE_SCHEDULE, reason="x", request=Request(method="POST", path="/schedules")
    )

    lost = operations.add_step(run_id=run.pk, holder="another", level_id=None, step=step, now=NOW)
    held = operations.add_step(run_id=run.pk, holder="one", level_id=None, step=step, now=NOW)

    assert lost is None
    assert [each.pk for each in SyncStep.objects.filter(run=run)] == [held]


def test_what_was_not_sent_is_no_step(published: Published, simulator: RunningSimulator) -> None:
    class Busy(HttpGateway):
        def send(self, request: Request) -> Any:
            raise NotNowError(f"Not now: {request.method}.", wait_seconds=5)

    run = SyncRun.objects.get(rotation=published.rotation)
    done = syncing.sync_rotation(
        run_id=run.pk,
        gateway=Busy(url=simulator.base_url, token=lambda: simulator.token),
        clocks=published.clocks(),
        holder="worker",
    )

    run.refresh_from_db()
    assert (done, run.state) == (False, SyncRun.State.QUEUED)
    assert not SyncStep.objects.filter(run=run).exists()
