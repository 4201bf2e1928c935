"""The rounds that `benchmarks.pagerduty` measures, in a process that Django runs in."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import teams
from common.clocks import Clocks
from rotation import sparing, syncing
from rotation.models import Rotation, Shift, SyncRun
from rotation.operations import syncing as operations
from rotation.pagerduty.http import HttpGateway
from tests import builders
from tests.simulator.running import RunningSimulator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from volunteers.models import Engineer

NOW = builders.NOW
COVERED_WEEK = 8
CALLS_A_MINUTE = 713
# A worker makes room after half a minute, and looks anew; here by calls, whatever the machine.
SLICE_CALLS = CALLS_A_MINUTE // 2


@dataclasses.dataclass(kw_only=True)
class Measured:
    """One simulator, and the calls since the last round began."""

    simulator: RunningSimulator
    began: float = dataclasses.field(default_factory=time.monotonic)
    calls: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)

    def now(self) -> dt.datetime:
        """The time that the simulator has too, which goes on."""
        return NOW + dt.timedelta(seconds=1 + time.monotonic() - self.began)

    def count(self, exchange: Mapping[str, Any]) -> None:
        """Called after each exchange."""
        kind = "reads" if exchange["method"] == "GET" else "writes"
        self.calls["previews" if exchange["path"].endswith("/preview") else kind] += 1

    def round(self, name: str) -> None:
        """Sync every rotation once, as a worker does, and print a line."""
        for rotation_id in Rotation.objects.values_list("pk", flat=True):
            operations.queue_sync(rotation_id=rotation_id, cause=name, now=NOW)
        self.calls.clear()
        began = time.monotonic()
        seen, ends_at = sparing.Seen(many=True), SLICE_CALLS
        for run in SyncRun.objects.filter(state=SyncRun.State.QUEUED).order_by("pk"):
            if self.calls.total() > ends_at:
                seen, ends_at = sparing.Seen(many=True), self.calls.total() + SLICE_CALLS
            self._sync(run, seen)
        self._report(name, time.monotonic() - began)

    def _sync(self, run: SyncRun, seen: sparing.Seen) -> None:
        gateway = HttpGateway(
            url=self.simulator.base_url,
            token=lambda: self.simulator.token,
            recorder=self.count,
        )
        clocks = Clocks(now=self.now, real_now=self.now)
        syncing.sync_rotation(
            run_id=run.pk, gateway=gateway, clocks=clocks, holder="measuring", seen=seen
        )

    def _report(self, name: str, seconds: float) -> None:
        failed = SyncRun.objects.filter(cause=name, state=SyncRun.State.FAILED).count()
        calls = sum(self.calls.values())
        figures = [self.calls[kind] for kind in ("writes", "previews", "reads")]
        print(
            line(
                name,
                *(str(figure) for figure in figures),
                str(calls),
                f"{calls / Rotation.objects.count():.1f}",
                f"{seconds:.1f}",
                f"{calls / CALLS_A_MINUTE:.1f}",
                str(failed),
            ),
            flush=True,
        )


def measure(*, rotations: int, weeks: int) -> None:
    """Fill the database, start the simulator, carry out the three rounds, print a table."""
    people = [teams.make_team(number, weeks=weeks) for number in range(rotations)]
    with tempfile.TemporaryDirectory() as folder:
        clock = Path(folder) / "clock"
        simulator = RunningSimulator.start(Path(folder) / "state.json", clock_file=clock)
        try:
            _know(simulator, [person for team in people for person in team])
            measured = Measured(simulator=simulator)
            print(f"{rotations} rotations, {weeks} weeks on two levels")
            names = ("writes", "previews", "reads", "calls", "each", "seconds", "min", "failed")
            print(line("round", *names))
            measured.round("from nothing")
            measured.round("unchanged")
            _cover()
            measured.round("one change each")
        finally:
            simulator.stop()


def line(*columns: str) -> str:
    """One row of the table."""
    widths = (18, 8, 10, 8, 8, 8, 9, 8, 8)
    return "".join(f"{text:<{width}}" for text, width in zip(columns, widths, strict=True))


def _know(simulator: RunningSimulator, people: list[Engineer]) -> None:
    users = [
        {"id": f"P{person.pk:06d}", "name": person.name, "email": person.email} for person in people
    ]
    simulator.put_state({"users": users})
    simulator.move_to(f"{NOW:%Y-%m-%dT%H:%M:%SZ}")
    simulator.set_switches(rate_limit=0)


def _cover() -> None:
    """In each rotation somebody else takes two days of one week of primary."""
    for rotation in Rotation.objects.all():
        shifts = Shift.objects.filter(level__rotation=rotation, level__name="primary")
        shift, other = shifts.order_by("week_date")[COVERED_WEEK : COVERED_WEEK + 2]
        builders.make_cover(
            shift=shift,
            from_engineer=shift.holder,
            to_engineer=other.holder,
            starts_at=shift.starts_at + dt.timedelta(days=1),
            ends_at=shift.starts_at + dt.timedelta(days=3),
        )
