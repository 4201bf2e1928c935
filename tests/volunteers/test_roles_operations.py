from __future__ import annotations

import datetime as dt

import pytest

from audit.models import AuditEvent
from audit.operations import Actor
from tests import builders
from volunteers import access
from volunteers.models import Engineer, RoleGrant
from volunteers.operations import roles

pytestmark = pytest.mark.django_db

NOW = builders.NOW
SHELL = Actor.shell()


def actor(engineer: Engineer) -> Actor:
    return access.viewer_for(engineer=engineer, now=NOW).actor


def propose(*, to: Engineer, by: Engineer, role: str = "finance") -> RoleGrant:
    return roles.propose_role(engineer_id=to.pk, role=role, actor=actor(by), now=NOW)


def has_finance(engineer: Engineer) -> bool:
    return access.viewer_for(engineer=engineer, now=NOW).is_finance


def test_a_proposed_role_counts_for_nothing() -> None:
    ada, ben = builders.make_admin(), builders.make_ben()

    propose(to=ben, by=ada)

    assert not has_finance(ben)


def test_a_second_admin_puts_a_role_in_force() -> None:
    ada, eve, ben = builders.make_admin(), builders.make_admin(name="Eve"), builders.make_ben()
    grant = propose(to=ben, by=ada)

    roles.confirm_role(grant_id=grant.pk, actor=actor(eve), now=NOW)

    assert has_finance(ben)
    verbs = AuditEvent.objects.filter(area="access").order_by("pk").values_list("verb", "actor")
    assert list(verbs) == [
        ("proposed role", "ada@example.com"),
        ("confirmed role", "eve@example.com"),
    ]


def test_nobody_confirms_what_they_proposed() -> None:
    ada, ben = builders.make_admin(), builders.make_ben()
    grant = propose(to=ben, by=ada)

    with pytest.raises(roles.SecondAdminNeededError):
        roles.confirm_role(grant_id=grant.pk, actor=actor(ada), now=NOW)

    assert not has_finance(ben)


def test_nobody_confirms_a_role_for_themselves() -> None:
    ada, eve = builders.make_admin(), builders.make_admin(name="Eve")
    grant = propose(to=eve, by=ada)

    with pytest.raises(roles.SecondAdminNeededError):
        roles.confirm_role(grant_id=grant.pk, actor=actor(eve), now=NOW)


def test_an_admin_may_ask_for_themselves_and_another_confirms() -> None:
    ada, eve = builders.make_admin(), builders.make_admin(name="Eve")
    grant = propose(to=ada, by=ada)

    roles.confirm_role(grant_id=grant.pk, actor=actor(eve), now=NOW)

    assert has_finance(ada)


def test_of_two_confirmations_the_second_is_told() -> None:
    ada, eve, ben = builders.make_admin(), builders.make_admin(name="Eve"), builders.make_ben()
    grant = propose(to=ben, by=ada)
    roles.confirm_role(grant_id=grant.pk, actor=actor(eve), now=NOW)

    with pytest.raises(roles.RoleNotWaitingError):
        roles.confirm_role(grant_id=grant.pk, actor=actor(eve), now=NOW)


def test_a_proposal_that_was_taken_back_cannot_be_confirmed() -> None:
    ada, eve, ben = builders.make_admin(), builders.make_admin(name="Eve"), builders.make_ben()
    grant = propose(to=ben, by=ada)
    roles.revoke_role(engineer_id=ben.pk, role="finance", actor=actor(eve), now=NOW)

    with pytest.raises(roles.RoleNotWaitingError):
        roles.confirm_role(grant_id=grant.pk, actor=actor(eve), now=NOW)


def test_a_second_proposal_of_the_same_role_is_refused() -> None:
    ada, ben = builders.make_admin(), builders.make_ben()
    propose(to=ben, by=ada)

    with pytest.raises(roles.RoleAlreadyThereError):
        propose(to=ben, by=ada)


@pytest.mark.parametrize("maker", [builders.make_carla, builders.make_finance])
def test_only_admins_give_roles(maker: type[Engineer]) -> None:
    ben = builders.make_ben()

    with pytest.raises(roles.NotAnAdminError):
        propose(to=ben, by=maker())

    assert not RoleGrant.objects.filter(engineer=ben).exists()


