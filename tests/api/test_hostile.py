from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.apps import apps

from tests.api.people import NOBODY
from volunteers.models import Absence

if TYPE_CHECKING:
    from tests.api.client import Answer
    from tests.api.people import Cast

JSON = {"Content-Type": "application/json"}
GOOD = b'{"first_day": "2026-12-24", "last_day": "2026-12-27"}'
HOSTILE = {
    "no JSON": b"first_day=2026-12-24",
    "half an object": b'{"first_day": "2026-12-24"',
    "a key twice": b'{"first_day": "2026-12-24", "last_day": "2026-12-27", "first_day": ""}',
    "a key twice inside": b'{"first_day": "2026-12-24", "last_day": {"a": 1, "a": 2}}',
    "NaN": b'{"first_day": NaN, "last_day": "2026-12-27"}',
    "Infinity": b'{"first_day": -Infinity, "last_day": "2026-12-27"}',
    "beyond floats": b'{"first_day": 1e309, "last_day": "2026-12-27"}',
    "minus zero": b'{"first_day": -0, "last_day": -0.0}',
    "endless digits": b'{"first_day": ' + b"9" * 5000 + b"}",
    "deep lists": b"[" * 5000 + b"]" * 5000,
    "deep objects": b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "deep in a field": b'{"note": ' + b"[" * 900 + b"]" * 900 + b"}",
    "a list": b"[]",
    "a text": b'"first_day"',
    "null": b"null",
    "not UTF-8": b'{"note": "\xff\xfe"}',
    "UTF-16": '{"note": "x"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + GOOD,
    "half a surrogate": b'{"first_day": "2026-12-24", "last_day": "2026-12-27", "note": "\\ud800"}',
    "half a surrogate as a name": b'{"\\ud800": 1}',
    "NUL": b'{"first_day": "2026-12-24", "last_day": "2026-12-27", "note": "\\u0000"}',
    "an unknown field": GOOD[:-1] + b', "engineer": 1}',
    "a field of objects": GOOD[:-1] + b', "__proto__": {}}',
    "a number as text": GOOD[:-1] + b', "note": 12}',
    "null as text": GOOD[:-1] + b', "note": null}',
    "true as a day": b'{"first_day": true, "last_day": "2026-12-27"}',
}


def _posted(cast: Cast, raw: bytes, headers: dict[str, str] | None = None) -> Answer:
    return cast.api("ben").send("POST", "/api/v1/absences/", raw, dict(headers or JSON))


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_body_is_refused_and_the_next_request_is_fine(raw: bytes, cast: Cast) -> None:
    refused = _posted(cast, raw)

    assert refused.status == 400, refused.raw
    assert set(refused.body) == {"code", "detail", "fields"}
    assert Absence.objects.count() == 0
    assert _posted(cast, GOOD).status == 201


def test_a_body_of_20_megabytes_is_too_large(cast: Cast) -> None:
    refused = _posted(cast, b'{"note": "' + b"x" * 20_000_000 + b'"}')

    assert refused.expect(413)["code"] == "BODY_TOO_LARGE"
    assert Absence.objects.count() == 0


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "",
    ],
)
def test_other_media_types_than_json_are_refused(kind: str, cast: Cast) -> None:
    assert _posted(cast, GOOD, {"Content-Type": kind}).status == 415
    assert Absence.objects.count() == 0


def test_the_media_type_may_name_its_charset_and_the_answer_is_json_whatever_is_asked(
    cast: Cast,
) -> None:
    made = _posted(
        cast, GOOD, {"Content-Type": "Application/JSON; charset=latin1", "Accept": "text/html"}
    )

    assert made.status == 201
    assert made.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "query",
    [
        "ordering=-password",
        "ordering=engineer__password",
        "ordering=%27%3B%20DROP%20TABLE",
        "search=%27%20OR%201%3D1--",
        "search=" + "x" * 10_000,
        "fields=password",
        "engineer__password__startswith=p",
        "format=api",
        "page_size=1000000000",
        "page_size=" + "9" * 90,
        "cursor=",
    ],
)
def test_what_a_list_does_not_offer_is_ignored(query: str, cast: Cast) -> None:
    plain = cast.api("ada").get("people/").expect(200)

    asked = cast.api("ada").get(f"people/?{query}").expect(200)

    assert asked["results"] == plain["results"]


