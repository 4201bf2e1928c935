"""A team at work for the tests of pages: people in terms, drafts solved and published for real."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.operations import Actor
from common.clocks import Clocks
from rotation import generation
from rotation.models import Draft, Level, Rotation, Shift
from rotation.operations import drafts, publishing
from tests import builders
from tests.builders import NEXT_WEEK, NOW, WEEK

if TYPE_CHECKING:
    from volunteers.models import Engineer

CLOCKS = Clocks(now=lambda: NOW, real_now=lambda: NOW)
TERM_START = NEXT_WEEK - 8 * WEEK
SLUG = "core"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class TeamAtWork:
    """Anna and Max decide and carry level 2, five volunteers serve, Carla is outside."""

    rotation: Rotation
    anna: Engineer
    max: Engineer
    ben: Engineer
    volunteers: tuple[Engineer, ...]
    carla: Engineer

    @property
    def primary(self) -> Level:
        return builders.level_of(self.rotation)

    @property
    def escalation(self) -> Level:
        return builders.level_of(self.rotation, "escalation")


def team_at_work(*, on_level_2: bool = True) -> TeamAtWork:
    """The team with terms from eight weeks ago; Dublin's holidays count."""
    office = builders.make_office()
    rotation = builders.make_rotation(holiday_office=office)
    anna = builders.make_anna(team=rotation.team)
    other = builders.make_engineer(name="Max Lund")
    builders.make_manager(engineer=other, team=rotation.team)
    if on_level_2:
        for manager in (anna, other):
            builders.make_escalation_term(
                team=rotation.team, engineer=manager, starts_on=TERM_START
            )
    ben = builders.make_ben()
    names = ("Dora Hale", "Eve Moss", "Finn Roth", "Gus Vane")
    volunteers = (ben, *(builders.make_engineer(name=name) for name in names))
    for volunteer in volunteers:
        builders.make_term(
            team=rotation.team,
            engineer=volunteer,
            starts_on=TERM_START,
            weeks=40,
            accepted_by=anna,
        )
        builders.make_posting(engineer=volunteer, office=office)
    return TeamAtWork(
        rotation=rotation,
        anna=anna,
        max=other,
        ben=ben,
        volunteers=volunteers,
        carla=builders.make_carla(),
    )


def actor(engineer: Engineer) -> Actor:
    return Actor(name=engineer.email, engineer_id=engineer.pk)


def solved_draft(team: TeamAtWork, *, weeks: int = 8) -> Draft:
    """A draft that was asked for by Anna and solved."""
    draft = drafts.request_draft(
        rotation_id=team.rotation.pk, weeks=weeks, actor=actor(team.anna), now=NOW
    )
    generation.generate_draft(draft_id=draft.pk, holder="test", clocks=CLOCKS)
    draft.refresh_from_db()
    return draft


def publish(team: TeamAtWork, draft: Draft, *, by: Engineer | None = None) -> int:
    """The draft becomes the schedule; returns the version."""
    version = publishing.publish_draft(
        draft_id=draft.pk,
        escalation_gaps_confirmed=True,
        actor=actor(by or team.anna),
        now=NOW,
    )
    team.rotation.refresh_from_db()
    return version


def mark_published(rotation: Rotation, by: Engineer, *, version: int = 1) -> None:
    """As if the shifts that a test wrote had been published."""
    Rotation.objects.filter(pk=rotation.pk).update(
        schedule_version=version, published_at=NOW, published_by=by
    )
    rotation.refresh_from_db()


def many_shifts(level: Level, holder: Engineer, *, first: dt.date, count: int) -> None:
    """Weeks without on-call windows, one after the other, all written at once."""
    policy = level.rotation.policies.get()
    Shift.objects.bulk_create(
        Shift(
            level=level,
            week_date=first + number * WEEK,
            starts_at=dt.datetime.combine(first + number * WEEK, dt.time(12), tzinfo=dt.UTC),
            ends_at=dt.datetime.combine(first + (number + 1) * WEEK, dt.time(12), tzinfo=dt.UTC),
            time_zone=level.rotation.time_zone,
            day_windows=[],
            holder=holder,
            policy=policy,
            load_hundredths=100,
            version=1,
        )
        for number in range(count)
    )


def signed_in(engineer: Engineer) -> Client:
    client = Client()
    client.force_login(engineer)
    return client


def page_of(engineer: Engineer, url: str, *, status: int = 200) -> str:
    """The page's text with single spaces, so that a sentence is found across lines."""
    answer = signed_in(engineer).get(url)
    assert answer.status_code == status, answer.status_code
    return " ".join(answer.content.decode().split())


def heading(page: str) -> str:
    """The text of the page's one `h1`."""
    return page.split("<h1>", 1)[1].split("</h1>", 1)[0].strip()


def queries_of(engineer: Engineer, url: str) -> int:
    """How many queries the page takes."""
    client = signed_in(engineer)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url)
    assert answer.status_code == 200
    return len(captured)
