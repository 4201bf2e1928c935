"""The bar's words: which pages each role finds there, in the order of the bar."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from volunteers.access import Viewer
    from volunteers.queries.profiles import Serving

MOST_TABS = 5


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One word of the bar. `nouns` are the first parts of the route names that belong to it."""

    word: str
    route: str
    icon: str
    nouns: tuple[str, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A word as the bar shows it on this page."""

    word: str
    url: str
    icon: str
    is_current: bool


HOME = Place(word="Home", route="home", icon="house", nouns=("home", "service"))
COVERAGE = Place(
    word="Coverage",
    route="rotations",
    icon="calendar-range",
    nouns=("rotation", "shift", "cover", "policy", "lookup"),
)
DRAFTS = Place(word="Drafts", route="drafts", icon="scale", nouns=("draft", "question"))
APPLICATIONS = Place(
    word="Applications", route="applications", icon="hand-helping", nouns=("application",)
)
PERIODS = Place(
    word="Periods",
    route="periods",
    icon="file-check",
    nouns=("period", "layout", "layouts", "correction", "adjustment"),
)
REPORTS = Place(word="Reports", route="reports", icon="list", nouns=("report",))
RATES = Place(word="Rates", route="rates", icon="scale", nouns=("rate", "office"))
PEOPLE = Place(word="People", route="people", icon="users", nouns=("person", "term", "extension"))
APPLY = Place(word="Apply", route="apply", icon="hand-helping", nouns=("apply",))
PAY = Place(word="Pay", route="pay", icon="wallet", nouns=("pay", "entry"))
ADMINISTRATION = Place(
    word="Administration", route="admin:index", icon="shield-check", nouns=("admin",)
)
ALL = (
    HOME,
    COVERAGE,
    DRAFTS,
    APPLICATIONS,
    PERIODS,
    REPORTS,
    RATES,
    PEOPLE,
    APPLY,
    PAY,
    ADMINISTRATION,
)


def places(viewer: Viewer, serving: Serving) -> list[Place]:
    """The viewer's words, in the order of the bar."""
    only_engineer = not (viewer.is_manager or viewer.is_finance or viewer.is_admin)
    shown = {
        HOME: True,
        COVERAGE: True,
        DRAFTS: viewer.is_manager,
        APPLICATIONS: viewer.is_manager,
        PERIODS: viewer.is_finance,
        REPORTS: viewer.is_finance,
        RATES: viewer.is_finance,
        PEOPLE: viewer.is_manager or viewer.is_admin,
        APPLY: only_engineer and not serving.is_serving,
        PAY: serving.has_term,
        ADMINISTRATION: viewer.is_admin,
    }
    return [place for place, is_shown in shown.items() if is_shown]


def links(wanted: Sequence[Place], route: str) -> list[Link]:
    """The places as links, those without a page left out; `route` is the page shown."""
    return [
        Link(word=place.word, url=url, icon=place.icon, is_current=_is_current(place, route))
        for place in wanted
        if (url := address(place.route))
    ]


@functools.cache
def address(route: str) -> str:
    """The page's address, empty while no page has that name."""
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""


def _is_current(place: Place, route: str) -> bool:
    return route == place.route or route.partition("-")[0] in place.nouns
