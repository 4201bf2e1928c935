from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.test import Client
from django.urls import reverse

from audit.operations import Actor
from config.routes import routes
from tests import builders
from tests.api.client import LocalApi
from tests.api.people import NOBODY
from volunteers.models import Absence, Engineer, ManagerGrant
from volunteers.operations import tokens

if TYPE_CHECKING:
    from tests.api.people import Cast


def _example(path: str) -> str:
    parts = {
        "<slug:slug>": "core",
        "<slug:month>": "2026-10",
        "<slug:layout>": "detail",
        "<slug:level>": "primary",
        "<slug:report>": "people",
    }
    for pattern, value in parts.items():
        path = path.replace(pattern, value)
    path = re.sub("<slug:[a-z_]+>", "core", path)
    return "/".join("1" if part.startswith("<int:") else part for part in path.split("/"))


def test_every_route_asks_for_a_token(cast: Cast) -> None:
    del cast
    asked = [
        (method, _example(route.path))
        for route in routes()
        if route.path.startswith("/api/v1/")
        for method in route.methods
    ]

    assert len(asked) > 60
    for method, path in asked:
        answer = NOBODY.send(method, path, b"{}", {"Content-Type": "application/json"})
        assert (answer.status, answer.headers["www-authenticate"]) == (401, "Token"), path


def test_a_token_made_on_the_settings_page_opens_the_api_until_it_is_revoked(cast: Cast) -> None:
    actor = Actor(name=cast.ben.email, engineer_id=cast.ben.pk)
    token = tokens.make_token(actor=actor, now=builders.NOW)
    ben = LocalApi(token=token)

    before = ben.get("me/").expect(200)
    tokens.revoke_token(token_key=token[:15], actor=actor, now=builders.NOW)
    after = ben.get("me/")

    assert before["name"] == "Ben"
    assert after.expect(401)["code"] == "AUTHENTICATION_FAILED"


def test_who_has_left_has_no_way_in(cast: Cast) -> None:
    ben = cast.api("ben")
    Engineer.objects.filter(pk=cast.ben.pk).update(is_active=False)

    assert ben.get("me/").status == 401
    assert ben.post("absences/", first_day="2026-12-24", last_day="2026-12-24").status == 401


def test_a_right_that_is_taken_away_is_gone_on_the_next_request(cast: Cast) -> None:
    anna = cast.api("anna")
    anna.all("rotations/core/drafts/")

    ManagerGrant.objects.filter(engineer=cast.anna).update(until=builders.NOW)

    anna.get("rotations/core/drafts/").expect(404)
    anna.get("drafts/").expect(403)


def test_a_browsers_session_reads_and_writes_only_with_the_csrf_token(cast: Cast) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.ben)
    body = {"first_day": "2026-12-24", "last_day": "2026-12-24"}
    path = reverse("api-absences")

    read = browser.get(path)
    refused = browser.post(path, body, content_type="application/json")
    browser.get(reverse("settings"))
    token = browser.cookies["csrftoken"].value
    made = browser.post(path, body, content_type="application/json", headers={"X-CSRFToken": token})

    assert read.status_code == 200
    assert refused.status_code == 403
    assert refused.json()["code"] == "PERMISSION_DENIED"
    assert made.status_code == 201
    assert Absence.objects.count() == 1


def test_a_wrong_token_is_refused_even_with_a_session(cast: Cast) -> None:
    browser = Client()
    browser.force_login(cast.ben)

    answer = browser.get(reverse("api-me"), headers={"Authorization": "Token " + "0" * 64})

    assert answer.status_code == 401


def test_no_answer_is_kept_by_a_cache_on_the_way(cast: Cast) -> None:
    ben = cast.api("ben")

    for answer in (ben.get("me/"), ben.get("entries/"), ben.get("drafts/"), NOBODY.get("me/")):
        assert answer.headers["cache-control"] == "no-store"