@pytest.mark.parametrize(
    "query",
    [
        "page_size=0",
        "page_size=-1",
        "page_size=ten",
        "page_size=1.5",
        "page_size=%D9%A3",
        "page_size=" + "9" * 200,
        "cursor=x",
        "cursor=%F0%9F%92%A9",
        "cursor=" + "x" * 10_000,
        "cursor=WyIxIl0:1abcde:AAAA",
    ],
)
def test_a_page_that_is_none_is_refused_by_name(query: str, cast: Cast) -> None:
    answer = cast.api("ada").get(f"people/?{query}")

    assert list(answer.expect(400)["fields"]) == [query.partition("=")[0]]


def test_a_cursor_of_another_list_is_refused(cast: Cast) -> None:
    ada = cast.api("ada")
    cursor = ada.get("people/", page_size=1).expect(200)["next"].partition("cursor=")[2]

    answer = ada.get(f"on-call-teams/?cursor={cursor.partition('&')[0]}")

    assert list(answer.expect(400)["fields"]) == ["cursor"]


@pytest.mark.parametrize("path", ["none/", "drafts/x/", "drafts/1", "rotations/%00/", "../api/"])
def test_an_address_that_is_none_answers_json(path: str, cast: Cast) -> None:
    answer = cast.api("ada").get(path)

    if answer.status == 301:  # the slash was missing
        assert answer.headers["location"].endswith("/api/v1/drafts/1/")
    else:
        assert answer.expect(404)["code"] == "NOT_FOUND"


@pytest.mark.parametrize("path", ["people/?cursor=%00", "rotations/core/shifts/?from=%00"])
def test_nul_in_an_address_is_refused_in_json(path: str, cast: Cast) -> None:
    assert cast.api("ada").get(path).expect(400)["code"] == "BAD_REQUEST"


@pytest.mark.parametrize("row", [0, 10**18, 10**30])
def test_an_id_that_no_row_can_have_is_not_there(row: int, cast: Cast) -> None:
    anna = cast.api("anna")

    for path in (f"drafts/{row}/", f"applications/{row}/", f"sync-runs/{row}/"):
        anna.get(path).expect(404)
    for path in (f"absences/{row}/cancel/", f"drafts/{row}/publish/"):
        anna.post(path).expect(404)


def _counts() -> dict[str, int]:
    """Rows by model; a refused attempt at money leaves a record, and that is wanted."""
    return {
        str(model._meta.label): model._default_manager.count()
        for model in apps.get_models()
        if model._meta.label not in {"knox.AuthToken", "audit.AuditEvent", "audit.Mention"}
    }


LISTS = ("people/", "absences/", "applications/", "terms/", "drafts/", "rates/", "rotations/core/")


@pytest.mark.parametrize("path", LISTS)
def test_methods_that_a_route_does_not_offer_change_nothing(path: str, cast: Cast) -> None:
    api = cast.api("anna")
    before = _counts()

    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
        answer = api.send(method, f"/api/v1/{path}", b"{}", dict(JSON))
        assert answer.expect(405)["code"] == "METHOD_NOT_ALLOWED"
    for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        api.send("GET", f"/api/v1/{path}?_method=DELETE", None, {**JSON, header: "DELETE"})
        api.send("POST", f"/api/v1/{path}", b'{"_method": "DELETE"}', {**JSON, header: "DELETE"})
    assert _counts() == before


def test_head_answers_as_get_does_without_a_body(cast: Cast) -> None:
    answer = cast.api("anna").call("HEAD", "rotations/")

    assert (answer.status, answer.raw) == (200, b"")


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Token",
        "Token ",
        "Token x",
        "Token " + "0" * 64,
        "Token " + "0" * 63 + "G",
        "Token " + "0" * 100_000,
        "Token a b",
        "Token ÿþ",
        "Token \udcff",
        "Basic YmVuOmJlbg==",
        "Bearer " + "0" * 64,
    ],
)
def test_who_has_no_token_is_asked_for_one(authorization: str, cast: Cast) -> None:
    del cast
    header = authorization.encode("utf-8", "surrogateescape").decode("latin-1")

    answer = NOBODY.send("GET", "/api/v1/me/", None, {"Authorization": header} if header else {})

    assert answer.status == 401
    assert answer.headers["www-authenticate"] == "Token"
    assert set(answer.body) == {"code", "detail", "fields"}


def test_an_answer_is_the_same_json_for_every_refusal_of_a_field(cast: Cast) -> None:
    answer = cast.api("ben").post("absences/", first_day="x", last_day=1, note=[], more=1)

    body = answer.expect(400)
    assert body["code"] == "INVALID"
    assert set(body["fields"]) == {"first_day", "last_day", "note", "more"}
    assert all(isinstance(said, str) for said in body["fields"].values())
    assert json.dumps(body)
