"""What somebody without a term finds at home."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from rotation import access as rotation_access
from rotation.queries import duty, joining

if TYPE_CHECKING:
    import datetime as dt

    from rotation.queries.duty import RotationDuty
    from rotation.queries.joining import Joining
    from volunteers.access import Viewer


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Outside:
    """What somebody without a term finds: who is on call, and the teams that they may join."""

    duties: tuple[RotationDuty, ...]
    teams: tuple[Joining, ...]

    @property
    def is_choice(self) -> bool:
        """Whether there is more than one team."""
        return len(self.teams) > 1


def outside(*, viewer: Viewer, now: dt.datetime) -> Outside:
    """Every rotation in order of name; a fixed number of queries."""
    visible = rotation_access.visible_rotations(viewer=viewer)
    rotations = list(visible.order_by("name", "pk"))
    found = joining.joinings(team_ids=[rotation.team_id for rotation in rotations], now=now)
    return Outside(
        duties=tuple(duty.duties(rotations=rotations, now=now)),
        teams=tuple(found[rotation.team_id] for rotation in rotations),
    )
