"""A colleague offers Maya a week in return for one of hers, so that a newcomer sees a swap."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from rotation.models import Cover, LevelName, Shift
from rotation.operations import cover_requests, swaps
from rotation.operations.cover_requests import Asking
from rotation.operations.swaps import Returned
from rotation.queries import swaps as queries
from rotation.queries import worked

if TYPE_CHECKING:
    from config.seeding.story import Story
    from rotation.queries.swaps import Fit

ASKS = "Maya Okafor"
ASKED_BEFORE = dt.timedelta(days=1)
OFFERED_BEFORE = dt.timedelta(hours=3)
NOT_BEFORE = dt.timedelta(days=10)
LINE = "My sister visits in that week."


def tell(story: Story) -> None:
    """Maya asks for cover of her first week that fits somebody's; that person offers theirs."""
    maya = story.people[ASKS]
    at = story.now - ASKED_BEFORE
    own = Shift.objects.filter(
        level__rotation=story.rotation,
        level__name=LevelName.PRIMARY,
        starts_at__gt=story.now + NOT_BEFORE,
        holder=maya,
    ).exclude(covers__state=Cover.State.OPEN)
    for shift in worked.worked_shifts(shifts=own):
        wanted = queries.Wanted(shift=shift, period=shift.period, asker_id=maya.pk)
        fits = queries.others_fits(wanted=wanted, rotation=story.rotation, now=at)
        coming = [each for each in fits if each.period.starts_at > story.now + NOT_BEFORE]
        fit = next((each for each in coming if each.shift.level == LevelName.PRIMARY), None)
        if fit is not None:
            _offer(story, shift.shift_id, fit)
            return


def _offer(story: Story, shift_id: int, fit: Fit) -> None:
    asking = Asking(shift_id=shift_id, asked_ids=(fit.giver.engineer_id,), message=LINE)
    cover = cover_requests.request_cover(
        asking=asking, actor=story.actor(ASKS), now=story.now - ASKED_BEFORE
    )
    swaps.offer_swap(
        cover_id=cover.pk,
        engineer_id=fit.giver.engineer_id,
        returned=Returned(
            shift_id=fit.shift.shift_id,
            starts_at=fit.period.starts_at,
            ends_at=fit.period.ends_at,
        ),
        actor=story.actor(fit.giver.name),
        now=story.now - OFFERED_BEFORE,
    )