def test_an_admin_whose_role_has_ended_gives_none() -> None:
    eve, ben = builders.make_engineer(name="Eve"), builders.make_ben()
    builders.make_role(engineer=eve, role="admin", until=NOW - dt.timedelta(seconds=1))

    with pytest.raises(roles.NotAnAdminError):
        propose(to=ben, by=eve)


@pytest.mark.parametrize("role", ["owner", "", "manager"])
def test_there_are_two_roles_that_take_two_people(role: str) -> None:
    ada, ben = builders.make_admin(), builders.make_ben()

    with pytest.raises(roles.RoleInvalidError):
        propose(to=ben, by=ada, role=role)


def test_who_has_left_gets_no_role() -> None:
    ada = builders.make_admin()
    gone = builders.make_engineer(name="Gone", is_active=False)

    with pytest.raises(roles.RoleInvalidError):
        propose(to=gone, by=ada)


def test_the_last_admin_stays_admin() -> None:
    ada = builders.make_admin()
    builders.make_role(engineer=builders.make_ben(), role="admin", granted_from=None)

    with pytest.raises(roles.LastAdminError):
        roles.revoke_role(engineer_id=ada.pk, role="admin", actor=SHELL, now=NOW)

    assert access.viewer_for(engineer=ada, now=NOW).is_admin


def test_a_proposal_for_admin_can_be_taken_back_beside_one_admin() -> None:
    ada, ben = builders.make_admin(), builders.make_ben()
    propose(to=ben, by=ada, role="admin")

    roles.revoke_role(engineer_id=ben.pk, role="admin", actor=actor(ada), now=NOW)

    assert not RoleGrant.objects.filter(engineer=ben, until=None).exists()


def test_one_of_two_admins_can_be_taken() -> None:
    ada, eve = builders.make_admin(), builders.make_admin(name="Eve")

    roles.revoke_role(engineer_id=eve.pk, role="admin", actor=actor(ada), now=NOW)

    assert not access.viewer_for(engineer=eve, now=NOW).is_admin


def test_what_nobody_has_cannot_be_taken() -> None:
    ben = builders.make_ben()

    with pytest.raises(roles.RoleNotThereError):
        roles.revoke_role(engineer_id=ben.pk, role="finance", actor=SHELL, now=NOW)


def test_the_shell_stands_on_both_sides() -> None:
    ben = builders.make_ben()

    roles.give_role_from_shell(engineer_id=ben.pk, role="finance", now=NOW)

    grant = ben.role_grants.get()
    assert (grant.proposed_by, grant.confirmed_by) == ("shell", "shell")
    assert has_finance(ben)


def test_the_shell_replaces_a_proposal_that_waits() -> None:
    ada, ben = builders.make_admin(), builders.make_ben()
    propose(to=ben, by=ada)

    roles.give_role_from_shell(engineer_id=ben.pk, role="finance", now=NOW)

    assert ben.role_grants.filter(until=None).count() == 1
    assert has_finance(ben)


def test_a_manager_manages_the_granted_team_only() -> None:
    core, edge = builders.make_team(), builders.make_team(name="Edge")
    ada, anna = builders.make_admin(), builders.make_engineer(name="Anna")

    roles.grant_manager(engineer_id=anna.pk, team_id=core.pk, actor=actor(ada), now=NOW)

    viewer = access.viewer_for(engineer=anna, now=NOW)
    assert viewer.manages(core.pk)
    assert not viewer.manages(edge.pk)


def test_managing_twice_is_refused_and_ending_it_works_once() -> None:
    team = builders.make_team()
    anna = builders.make_anna(team=team)

    with pytest.raises(roles.RoleAlreadyThereError):
        roles.grant_manager(engineer_id=anna.pk, team_id=team.pk, actor=SHELL, now=NOW)
    roles.revoke_manager(engineer_id=anna.pk, team_id=team.pk, actor=SHELL, now=NOW)
    with pytest.raises(roles.RoleNotThereError):
        roles.revoke_manager(engineer_id=anna.pk, team_id=team.pk, actor=SHELL, now=NOW)

    assert not access.viewer_for(engineer=anna, now=NOW).is_manager


def test_a_manager_makes_no_managers() -> None:
    team = builders.make_team()
    anna, ben = builders.make_anna(team=team), builders.make_ben()

    with pytest.raises(roles.NotAnAdminError):
        roles.grant_manager(engineer_id=ben.pk, team_id=team.pk, actor=actor(anna), now=NOW)
