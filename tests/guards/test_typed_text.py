from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction

from tests.guards.asking import API, Outcome, Visitor, outcome_of, path_of
from tests.guards.sending import body_of, good_posts, send

if TYPE_CHECKING:
    from config.routes import Route
    from tests.guards.posts import Post
    from tests.guards.world import World

pytestmark = pytest.mark.django_db

GOOD = [(route, post, field) for route, post in good_posts() for field in post.typed]
# Both engines refuse these, though SQLite would keep NUL; nothing is cut to fit.
NOT_KEPT = ["a\x00b", "x" * 10_000]
NOT_SEEN = ["   ", "\u200b", "\u2003\n\t", "\u202e"]
NEEDED = {"motivation", "reason", "name"}
KEPT = [
    "\u202eabc\u202c",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466",
    "\U0001d518\u0130",
    "Zo\u0065\u0308 \u0627\u0644",
    "=HYPERLINK(1)",
    "</script>{{7*7}}",
    'O\'Brien "x" \\ %s {0}',
]
PROSE = {"note", "motivation", "reason", "name", "cost_centre", "problem", "success_criteria"}
ODD = [*NOT_SEEN, *KEPT, "a\r\nBcc: b@evil.example", "x" * 256, "-1", "\uffff\ufdd0"]


def _named(route: Route, post: Post, field: str) -> Any:
    return pytest.param(route, post, field, id=f"{route.name}-{field}")


TYPED = [_named(*each) for each in GOOD]
READ_BY_PEOPLE = [_named(*each) for each in GOOD if each[2] in PROSE]
IN_JSON = [_named(*each) for each in GOOD if each[0].path.startswith(API)]


@pytest.mark.parametrize(("route", "post", "field"), TYPED)
def test_no_text_breaks_a_form_and_none_is_cut(
    *, route: Route, post: Post, field: str, world: World, everybody: dict[str, Visitor]
) -> None:
    prepared, fields = post.prepared(world), post.fields(world)
    refused, broken = [], []

    for text in [*NOT_KEPT, *ODD]:
        given = fields | {field: text}
        visitor = everybody[post.viewer]
        done = send(route, prepared, world=world, visitor=visitor, fields=given)
        if done.tried.outcome is Outcome.BROKEN:
            broken.append(text[:20])
        if not done.is_done:
            refused.append(text)
            assert not done.tried.changed, text[:20]

    assert broken == []
    assert set(NOT_KEPT) <= set(refused)
    if field in NEEDED:
        assert set(NOT_SEEN) <= set(refused)


@pytest.mark.parametrize(("route", "post", "field"), READ_BY_PEOPLE)
def test_what_is_typed_is_kept_as_it_was_typed(
    *, route: Route, post: Post, field: str, world: World, everybody: dict[str, Visitor]
) -> None:
    prepared, fields = post.prepared(world), post.fields(world)
    prepared.before(world)

    for text in KEPT:
        body = body_of(route, fields | {field: text})
        with transaction.atomic():
            answer = everybody[post.viewer].ask("POST", path_of(route, world), body)
            kept = _stands_somewhere(unicodedata.normalize("NFC", text))
            transaction.set_rollback(True)

        assert outcome_of(answer) is Outcome.OK
        assert answer.status_code in {200, 201, 302}, text
        assert kept, text


def _stands_somewhere(text: str) -> bool:
    """Whether a column of some row is exactly this text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            if any(text in row for row in cursor.fetchall()):
                return True
    return False


@pytest.mark.parametrize(("route", "post", "field"), IN_JSON)
def test_half_a_surrogate_pair_is_refused_by_field(
    *, route: Route, post: Post, field: str, world: World, everybody: dict[str, Visitor]
) -> None:
    prepared, fields = post.prepared(world), post.fields(world)

    done = send(
        route,
        prepared,
        world=world,
        visitor=everybody[post.viewer],
        fields=fields | {field: "a\ud800b"},
    )

    assert done.tried.answer.status_code == 400
    assert field in done.tried.answer.json()["fields"]  # type: ignore[attr-defined]
