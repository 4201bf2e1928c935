from __future__ import annotations

import pytest
from knox.models import AuthToken

from audit.models import AuditEvent
from audit.operations import Actor
from tests import builders
from volunteers import access
from volunteers.models import Engineer
from volunteers.operations import people, roles

pytestmark = pytest.mark.django_db

SHELL = Actor.shell()
TOO_LONG = "x" * 151


def create(*, name: str = "Ben", email: str = "ben@example.com", number: str = "") -> Engineer:
    return people.create_engineer(
        person=people.Person(name=name, email=email, employee_number=number),
        actor=SHELL,
        now=builders.NOW,
    )


def test_an_account_is_kept_under_its_normalised_e_mail() -> None:
    engineer = create(name="  Be\u0301a Ñ ", email=" Bea@EXAMPLE.com ", number=" 0017 ")

    engineer.refresh_from_db()
    assert (engineer.name, engineer.email, engineer.employee_id) == (
        "B\u00e9a Ñ",
        "bea@example.com",
        "0017",
    )
    assert engineer.created_at == builders.NOW
    assert not engineer.has_usable_password()


def test_creating_somebody_is_recorded_with_the_row() -> None:
    create()

    event = AuditEvent.objects.get()
    assert (event.actor, event.verb, event.subject) == ("shell", "created", "ben@example.com")
    assert event.concerned == ["ben@example.com"]
    assert event.at == builders.NOW


@pytest.mark.parametrize("name", ["", "   ", "\u200b", TOO_LONG, "a\0b", "a\nb", "a\ud800b"])
def test_a_name_that_cannot_be_kept_is_refused_beside_its_field(name: str) -> None:
    with pytest.raises(people.PersonInvalidError) as refusal:
        create(name=name)

    assert list(refusal.value.fields) == ["name"]
    assert not Engineer.objects.exists()


@pytest.mark.parametrize(
    "name", ["x", "x" * 150, "👩\u200d👩\u200d👧", "\u202eabc", "\U0001d518", "=1+1"]
)
def test_an_unusual_name_comes_back_as_it_was_given(name: str) -> None:
    engineer = create(name=name)

    engineer.refresh_from_db()
    assert engineer.name == name


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ben",
        "b en@example.com",
        "\u0430dmin@example.com",
        "ben@ex\u0430mple.com",
        "ben\0@example.com",
        "ben@example.com\nBcc: x@example.com",
        "a@" + "b" * 260 + ".com",
    ],
)
def test_an_e_mail_that_is_none_or_looks_like_another_is_refused(email: str) -> None:
    with pytest.raises(people.PersonInvalidError) as refusal:
        create(email=email)

    assert list(refusal.value.fields) == ["email"]


def test_two_accounts_never_differ_by_case_alone() -> None:
    create(email="ben@example.com")

    with pytest.raises(people.PersonAlreadyThereError) as refusal:
        create(name="Other Ben", email="BEN@example.com")

    assert list(refusal.value.fields) == ["email"]
    assert Engineer.objects.count() == 1


def test_an_employee_number_belongs_to_one_person() -> None:
    create(number="0017")

    with pytest.raises(people.PersonAlreadyThereError) as refusal:
        create(name="Carla", email="carla@example.com", number="0017")

    assert list(refusal.value.fields) == ["employee_number"]


def test_people_without_a_number_do_not_clash() -> None:
    create()
    create(name="Carla", email="carla@example.com")

    assert Engineer.objects.filter(employee_id=None).count() == 2


def test_a_weak_password_is_refused() -> None:
    person = people.Person(name="Ben", email="ben@example.com")

    with pytest.raises(people.PersonInvalidError) as refusal:
        people.create_engineer(person=person, password="short", actor=SHELL, now=builders.NOW)

    assert list(refusal.value.fields) == ["password"]


def test_a_new_name_is_recorded_once() -> None:
    ben = builders.make_ben()

    for _time in range(2):
        people.rename_engineer(engineer_id=ben.pk, name="Ben B.", actor=SHELL, now=builders.NOW)

    event = AuditEvent.objects.get()
    assert (event.before, event.after) == ({"name": "Ben"}, {"name": "Ben B."})


def test_an_employee_number_can_be_set_and_taken_away() -> None:
    ben = builders.make_engineer(name="Ben", employee_id="1")

    for number in ("0002", ""):
        people.set_employee_number(
            engineer_id=ben.pk, employee_number=number, actor=SHELL, now=builders.NOW
        )

    ben.refresh_from_db()
    assert ben.employee_id is None
    assert AuditEvent.objects.count() == 2


def test_who_leaves_loses_every_right_and_token_at_once() -> None:
    team = builders.make_team()
    builders.make_admin(name="Ada")
    anna = builders.make_anna(team=team)
    builders.make_role(engineer=anna, role="admin")
    builders.make_role(engineer=anna, role="finance", granted_from=None)
    AuthToken.objects.create(user=anna)

    people.deactivate_engineer(engineer_id=anna.pk, actor=SHELL, now=builders.NOW)

    anna.refresh_from_db()
    viewer = access.viewer_for(engineer=anna, now=builders.NOW)
    assert not anna.is_active
    assert not viewer.is_admin
    assert not viewer.is_manager
    assert not anna.role_grants.filter(until=None).exists()
    assert not AuthToken.objects.exists()


def test_who_comes_back_does_not_get_a_money_role_back() -> None:
    builders.make_admin(name="Ada")
    finn = builders.make_finance()

    people.deactivate_engineer(engineer_id=finn.pk, actor=SHELL, now=builders.NOW)
    people.reactivate_engineer(engineer_id=finn.pk, actor=SHELL, now=builders.NOW)

    finn.refresh_from_db()
    assert finn.is_active
    assert not access.viewer_for(engineer=finn, now=builders.NOW).is_finance


def test_the_last_admin_cannot_be_deactivated() -> None:
    ada = builders.make_admin(name="Ada")
    gone = builders.make_admin(name="Gone")
    people.deactivate_engineer(engineer_id=gone.pk, actor=SHELL, now=builders.NOW)

    with pytest.raises(roles.LastAdminError):
        people.deactivate_engineer(engineer_id=ada.pk, actor=SHELL, now=builders.NOW)

    ada.refresh_from_db()
    assert ada.is_active


def test_deactivating_twice_is_recorded_once() -> None:
    ben = builders.make_ben()

    for _time in range(2):
        people.deactivate_engineer(engineer_id=ben.pk, actor=SHELL, now=builders.NOW)

    assert AuditEvent.objects.filter(verb="deactivated").count() == 1
