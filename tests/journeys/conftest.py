"""The running demo company, one for the tests of a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journeys.client import Visitor
from tests.services.browser import Pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from tests.services.fixtures import MakeParts
    from tests.services.parts import RunningParts

NIAMH = "niamh.kelly@rota.example"
ROTATION = "/rotations/platform-out-of-hours/"


@pytest.fixture(scope="module")
def demo(make_parts: MakeParts) -> RunningParts:
    """Every part runs, and PagerDuty shows what was published."""
    parts = make_parts(mode="demo")
    parts.start("pagerduty")
    parts.manage("seed", "--profile", "small")
    parts.start()
    niamh = Visitor(parts.address).sign_in(NIAMH)
    parts.wait_for(lambda: ">In PagerDuty<" in niamh.get(ROTATION).text)
    return parts


@pytest.fixture
def people(demo: RunningParts, browser: Browser) -> Iterator[Pages]:
    """Browsers on the demo company, one for each person."""
    opened = Pages(browser, base_url=demo.address)
    yield opened
    opened.close()
