"""The mail that tells managers that their team becomes smaller than its minimum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common import wording
from outbox.operations import queue_message
from volunteers.queries import service, teams

if TYPE_CHECKING:
    import datetime as dt

    from rotation.domain.staffing import Staffing
    from rotation.models import Rotation


def tell_managers(*, rotation: Rotation, size: Staffing, now: dt.datetime) -> None:
    """One mail to each manager of the team; `size` has a day on which it is too small."""
    managers = teams.managers_by_team(team_ids=[rotation.team_id], now=now)
    ids = [person.engineer_id for person in managers.get(rotation.team_id, [])]
    people = wording.counted(size.people_then, "person", "people")
    if size.people_now < size.minimum:
        what = f"{rotation.name} has {people}, fewer than its minimum of {size.minimum}"
    else:
        day = wording.day(size.below_from) if size.below_from else ""
        what = f"{rotation.name} falls to {people} on {day}, below its minimum of {size.minimum}"
    for contact in service.contacts_of(engineer_ids=ids):
        queue_message(
            to=contact.email,
            kind="team_below_minimum",
            subject=what,
            body=(
                f"Hello {contact.name},\n\n"
                f"{what}. That is how the terms stand today if nobody joins.\n\n"
                "The rotation's page in Rota shows the first week that nobody could cover, how "
                "many volunteers are needed by when, and the form to apply, which you can share. "
                "You hear of this again only if it comes sooner.\n"
            ),
            now=now,
        )
