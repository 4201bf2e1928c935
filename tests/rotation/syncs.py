"""A published rotation and a simulator that knows its people."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

from audit.operations import Actor
from common.clocks import Clocks
from rotation import generation, sparing, syncing
from rotation.domain import stints
from rotation.models import Level, Rotation, Shift, SyncRun
from rotation.operations import drafts, publishing
from rotation.pagerduty.http import HttpGateway
from rotation.queries import worked
from tests import builders

if TYPE_CHECKING:
    from tests.simulator.running import RunningSimulator
    from volunteers.models import Engineer

NOW = builders.NOW


@dataclasses.dataclass
class Published:
    """Anna's rotation: Ben, Eva and Finn on primary, Anna and Gil on level 2, with versions."""

    rotation: Rotation
    people: list[Engineer]
    anna: Engineer
    exchanges: list[Any] = dataclasses.field(default_factory=list)
    at: dt.datetime = NOW

    def gateway(self, simulator: RunningSimulator) -> HttpGateway:
        """The real gateway, on the simulator."""
        return HttpGateway(
            url=simulator.base_url, token=lambda: simulator.token, recorder=self.exchanges.append
        )

    def sync(
        self,
        simulator: RunningSimulator,
        run: SyncRun | None = None,
        seen: sparing.Seen | None = None,
    ) -> SyncRun:
        """Carry out the waiting run as a worker does."""
        run = run or SyncRun.objects.filter(rotation=self.rotation).latest("pk")
        syncing.sync_rotation(
            run_id=run.pk,
            gateway=self.gateway(simulator),
            clocks=self.clocks(),
            holder="worker",
            seen=seen,
        )
        run.refresh_from_db()
        return run

    def clocks(self) -> Clocks:
        """Both clocks stand still."""
        return Clocks(now=lambda: self.at, real_now=lambda: self.at)

    def publish(self, weeks: int = 26) -> None:
        """Ask for a draft, solve it and publish it."""
        actor = Actor(name=self.anna.email, engineer_id=self.anna.pk)
        draft = drafts.request_draft(
            rotation_id=self.rotation.pk, weeks=weeks, actor=actor, now=self.at
        )
        generation.generate_draft(
            draft_id=draft.pk,
            holder="worker",
            clocks=Clocks(now=lambda: self.at, real_now=lambda: self.at),
        )
        publishing.publish_draft(
            draft_id=draft.pk,
            escalation_gaps_confirmed=True,
            edits_confirmed=True,
            actor=actor,
            now=self.at,
        )

    def wanted(self, level: str) -> list[tuple[str, dt.datetime, dt.datetime]]:
        """The coming on-call stints as (e-mail, start, end), touching ones of a person joined."""
        emails = {person.pk: person.email for person in self.people}
        shifts = Shift.objects.filter(level__rotation=self.rotation, level__name=level)
        pieces = [
            (emails[piece.person], max(piece.period.starts_at, self.at), piece.period.ends_at)
            for shift in worked.worked_shifts(shifts=shifts.filter(ends_at__gt=self.at))
            for piece in stints.on_call_stints(shift.stints, shift.windows)
            if piece.person is not None and piece.period.ends_at > self.at
        ]
        return joined(pieces)

    def delete_schedule(self, simulator: RunningSimulator, level: str) -> None:
        """What a human does who wants it gone: out of the escalation policy first."""
        ref = Level.objects.get(rotation=self.rotation, name=level).pagerduty_schedule_ref
        [policy] = simulator.call("GET", "/escalation_policies").body["escalation_policies"]
        policy["escalation_rules"] = [
            rule for rule in policy["escalation_rules"] if rule["targets"][0]["id"] != ref
        ]
        path = f"/escalation_policies/{policy['id']}"
        simulator.call("PUT", path, {"escalation_policy": policy})
        assert simulator.call("DELETE", f"/schedules/{ref}").status == 204

    def shown(
        self, simulator: RunningSimulator, level: str
    ) -> list[tuple[str, dt.datetime, dt.datetime]]:
        """What the simulator's final schedule shows over the coming year, in the same form."""
        ref = Level.objects.get(rotation=self.rotation, name=level).pagerduty_schedule_ref
        since = f"{self.at:%Y-%m-%dT%H:%M:%SZ}"
        until = f"{self.at + dt.timedelta(days=360):%Y-%m-%dT%H:%M:%SZ}"
        body = simulator.call("GET", f"/schedules/{ref}?since={since}&until={until}").body
        emails = {user["id"]: user["email"].lower() for user in simulator.state()["users"]}
        return joined(
            [
                (
                    emails[entry["user"]["id"]],
                    dt.datetime.fromisoformat(entry["start"]).astimezone(dt.UTC),
                    dt.datetime.fromisoformat(entry["end"]).astimezone(dt.UTC),
                )
                for entry in body["schedule"]["final_schedule"]["rendered_schedule_entries"]
            ]
        )


def joined(
    pieces: list[tuple[str, dt.datetime, dt.datetime]],
) -> list[tuple[str, dt.datetime, dt.datetime]]:
    """In order of time, touching pieces of one person as one."""
    row: list[tuple[str, dt.datetime, dt.datetime]] = []
    for who, starts_at, ends_at in sorted(pieces, key=lambda piece: piece[1]):
        if row and row[-1][0] == who and row[-1][2] == starts_at:
            row[-1] = (who, row[-1][1], ends_at)
        else:
            row.append((who, starts_at, ends_at))
    return row


def make_published(*, weeks: int = 26, continuous: bool = False) -> Published:
    """A rotation with holidays in its calendar, published for so many weeks."""
    office = builders.make_office()
    for date in (dt.date(2026, 12, 25), dt.date(2026, 12, 28), dt.date(2027, 1, 1)):
        builders.make_holiday(office=office, date=date)
    team = builders.make_team()
    anna = builders.make_anna(team=team)
    rotation = builders.make_rotation(
        team=team,
        holiday_office=office,
        business_hours=None if continuous else builders.OFFICE_HOURS,
    )
    volunteers = [
        builders.make_engineer(name=name) for name in ("Ben", "Eva", "Finn", "Hal", "Ida")
    ]
    gil = builders.make_engineer(name="Gil")
    for person in [anna, gil, *volunteers]:
        builders.make_posting(engineer=person, office=office)
    for person in volunteers:
        builders.make_term(team=team, engineer=person, weeks=weeks)
    for person in (anna, gil):
        builders.make_escalation_term(team=team, engineer=person)
    published = Published(rotation=rotation, people=[anna, gil, *volunteers], anna=anna)
    published.publish(weeks=weeks)
    return published


def know_people(simulator: RunningSimulator, people: list[Engineer]) -> None:
    """Accounts in PagerDuty for these engineers, written in other letters than Rota's."""
    users = [
        {"id": f"P{person.pk:06d}", "name": person.name, "email": person.email.title()}
        for person in people
    ]
    simulator.put_state({"users": users})
    simulator.move_to(f"{NOW:%Y-%m-%dT%H:%M:%SZ}")
    simulator.clear_requests()
