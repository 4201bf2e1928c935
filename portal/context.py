"""What every page's frame shows; looked up when a template asks, so an error page asks nothing."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from django.utils.functional import SimpleLazyObject

from common import clock, wording
from portal import demo, navigation
from rotation.queries import account
from volunteers import domain
from volunteers.queries import profiles

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest

    from volunteers.access import Viewer


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Shell:
    """The bar of somebody signed in: who, where, what time it is for them, where they can go."""

    me: domain.PersonMark
    role: str
    place: profiles.Place
    links: list[navigation.Link]

    @property
    def tabs(self) -> list[navigation.Link]:
        """What stands at the bottom of a phone: five words, or four and the rest under "More"."""
        if len(self.links) <= navigation.MOST_TABS:
            return self.links
        return self.links[: navigation.MOST_TABS - 1]

    @property
    def more(self) -> list[navigation.Link]:
        """The words that no tab holds."""
        return self.links[len(self.tabs) :]


def shell(request: HttpRequest) -> dict[str, Any]:
    """The viewer, the frame around the page, the time, and whether this is a demo."""
    now = clock.now()
    viewer = getattr(request, "viewer", None)
    is_demo = demo.is_on()
    return {
        "viewer": viewer,
        "shell": None if viewer is None else SimpleLazyObject(lambda: shell_of(request, now=now)),
        "pagerduty": SimpleLazyObject(lambda: _pagerduty(viewer, now)),
        "theme": SimpleLazyObject(lambda: _theme(request)),
        "now": now,
        "is_demo": is_demo,
        "demo": SimpleLazyObject(lambda: demo.banner(now=now)) if is_demo else None,
    }


def shell_of(request: HttpRequest, *, now: dt.datetime) -> Shell:
    """The bar of whoever asks, found out once for a request: a page may need what it knows."""
    known: Shell | None = getattr(request, "known_shell", None)
    if known is None:
        known = _shell(request, request.viewer, now)  # type: ignore[attr-defined]
        request.known_shell = known  # type: ignore[attr-defined]
    return known


def _shell(request: HttpRequest, viewer: Viewer, now: dt.datetime) -> Shell:
    place = profiles.place(engineer_id=viewer.engineer_id, now=now)
    today = wording.local(now, place.zone).date()
    serving = profiles.serving(engineer_id=viewer.engineer_id, today=today)
    match = request.resolver_match
    return Shell(
        me=serving.mark or domain.unmarked(engineer_id=viewer.engineer_id, name=viewer.name),
        role=_role(viewer),
        place=place,
        links=navigation.links(
            navigation.places(viewer, serving), match.view_name if match else ""
        ),
    )


def _pagerduty(viewer: Viewer | None, now: dt.datetime) -> account.AccountState | None:
    """What keeps Rota from asking PagerDuty, for those who can do something about it."""
    if viewer is None or not (viewer.is_admin or viewer.is_manager):
        return None
    state = account.account_state(now=now, real_now=clock.real_now())
    return None if state.is_fine else state


def _role(viewer: Viewer) -> str:
    roles = {
        "Manager": viewer.is_manager,
        "Finance": viewer.is_finance,
        "Admin": viewer.is_admin,
    }
    return ", ".join(name for name, is_held in roles.items() if is_held) or "Engineer"


def _theme(request: HttpRequest) -> str:
    """`light` or `dark` when the person has chosen; empty follows the system."""
    chosen = getattr(getattr(request, "user", None), "theme", "auto")
    return "" if chosen == "auto" else str(chosen)
