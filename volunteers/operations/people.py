"""People's accounts: made, named, numbered, closed and opened again."""

from __future__ import annotations

import contextlib
import dataclasses
from typing import TYPE_CHECKING, Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from knox.models import AuthToken

from audit.operations import Actor, Area, record
from common.cleaning import Cleaner
from common.refusals import RefusedError
from volunteers.models import Engineer, RoleGrant
from volunteers.operations import roles
from volunteers.queries.former import is_anonymous

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

NAME_LENGTH = 150
NUMBER_LENGTH = 64
PASSWORD_LENGTH = 1024


class PersonInvalidError(RefusedError):
    """A name, e-mail, employee number or password cannot be kept."""

    code = "PERSON_INVALID"


class PersonAlreadyThereError(RefusedError):
    """Somebody else has that e-mail or employee number."""

    code = "PERSON_ALREADY_THERE"
    status = 409


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Who somebody is. An employee number is text: leading zeros count; empty means none."""

    name: str
    email: str
    employee_number: str = ""


def create_engineer(
    *, person: Person, actor: Actor, now: dt.datetime, password: str = ""
) -> Engineer:
    """Add somebody who can sign in; without a password they cannot until they have set one.

    Raises:
        PersonInvalidError: with a message for each field.
        PersonAlreadyThereError: somebody has the e-mail or the employee number.
    """
    clean = _clean(person)
    engineer = Engineer(
        name=clean.name,
        email=clean.email,
        employee_id=clean.employee_number or None,
        created_at=now,
    )
    _take_password(engineer, password)
    with transaction.atomic():
        _check_email_free(engineer)
        _check_number_free(engineer)
        _save(engineer, None)
        _record(engineer, verb="created", actor=actor, now=now, after=_shown(engineer))
    return engineer


def hold_engineer(*, engineer_id: int) -> None:
    """Let nobody else agree to something for this person until the transaction ends.

    The row stands for the person, as for days away: two decisions about one wait for each other.
    """
    held = Engineer.objects.select_for_update(no_key=True).filter(pk=engineer_id)
    held.values_list("pk", flat=True).first()


def rename_engineer(*, engineer_id: int, name: str, actor: Actor, now: dt.datetime) -> Engineer:
    """Give somebody another name. Nothing is recorded when nothing changes.

    Raises:
        PersonInvalidError: no name, or one that cannot be kept.
    """
    cleaner = Cleaner()
    clean = cleaner.line("name", name, longest=NAME_LENGTH)
    cleaner.raise_problems(PersonInvalidError)
    with transaction.atomic():
        engineer = Engineer.objects.select_for_update().get(pk=engineer_id)
        if engineer.name == clean:
            return engineer
        before = {"name": engineer.name}
        engineer.name = clean
        engineer.save(update_fields=["name"])
        after = {"name": clean}
        _record(engineer, verb="renamed", actor=actor, now=now, before=before, after=after)
    return engineer


def set_employee_number(
    *, engineer_id: int, employee_number: str, actor: Actor, now: dt.datetime
) -> Engineer:
    """Set the number that payroll knows somebody by, or take it away when empty.

    Raises:
        PersonInvalidError: it cannot be kept.
        PersonAlreadyThereError: somebody else has it.
    """
    cleaner = Cleaner()
    clean = _clean_number(cleaner, employee_number)
    cleaner.raise_problems(PersonInvalidError)
    with transaction.atomic():
        engineer = Engineer.objects.select_for_update().get(pk=engineer_id)
        before = {"employee_number": engineer.employee_id}
        if engineer.employee_id == (clean or None):
            return engineer
        engineer.employee_id = clean or None
        _check_number_free(engineer)
        _save(engineer, ["employee_id"])
        after = {"employee_number": engineer.employee_id}
        _record(engineer, verb="numbered", actor=actor, now=now, before=before, after=after)
    return engineer


def deactivate_engineer(*, engineer_id: int, actor: Actor, now: dt.datetime) -> None:
    """Let somebody in no more, end their roles and tokens; what they did and earned stays.

    Coming back brings neither back, so that nobody gets a money role from one admin alone.

    Raises:
        roles.LastAdminError: they are the last admin.
    """
    with transaction.atomic():
        engineer = Engineer.objects.select_for_update().get(pk=engineer_id)
        if not engineer.is_active:
            return
        roles.end_all_rights(engineer=engineer, actor=actor, now=now)
        AuthToken.objects.filter(user=engineer).delete()
        engineer.is_active = False
        engineer.save(update_fields=["is_active"])
        _record(engineer, verb="deactivated", actor=actor, now=now)


def reactivate_engineer(*, engineer_id: int, actor: Actor, now: dt.datetime) -> None:
    """Let somebody in again, without the roles and tokens that they had.

    Raises:
        PersonInvalidError: the account was anonymised.
    """
    with transaction.atomic():
        engineer = Engineer.objects.select_for_update().get(pk=engineer_id)
        if engineer.is_active:
            return
        if is_anonymous(engineer.email):
            raise PersonInvalidError(
                "This account was anonymised; whoever comes back gets a new one."
            )
        engineer.is_active = True
        engineer.save(update_fields=["is_active"])
        _record(engineer, verb="reactivated", actor=actor, now=now)


def revoke_tokens(*, engineer_id: int, actor: Actor, now: dt.datetime) -> int:
    """End all of somebody's API tokens at once; gives how many there were."""
    with transaction.atomic():
        engineer = Engineer.objects.select_for_update().get(pk=engineer_id)
        tokens = AuthToken.objects.filter(user=engineer)
        ended = int(tokens.count())
        tokens.delete()
        if ended:
            _record(engineer, verb="revoked tokens", actor=actor, now=now, after={"tokens": ended})
    return ended


