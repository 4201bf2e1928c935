from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

import pytest

from audit.operations import Actor
from common.clocks import Clocks
from compensation.operations import weeks
from rotation import generation, syncing
from rotation.pagerduty.http import HttpGateway
from rotation.queries import syncing as sync_queries
from rotation.queries import waiting
from tests import builders
from tests.api.journey import Journey, Piece
from tests.api.people import api_of
from tests.rotation.syncs import know_people
from tests.simulator.conftest import _process, simulator
from volunteers.models import Engineer, Office

if TYPE_CHECKING:
    import time_machine

    from tests.api.people import Cast
    from tests.simulator.running import RunningSimulator

__all__ = ["_process", "simulator"]

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]

SWEEP = Actor.sweep("weeks")
HOLIDAYS = (dt.date(2026, 12, 25), dt.date(2026, 12, 28), dt.date(2027, 1, 1))
RATE = {
    "office": "dublin",
    "level": "primary",
    "effective_from": "2026-11-25",
    "weekly": "600.00",
    "holiday": "90.00",
}
AFTER_DECEMBER = dt.datetime(2027, 1, 2, 9, tzinfo=dt.UTC)


@dataclasses.dataclass(frozen=True, slots=True)
class InProcess:
    """The workers' calls are made here, PagerDuty is a simulator that really runs."""

    simulator: RunningSimulator
    clock: time_machine.Traveller

    def let_work(self) -> None:
        """Solve, sync and pay whatever waits, as the tasks do."""
        now = self.now()
        for draft_id in waiting.waiting_draft_ids(real_now=now):
            clocks = Clocks(now=self.now, real_now=self.now)
            generation.generate_draft(draft_id=draft_id, holder="worker", clocks=clocks)
        for run_id in sync_queries.waiting_run_ids(now=now, real_now=now):
            syncing.sync_rotation(
                run_id=run_id,
                gateway=HttpGateway(
                    url=self.simulator.base_url, token=lambda: self.simulator.token
                ),
                clocks=Clocks(now=self.now, real_now=self.now),
                holder="worker",
            )
        weeks.complete_weeks(actor=SWEEP, now=now)

    def move_clock(self, instant: dt.datetime) -> None:
        """Both clocks: ours and the simulator's."""
        self.clock.move_to(instant, tick=False)
        self.simulator.move_to(f"{instant:%Y-%m-%dT%H:%M:%SZ}")

    def now(self) -> dt.datetime:
        """The clock that stands still."""
        return dt.datetime.now(dt.UTC)  # noqa: TID251 - held by the test

    def shown(self, ref: str, since: dt.datetime, until: dt.datetime) -> list[Piece]:
        """What the simulator renders."""
        window = f"since={since:%Y-%m-%dT%H:%M:%SZ}&until={until:%Y-%m-%dT%H:%M:%SZ}"
        schedule = self.simulator.call("GET", f"/schedules/{ref}?{window}").body["schedule"]
        return [
            (
                entry["user"]["summary"],
                dt.datetime.fromisoformat(entry["start"]).astimezone(dt.UTC),
                dt.datetime.fromisoformat(entry["end"]).astimezone(dt.UTC),
            )
            for entry in schedule["final_schedule"]["rendered_schedule_entries"]
        ]


@pytest.fixture
def volunteers(cast: Cast) -> list[Engineer]:
    """Five people of Dublin who have not applied yet; Anna and Gil can serve on level 2."""
    office = Office.objects.get()
    for date in HOLIDAYS:
        builders.make_holiday(office=office, date=date)
    gil = builders.make_engineer(name="Gil")
    builders.make_posting(engineer=gil, office=office)
    builders.make_manager(engineer=gil, team=cast.team)
    made = [
        builders.make_engineer(name=name, employee_id=f"0{number}")
        for number, name in enumerate(("Eva", "Finja", "Hal", "Ida", "Jo"), start=10)
    ]
    for person in made:
        builders.make_posting(engineer=person, office=office)
    Engineer.objects.filter(pk=cast.ben.pk).update(employee_id="00412")
    return made


def test_from_an_application_to_the_right_cents_through_the_api_alone(
    cast: Cast,
    volunteers: list[Engineer],
    simulator: RunningSimulator,
    held_time: time_machine.Traveller,
) -> None:
    world = InProcess(simulator, held_time)
    know_people(simulator, list(Engineer.objects.order_by("pk")))
    anna, finn = cast.api("anna"), cast.api("finn")
    journey = Journey(slug="core", manager=anna, finance=finn, world=world)
    finn.post("rates/", **RATE).expect(201)

    for person in volunteers:
        journey.join(api_of(person))
    for engineer_id in (cast.anna.pk, Engineer.objects.get(name="Gil").pk):
        anna.post("terms/", team="core", engineer=engineer_id, starts_on="2026-11-30").expect(201)
    version = journey.publish(weeks=8)
    journey.expect_in_pagerduty(weeks=8)
    world.move_clock(dt.datetime(2026, 12, 1, 20, tzinfo=dt.UTC))
    duty = anna.get("rotations/core/on-call-now/").expect(200)
    world.move_clock(AFTER_DECEMBER)
    rows = journey.close("2026-12")

    assert version == 1
    assert duty["levels"][0]["on_call_from"] is None
    # Four weeks ended in December; of Monday the 28th half a day lies in the last of them.
    assert sorted(row["amount"] for row in rows) == ["45.00", *["600.00"] * 4, "90.00"]
    assert sum(int(row["amount"].replace(".", "")) for row in rows) == 253500
    assert {row["currency"] for row in rows} == {"EUR"}
    _expect_own_pay(cast, rows)


def _expect_own_pay(cast: Cast, rows: list[dict[str, str]]) -> None:
    """Each person reads exactly their own lines of the file, and Anna reads none."""
    for person in Engineer.objects.filter(name__in={row["name"] for row in rows}):
        own = api_of(person).all("entries/", page_size=1)
        assert sorted(each["amount"]["amount"] for each in own) == sorted(
            row["amount"] for row in rows if row["name"] == person.name
        )
    assert cast.api("anna").all("entries/") == []
