"""A real Chromium for one test module: pages at the sizes people have, light and dark.

Playwright runs a loop in the thread of the test, so the database refuses there from the first
page until the module's end: such tests talk to the product by browser, API and commands only.
"""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Theme(enum.StrEnum):
    """What the device asks for."""

    LIGHT = "light"
    DARK = "dark"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Device:
    """A window, in CSS pixels."""

    name: str
    width: int
    height: int
    touch: bool = False


DESKTOP = Device(name="desktop", width=1280, height=900)
PHONE = Device(name="phone", width=390, height=844, touch=True)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Complaint:
    """One rule that axe finds broken: where, in CSS selectors, and what it says."""

    rule: str
    impact: str
    where: tuple[str, ...]
    help: str


class Pages:
    """Opens pages that know nothing of each other; what goes wrong on them is kept."""

    def __init__(self, browser: Browser, *, base_url: str = "") -> None:
        """Paths are taken from `base_url`."""
        self._browser = browser
        self._base_url = base_url or None
        self.problems: list[str] = []

    def open(
        self, *, device: Device = DESKTOP, theme: Theme = Theme.LIGHT, script: bool = True
    ) -> Page:
        """A page of a new person, without cookies; `script=False` switches JavaScript off."""
        context = self._browser.new_context(
            base_url=self._base_url,
            viewport={"width": device.width, "height": device.height},
            color_scheme="dark" if theme is Theme.DARK else "light",
            has_touch=device.touch,
            java_script_enabled=script,
            locale="en-GB",
            timezone_id="Europe/Dublin",
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        page.on("console", self._note)
        return page

    def close(self) -> None:
        """Close every page."""
        for context in self._browser.contexts:
            context.close()

    def _note(self, message: Any) -> None:
        # A refused policy is an error of the console; so is a file that is not there.
        if message.type == "error":
            self.problems.append(f"console: {message.text}")


def complaints(page: Page) -> list[Complaint]:
    """What axe finds on the page as it stands, the rules in order of name."""
    options = {"runOnly": {"type": "tag", "values": AXE_RULES}}
    found = Axe().run(page, options=options).response["violations"]
    return [
        Complaint(
            rule=violation["id"],
            impact=violation["impact"] or "",
            where=tuple(str(node["target"][0]) for node in violation["nodes"]),
            help=violation["help"],
        )
        for violation in sorted(found, key=lambda each: str(each["id"]))
    ]


def is_cut(page: Page) -> bool:
    """Whether the page is wider than its window, so that a phone scrolls sideways."""
    wide: bool = page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    return wide
