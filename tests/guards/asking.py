"""Asking any route as anybody with any method, and saying in one word what came of it."""

from __future__ import annotations

import dataclasses
import enum
import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client

from config.routes import Route, routes
from tests.guards.world import VIEWERS, World, deactivate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpResponse

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SAFE = ("GET", "HEAD", "OPTIONS")
API = "/api/"
ARCHIVES = {
    "application/zip",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ADMIN = "/admin/"
DOOR = "/sign-in/"
FORM = "application/x-www-form-urlencoded"
_ANY_ARGUMENT = re.compile(r"<(?:[a-z]+:)?(\w+)>")
_CHANGE = re.compile(r'\s*(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
_ADMIN_ROW = re.compile(r"/admin/(\w+)/(\w+)/")


class Outcome(enum.StrEnum):
    """What a viewer got: let in, whatever the form then said; or which refusal."""

    OK = "ok"
    DOOR = "door"
    FORBIDDEN = "403"
    ABSENT = "404"
    METHOD = "405"
    BROKEN = "broken"


_REFUSALS = {
    401: Outcome.DOOR,
    403: Outcome.FORBIDDEN,
    404: Outcome.ABSENT,
    405: Outcome.METHOD,
}
_READ_AND_REFUSED = {400, 409, 422}


def outcome_of(answer: HttpResponse) -> Outcome:
    """The answer in one word."""
    status = answer.status_code
    if status in {301, 302} and answer.headers["Location"].partition("?")[0] == DOOR:
        return Outcome.DOOR
    if 200 <= status < 400 or status in _READ_AND_REFUSED:
        return Outcome.OK
    return _REFUSALS.get(status, Outcome.BROKEN)


def text_of(answer: HttpResponse) -> str:
    """The whole body as text; of an archive, all that it holds."""
    body: bytes = answer.getvalue()
    if answer.headers.get("Content-Type") not in ARCHIVES:
        return body.decode()
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return "\n".join(archive.read(name).decode() for name in archive.namelist())


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Visitor:
    """One viewer's browser and API token."""

    name: str
    browser: Client
    session: str
    machine: Client
    token: str

    def ask(
        self,
        method: str,
        path: str,
        body: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> HttpResponse:
        """The answer: to the token below the API's prefix, to the session elsewhere."""
        given = dict(headers or {})
        # What an answer did to the session was undone in the database: forget its cookies too.
        self.browser.cookies.clear()
        if self.session:
            self.browser.cookies[settings.SESSION_COOKIE_NAME] = self.session
        if not path.startswith(API):
            return self._send(self.browser, method, path, body, FORM, given)
        if self.token:
            given["Authorization"] = f"Token {self.token}"
        return self._send(self.machine, method, path, body, "application/json", given)

    @staticmethod
    def _send(
        client: Client, method: str, path: str, body: str, kind: str, headers: dict[str, str]
    ) -> HttpResponse:
        answer: Any = client.generic(method, path, body, content_type=kind, headers=headers)
        found: HttpResponse = answer
        return found


def visitors(world: World, *, make_client: Callable[[], Client] = Client) -> dict[str, Visitor]:
    """Everybody signed in, after which the account of the deactivated one is closed."""
    found = {}
    for name in VIEWERS:
        browser = make_client()
        session = ""
        if name in world.people:
            browser.force_login(world.people[name])
            session = browser.cookies[settings.SESSION_COOKIE_NAME].value
        found[name] = Visitor(
            name=name,
            browser=browser,
            session=session,
            machine=make_client(),
            token=world.tokens.get(name, ""),
        )
    deactivate(world)
    return found


def path_of(route: Route, world: World) -> str:
    """The route's address with a row of the world for each of its arguments."""
    of_admin = _admin_arguments(route) if route.path.startswith(ADMIN) else {}
    given = world.arguments | of_admin | world.special.get(route.name, {})
    path = route.path.replace("(?P<url>.*)$", "nothing/")
    path = re.sub(r"\(\?P<app_label>(\w+).*\$", r"\1/", path)
    return _ANY_ARGUMENT.sub(lambda name: str(given[name[1]]), path)


def _admin_arguments(route: Route) -> dict[str, object]:
    found = _ADMIN_ROW.match(route.path)
    if found is None:
        return {"content_type_id": 1, "object_id": 1}
    models = {
        (model._meta.app_label, model._meta.model_name): model for model in admin.site._registry
    }
    model = models.get((found[1], found[2]))
    row = model._default_manager.order_by("pk").first() if model else None
    pk = row.pk if row else 1
    return {"row_id": pk, "object_id": pk}


def routes_below(prefix: str) -> list[Route]:
    """The routes whose address begins so; each name and path once."""
    return [route for route in _distinct() if route.path.startswith(prefix)]


def pages() -> list[Route]:
    """The routes of people's pages: neither the API's nor those of Django's admin."""
    return [route for route in _distinct() if not route.path.startswith((API, ADMIN))]


def _distinct() -> list[Route]:
    return list({(route.name, route.path): route for route in routes()}.values())


class Changes:
    """Within it, notes each table of which a statement changes a row."""

    def __init__(self) -> None:
        """Nothing noted yet."""
        self.tables: set[str] = set()
        self._wrapper = connection.execute_wrapper(self._note)

    def __enter__(self) -> Changes:
        self._wrapper.__enter__()
        return self

    def __exit__(self, *reason: object) -> None:
        self._wrapper.__exit__(*reason)  # type: ignore[arg-type]

    def _note(self, execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        result = execute(sql, params, many, context)
        found = _CHANGE.match(sql)
        if found is not None and context["cursor"].rowcount:
            self.tables.add(found[1])
        return result


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """What came of one request that was undone afterwards: the answer, the tables it changed."""

    answer: HttpResponse
    outcome: Outcome
    changed: set[str]


def tried(ask: Callable[[], HttpResponse]) -> Tried:
    """Ask, and undo whatever it did; nobody is throttled for what was asked before."""
    changes = Changes()
    cache.clear()
    with transaction.atomic():
        with changes:
            answer = ask()
        transaction.set_rollback(True)
    return Tried(answer=answer, outcome=outcome_of(answer), changed=changes.tables)
