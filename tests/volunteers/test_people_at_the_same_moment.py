from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from audit.operations import Actor
from common.refusals import RefusedError
from tests import builders
from volunteers import access
from volunteers.models import Engineer, RoleGrant
from volunteers.operations import people, roles

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db(transaction=True)

NOW = builders.NOW
PATIENCE = 30


def both(*doings: Callable[[], object]) -> list[str]:
    """Do them at once, each on a connection of its own; "done" or the refusal's code, in order."""
    barrier = threading.Barrier(len(doings))

    def run(doing: Callable[[], object]) -> str:
        barrier.wait(PATIENCE)
        try:
            doing()
        except RefusedError as refusal:
            return refusal.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(doings)) as pool:
        return list(pool.map(run, doings))


def test_two_admins_who_take_each_others_role_leave_one() -> None:
    for attempt in range(10):
        ada = builders.make_admin(name=f"Ada {attempt}")
        eve = builders.make_admin(name=f"Eve {attempt}")
        RoleGrant.objects.exclude(engineer__in=[ada, eve]).update(until=builders.LONG_AGO)

        outcomes = both(_revocation(of=ada, by=eve), _revocation(of=eve, by=ada))

        assert set(outcomes) <= {"done", "LAST_ADMIN", "NOT_AN_ADMIN"}
        assert outcomes.count("done") == 1
        assert _is_admin(ada) + _is_admin(eve) == 1


def _revocation(*, of: Engineer, by: Engineer) -> Callable[[], object]:
    actor = Actor(name=by.email, engineer_id=by.pk)
    return lambda: roles.revoke_role(engineer_id=of.pk, role="admin", actor=actor, now=NOW)


def _is_admin(engineer: Engineer) -> bool:
    return access.viewer_for(engineer=engineer, now=NOW).is_admin


def test_of_two_accounts_with_one_e_mail_one_is_made() -> None:
    for attempt in range(10):
        person = people.Person(name="Ben", email=f"ben{attempt}@example.com")

        outcomes = both(_creation(person), _creation(person))

        assert sorted(outcomes) == ["PERSON_ALREADY_THERE", "done"]


def _creation(person: people.Person) -> Callable[[], object]:
    return lambda: people.create_engineer(person=person, actor=Actor.shell(), now=NOW)


def test_of_two_confirmations_one_puts_the_role_in_force() -> None:
    for attempt in range(10):
        ben = builders.make_engineer(name=f"Ben {attempt}")
        grant = builders.make_role(engineer=ben, role="finance", granted_from=None)
        admins = [builders.make_admin(name=f"{name} {attempt}") for name in ("Ada", "Eve")]
        actors = [Actor(name=one.email, engineer_id=one.pk) for one in admins]

        outcomes = both(*[_confirmation(grant, actor) for actor in actors])

        assert sorted(outcomes) == ["ROLE_NOT_WAITING", "done"]


def _confirmation(grant: RoleGrant, actor: Actor) -> Callable[[], object]:
    return lambda: roles.confirm_role(grant_id=grant.pk, actor=actor, now=NOW)