def create_admin(*, person: Person, password: str, now: dt.datetime) -> Engineer:
    """Make an admin from the shell: a new account, or an existing one, which then is active.

    An existing account keeps its name, and its password when none is given.

    Raises:
        PersonInvalidError: name, e-mail or password cannot be used.
    """
    shell = Actor.shell()
    clean = _clean(person)
    with transaction.atomic():
        engineer = Engineer.objects.filter(email=clean.email).first()
        if engineer is None:
            engineer = create_engineer(person=clean, password=password, actor=shell, now=now)
        else:
            reactivate_engineer(engineer_id=engineer.pk, actor=shell, now=now)
            if password:
                _take_password(engineer, password)
                engineer.save(update_fields=["password"])
                _record(engineer, verb="set password", actor=shell, now=now)
        with contextlib.suppress(roles.RoleAlreadyThereError):
            roles.give_role_from_shell(engineer_id=engineer.pk, role=RoleGrant.Role.ADMIN, now=now)
    return engineer


def _clean(person: Person) -> Person:
    cleaner = Cleaner()
    clean = Person(
        name=cleaner.line("name", person.name, longest=NAME_LENGTH),
        email=cleaner.email("email", person.email),
        employee_number=_clean_number(cleaner, person.employee_number),
    )
    cleaner.raise_problems(PersonInvalidError)
    return clean


def _clean_number(cleaner: Cleaner, value: str) -> str:
    return cleaner.line("employee_number", value, longest=NUMBER_LENGTH, required=False)


def _take_password(engineer: Engineer, password: str) -> None:
    if not password:
        engineer.set_unusable_password()
        return
    try:
        password.encode()
        validate_password(password[:PASSWORD_LENGTH], user=engineer)
    except UnicodeEncodeError as error:
        message = "It contains a character that cannot be used."
        raise PersonInvalidError(message, fields={"password": message}) from error
    except ValidationError as error:
        message = " ".join(error.messages)
        raise PersonInvalidError(message, fields={"password": message}) from error
    engineer.set_password(password)


def _check_email_free(engineer: Engineer) -> None:
    holder = Engineer.objects.filter(email=engineer.email).first()
    if holder is not None:
        message = f"{holder.name} already has this e-mail."
        raise PersonAlreadyThereError(message, fields={"email": message})


def _check_number_free(engineer: Engineer) -> None:
    if not engineer.employee_id:
        return
    holder = Engineer.objects.filter(employee_id=engineer.employee_id).first()
    if holder is not None and holder.pk != engineer.pk:
        message = f"{holder.name} already has this employee number."
        raise PersonAlreadyThereError(message, fields={"employee_number": message})


def _save(engineer: Engineer, columns: list[str] | None) -> None:
    try:
        with transaction.atomic():
            engineer.save(update_fields=columns)
    except IntegrityError as error:
        raise PersonAlreadyThereError(
            "Somebody got this e-mail or employee number at the same moment."
        ) from error


def _shown(engineer: Engineer) -> dict[str, Any]:
    return {"name": engineer.name, "employee_number": engineer.employee_id}


def _record(
    engineer: Engineer,
    *,
    verb: str,
    actor: Actor,
    now: dt.datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    record(
        actor=actor,
        now=now,
        area=Area.PEOPLE,
        verb=verb,
        subject=engineer.email,
        concerned=[engineer.email],
        before=before,
        after=after,
    )
