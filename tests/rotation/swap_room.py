"""Ben carries next week and asks; Dora carries the week after the next and offers it in return."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from rotation.operations import swap_undoing, swaps
from rotation.operations.cover_requests import Asking
from rotation.operations.swaps import Returned
from rotation.queries import worked
from tests import builders
from tests.builders import NEXT_WEEK, NOW, WEEK
from tests.rotation.cover_room import HOUR, Room
from tests.rotation.pages import TeamAtWork, actor, team_at_work

if TYPE_CHECKING:
    from rotation.models import Cover, Shift, SwapOffer
    from volunteers.models import Engineer


@dataclasses.dataclass(frozen=True)
class SwapRoom(Room):
    """Ben's week is `shift`, Dora's is `other`."""

    other: Shift

    @property
    def ben(self) -> Engineer:
        return self.team.ben

    def whole(self, *asked: Engineer) -> Cover:
        return self.ask(*asked, starts_at=None, ends_at=None)

    def offer(self, cover: Cover, **more: Any) -> SwapOffer:
        who = more.pop("who", self.dora)
        by, now = more.pop("by", who), more.pop("now", NOW + HOUR)
        returned = Returned(**{"shift_id": self.other.pk, **more})
        return swaps.offer_swap(
            cover_id=cover.pk, engineer_id=who.pk, returned=returned, actor=actor(by), now=now
        )

    def propose(self, **more: Any) -> SwapOffer:
        by, who = more.pop("by", self.ben), more.pop("who", self.dora)
        return swaps.propose_swap(
            asking=Asking(shift_id=self.shift.pk, **more),
            engineer_id=who.pk,
            returned=Returned(shift_id=self.other.pk),
            actor=actor(by),
            now=NOW,
        )

    def agree(self, offer: SwapOffer, *, by: Engineer | None = None, **at: Any) -> SwapOffer:
        return swaps.agree_swap(
            offer_id=offer.pk, actor=actor(by or self.ben), now=at.get("now", NOW + 2 * HOUR)
        )

    def decline(self, offer: SwapOffer, by: Engineer) -> SwapOffer:  # type: ignore[override]
        return swaps.decline_swap(offer_id=offer.pk, actor=actor(by), now=NOW + 2 * HOUR)

    def undo(self, cover: Cover, by: Engineer, **at: Any) -> Cover:
        return swap_undoing.undo(
            cover_id=cover.pk, actor=actor(by), now=at.get("now", NOW + 3 * HOUR)
        )

    def both(self) -> tuple[list[str], list[str]]:
        """Who carries each of the two weeks, in order of time."""
        names = {one.pk: one.name for one in (*self.team.volunteers, self.team.anna)}
        found = [worked.worked_shift(shift_id=one.pk).stints for one in (self.shift, self.other)]
        first, second = (
            [names[each.person] if each.person else "" for each in stints] for stints in found
        )
        return first, second


def swap_room(team: TeamAtWork | None = None) -> SwapRoom:
    team = team or team_at_work()
    return SwapRoom(
        team,
        builders.make_shift(level=team.primary, holder=team.ben),
        builders.make_shift(
            level=team.primary, week_date=NEXT_WEEK + 2 * WEEK, holder=team.volunteers[1]
        ),
    )
