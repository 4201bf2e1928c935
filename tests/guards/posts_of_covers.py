"""Good requests of the routes of swaps and of taking over now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rotation.models import Cover, Shift
from tests import builders
from tests.guards.posts import Post
from tests.guards.world_of_covers import RETURN_WEEK

if TYPE_CHECKING:
    from tests.guards.world import World

    Fields = dict[str, Any]


def _post(viewer: str, *typed: str, **fields: object) -> Post:
    return Post(viewer=viewer, fields=lambda _world: dict(fields), typed=typed)


def _given() -> Shift:
    return Shift.objects.get(level__name="escalation", week_date=RETURN_WEEK)


def _key(world: World) -> str:
    shift, anna = _given(), world.people["manager"]
    first, last = shift.starts_at.isoformat(), shift.ends_at.isoformat()
    return f"{shift.pk}|{first}|{last}|{anna.pk}"


def _stint(world: World) -> Fields:
    return {"stint": _key(world), "part": "whole"}


def _week(world: World) -> Fields:
    return {"week": _key(world), "message": "Please."}


def _return(_world: World) -> Fields:
    return {"shift": _given().pk}


def _proposal(world: World) -> Fields:
    return {
        "engineer": world.people["manager"].pk,
        "return_shift": _given().pk,
        "message": "Please.",
    }


def _level_2_is_free(_world: World) -> None:
    rows = Shift.objects.filter(level__name="escalation", week_date=builders.THIS_WEEK)
    rows.update(holder=None)


def _nobody_offers(world: World) -> None:
    _level_2_is_free(world)
    Cover.objects.filter(pk=int(str(world.arguments["take_over_id"]))).delete()


_PROPOSE = Post(viewer="engineer", fields=_proposal, typed=("message",), records=2)
_LEFT = {"part": "whole", "message": "Please."}

PAGES = {
    "swap-offer": Post(viewer="manager", fields=_stint),
    "swap-offer-by-mail": Post(viewer="manager", fields=_stint),
    "swap-propose": Post(viewer="engineer", fields=_week, typed=("message",), records=2),
    "swap-agree": Post(viewer="engineer", records=2),
    "swap-decline": _post("engineer"),
    "swap-withdraw": _post("manager"),
    "swap-by-mail": Post(viewer="engineer", fields=lambda _world: {"answer": "agree"}, records=2),
    "take-over": Post(
        viewer="engineer", fields=lambda _world: _LEFT, before=_nobody_offers, typed=("message",)
    ),
    "take-over-offer": Post(
        viewer="manager", fields=lambda _world: {"part": "whole"}, before=_nobody_offers
    ),
    "take-over-agree": Post(viewer="engineer", before=_level_2_is_free),
    "take-over-close": _post("engineer"),
}

API_ROUTES = {
    "api-cover-swap-offers": Post(viewer="manager", fields=_return),
    "api-shift-swap-proposals": _PROPOSE,
    "api-swap-agree": Post(viewer="engineer", records=2),
    "api-swap-decline": _post("engineer"),
    "api-swap-withdraw": _post("manager"),
    "api-take-over": Post(
        viewer="engineer",
        fields=lambda _world: {"message": "Please."},
        before=_nobody_offers,
        typed=("message",),
    ),
    "api-take-over-offer": Post(viewer="manager", before=_nobody_offers),
    "api-take-over-agree": Post(viewer="engineer", before=_level_2_is_free),
    "api-take-over-close": _post("engineer"),
}
