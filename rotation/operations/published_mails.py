"""The mail to each whose weeks a publication changed: what changed for them, in their zone."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from common import wording
from outbox.operations import queue_chat, queue_message
from rotation.models import LevelName
from volunteers.queries import profiles, service

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from rotation.models import Rotation, Shift

NEW = "New for you"
GONE = "No longer yours"
MOVED = "Yours as before, at other times"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A week that a publication wrote, with who held it before: None for nobody, or a new week."""

    shift: Shift
    before_id: int | None
    has_other_times: bool

    @property
    def concerned(self) -> frozenset[int]:
        """Whom it gives the week to or takes it from, or for whom its times change."""
        if self.before_id == self.shift.holder_id and not self.has_other_times:
            return frozenset()
        people = {self.before_id, self.shift.holder_id}
        return frozenset(who for who in people if who is not None)

    def means(self, engineer_id: int) -> str:
        """What it means for one of those whom it concerns."""
        if self.shift.holder_id != engineer_id:
            return GONE
        return MOVED if self.before_id == engineer_id else NEW


def concerned(changes: Sequence[Change]) -> list[int]:
    """Everybody whom the changes concern, by id."""
    return sorted({engineer_id for change in changes for engineer_id in change.concerned})


def tell_concerned(*, rotation: Rotation, changes: Sequence[Change], now: dt.datetime) -> None:
    """One mail to each whom the changes concern and who is still at work here, to nobody else.

    The team's chat gets one line with their names.
    """
    people = service.contacts_of(engineer_ids=concerned(changes))
    for contact in people:
        own = [change for change in changes if contact.engineer_id in change.concerned]
        zone = profiles.place(engineer_id=contact.engineer_id, now=now).zone
        parts = [
            _part(title, [change for change in own if change.means(contact.engineer_id) == title])
            for title in (GONE, NEW, MOVED)
        ]
        queue_message(
            to=contact.email,
            kind="weeks_published",
            subject=f"Your weeks in {rotation.name}",
            body=(
                f"Hello {contact.name},\n\n"
                f"the schedule of {rotation.name} was published. It changes this for you:\n\n"
                + "".join(_lines(part, zone) for part in parts)
                + f"Times are those of {zone}. Your home page in Rota shows all your weeks.\n"
            ),
            now=now,
            shift_at=min(change.shift.starts_at for change in own),
        )
    if people:
        names = ", ".join(contact.name for contact in people)
        queue_chat(
            team_id=rotation.team_id,
            kind="weeks_published",
            text=f"The schedule of {rotation.name} was published. It changes weeks of {names}.",
            now=now,
        )


def _part(title: str, changes: Sequence[Change]) -> tuple[str, list[Change]]:
    return title, sorted(changes, key=lambda each: (each.shift.starts_at, each.shift.level_id))


def _lines(part: tuple[str, list[Change]], zone: str) -> str:
    title, changes = part
    if not changes:
        return ""
    told = [
        f"  {LevelName(each.shift.level.name).label.lower()}, "
        f"{wording.span(each.shift.starts_at, each.shift.ends_at, zone)}"
        for each in changes
    ]
    return "\n".join([f"{title}:", *told]) + "\n\n"
