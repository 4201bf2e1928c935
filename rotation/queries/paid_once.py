"""What is said of pay for two rotations at once, by the policies in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import OuterRef, Subquery

from rotation.models import PolicyVersion, Rotation

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

BOTH = "Whoever is on call for two rotations at once is paid by both."


def two_rotations(*, now: dt.datetime) -> str:
    """What somebody earns who is on call for two rotations at once, in words; one query."""
    names = list(_paying_once(now).values_list("name", flat=True))
    if not names:
        return BOTH
    listed = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    pays = "pays" if len(names) == 1 else "pay"
    return (
        "Whoever is on call for two rotations at once is paid by both, with one exception: "
        f"{listed} {pays} only where the other one does not pay as much already."
    )


def _paying_once(now: dt.datetime) -> QuerySet[Rotation]:
    newest = PolicyVersion.objects.filter(rotation=OuterRef("pk"), effective_from__lte=now)
    in_force = newest.order_by("-number").values("deduplicates_pay")[:1]
    rows = Rotation.objects.annotate(pays_once=Subquery(in_force)).filter(pays_once=True)
    return rows.order_by("name", "pk")
