"""The words in which `rights` says who may ask a route, and what the others get."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from tests.guards.asking import Outcome
from tests.guards.world import VIEWERS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from config.routes import Route

OUTSIDE = frozenset({"nobody", "deactivated"})
ALL = frozenset(VIEWERS) - OUTSIDE
NO_ONE: frozenset[str] = frozenset()
OWNER = frozenset({"engineer"})
TEAM = frozenset({"manager"})
MANAGERS = frozenset({"manager", "other manager"})
FINANCE = frozenset({"finance"})
ADMIN = frozenset({"admin"})


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """Who is let in by method; what the other people with an account get; whom it is open to."""

    let_in: Mapping[str, Collection[str]]
    others: Outcome = Outcome.ABSENT
    is_public: bool = False

    def outcome(self, viewer: str, method: str, route: Route) -> Outcome:
        """What the viewer must get; HEAD is as GET wherever the route answers it."""
        if viewer in OUTSIDE and not self.is_public:
            return Outcome.DOOR
        asked = "GET" if method == "HEAD" and "HEAD" in route.methods else method
        if asked not in self.let_in:
            return Outcome.METHOD
        return Outcome.OK if viewer in self.let_in[asked] else self.others


def reads(who: Collection[str], others: Outcome = Outcome.ABSENT) -> Rule:
    """A page or a list to read."""
    return Rule(let_in={"GET": who}, others=others)


def does(who: Collection[str], others: Outcome = Outcome.ABSENT) -> Rule:
    """Something that is done."""
    return Rule(let_in={"POST": who}, others=others)


def form(who: Collection[str], others: Outcome = Outcome.ABSENT) -> Rule:
    """A page whose form is sent to itself, or an API's list that is added to."""
    return Rule(let_in={"GET": who, "POST": who}, others=others)


def public(*methods: str) -> Rule:
    """For everybody, strangers too."""
    return Rule(let_in=dict.fromkeys(methods, VIEWERS), is_public=True)


def hidden() -> Rule:
    """Not there outside a demo."""
    return Rule(let_in={"POST": NO_ONE}, is_public=True)


def leaving() -> Rule:
    """Those inside are asked; whoever leaves, or is outside already, stands at the door."""
    return Rule(let_in={"GET": ALL, "POST": NO_ONE}, others=Outcome.DOOR, is_public=True)


FORBIDDEN = Outcome.FORBIDDEN
