"""A published rotation in PagerDuty, and a human who changes things there."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

from audit.operations import Actor
from common.clocks import Clocks
from rotation import drifting
from rotation.models import Drift, DriftCheck, Level, PolicyVersion, Shift
from rotation.operations import drift_checks
from rotation.operations import syncing as sync_operations
from tests.rotation.syncs import NOW, Published, know_people, make_published

if TYPE_CHECKING:
    from rotation.models import SyncRun
    from tests.simulator.running import RunningSimulator
    from volunteers.models import Engineer

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


@dataclasses.dataclass
class Scene:
    """Anna's rotation, in line with PagerDuty."""

    published: Published
    simulator: RunningSimulator

    @property
    def at(self) -> dt.datetime:
        return self.published.at

    @property
    def anna(self) -> Actor:
        anna = self.published.anna
        return Actor(name=anna.email, engineer_id=anna.pk)

    def move_to(self, at: dt.datetime) -> None:
        """Time passes, here and in PagerDuty."""
        self.published.at = at
        self.simulator.move_to(f"{at:%Y-%m-%dT%H:%M:%SZ}")

    def ref(self, level: str = "primary") -> str:
        row = Level.objects.get(rotation=self.published.rotation, name=level)
        return row.pagerduty_schedule_ref

    def shift(self, number: int, level: str = "primary") -> Shift:
        """The coming weeks from 0 on."""
        rows = Shift.objects.filter(level__name=level, starts_at__gt=NOW)
        return rows.select_related("holder").order_by("week_date")[number]

    def other(self, shift: Shift, *more: Shift) -> Engineer:
        """A volunteer who holds none of these weeks."""
        busy = {each.holder_id for each in (shift, *more)}
        return next(one for one in self.published.people[2:] if one.pk not in busy)

    def override(
        self, user: str, starts_at: dt.datetime, ends_at: dt.datetime, level: str = "primary"
    ) -> str:
        """A human adds one in PagerDuty; returns its id."""
        item = {
            "start": f"{starts_at:%Y-%m-%dT%H:%M:%SZ}",
            "end": f"{ends_at:%Y-%m-%dT%H:%M:%SZ}",
            "user": {"id": user, "type": "user_reference"},
        }
        path = f"/schedules/{self.ref(level)}/overrides"
        [answer] = self.simulator.call("POST", path, {"overrides": [item]}).body
        return str(answer["override"]["id"])

    def edit(self, change: Any, level: str = "primary") -> None:
        """A human changes the schedule itself."""
        path = f"/schedules/{self.ref(level)}"
        schedule = self.simulator.call("GET", path).body["schedule"]
        change(schedule)
        assert self.simulator.call("PUT", path, {"schedule": schedule}).status == 200

    def check(self) -> DriftCheck:
        """Ask for a comparison and carry it out as a worker does."""
        drift_checks.request_check(
            rotation_id=self.published.rotation.pk, actor=self.anna, now=self.at
        )
        check = DriftCheck.objects.latest("pk")
        drifting.check_drift(
            check_id=check.pk,
            gateway=self.published.gateway(self.simulator),
            clocks=Clocks(now=lambda: self.at, real_now=lambda: self.at),
            holder="worker",
        )
        check.refresh_from_db()
        return check

    def sync(self, *, queue: bool = False) -> SyncRun:
        """Carry out the sync that waits, or one that is asked for now."""
        if queue:
            sync_operations.queue_sync(
                rotation_id=self.published.rotation.pk, cause="again", now=self.at
            )
        return self.published.sync(self.simulator)

    def open_drifts(self) -> list[Drift]:
        rows = Drift.objects.filter(gone_at__isnull=True).select_related("level", "cover")
        return list(rows.order_by("starts_at", "pk"))

    def writes(self) -> list[str]:
        return [
            f"{each['method']} {each['path'].split('/')[3] if each['path'].count('/') > 2 else ''}"
            for each in self.simulator.requests()
            if each["method"] != "GET" and not each["path"].endswith("/preview")
        ]

    def let_policy(self, choice: str) -> None:
        """The next version of the policy says so from now on."""
        version = PolicyVersion.objects.filter(rotation=self.published.rotation).latest("number")
        version.pk, version.number = None, version.number + 1
        version.drift_choice, version.effective_from = choice, self.at
        version.save(force_insert=True)


def make_scene(simulator: RunningSimulator, *, weeks: int = 26) -> Scene:
    """Published and written, with nothing to tell."""
    published = make_published(weeks=weeks)
    know_people(simulator, published.people)
    published.sync(simulator)
    simulator.clear_requests()
    return Scene(published=published, simulator=simulator)


def user_of(engineer: Engineer) -> str:
    """The person's id in PagerDuty."""
    return f"P{engineer.pk:06d}"
