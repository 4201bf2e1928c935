from __future__ import annotations

import html.parser
from typing import TYPE_CHECKING

from tests.simulator.documents import (
    ANNA,
    BEN,
    CARLA,
    OUT_OF_HOURS,
    created,
    layer,
    override,
)

if TYPE_CHECKING:
    from tests.simulator.running import RunningSimulator


class _Outline(html.parser.HTMLParser):
    """Collects what a page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def test_the_first_page_says_who_is_on_call_and_that_it_is_a_simulator(
    simulator: RunningSimulator,
) -> None:
    weeks = layer(BEN, ANNA, start="2026-12-01T09:00:00Z")
    made = created(simulator, weeks, name="Rota <b>primary</b>")
    item = override(CARLA, "2026-12-03T10:00:00Z", "2026-12-03T12:00:00Z")
    simulator.call("POST", f"/schedules/{made['id']}/overrides", {"overrides": [item]})

    answer = simulator.call("GET", "/", headers={"Authorization": ""})

    assert answer.status == 200
    assert "This is a simulator, not PagerDuty." in answer.text
    assert "<td><bdi>Ben Serves</bdi></td><td>Thu 3 Dec 2026 10:00 Europe/London</td>" in (
        answer.text
    )
    assert "Rota &lt;b&gt;primary&lt;/b&gt;" in answer.text
    assert "Week of Mon 7 Dec 2026" in answer.text
    assert "Thu 3 Dec 2026 10:00 – 12:00 <strong><bdi>Carla Outside</bdi>" in answer.text
    assert "Tue 1 Dec 10:00 – Thu 3 Dec 10:00 <strong><bdi>Ben Serves</bdi></strong> <em>now" in (
        answer.text
    )
    assert f"POST <code>/schedules/{made['id']}/overrides</code>" in answer.text


def test_a_schedule_s_page_shows_half_a_year(simulator: RunningSimulator) -> None:
    made = created(simulator, layer(ANNA, BEN, restrictions=OUT_OF_HOURS))

    shown = simulator.call("GET", f"/_sim/schedules/{made['id']}")
    gone = simulator.call("GET", "/_sim/schedules/%3Cb%3E")

    assert shown.status == 200
    assert shown.text.count("<h3>Week of") == 26
    assert gone.status == 404
    assert "&lt;b&gt;" in gone.text


def test_pages_need_no_script_and_no_inline_style(simulator: RunningSimulator) -> None:
    created(simulator, layer(ANNA))

    answer = simulator.call("GET", "/")
    style = simulator.call("GET", "/_sim/style.css")
    outline = _Outline()
    outline.feed(answer.text)

    assert not {"script", "style", "img"} & set(outline.tags)
    assert not [name for name, _ in outline.attributes if name == "style" or name.startswith("on")]
    assert ("lang", "en") in outline.attributes
    assert outline.tags.count("h1") == 1
    assert outline.tags.count("main") == 1
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "prefers-color-scheme: dark" in style.text


def test_an_empty_simulator_has_a_page_too(simulator: RunningSimulator) -> None:
    answer = simulator.call("GET", "/")

    assert "No schedules in this simulator" in answer.text
    assert simulator.call("HEAD", "/").raw == b""
    assert simulator.requests() == []
