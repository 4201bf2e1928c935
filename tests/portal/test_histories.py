from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from audit.operations import Actor, Area, record
from compensation.models import PayPeriod
from rotation.models import LevelName, Shift
from rotation.operations import policies
from tests import builders
from tests.builders import NOW
from volunteers.models import RoleGrant
from volunteers.operations import people

if TYPE_CHECKING:
    from rotation.models import Rotation
    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db


@pytest.fixture
def rotation() -> Rotation:
    return builders.make_rotation(team=builders.make_team())


@pytest.fixture
def anna(rotation: Rotation) -> Engineer:
    return builders.make_anna(team=rotation.team)


def _history(person: Engineer, address: str) -> str:
    client = Client()
    client.force_login(person)
    page = client.get(address).content.decode()
    return page.split('id="happened"')[1].split("</section>")[0] if 'id="happened"' in page else ""


def _about(row: Shift, person: Engineer, team: str, concerned: list[str]) -> None:
    record(
        actor=Actor(name=person.email),
        now=NOW,
        area=Area.SCHEDULE,
        verb="moved",
        subject="the week",
        team=team,
        concerned=concerned,
        about=[row],
    )


def test_a_shift_shows_its_history_to_managers_and_to_those_it_concerns(
    rotation: Rotation, anna: Engineer
) -> None:
    ben, carla = builders.make_ben(), builders.make_carla()
    shift = builders.make_shift(level=rotation.levels.get(name=LevelName.PRIMARY), holder=ben)
    _about(shift, anna, rotation.team.slug, [ben.email])
    address = f"/shifts/{shift.pk}/"

    assert "Anna</bdi></b> moved" in _history(anna, address)
    assert "Anna</bdi></b> moved" in _history(ben, address)
    assert _history(carla, address) == ""


def test_a_policy_shows_who_changed_which_figure(rotation: Rotation, anna: Engineer) -> None:
    policies.change_policy(
        rotation_id=rotation.pk,
        figures=policies.Figures(target_size=9),
        reason="More people.",
        actor=Actor(name=anna.email, engineer_id=anna.pk),
        now=NOW,
    )

    shown = _history(anna, f"/rotations/{rotation.slug}/policy/")

    assert "changed policy" in shown
    assert "Target size" in shown
    assert "<ins>9</ins>" in shown


def test_a_person_has_a_history_of_what_names_them_as_far_as_it_is_the_readers(
    rotation: Rotation, anna: Engineer
) -> None:
    ben = builders.make_ben()
    builders.make_term(team=rotation.team, engineer=ben)
    ada = builders.make_engineer(name="Ada")
    builders.make_role(engineer=ada, role=RoleGrant.Role.ADMIN)
    actor = Actor(name=ada.email, engineer_id=ada.pk)
    people.set_employee_number(engineer_id=ben.pk, employee_number="4711", actor=actor, now=NOW)
    address = f"/people/{ben.pk}/"

    assert "<ins>4711</ins>" in _history(ada, address)
    assert "<ins>4711</ins>" in _history(ben, address)
    assert _history(anna, address) == ""


def test_a_pay_period_says_who_closed_it() -> None:
    finn = builders.make_engineer(name="Finn")
    builders.make_role(engineer=finn, role=RoleGrant.Role.FINANCE)
    record(
        actor=Actor(name=finn.email),
        now=NOW,
        area=Area.MONEY,
        verb="closed",
        subject="pay period 2026-09",
    )

    PayPeriod.objects.create(month="2026-09")

    assert "Finn</bdi></b> closed" in _history(finn, "/finance/periods/2026-09/")
