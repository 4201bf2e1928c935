"""What an admin still has to set up, and which money roles wait for them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from common import wording
from outbox import queries as outbox
from rotation.queries import hook_state, teams
from volunteers.queries import setup

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from volunteers.access import Viewer
    from volunteers.queries.setup import ProposedRole, Setup


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ToDo:
    """One thing to set up: `what` is missing, what follows from that, and where to do it.

    `argument` is the id that the route takes, None for routes without; an empty `route` is for
    somebody else to do.
    """

    what: str
    more: str
    route: str
    argument: int | None
    button: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class AdminHome:
    """What is there, and what is missing or waits in the order in which it is to be done."""

    counts: Setup
    to_do: tuple[ToDo, ...]


def admin_home(*, viewer: Viewer, date: dt.date, now: dt.datetime) -> AdminHome:
    """Everything on an admin's part; a fixed number of queries."""
    found = setup.setup(date=date, now=now)
    to_do = [
        *_places(found),
        *_teams(found, teams.teams_without_rotation()),
        *_people(found),
        *(_role(grant, viewer) for grant in setup.proposed_roles()),
        *_web_hooks(now),
        *_messages(now),
    ]
    return AdminHome(counts=found, to_do=tuple(to_do))


def _web_hooks(now: dt.datetime) -> Iterator[ToDo]:
    found = hook_state.trouble(now=now)
    if found is not None:
        yield _to_do(found.what, found.more, "web-hooks", "See web-hooks")


def _messages(now: dt.datetime) -> Iterator[ToDo]:
    given_up = outbox.given_up(now=now)
    if given_up:
        count = wording.counted(given_up, "message was", "messages were")
        yield _to_do(
            f"{count} given up in the last 30 days",
            "The mail server or a chat refused, each with its reason. Send it again once mended.",
            "admin:outbox_message_changelist",
            "See the messages",
        )


def _places(found: Setup) -> Iterator[ToDo]:
    if not found.offices:
        yield _to_do(
            "No office is entered",
            "Its zone, public holidays and currency decide when and what weeks pay.",
            "admin:volunteers_office_add",
            "Add an office",
        )
    if not found.home_teams:
        yield _to_do(
            "No team is entered",
            "Applications say in which team somebody works.",
            "admin:volunteers_team_add",
            "Add a team",
        )


def _teams(found: Setup, unarranged: list[str]) -> Iterator[ToDo]:
    if not found.on_call_teams:
        yield _to_do(
            "No on-call team is set up",
            "It says why it exists, how it is judged and who manages it.",
            "admin:volunteers_oncallteam_add",
            "Add an on-call team",
        )
    for name in unarranged:
        yield _to_do(
            f"{name} has no rotation",
            "Without hours and a handover nobody can apply and no draft can be made.",
            "admin:rotation_rotation_add",
            "Add the rotation",
        )
    for name in found.unmanaged:
        yield _to_do(
            f"{name} has no manager",
            "Applications wait, and nobody can make a draft.",
            "admin:volunteers_engineer_changelist",
            "Choose a manager",
        )


def _people(found: Setup) -> Iterator[ToDo]:
    if found.placeless:
        yield _to_do(
            f"{wording.counted(found.placeless, 'person has', 'people have')} no office",
            "Without one there is no rate: their weeks would wait unpaid.",
            "admin:volunteers_engineer_changelist",
            "See the people",
        )
    if not found.finance:
        yield _to_do(
            "Nobody has the finance role",
            "Rates cannot be added and months cannot be closed.",
            "admin:volunteers_engineer_changelist",
            "Propose somebody",
        )
    if found.admins == 1:
        yield _to_do(
            "There is only one admin",
            "A money role that one admin proposes needs a second one to confirm it.",
            "admin:volunteers_engineer_changelist",
            "Propose somebody",
        )


def _role(grant: ProposedRole, viewer: Viewer) -> ToDo:
    """To be confirmed by somebody who neither proposed the role nor would get it."""
    more = f"{grant.proposed_by} proposed it; a second admin confirms or takes it back."
    if grant.proposed_by == viewer.email:
        more = "You proposed it: another admin confirms."
    elif grant.engineer_id == viewer.engineer_id:
        more = f"{grant.proposed_by} proposed you: another admin confirms."
    is_theirs = viewer.email != grant.proposed_by and viewer.engineer_id != grant.engineer_id
    return ToDo(
        what=f"{grant.name} is proposed for the {grant.role} role",
        more=more,
        route="admin:volunteers_rolegrant_confirm" if is_theirs else "",
        argument=grant.grant_id,
        button="Look and confirm",
    )


def _to_do(what: str, more: str, route: str, button: str) -> ToDo:
    return ToDo(what=what, more=more, route=route, argument=None, button=button)
