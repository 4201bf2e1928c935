"""On-call teams as rotations see them."""

from __future__ import annotations

from rotation.models import Rotation
from volunteers.models import OnCallTeam


def teams_without_rotation() -> list[str]:
    """Names of the on-call teams that have no rotation yet, in order."""
    teams = OnCallTeam.objects.filter(rotation__isnull=True).order_by("name", "pk")
    return list(teams.values_list("name", flat=True))


def rotation_names() -> list[tuple[str, str]]:
    """Slug and name of every rotation, in order of name."""
    return list(Rotation.objects.order_by("name", "pk").values_list("slug", "name"))
