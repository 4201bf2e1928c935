"""Export layouts in the world of the guards: one in use, one out of use, one not taken yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.operations import Actor
from compensation.operations import layouts
from tests import builders

if TYPE_CHECKING:
    from volunteers.models import Engineer


def make_layouts(finn: Engineer) -> dict[str, object]:
    """The generic layout in use, and Staffology's out of use."""
    actor = Actor(name=finn.email, engineer_id=finn.pk)
    for slug in ("generic-long", "staffology"):
        layouts.use_ready_made(slug=slug, actor=actor, now=builders.NOW)
    layouts.archive_layout(slug="staffology", actor=actor, now=builders.NOW)
    return {"layout_slug": "generic-long", "ready_made": "adp"}


def special_of_layouts() -> dict[str, dict[str, object]]:
    """Only one out of use can be used again."""
    away: dict[str, object] = {"layout_slug": "staffology"}
    return {"layout-restore": away, "api-export-layout-restore": away}
