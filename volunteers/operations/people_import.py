"""Bringing in a list of people, all of it or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from common.refusals import RefusedError
from volunteers.operations import people, postings
from volunteers.queries import people_import

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from audit.operations import Actor
    from volunteers.queries.people_import import ImportLine, ImportPlan, ImportRow


class ImportRefusedError(RefusedError):
    """Some lines cannot be used, so none was."""

    code = "IMPORT_REFUSED"


def import_people(*, rows: Iterable[ImportRow], actor: Actor, now: dt.datetime) -> ImportPlan:
    """Create and change the people of a list; gives what was done. Nobody gets a role by it.

    New people have no password. Running it again changes nothing, and what does not change is not
    recorded.

    Raises:
        ImportRefusedError: a line cannot be used; `fields` has the messages by "line 7".
        people.PersonAlreadyThereError: somebody got an e-mail or number at the same moment.
    """
    with transaction.atomic():
        plan = people_import.plan_import(rows=rows, now=now)
        if plan.problems:
            raise ImportRefusedError(
                f"Nothing was imported: {len(plan.problems)} problems.",
                fields={f"line {line}": said for line, said in reversed(plan.problems)},
            )
        for line in plan.lines:
            if line.outcome != people_import.UNCHANGED:
                _write(line, actor, now)
    return plan


def _write(line: ImportLine, actor: Actor, now: dt.datetime) -> None:
    engineer_id = line.engineer_id or _create(line, actor, now)
    people.rename_engineer(engineer_id=engineer_id, name=line.name, actor=actor, now=now)
    people.set_employee_number(
        engineer_id=engineer_id, employee_number=line.employee_number, actor=actor, now=now
    )
    place = postings.Place(
        office_id=line.office_id,
        team_id=line.team_id,
        cost_centre=line.cost_centre,
        starts_on=line.starts_on,
    )
    postings.set_posting(engineer_id=engineer_id, place=place, actor=actor, now=now)


def _create(line: ImportLine, actor: Actor, now: dt.datetime) -> int:
    person = people.Person(name=line.name, email=line.email, employee_number=line.employee_number)
    return people.create_engineer(person=person, actor=actor, now=now).pk
