"""Publications, covers, human edits and faults drawn at random, against a simulator that runs."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import json
import pathlib
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from audit.operations import Actor
from common.refusals import RefusedError
from rotation import syncing
from rotation.models import Cover, Level, Shift, SyncRun
from rotation.operations import syncing as operations
from tests import builders
from tests.rotation import humans
from tests.rotation.syncs import NOW, Published, know_people, make_published

if TYPE_CHECKING:
    from tests.simulator.running import Json, RunningSimulator

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]

CHECKER = pathlib.Path(__file__).resolve().parents[3] / "shared/pagerduty/check_traffic.py"
LEVELS = ("primary", "escalation")
# More than this many exchanges take the checker longer than the whole judge.
MOST_CHECKED = 400
SWITCHES: dict[str, list[str | int]] = {
    "turns": ["wall_clock", "fixed_seconds"],
    "restrictions": ["wall_clock", "fixed_seconds"],
    "left_out_layers": ["kept", "ended", "refused"],
    "touching_entries": ["joined", "separate"],
    "answer_times": ["zone", "utc"],
    "override_ids": ["editable_only", "always"],
    "overrides_status": [200, 201],
    "past_layer_start": ["now", "kept"],
    "past_override_start": ["now", "kept"],
    "past_overrides": ["refused", "accepted"],
    "schedule_names": ["free", "unique"],
    "virtual_start_offset": ["kept", "shifted"],
    "overrides_window_days": [0, 90],
    "schedule_window_days": [0, 90],
    "stale_reads_seconds": [0, 2, 20],
}
Row = tuple[str, dt.datetime, dt.datetime]


class Judge(RuleBasedStateMachine):
    """One rotation and one account; whatever happened, it ends with what was published."""

    simulator: RunningSimulator
    base: Published
    exchanges: list[Json]

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.published = dataclasses.replace(self.base, at=NOW, exchanges=[])
        self.foreign: dict[str, Json] = {}
        self.simulator.clear_faults()
        know_people(self.simulator, self.published.people)
        self.simulator.set_switches(rate_limit=0)
        self.users = [user["id"] for user in self.simulator.state()["users"]]

    def teardown(self) -> None:
        try:
            self.calm_down()
        finally:
            found = [each for each in self.simulator.requests() if each["fault"] is None]
            type(self).exchanges += found
            transaction.savepoint_rollback(self.savepoint)

    # ------------------------------------------------------------ Rota's side

    @initialize(entries=st.sampled_from([0, 1]), fixed=st.booleans())
    def begin(self, entries: int, *, fixed: bool) -> None:
        """What PagerDuty takes of lists does not change while layers stand there."""
        manner = "fixed_seconds" if fixed else "wall_clock"
        self.simulator.set_switches(layer_users_limit=entries, restrictions=manner)

    @rule(name=st.sampled_from(sorted(SWITCHES)), number=st.integers(0, 2))
    def switch(self, name: str, number: int) -> None:
        values = SWITCHES[name]
        self.simulator.set_switches(**{name: values[number % len(values)]})

    @rule(weeks=st.integers(3, 26))
    def publish(self, weeks: int) -> None:
        # Covers drawn at random may leave no draft that can be solved or published.
        with contextlib.suppress(RefusedError):
            self.published.publish(weeks=weeks)

    @rule(person=st.integers(2, 6), week=st.integers(0, 8), days=st.integers(3, 20))
    def somebody_goes_away(self, person: int, week: int, days: int) -> None:
        starts_on = self.published.at.date() + dt.timedelta(days=7 * week)
        builders.make_absence(
            engineer=self.published.people[person],
            starts_on=starts_on,
            ends_on=starts_on + dt.timedelta(days=days),
        )
        self.publish(weeks=20)

    @rule(week=st.integers(0, 7), person=st.integers(2, 6), days=st.integers(1, 6))
    def cover(self, week: int, person: int, days: int) -> None:
        taker = self.published.people[person]
        coming = Shift.objects.filter(
            level__rotation=self.published.rotation,
            level__name="primary",
            starts_at__gt=self.published.at,
            holder__isnull=False,
            covers__isnull=True,
        ).exclude(holder=taker)
        shift = coming.order_by("week_date")[week : week + 1].first()
        if shift is None:
            return
        builders.make_cover(
            shift=shift,
            from_engineer=shift.holder,
            to_engineer=taker,
            starts_at=shift.starts_at + dt.timedelta(hours=7),
            ends_at=shift.starts_at + dt.timedelta(days=days),
        )
        self.queue("a cover")

    @rule()
    def undo_a_cover(self) -> None:
        covers = Cover.objects.filter(state="accepted", starts_at__gt=self.published.at)
        cover = covers.order_by("pk").last()
        if cover is not None:
            Cover.objects.filter(pk=cover.pk).update(state="undone", closed_at=self.published.at)
            self.queue("a cover was undone")

    @rule()
    def sync(self) -> None:
        operations.requeue_failed(real_now=self.published.at + dt.timedelta(days=1))
        self.published.sync(self.simulator)

    @rule(hours=st.integers(1, 200))
    def time_passes(self, hours: int) -> None:
        self.move(dt.timedelta(hours=hours))

    def move(self, by: dt.timedelta) -> None:
        self.published.at += by
        self.simulator.move_to(f"{self.published.at:%Y-%m-%dT%H:%M:%SZ}")

    def queue(self, cause: str) -> None:
        operations.queue_sync(
            rotation_id=self.published.rotation.pk, cause=cause, now=self.published.at
        )

    # ------------------------------------------------------- PagerDuty's side

    @rule(kind=st.sampled_from(sorted(humans.FAULTS)), skip=st.integers(0, 4))
    def fault(self, kind: str, skip: int) -> None:
        method = {"method": "POST"} if skip % 2 else {}
        self.simulator.faults(**{**method, "count": 1, "skip": skip, **humans.FAULTS[kind]})

    @rule(
        level=st.sampled_from(LEVELS),
        person=st.integers(0, 6),
        in_hours=st.integers(2, 900),
        hours=st.integers(1, 30),
    )
    def human_overrides(self, level: str, person: int, in_hours: int, hours: int) -> None:
        schedule = humans.schedule_of(self.published, self.simulator, level)
        if schedule is None:
            return
        starts_at = self.published.at + dt.timedelta(hours=in_hours)
        made = humans.override_by_hand(
            self.simulator, schedule, self.users[person], starts_at, hours
        )
        self.foreign[made["id"]] = {**made, "schedule": schedule["id"], "level": level}

    @rule(level=st.sampled_from(LEVELS), place=st.integers(0, 8), person=st.integers(0, 6))
    def human_edits_a_layer(self, level: str, place: int, person: int) -> None:
        schedule = humans.schedule_of(self.published, self.simulator, level)
        for layer in (schedule or {"layers": []})["layers"]:
            number = place % len(layer["users"])
            turn = f"{layer['id']}:{number}"
            form = {"schedule": str((schedule or {})["id"]), "turn": turn}
            assert humans.act(self.simulator, "turn", **form, user=self.users[person])

    @rule(level=st.sampled_from(LEVELS))
    def human_ends_a_layer(self, level: str) -> None:
        schedule = humans.schedule_of(self.published, self.simulator, level)
        if schedule is not None and schedule["layers"]:
            layer = schedule["layers"][-1]["id"]
            assert humans.act(self.simulator, "end-layer", schedule=schedule["id"], layer=layer)

    @rule(level=st.sampled_from(LEVELS), number=st.integers(0, 20))
    def human_removes_an_override_of_ours(self, level: str, number: int) -> None:
        schedule = humans.schedule_of(self.published, self.simulator, level)
        ours = [
            each["id"]
            for each in (schedule or {"overrides": []})["overrides"]
            if each["id"] not in self.foreign
        ]
        if schedule is not None and ours:
            form = {"schedule": schedule["id"], "override": ours[number % len(ours)]}
            humans.act(self.simulator, "remove-override", **form)

    @rule(level=st.sampled_from(LEVELS), zone=st.sampled_from(["Europe/Berlin", "Asia/Tokyo"]))
    def human_changes_the_zone(self, level: str, zone: str) -> None:
        schedule = humans.schedule_of(self.published, self.simulator, level)
        if schedule is not None:
            body = {"schedule": {"type": "schedule", "time_zone": zone, "name": schedule["name"]}}
            self.simulator.call("PUT", f"/schedules/{schedule['id']}", body)

    @precondition(lambda self: not self.foreign)
    @rule(level=st.sampled_from(LEVELS))
    def human_deletes_the_schedule(self, level: str) -> None:
        row = Level.objects.get(rotation=self.published.rotation, name=level)
        state = self.simulator.state()
        kept = [each for each in state["schedules"] if each["id"] != row.pagerduty_schedule_ref]
        if len(kept) == len(state["schedules"]):
            return
        for policy in state["escalation_policies"]:
            policy["escalation_rules"] = [
                each
                for each in policy["escalation_rules"]
                if each["targets"][0]["id"] != row.pagerduty_schedule_ref
            ]
        self.simulator.put_state({**state, "schedules": kept})

    # ------------------------------------------------------------- the verdict

    def calm_down(self) -> None:
        """The faults stop, a manager orders what only they can, and the runs go on."""
        self.simulator.clear_faults()
        self.simulator.set_switches(stale_reads_seconds=0)
        run = None
        for _ in range(4):
            self.order_lost_schedules()
            operations.queue_sync(
                rotation_id=self.published.rotation.pk,
                cause="by command",
                now=self.published.at,
                writes_over=True,
            )
            run = self.published.sync(self.simulator)
            if run.state == SyncRun.State.DONE:
                break
            self.move(dt.timedelta(minutes=11))
        assert run is not None
        assert run.state == SyncRun.State.DONE or self.foreign, run.failure
        self.move(dt.timedelta(minutes=2))
        self.judge()

    def order_lost_schedules(self) -> None:
        for level in Level.objects.filter(
            rotation=self.published.rotation, schedule_trouble=Level.Trouble.DELETED
        ):
            operations.unlink_schedule(
                level_id=level.pk, actor=Actor(name="anna"), now=self.published.at
            )

    def judge(self) -> None:
        # The judge looks a year ahead at once.
        self.simulator.set_switches(schedule_window_days=0)
        for level in LEVELS:
            spans = [
                (_instant(each["start"]), _instant(each["end"]))
                for each in self.foreign.values()
                if each["level"] == level
            ]
            shown = self.published.shown(self.simulator, level)
            assert outside(shown, spans) == outside(self.published.wanted(level), spans)
        state = self.simulator.state()
        assert len(state["schedules"]) == 2
        assert len(state["escalation_policies"]) == 1
        kept = {each["id"]: each for item in state["schedules"] for each in item["overrides"]}
        for override_id, made in self.foreign.items():
            expected = {name: made[name] for name in ("id", "start", "end", "user")}
            assert kept[override_id] == expected
        coming = [
            (each["user"], each["start"], each["end"])
            for each in kept.values()
            if each["id"] not in self.foreign and _instant(each["end"]) > self.published.at
        ]
        assert len(coming) == len(set(coming))


def outside(rows: list[Row], spans: list[tuple[dt.datetime, dt.datetime]]) -> list[Row]:
    """What of the rows lies outside the spans."""
    for start, end in spans:
        cut = [
            (who, max(since, low), min(until, high))
            for who, since, until in rows
            for low, high in ((since, min(until, start)), (max(since, end), until))
        ]
        rows = [row for row in cut if row[1] < row[2]]
    return sorted(set(rows), key=lambda row: row[1])


def _instant(written: str) -> dt.datetime:
    return dt.datetime.fromisoformat(written)


@pytest.fixture
def judge(simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch) -> type[Judge]:
    monkeypatch.setattr(syncing, "PATIENCE_SECONDS", 0.0)
    Judge.simulator = simulator
    Judge.base = make_published(weeks=26)
    Judge.exchanges = []
    return Judge


def _at_random(judge: type[Judge], *, examples: int) -> None:
    few = hypothesis_settings(
        max_examples=examples,
        stateful_step_count=12,
        deadline=None,
        database=None,
        # Making a failing case smaller takes minutes; the steps are few as they are.
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(judge, settings=few)


def test_whatever_humans_and_faults_do_the_published_stints_stand_in_the_end(
    judge: type[Judge],
) -> None:
    _at_random(judge, examples=12)


@pytest.mark.reference
def test_what_rota_asks_meanwhile_is_as_pagerduty_describes_it(
    judge: type[Judge], tmp_path: pathlib.Path
) -> None:
    _at_random(judge, examples=3)

    traffic = tmp_path / "traffic.jsonl"
    asked = [each for each in judge.exchanges if "pdpyras" in str(each["request_headers"])]
    lines = "".join(json.dumps(each) + "\n" for each in asked[-MOST_CHECKED:])
    traffic.write_text(lines, encoding="utf-8")
    checked = subprocess.run(
        [sys.executable, str(CHECKER), "--strict", str(traffic)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.stdout.endswith(" exchanges, 0 violations\n"), checked.stdout[-3000:]
