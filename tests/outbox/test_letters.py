from __future__ import annotations

import html.parser
import re

import pytest

from outbox.domain import letters
from outbox.domain.letters import Block, Form

BASE = "https://rota.example"
LETTER = """Hello Ben,

Anna asks you to take primary of Core:

  Mon 7 Dec, 12:00 to Mon 14 Dec 2026, 12:00 GMT (Europe/Dublin)
  Mon 7 Dec, 13:00 to Mon 14 Dec 2026, 13:00 CET (Europe/Berlin)

Who is away:
- Carla
- Otto

Take it here:

https://rota.example/covers/7/
Roll off as planned: https://rota.example/terms/3/end/
"""


class Reading(html.parser.HTMLParser):
    """What a mail program finds: tags, links, and text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.text += " "
        if tag not in {"meta", "br"}:
            self.open.append(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def _read(text: str, subject: str = "Cover") -> Reading:
    page = letters.as_html(
        subject=subject,
        text=text,
        foot="Why.",
        choices_url=f"{BASE}/settings/mails/",
        base_url=BASE,
    )
    reading = Reading()
    reading.feed(page)
    assert reading.open == []
    return reading


def test_a_letter_is_read_as_paragraphs_lists_what_stands_apart_and_buttons() -> None:
    found = letters.blocks(LETTER, base_url=BASE)

    assert [block.form for block in found] == [
        Form.TEXT,
        Form.TEXT,
        Form.APART,
        Form.TEXT,
        Form.ITEM,
        Form.TEXT,
        Form.BUTTON,
        Form.BUTTON,
    ]
    assert found[4] == Block(form=Form.ITEM, lines=("Carla", "Otto"))
    assert found[6].lines == (letters.BUTTON, f"{BASE}/covers/7/")
    assert found[7].lines == ("Roll off as planned", f"{BASE}/terms/3/end/")


def test_the_html_shows_every_word_of_the_text_and_links_to_rota_alone() -> None:
    reading = _read(LETTER)

    words = re.sub(r"https?://\S+", "", LETTER).replace("- ", "").replace("planned:", "planned")
    assert set(words.split()) <= set(reading.text.split())
    assert reading.links == [
        f"{BASE}/covers/7/",
        f"{BASE}/terms/3/end/",
        f"{BASE}/settings/mails/",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "https://evil.example/",
        "https://rota.example.evil.example/",
        "https://rota.example@evil.example/",
        "http://rota.example/",
        "javascript:alert(1)",
        'https://rota.example/"onmouseover="x',
        "see https://rota.example/covers/7/ and more",
        "x" * 80 + ": https://rota.example/",
    ],
)
def test_only_a_whole_line_with_an_address_of_rota_becomes_a_button(line: str) -> None:
    links = _read(line).links

    assert all(link is not None and link.startswith(f"{BASE}/") for link in links)
    assert not any("evil" in str(link) for link in links)


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "\"'><svg onload=x>",
        "</td></tr></table><h1>x",
        "{style}{0}{{7*7}}",
        "&lt;b&gt;",
        "- <img src=x>",
        "  <a href=x>y</a>",
        "<b>: https://rota.example/<b>",
    ],
)
def test_what_was_typed_is_text_wherever_it_stands(typed: str) -> None:
    plain = _read("nothing")

    for reading in (_read(typed), _read("nothing", subject=typed)):
        assert set(reading.tags) <= {*plain.tags, "ul", "li", "br"}
        assert "script" not in reading.tags
    assert typed.strip().removeprefix("- ").removeprefix("<b>: ")[:4] in _read(typed).text


def test_a_letter_loads_nothing_from_anywhere() -> None:
    page = letters.as_html(
        subject="x", text=LETTER, foot="y", choices_url=f"{BASE}/settings/mails/", base_url=BASE
    )

    assert re.findall(r"(src|background)=|url\(|@import|<link|<script", page) == []
    assert "prefers-color-scheme:dark" in page


def test_the_same_letter_looks_the_same_each_time() -> None:
    one, other = (
        letters.as_html(subject="x", text=LETTER, foot="y", choices_url="z", base_url=BASE)
        for _ in range(2)
    )

    assert one == other
