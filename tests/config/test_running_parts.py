from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.services.browser import Pages

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.services.fixtures import MakeParts
    from tests.services.parts import RunningParts


def readiness(parts: RunningParts) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", parts.options.port, timeout=10)
    connection.request("GET", "/readyz")
    body: dict[str, Any] = json.load(connection.getresponse())
    connection.close()
    return body


@pytest.mark.one_engine
def test_readiness_names_the_part_that_is_stopped(make_parts: MakeParts) -> None:
    parts = make_parts()
    parts.start()
    assert readiness(parts)["status"] == "ready"

    parts.kill("redis")
    parts.wait_for(lambda: not readiness(parts)["broker"]["ok"])
    assert readiness(parts)["database"] == {"ok": True}

    parts.start("redis")
    parts.wait_until_ready()

    parts.kill("worker")
    parts.wait_for(lambda: not readiness(parts)["worker"]["ok"])
    assert readiness(parts)["beat"]["ok"]


@pytest.mark.one_engine
def test_a_browser_meets_the_running_product(make_parts: MakeParts, browser: Browser) -> None:
    parts = make_parts()
    parts.start("redis", "web")
    pages = Pages(browser, base_url=parts.address)

    page = pages.open()
    page.goto("/settings/")

    assert page.url.startswith(f"{parts.address}/sign-in/")
    assert pages.problems == []
    pages.close()
