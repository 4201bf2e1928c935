"""Sending the good requests of all `posts`, and telling what they changed."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db import connection

from audit.models import AuditEvent
from outbox.models import Message
from tests.guards import (
    admin_posts,
    posts,
    posts_of_corrections,
    posts_of_covers,
    posts_of_layouts,
    posts_of_pay,
    posts_of_periods,
    posts_of_rates,
    posts_of_reports,
    posts_of_terms,
)
from tests.guards.asking import ADMIN, API, Tried, Visitor, pages, path_of, routes_below, tried

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpResponse

    from config.routes import Route
    from tests.guards.posts import Post
    from tests.guards.world import World

REQUEST_ID = "request-0815"
_SUBJECTS = (
    posts,
    posts_of_corrections,
    posts_of_covers,
    posts_of_layouts,
    posts_of_pay,
    posts_of_periods,
    posts_of_rates,
    posts_of_reports,
    posts_of_terms,
)
PAGES = {name: post for subject in _SUBJECTS for name, post in subject.PAGES.items()}
API_ROUTES = {
    name: post for subject in _SUBJECTS for name, post in getattr(subject, "API_ROUTES", {}).items()
}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """What one request did before it was undone: the answer, new audit rows and new mails."""

    tried: Tried
    events: tuple[AuditEvent, ...]
    mails: tuple[Message, ...]

    @property
    def is_done(self) -> bool:
        """Whether it was taken: nothing was said against it."""
        return self.tried.answer.status_code in {200, 201, 202, 204, 302}


def good_posts() -> list[tuple[Route, Post]]:
    """Every route that changes something, with its good request."""
    found: list[tuple[Route, Post]] = []
    for route in [*pages(), *routes_below(API)]:
        table = API_ROUTES if route.path.startswith(API) else PAGES
        if route.name in table:
            found.append((route, table[route.name]))
    for route in routes_below(ADMIN):
        name = route.name.removeprefix("admin:")
        if name in admin_posts.ADMIN_FORMS:
            found.append((route, admin_posts.ADMIN_FORMS[name]))
    return found


def body_of(route: Route, fields: Mapping[str, Any]) -> str:
    """The fields as the route takes them: JSON below the API's prefix, else a form."""
    if route.path.startswith(API):
        return json.dumps(fields)
    return urlencode(fields, doseq=True, errors="surrogatepass")


def send(
    route: Route,
    post: Post,
    *,
    world: World,
    visitor: Visitor,
    fields: Mapping[str, Any] | None = None,
) -> Sent:
    """Send the good request, or one with other fields, and undo it."""
    seen: dict[str, Any] = {}

    def ask() -> HttpResponse:
        post.before(world)
        last = _last(AuditEvent), _last(Message)
        given = post.fields(world) if fields is None else fields
        headers = {"X-Request-Id": REQUEST_ID}
        answer = visitor.ask("POST", path_of(route, world), body_of(route, given), headers)
        seen["events"] = tuple(AuditEvent.objects.filter(pk__gt=last[0]).order_by("pk"))
        seen["mails"] = tuple(Message.objects.filter(pk__gt=last[1]).order_by("pk"))
        return answer

    done = tried(ask)
    return Sent(tried=done, events=seen["events"], mails=seen["mails"])


def _last(model: type[AuditEvent | Message]) -> int:
    return model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def snapshot() -> dict[str, str]:
    """A digest of every table's rows."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            rows = sorted(repr(row) for row in cursor.fetchall())
            found[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found
