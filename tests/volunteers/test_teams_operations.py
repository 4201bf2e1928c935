from __future__ import annotations

import datetime as dt

import pytest

from audit.models import AuditEvent
from audit.operations import Actor
from tests import builders
from volunteers.models import OnCallTeam, Team
from volunteers.operations import teams

pytestmark = pytest.mark.django_db

SHELL = Actor.shell()
NOW = builders.NOW


def test_a_home_team_is_created_and_renamed() -> None:
    team = teams.create_team(name=" Payments ", actor=SHELL, now=NOW)

    teams.rename_team(team_id=team.pk, name="Pay", actor=SHELL, now=NOW)

    assert Team.objects.get().name == "Pay"
    assert list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True)) == [
        "created",
        "renamed",
    ]


def test_two_home_teams_have_two_names() -> None:
    teams.create_team(name="Payments", actor=SHELL, now=NOW)

    with pytest.raises(teams.TeamNameTakenError):
        teams.create_team(name="Payments", actor=SHELL, now=NOW)


def test_an_on_call_team_says_why_it_exists() -> None:
    anna = builders.make_engineer(name="Anna")
    statement = teams.Statement(
        name="Core, out of hours",
        problem="Too many people\r\nare on call.",
        success_criteria="Fewer than 10 pages a month",
        owner_id=anna.pk,
        next_review_on=dt.date(2027, 1, 31),
        people_on_call_before=32,
    )

    team = teams.create_on_call_team(statement=statement, actor=SHELL, now=NOW)

    team.refresh_from_db()
    assert team.slug == "core-out-of-hours"
    assert team.problem == "Too many people\nare on call."
    event = AuditEvent.objects.get()
    assert (event.team, event.concerned) == (team.slug, ["anna@example.com"])


def test_a_statement_is_changed_with_what_it_was() -> None:
    team = builders.make_team()

    for _time in range(2):
        teams.change_statement(
            team_id=team.pk,
            statement=teams.Statement(name="Core", people_on_call_before=30),
            actor=SHELL,
            now=NOW,
        )

    event = AuditEvent.objects.get()
    assert event.before is not None
    assert event.after is not None
    assert event.before["people_on_call_before"] is None
    assert event.after["people_on_call_before"] == 30


@pytest.mark.parametrize(
    ("statement", "field"),
    [
        (teams.Statement(name=""), "name"),
        (teams.Statement(name="A", problem="x" * 4001), "problem"),
        (teams.Statement(name="A", problem="a\0b"), "problem"),
        (teams.Statement(name="A", owner_id=999), "owner"),
        (teams.Statement(name="A", next_review_on=dt.date(9999, 1, 1)), "next_review_on"),
        (teams.Statement(name="A", people_on_call_before=-1), "people_on_call_before"),
        (teams.Statement(name="A", people_on_call_before=10**9), "people_on_call_before"),
    ],
)
def test_a_statement_that_cannot_be_kept_is_refused_beside_the_field(
    statement: teams.Statement, field: str
) -> None:
    with pytest.raises(teams.TeamInvalidError) as refusal:
        teams.create_on_call_team(statement=statement, actor=SHELL, now=NOW)

    assert list(refusal.value.fields) == [field]
    assert not OnCallTeam.objects.exists()
