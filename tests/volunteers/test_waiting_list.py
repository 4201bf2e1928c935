"""The waiting list: its order, who may change it, and what happens at the same moment."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from audit.models import AuditEvent
from audit.operations import Actor
from outbox.models import Message
from tests import builders
from tests.builders import NEXT_WEEK, NOW, TODAY, WEEK
from tests.compensation.processes import database_url
from tests.compensation.test_at_once import at_once
from volunteers.models import Application, Engineer, OnCallTeam, Term
from volunteers.operations import application_decisions, applications, waiting_list
from volunteers.operations.application_moves import ApplicationNotOpenError, OwnApplicationError
from volunteers.queries import applications as queries

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 10


def _actor(engineer: Engineer) -> Actor:
    return Actor(name=engineer.email, engineer_id=engineer.pk)


@pytest.fixture
def anna() -> Engineer:
    return builders.make_anna(team=builders.make_rotation().team)


@pytest.fixture
def team(anna: Engineer) -> OnCallTeam:
    return anna.manager_grants.get().team


def _listed(team: OnCallTeam, anna: Engineer, *names: str) -> list[int]:
    """Applications of these people, put on the list in this order; their ids."""
    ids = []
    for name in names:
        row = builders.make_application(team=team, engineer=builders.make_engineer(name=name))
        waiting_list.put_on_waiting_list(application_id=row.pk, actor=_actor(anna), now=NOW)
        ids.append(row.pk)
    return ids


def _order() -> list[str]:
    lines = queries.application_lines(page=queries.listed(applications=Application.objects.all()))
    assert [line.place for line in lines] == list(range(1, len(lines) + 1))
    return [line.name for line in lines]


def _move(pk: int, direction: waiting_list.Direction, seen: int, by: Engineer) -> None:
    waiting_list.move_on_waiting_list(
        application_id=pk, direction=direction, seen_place=seen, actor=_actor(by), now=NOW
    )


def _accept(pk: int, by: Engineer, **more: object) -> int:
    return application_decisions.accept_application(
        application_id=pk,
        starts_on=NEXT_WEEK,
        term_weeks=26,
        actor=_actor(by),
        today=TODAY,
        now=NOW,
        **more,  # type: ignore[arg-type]
    )


# ------------------------------------------------------------------ its order
def test_whoever_is_put_on_the_list_stands_last_and_reads_how_many_are_ahead(
    team: OnCallTeam, anna: Engineer
) -> None:
    _listed(team, anna, "Dora", "Eve", "Finn")

    assert _order() == ["Dora", "Eve", "Finn"]
    told = dict(Message.objects.values_list("to", "body"))
    assert "nobody is ahead of you" in told["dora@example.com"]
    assert "1 is ahead of you" in told["eve@example.com"]
    assert "2 are ahead of you" in told["finn@example.com"]
    assert Term.objects.count() == 0


def test_a_place_is_changed_with_the_one_before_or_after(team: OnCallTeam, anna: Engineer) -> None:
    _dora, eve, finn = _listed(team, anna, "Dora", "Eve", "Finn")

    _move(finn, "up", 3, anna)
    _move(finn, "up", 2, anna)
    _move(eve, "up", 3, anna)

    assert _order() == ["Finn", "Eve", "Dora"]
    moved = AuditEvent.objects.filter(verb__startswith="moved")
    assert [(event.before, (event.after or {})["place"]) for event in moved.order_by("pk")] == [
        ({"place": 3}, 2),
        ({"place": 2}, 1),
        ({"place": 3}, 2),
    ]


def test_the_first_stays_first_and_the_last_last(team: OnCallTeam, anna: Engineer) -> None:
    dora, eve = _listed(team, anna, "Dora", "Eve")

    _move(dora, "up", 1, anna)
    _move(eve, "down", 2, anna)

    assert _order() == ["Dora", "Eve"]
    assert not AuditEvent.objects.filter(verb__startswith="moved").exists()


def test_those_behind_move_up_when_one_leaves_the_list(team: OnCallTeam, anna: Engineer) -> None:
    dora, eve, finn, gus = _listed(team, anna, "Dora", "Eve", "Finn", "Gus")

    waiting_list.take_off_waiting_list(application_id=dora, actor=_actor(anna), now=NOW)
    application_decisions.decline_application(
        application_id=eve, reason="Full.", actor=_actor(anna), now=NOW
    )
    _accept(finn, anna)

    assert _order() == ["Gus"]
    states = Application.objects.filter(pk__in=[dora, eve, finn, gus]).order_by("pk")
    assert list(states.values_list("state", flat=True)) == [
        "submitted",
        "declined",
        "accepted",
        "waitlisted",
    ]


def test_each_team_has_a_list_of_its_own(team: OnCallTeam, anna: Engineer) -> None:
    other = builders.make_rotation(team=builders.make_team(name="Other")).team
    _listed(team, anna, "Dora", "Eve")

    _listed(other, anna, "Finn")

    lines = queries.application_lines(page=queries.listed(applications=Application.objects.all()))
    assert [(line.name, line.ahead) for line in lines] == [("Dora", 0), ("Eve", 1), ("Finn", 0)]


def test_nobody_puts_or_moves_their_own(team: OnCallTeam, anna: Engineer) -> None:
    own = builders.make_application(team=team, engineer=anna, state="waitlisted")

    with pytest.raises(OwnApplicationError):
        _move(own.pk, "up", 1, anna)
    with pytest.raises(OwnApplicationError):
        waiting_list.take_off_waiting_list(application_id=own.pk, actor=_actor(anna), now=NOW)


def test_only_an_application_that_waits_for_an_answer_is_put_on_the_list(
    team: OnCallTeam, anna: Engineer
) -> None:
    [dora] = _listed(team, anna, "Dora")

    with pytest.raises(ApplicationNotOpenError, match="put on the waiting list in the meantime"):
        waiting_list.put_on_waiting_list(application_id=dora, actor=_actor(anna), now=NOW)


# ------------------------------------------------------------------ the database itself
def test_no_two_stand_at_one_position(team: OnCallTeam, anna: Engineer) -> None:
    dora, eve = _listed(team, anna, "Dora", "Eve")
    first = Application.objects.get(pk=dora).waiting_position

    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=eve).update(waiting_position=first)


@pytest.mark.parametrize(
    "columns", [{"waiting_position": None}, {"state": "submitted"}], ids=["without", "kept"]
)
def test_exactly_those_on_the_list_have_a_position(
    team: OnCallTeam, anna: Engineer, columns: dict[str, object]
) -> None:
    [dora] = _listed(team, anna, "Dora")

    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=dora).update(**columns)


# ------------------------------------------------------------------ at the same moment
def test_of_two_managers_who_move_the_same_one_the_second_is_told(
    team: OnCallTeam, anna: Engineer
) -> None:
    max_ = builders.make_manager(engineer=builders.make_engineer(name="Max"), team=team).engineer
    _dora, _eve, finn = _listed(team, anna, "Dora", "Eve", "Finn")

    for _round in range(ROUNDS):
        place = _order().index("Finn") + 1
        if place < 3:
            _move(finn, "down", place, anna)
            continue
        raised = at_once(lambda: _move(finn, "up", 3, anna), lambda: _move(finn, "up", 3, max_))

        assert [type(error) for error in raised] == [waiting_list.WaitingListMovedError]
        assert "Finn is number 2 now. Nothing was moved." in str(raised[0])
        assert _order() == ["Dora", "Finn", "Eve"]


def test_ten_put_on_the_list_at_once_have_ten_places(team: OnCallTeam, anna: Engineer) -> None:
    rows = [
        builders.make_application(team=team, engineer=builders.make_engineer(name=f"E {number}"))
        for number in range(10)
    ]

    def put(pk: int) -> Callable[[], None]:
        return lambda: waiting_list.put_on_waiting_list(
            application_id=pk, actor=_actor(anna), now=NOW
        )

    assert at_once(*[put(row.pk) for row in rows]) == []
    assert len(_order()) == 10


def test_of_two_managers_who_accept_and_list_one_application_one_wins(
    team: OnCallTeam, anna: Engineer
) -> None:
    for number in range(ROUNDS):
        row = builders.make_application(
            team=team, engineer=builders.make_engineer(name=f"E {number}")
        )
        raised = at_once(
            lambda pk=row.pk: application_decisions.decline_application(  # type: ignore[misc]
                application_id=pk, reason="Full.", actor=_actor(anna), now=NOW
            ),
            lambda pk=row.pk: waiting_list.put_on_waiting_list(  # type: ignore[misc]
                application_id=pk, actor=_actor(anna), now=NOW
            ),
        )

        # Declining wins in either order; listing first leaves it on the list before that.
        row.refresh_from_db()
        assert row.state == "declined"
        assert {type(error) for error in raised} <= {ApplicationNotOpenError}
        events = AuditEvent.objects.filter(subject__startswith=f"application {row.pk} to ")
        verbs = list(events.order_by("pk").values_list("verb", flat=True))
        assert verbs == (["declined"] if raised else ["put on the waiting list", "declined"])


def test_of_two_who_are_accepted_at_once_for_one_place_the_second_manager_is_told(
    team: OnCallTeam, anna: Engineer
) -> None:
    for number in range(ROUNDS):
        Term.objects.all().delete()
        pair = [
            builders.make_application(
                team=team, engineer=builders.make_engineer(name=f"{name} {number}")
            )
            for name in ("Dora", "Eve")
        ]
        raised = at_once(*[lambda pk=row.pk: _accept(pk, anna, target_size=1) for row in pair])

        assert [type(error) for error in raised] == [application_decisions.PlacesTakenError]
        assert "A place is free from Mon 31 May 2027." in str(raised[0])
        assert Term.objects.count() == 1
        states = {Application.objects.get(pk=row.pk).state for row in pair}
        assert states == {"accepted", "submitted"}


def test_a_change_and_an_acceptance_at_once_never_make_a_term_before_the_wanted_start(
    team: OnCallTeam, anna: Engineer
) -> None:
    for number in range(ROUNDS):
        dora = builders.make_engineer(name=f"Dora {number}")
        row = builders.make_application(team=team, engineer=dora)
        raised = at_once(
            lambda pk=row.pk: _accept(pk, anna),  # type: ignore[misc]
            lambda pk=row.pk, who=dora: applications.change_application(  # type: ignore[misc]
                application_id=pk,
                seen_version=1,
                motivation="Later, please.",
                earliest_start_on=NEXT_WEEK + WEEK,
                unsuitable_weeks=[],
                told_own_manager="yes",
                actor=_actor(who),
                today=TODAY,
                now=NOW,
            ),
        )

        row.refresh_from_db()
        assert len(raised) == 1
        term = Term.objects.filter(engineer=dora).first()
        if term is not None:
            assert row.earliest_start_on <= term.starts_on
        else:
            assert row.earliest_start_on == NEXT_WEEK + WEEK


MOVE = """
    import datetime as dt, django, sys
    django.setup()
    from audit.operations import Actor
    from common.refusals import RefusedError
    from volunteers.operations import waiting_list
    pk, manager = int(sys.argv[1]), int(sys.argv[2])
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        waiting_list.move_on_waiting_list(
            application_id=pk, direction="up", seen_place=2,
            actor=Actor(name="anna@example.com", engineer_id=manager),
            now=dt.datetime(2026, 12, 1, tzinfo=dt.UTC),
        )
        print("moved")
    except RefusedError as refusal:
        print(refusal.code)
"""


def test_of_two_processes_that_move_the_same_one_the_second_is_told(
    team: OnCallTeam, anna: Engineer
) -> None:
    _dora, eve = _listed(team, anna, "Dora", "Eve")

    with contextlib.ExitStack() as stack:
        both = [stack.enter_context(_in_a_process(eve, anna.pk)) for _ in range(2)]
        for process in both:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in both:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        said = sorted(process.communicate(timeout=120)[0].strip() for process in both)

    assert said == ["WAITING_LIST_MOVED", "moved"]
    assert _order() == ["Eve", "Dora"]


def _in_a_process(pk: int, manager: int) -> subprocess.Popen[str]:
    environment = {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(MOVE), str(pk), str(manager)],
        cwd=settings.BASE_DIR,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
