"""Ben carries next week and asks for cover of its Saturday; the others answer."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from outbox.models import Message
from rotation.operations import cover_answers, cover_requests
from rotation.operations.cover_requests import Asking
from rotation.queries import worked
from tests.builders import NOW
from tests.rotation.pages import TeamAtWork, actor

if TYPE_CHECKING:
    from common.refusals import RefusedError
    from rotation.models import Cover, Shift
    from volunteers.models import Engineer

HOUR = dt.timedelta(hours=1)
SATURDAY = dt.datetime(2026, 12, 5, 12, tzinfo=dt.UTC)
SUNDAY = SATURDAY + 24 * HOUR


@dataclasses.dataclass(frozen=True)
class Room:
    """Ben carries next week and asks; the others answer."""

    team: TeamAtWork
    shift: Shift

    @property
    def dora(self) -> Engineer:
        return self.team.volunteers[1]

    @property
    def eve(self) -> Engineer:
        return self.team.volunteers[2]

    def ask(self, *asked: Engineer, by: Engineer | None = None, **wanted: Any) -> Cover:
        wanted.setdefault("now", NOW)
        now = wanted.pop("now")
        asking = Asking(
            shift_id=self.shift.pk,
            asked_ids=tuple(one.pk for one in asked),
            **{"starts_at": SATURDAY, "ends_at": SUNDAY, **wanted},
        )
        return cover_requests.request_cover(
            asking=asking, actor=actor(by or self.team.ben), now=now
        )

    def take(self, cover: Cover, who: Engineer, *, by: Engineer | None = None, **at: Any) -> Cover:
        return cover_answers.take_cover(
            cover_id=cover.pk,
            engineer_id=who.pk,
            actor=actor(by or who),
            now=at.get("now", NOW + HOUR),
        )

    def decline(self, cover: Cover, who: Engineer, *, by: Engineer | None = None) -> Cover:
        return cover_answers.decline_cover(
            cover_id=cover.pk, engineer_id=who.pk, actor=actor(by or who), now=NOW + HOUR
        )

    def withdraw(self, cover: Cover, *, by: Engineer | None = None) -> Cover:
        return cover_requests.withdraw_request(
            cover_id=cover.pk, actor=actor(by or self.team.ben), now=NOW + HOUR
        )

    def give_back(self, cover: Cover, *, by: Engineer | None = None, **at: Any) -> Cover:
        return cover_answers.give_back(
            cover_id=cover.pk, actor=actor(by or self.dora), now=at.get("now", NOW + 2 * HOUR)
        )

    def carriers(self) -> list[str]:
        names = {one.pk: one.name for one in (*self.team.volunteers, self.team.anna)}
        found = worked.worked_shift(shift_id=self.shift.pk).stints
        return [names[each.person] if each.person else "" for each in found]


def refused(kind: type[RefusedError], act: Any, *args: Any, **wanted: Any) -> str:
    with pytest.raises(kind) as raised:
        act(*args, **wanted)
    return raised.value.message


def told() -> dict[str, str]:
    """The subject of the last mail to each."""
    return {mail.to: mail.subject for mail in Message.objects.order_by("pk")}
