"""The mail that tells managers why a repair is proposed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common import wording
from outbox.operations import queue_message
from rotation.domain import disturbances
from rotation.models import LevelName
from volunteers.queries import service, teams

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from rotation.domain.disturbances import Disturbance
    from rotation.models import Draft, Rotation


def tell_managers(
    *, rotation: Rotation, draft: Draft, found: Sequence[Disturbance], now: dt.datetime
) -> None:
    """One mail to each manager of the team with what is new, none when nothing is."""
    if not found:
        return
    managers = teams.managers_by_team(team_ids=[rotation.team_id], now=now)
    ids = [person.engineer_id for person in managers.get(rotation.team_id, [])]
    told = "\n\n".join(_cause(cause, found) for cause in disturbances.causes(found))
    first = disturbances.causes(found)[0]
    for contact in service.contacts_of(engineer_ids=ids):
        queue_message(
            to=contact.email,
            kind="repair_proposed",
            subject=f"{rotation.name} needs a repair: {first}",
            body=(
                f"Hello {contact.name},\n\n"
                f"the published schedule of {rotation.name} no longer fits:\n\n{told}\n\n"
                f"Rota proposes draft {draft.number}, which changes as few published weeks as "
                "possible. Weeks that have started and agreed covers stay. Nothing is published "
                "before a manager decides: open the draft under Drafts in Rota. If you put it "
                "aside, Rota does not propose the same again.\n"
            ),
            now=now,
        )


def _cause(cause: str, found: Sequence[Disturbance]) -> str:
    lines = [f"{cause}:"]
    for each in found:
        if each.cause == cause:
            level = LevelName(each.level).label.lower()
            can = "could take " if each.kind == disturbances.FILLABLE else ""
            lines.append(f"  {can}{level} in the week of {wording.day(each.week_date)}")
    return "\n".join(lines)
