"""Cover is asked for and taken from the mail's link, without sign-in; then it is given back.

PagerDuty follows each step, on a desktop and on a phone.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import email
import email.policy
import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.api.client import HttpApi
from tests.journeys.client import Visitor
from tests.journeys.simulated import Simulated
from tests.services.browser import DESKTOP, PHONE, complaints, is_cut

if TYPE_CHECKING:
    import pathlib
    from email.message import EmailMessage

    from playwright.sync_api import Page

    from tests.services.browser import Device, Pages
    from tests.services.parts import RunningParts

pytestmark = pytest.mark.database
AOIFE = "aoife.brennan@rota.example"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Asked:
    """What the demo company asks of Aoife."""

    cover_id: int
    holder: str
    taker: str
    starts_at: dt.datetime
    ends_at: dt.datetime


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=lambda device: device.name)
def test_cover_is_taken_from_the_mail_shown_in_pagerduty_and_given_back(
    demo: RunningParts, people: Pages, device: Device
) -> None:
    api = HttpApi(base_url=demo.address, token=Visitor(demo.address).sign_in(AOIFE).make_token())
    asked = _asked(api)
    demo.wait_for(lambda: _link(demo))

    by_mail = people.open(device=device)
    by_mail.goto(_link(demo))
    seen = [_seen(by_mail)]
    by_mail.get_by_role("button", name="Take this cover").click()
    expect(by_mail.locator("h1")).to_have_text(f"{asked.taker} has it")
    demo.wait_for(lambda: _shown(demo, asked) == [asked.taker])
    home = _enter(people, device)
    home.goto(f"/covers/{asked.cover_id}/")
    seen.append(_seen(home))
    home.get_by_role("button", name="Give it back").click()
    expect(home.locator(".banner.ok")).to_contain_text("Given back.")
    demo.wait_for(lambda: _shown(demo, asked) == [asked.holder])

    assert seen == [(False, [])] * 2
    assert people.problems == []
    _ask_again(demo, asked)


def _asked(api: HttpApi) -> Asked:
    (line,) = api.all("me/cover-requests/")
    return Asked(
        cover_id=line["id"],
        holder=line["from_engineer"]["name"],
        taker="Aoife Brennan",
        starts_at=dt.datetime.fromisoformat(line["starts_at"]),
        ends_at=dt.datetime.fromisoformat(line["ends_at"]),
    )


def _ask_again(demo: RunningParts, asked: Asked) -> None:
    """As it was before: the holder withdraws what was opened again, and asks Aoife anew."""
    niamh = "niamh.kelly@rota.example"
    api = HttpApi(base_url=demo.address, token=Visitor(demo.address).sign_in(niamh).make_token())
    before: dict[str, Any] = api.get(f"covers/{asked.cover_id}/").expect(200)
    listed = api.all(f"shifts/{before['shift']}/cover-requests/")
    (again,) = [line for line in listed if line["state"] == "open"]
    api.post(f"covers/{again['id']}/withdraw/").expect(200)
    api.post(
        f"shifts/{before['shift']}/cover-requests/",
        asked=[before["to_engineer"]["id"]],
        starts_at=before["starts_at"],
        ends_at=before["ends_at"],
    ).expect(201)
    demo.wait_for(lambda: len(_links(demo)) > 1)


def _enter(people: Pages, device: Device) -> Page:
    page = people.open(device=device)
    page.goto("/sign-in/")
    page.get_by_role("button", name="Aoife Brennan").click()
    expect(page.locator("h1")).to_be_visible()
    return page


def _seen(page: Page) -> tuple[bool, list[object]]:
    return is_cut(page), list(complaints(page))


def _link(demo: RunningParts) -> str:
    """The path of the newest link that asks Aoife, empty before the mail is there."""
    found = _links(demo)
    return found[-1] if found else ""


def _links(demo: RunningParts) -> list[str]:
    folder: pathlib.Path = demo.options.data / "mail"
    found = []
    for path in sorted(folder.glob("*"), key=lambda each: each.stat().st_mtime):
        for message in _messages(path.read_bytes()):
            body = message.get_body(preferencelist=("plain",))
            text = body.get_content() if body is not None else ""
            link = re.search(r"/covers/by-mail/\S+", text)
            if link is not None and message["To"] == AOIFE:
                found.append(link[0])
    return found


def _messages(content: bytes) -> list[EmailMessage]:
    """The mails of a file as Django's backend writes it: each ends in a line of 79 dashes."""
    parts = content.split(b"-" * 79 + b"\n")
    policy = email.policy.default
    return [email.message_from_bytes(part, policy=policy) for part in parts if part.strip()]


def _shown(demo: RunningParts, asked: Asked) -> list[str]:
    """Whom PagerDuty's final schedule names in that time."""
    simulated = Simulated(demo.sim_address)
    refs = {each["name"].split(": ")[-1]: each["id"] for each in simulated.schedules()}
    found = simulated.final(refs["primary"], _z(asked.starts_at), _z(asked.ends_at))
    return [name for name, _start, _end in sorted(found, key=lambda entry: entry[1])]


def _z(instant: dt.datetime) -> str:
    return f"{instant.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
