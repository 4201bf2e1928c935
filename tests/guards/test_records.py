from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.db import connection

from audit.models import AuditEvent
from tests import builders
from tests.guards import admin_posts, posts
from tests.guards.asking import API, Visitor, pages, routes_below
from tests.guards.rights import rule_of
from tests.guards.sending import (
    API_ROUTES,
    PAGES,
    REQUEST_ID,
    good_posts,
    send,
    snapshot,
)

if TYPE_CHECKING:
    from config.routes import Route
    from tests.guards.posts import Post
    from tests.guards.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

GOOD = [pytest.param(route, post, id=route.name) for route, post in good_posts()]
_LINK = re.compile(r"https?://[^\s>]+")


def test_every_route_that_changes_something_has_its_good_request() -> None:
    changing = {
        route.name
        for route in [*pages(), *routes_below(API)]
        if (rule := rule_of(route)) and "POST" in rule.let_in
    }
    forms = {
        f"{model._meta.app_label}_{model._meta.model_name}_{name}"
        for model, record in admin.site._registry.items()
        for name in _forms_of(record)
    }

    assert changing - set(posts.NOT_RECORDED) == set(PAGES) | set(API_ROUTES)
    assert forms == set(admin_posts.ADMIN_FORMS)


def _forms_of(record: Any) -> list[str]:
    changes = [change.name for change in record.changes]
    return [*changes, "add"] if record.creation is not None else changes


@pytest.mark.parametrize(("route", "post"), GOOD)
def test_what_is_done_leaves_its_record_of_who_did_it_when_and_by_which_request(
    route: Route, post: Post, world: World, everybody: dict[str, Visitor]
) -> None:
    sent = send(route, post, world=world, visitor=everybody[post.viewer])

    assert sent.is_done, sent.tried.answer.content.decode()
    assert len(sent.events) == post.records
    event = sent.events[-1]
    assert event.actor == world.people[post.viewer].email
    assert event.at == builders.NOW
    assert event.request_id == REQUEST_ID
    assert event.verb
    assert event.subject


class AuditIsFullError(Exception):
    """The audit trail takes no row."""


def _no_room(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
    if sql.startswith(f'INSERT INTO "{AuditEvent._meta.db_table}"'):
        raise AuditIsFullError
    return execute(sql, params, many, context)


@pytest.mark.parametrize(("route", "post"), GOOD)
def test_what_cannot_be_recorded_is_not_done(
    route: Route, post: Post, world: World, everybody: dict[str, Visitor]
) -> None:
    prepared = post.prepared(world)
    before = snapshot()

    with pytest.raises(AuditIsFullError), connection.execute_wrapper(_no_room):
        send(route, prepared, world=world, visitor=everybody[post.viewer])

    assert [name for name, digest in snapshot().items() if before[name] != digest] == []


@pytest.mark.parametrize(("route", "post"), GOOD)
def test_mails_of_what_is_done_lead_to_the_configured_address(
    route: Route, post: Post, world: World, everybody: dict[str, Visitor]
) -> None:
    sent = send(route, post, world=world, visitor=everybody[post.viewer])

    for message in sent.mails:
        links = _LINK.findall(message.body)
        assert [link for link in links if not link.startswith(settings.ROTA_BASE_URL)] == []
        assert "testserver" not in message.body
