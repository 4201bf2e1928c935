"""Good requests of the routes about a term's end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rotation.queries import leaving
from tests import builders
from tests.guards.posts import SOON, Post
from volunteers.models import Engineer, Term, TermExtension

if TYPE_CHECKING:
    from tests.guards.world import World

    Fields = dict[str, Any]


def _post(viewer: str, *typed: str, **fields: object) -> Post:
    return Post(viewer=viewer, fields=lambda _world: dict(fields), typed=typed)


def _diana() -> Engineer:
    return Engineer.objects.get(name="Diana")


def _leaving(world: World) -> Fields:
    term = Term.objects.select_related("engineer").get(pk=int(str(world.arguments["term_id"])))
    left_on = leaving.days_to_leave(term=term, rotation=world.rotation, now=builders.NOW)[0]
    effect = leaving.leaving(term=term, rotation=world.rotation, left_on=left_on, now=builders.NOW)
    return {"left_on": str(left_on), "seen": effect.digest}


def _nothing_is_asked(_world: World) -> None:
    TermExtension.objects.all().delete()


def _another_manager(world: World) -> None:
    builders.make_manager(engineer=_diana(), team=world.rotation.team)


def _term_of_another(_world: World) -> Fields:
    return {"engineer": _diana().pk, "starts_on": SOON}


PAGES = {
    "term-enter": Post(viewer="manager", fields=_term_of_another, before=_another_manager),
    "term-leave": Post(viewer="engineer", fields=_leaving),
    "term-stay": _post("engineer"),
    "term-roll-off": _post("engineer"),
    "term-extend": Post(
        viewer="engineer", fields=lambda _world: {"weeks": 2}, before=_nothing_is_asked
    ),
    "term-roll-off-by-mail": _post("engineer"),
    "term-extend-by-mail": Post(
        viewer="engineer", fields=lambda _world: {"weeks": 2}, before=_nothing_is_asked
    ),
    "extension-confirm": _post("manager"),
    "extension-decline": _post("manager", "reason", reason="Two newcomers start then."),
    "extension-withdraw": _post("engineer"),
}

API_ROUTES = {
    "api-terms": Post(
        viewer="manager",
        fields=lambda world: {"team": "core", **_term_of_another(world)},
        before=_another_manager,
        typed=("team",),
    ),
    "api-term-end": Post(viewer="manager", fields=lambda _world: {"left_on": SOON}, records=2),
    "api-term-leave": Post(viewer="engineer", fields=_leaving),
    "api-term-stay": _post("engineer"),
    "api-term-roll-off": _post("engineer"),
    "api-term-extend": Post(
        viewer="engineer", fields=lambda _world: {"weeks": 2}, before=_nothing_is_asked
    ),
    "api-term-extension-confirm": _post("manager"),
    "api-term-extension-decline": _post("manager", "reason", reason="Two newcomers start then."),
    "api-term-extension-withdraw": _post("engineer"),
}
