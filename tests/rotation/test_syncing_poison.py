"""Rows, answers and settings that nobody foresaw: they cost their own rotation a wait, no more."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from rotation import drifting, syncing, tasks
from rotation.models import DriftCheck, Level, SyncRun, SyncStep
from rotation.operations import account, drift_checks, leavers
from rotation.operations import syncing as operations
from rotation.pagerduty import answers
from rotation.pagerduty.gateway import (
    BadAnswerError,
    GatewayError,
    NotFoundError,
    RefusedRequestError,
)
from rotation.pagerduty.http import HttpGateway, token_from_environment
from rotation.queries import leavers as leaver_queries
from rotation.queries import syncing as queries
from tests import builders
from tests.rotation.syncs import NOW, Published, know_people, make_published

if TYPE_CHECKING:
    import pathlib

    from pytest_django import Settings

    from rotation.models import Rotation
    from tests.simulator.running import RunningSimulator

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """The simulator does not lag, and needs no spared calls."""
    monkeypatch.setattr(account, "MOST_CALLS", 10_000)
    monkeypatch.setattr(syncing, "PATIENCE_SECONDS", 0)


@pytest.fixture
def published(
    simulator: RunningSimulator,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Published:
    settings.PAGERDUTY_API_URL = simulator.base_url
    monkeypatch.setenv("PAGERDUTY_API_TOKEN", simulator.token)
    published = make_published(weeks=4)
    know_people(simulator, published.people)
    monkeypatch.setattr("common.clock.now", lambda: published.at)
    monkeypatch.setattr("common.clock.real_now", lambda: published.at)
    return published


def _poisoned() -> Rotation:
    """A rotation with a step that no code can read, whose run comes before all others."""
    rotation = builders.make_rotation(team=builders.make_team(name="Poison"))
    operations.queue_sync(rotation_id=rotation.pk, cause="x", now=NOW, starts_at=NOW)
    run = SyncRun.objects.get(rotation=rotation)
    SyncStep.objects.create(
        run=run,
        position=1,
        level=Level.objects.get(rotation=rotation, name="primary"),
        action="create_overrides",
        reason="x",
        method="POST",
        path="/schedules/PX/overrides",
        request={"overrides": [{"who": "nobody knows"}]},
        state=SyncStep.State.DONE,
        answer=[{"status": 201}],
    )
    return rotation


def test_a_run_that_always_raises_is_noted_and_the_others_go_on_at_once(
    published: Published, simulator: RunningSimulator
) -> None:
    rotation = _poisoned()

    done = tasks.sync_next()

    poison = SyncRun.objects.get(rotation=rotation)
    other = SyncRun.objects.get(rotation=published.rotation)
    assert (done, other.state) == (2, SyncRun.State.DONE)
    assert published.shown(simulator, "primary") == published.wanted("primary")
    assert (poison.state, poison.leased_until) == (SyncRun.State.FAILED, None)
    assert "an error in Rota itself" in poison.failure
    assert poison.next_try_at is not None
    assert poison.next_try_at > NOW


def test_a_run_that_always_raises_is_tried_less_and_less(published: Published) -> None:
    rotation = _poisoned()
    SyncRun.objects.filter(rotation=published.rotation).delete()

    for _sweep in range(4 * 60):
        operations.requeue_failed(real_now=published.at)
        tasks.sync_next()
        published.at += dt.timedelta(seconds=15)

    poison = SyncRun.objects.get(rotation=rotation)
    assert 5 <= poison.tries <= 12


def test_a_run_that_killed_its_worker_twice_lets_the_others_go_first(published: Published) -> None:
    mine = SyncRun.objects.get(rotation=published.rotation)
    killer = _poisoned()
    run = SyncRun.objects.get(rotation=killer)
    at = NOW
    seen = []
    for _death in range(3):
        seen.append(queries.next_run_id(now=at, real_now=at))
        operations.claim_run(run_id=run.pk, now=at, real_now=at, holder="dies")
        at += 2 * MINUTE

    operations.queue_sync(rotation_id=killer.pk, cause="newer", now=NOW, starts_at=NOW)
    now = queries.waiting_run_ids(now=at, real_now=at)

    # Once is bad luck. Its newer run cannot begin before it is over.
    assert seen == [run.pk, run.pk, mine.pk]
    assert now == [mine.pk, run.pk]


def test_an_answer_that_always_fails_for_one_level_does_not_hold_up_the_other(
    published: Published, simulator: RunningSimulator
) -> None:
    tasks.sync_next()
    primary, other = (
        Level.objects.get(rotation=published.rotation, name=name)
        for name in ("primary", "escalation")
    )
    path = f"/schedules/{other.pagerduty_schedule_ref}"
    Level.objects.update(in_pagerduty_since=None)
    simulator.faults(method="GET", path=f"/schedules/{primary.pagerduty_schedule_ref}", status=500)
    operations.queue_sync(rotation_id=published.rotation.pk, cause="check", now=published.at)
    simulator.clear_requests()

    for _sweep in range(12):
        operations.requeue_failed(real_now=published.at)
        tasks.sync_next()
        published.at += dt.timedelta(seconds=15)

    other.refresh_from_db()
    assert any(each["path"] == path for each in simulator.requests())
    assert other.in_pagerduty_since is not None


@pytest.mark.parametrize(
    "kept",
    [b"\xef\xbb\xbfa-token\n", b"  a-token\r\n"],
    ids=["byte order mark", "spaces and line ends"],
)
def test_a_token_file_may_carry_what_editors_add(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, kept: bytes
) -> None:
    path = tmp_path / "token"
    path.write_bytes(kept)
    monkeypatch.setenv("PAGERDUTY_API_TOKEN_FILE", str(path))

    assert token_from_environment() == "a-token"


@pytest.mark.parametrize(
    "kept",
    [b"\xff\xfe\x00t", "smart\u2019token".encode(), b"two\nlines", b"a\x00b", b"a token"],
    ids=["no text", "no ASCII", "two lines", "NUL", "a space"],
)
def test_what_is_no_token_stops_no_sweep_and_is_told_without_being_shown(
    published: Published, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, kept: bytes
) -> None:
    path = tmp_path / "token"
    path.write_bytes(kept)
    monkeypatch.setenv("PAGERDUTY_API_TOKEN_FILE", str(path))

    done = tasks.sync_next()

    run = SyncRun.objects.get(rotation=published.rotation)
    assert (done, run.state) == (1, SyncRun.State.FAILED)
    assert "Ask an admin." in run.failure
    assert "PAGERDUTY_API_TOKEN" not in run.failure
    assert not any(word in run.failure for word in ("smart", "lines", "a token"))


@pytest.mark.parametrize(
    "answer",
    [[None], ["created"], [{"status": "soon"}], [{"status": None}], [{"errors": 5}], {}],
    ids=str,
)
def test_an_answer_to_overrides_that_nobody_can_read_is_no_answer(answer: Any) -> None:
    asked = answers.asked_override(
        {"start": "2026-12-01T10:00:00Z", "end": "2026-12-01T12:00:00Z", "user": {"id": "P1"}}
    )

    with pytest.raises(BadAnswerError):
        answers.override_results(answer, [asked])


@pytest.mark.parametrize("ref", [None, "", 7])
def test_an_id_that_is_none_names_no_schedule_and_no_policy(ref: Any) -> None:
    with pytest.raises(BadAnswerError):
        answers.created_ref({"schedule": {"id": ref}})
    with pytest.raises(BadAnswerError):
        answers.created_policy_ref({"escalation_policy": {"id": ref}})


@pytest.mark.parametrize(
    ("status", "kind"),
    [(410, NotFoundError), (408, BadAnswerError), (409, RefusedRequestError)],
)
def test_only_a_400_says_that_a_schedule_is_of_the_new_kind(
    simulator: RunningSimulator, status: int, kind: type[GatewayError]
) -> None:
    simulator.faults(method="GET", path="/schedules/PSCHED1", status=status)
    gateway = HttpGateway(url=simulator.base_url, token=lambda: simulator.token)

    with pytest.raises(kind):
        gateway.schedule(ref="PSCHED1")


def test_a_drift_check_that_raises_is_noted_and_holds_up_nobody(
    published: Published, simulator: RunningSimulator
) -> None:
    published.sync(simulator)
    level = Level.objects.get(rotation=published.rotation, name="primary")
    entry = {"start": "2026-12-02T18:00:00Z", "end": "2026-12-02T20:00:00Z"}
    user = {"id": f"P{published.anna.pk:06d}", "type": "user_reference"}
    path = f"/schedules/{level.pagerduty_schedule_ref}/overrides"
    simulator.call("POST", path, {"overrides": [{**entry, "user": user}]})
    steps = SyncStep.objects.filter(level=level, action="create_overrides")
    steps.update(request={"overrides": [{"who": "nobody knows"}]})
    drift_checks.queue_due(now=NOW)
    check = DriftCheck.objects.get()

    done = drifting.check_drift(
        check_id=check.pk,
        gateway=published.gateway(simulator),
        clocks=published.clocks(),
        holder="worker",
    )

    check.refresh_from_db()
    assert (done, check.state, check.leased_until) == (True, DriftCheck.State.FAILED, None)
    assert "an error in Rota itself" in check.failure


def test_a_rotation_whose_leavers_cannot_be_read_does_not_hold_up_the_others(
    published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = builders.make_rotation(team=builders.make_team(name="Other"))
    looked = []

    def withhold(*, rotation_id: int, now: dt.datetime) -> bool:
        looked.append(rotation_id)
        if rotation_id == published.rotation.pk:
            raise ValueError(now)
        return True

    ids = [published.rotation.pk, other.pk]
    monkeypatch.setattr(leaver_queries, "rotation_ids_to_look_at", lambda **_now: ids)
    monkeypatch.setattr(leavers, "withhold", withhold)

    assert tasks.sweep_leavers() == 1
    assert looked == ids
