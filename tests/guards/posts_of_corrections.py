"""Good requests of the routes about corrections and adjustments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common import wording
from common.periods import Period
from compensation.amending import CorrectionForm
from rotation.models import Shift
from tests.guards.posts import Post
from tests.guards.world_of_corrections import (
    DOCUMENT,
    EARNED_ON,
    EVIDENCE,
    UNCORRECTED_WEEK,
    WHY,
    night_of,
)

if TYPE_CHECKING:
    from tests.guards.posts import Fields
    from tests.guards.world import World

NOTE = "The log says so."


def _uncorrected(world: World) -> Shift:
    shifts = Shift.objects.filter(holder=world.people["engineer"], level__name="primary")
    return shifts.get(week_date=UNCORRECTED_WEEK)


def _part(world: World) -> Fields:
    """The night of the week in the form's own fields, its effect seen."""
    shift = _uncorrected(world)
    period = night_of(shift).period
    start, end = (wording.local(at, shift.time_zone) for at in (period.starts_at, period.ends_at))
    fields = {
        "who_1": "nobody",
        "from_day_1": start.date().isoformat(),
        "from_time_1": f"{start:%H:%M}",
        "to_day_1": end.date().isoformat(),
        "to_time_1": f"{end:%H:%M}",
        "reason": WHY,
        "evidence": EVIDENCE,
    }
    week = Period(starts_at=shift.starts_at, ends_at=shift.ends_at)
    form = CorrectionForm(fields, period=week, zone=shift.time_zone, people=[])
    form.is_valid()
    return {**fields, "seen": form.digest}


def _correction(world: World) -> Fields:
    shift = _uncorrected(world)
    period = night_of(shift).period
    night = {
        "engineer": None,
        "starts_at": period.starts_at.isoformat(),
        "ends_at": period.ends_at.isoformat(),
    }
    return {"shift": shift.pk, "covers": [night], "reason": WHY, "evidence": EVIDENCE}


def _adjustment(world: World) -> Fields:
    return {
        "engineer": world.people["engineer"].pk,
        "amount": "150.00",
        "earned_on": str(EARNED_ON),
        "reason": WHY,
        "document": DOCUMENT,
    }


def _finance(*typed: str, **fields: object) -> Post:
    return Post(viewer="finance", fields=lambda _world: dict(fields), typed=typed)


_TAKE_BACK = _finance("reason", "document", reason="Paid twice.", document=DOCUMENT)
_OWN = Post(viewer="manager")
_APPROVE_ANEW = Post(
    viewer="finance", fields=lambda _world: {"note": NOTE}, typed=("note",), records=2
)
_APPROVE = _finance("note", note=NOTE)

PAGES = {
    "correction-ask": Post(viewer="manager", fields=_part, typed=("reason", "evidence")),
    "correction-approve": _APPROVE_ANEW,
    "correction-decline": _APPROVE,
    "correction-withdraw": _OWN,
    "adjustment-ask": Post(
        viewer="manager", fields=_adjustment, typed=("amount", "reason", "document")
    ),
    "adjustment-approve": _APPROVE,
    "adjustment-decline": _APPROVE,
    "adjustment-withdraw": _OWN,
    "adjustment-take-back": _TAKE_BACK,
}

API_ROUTES = {
    "api-corrections": Post(viewer="manager", fields=_correction, typed=("reason", "evidence")),
    "api-correction-approve": _APPROVE_ANEW,
    "api-correction-decline": _APPROVE,
    "api-correction-withdraw": _OWN,
    "api-adjustments": Post(
        viewer="manager", fields=_adjustment, typed=("amount", "reason", "document")
    ),
    "api-adjustment-approve": _APPROVE,
    "api-adjustment-decline": _APPROVE,
    "api-adjustment-withdraw": _OWN,
    "api-adjustment-take-back": _TAKE_BACK,
}
