"""Somebody at the pages without a browser: cookies, forms, a token from the settings page."""

from __future__ import annotations

import dataclasses
import http.cookiejar
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

TIMEOUT_SECONDS = 60


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """An answer after redirects: where it came from, its status and its bytes."""

    url: str
    status: int
    content: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode()

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.content)


class Visitor:
    """One person's session; starts at the door."""

    def __init__(self, address: str) -> None:
        """Nobody signed in yet."""
        self.address = address
        self._cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(self._cookies),
        )

    def get(self, path: str) -> Reply:
        """The page at a path."""
        return self._open(urllib.request.Request(self._url(path)))  # noqa: S310 - our own server

    def post(self, path: str, **fields: str) -> Reply:
        """Send a form to a path, with the token that its page would hold."""
        form = dict(fields) | {"csrfmiddlewaretoken": self._csrf()}
        request = urllib.request.Request(  # noqa: S310 - our own server
            self._url(path), data=urllib.parse.urlencode(form).encode(), method="POST"
        )
        request.add_header("Referer", self.address)
        return self._open(request)

    def sign_in(self, email: str) -> Visitor:
        """Come in as one of the demo's people."""
        self.get("/sign-in/")
        reply = self.post("/sign-in/demo/", email=email)
        if not self._signed_in():
            raise AssertionError(f"{email} cannot sign in: {reply.status}")
        return self

    def make_token(self) -> str:
        """A new API token of this person."""
        page = self.post("/settings/tokens/").text
        found = re.search(r'id="made" value="([^"]+)"', page)
        if found is None:
            raise AssertionError("the settings page shows no token")
        return found.group(1)

    def _csrf(self) -> str:
        """The form token that the last page held; any page with a form sets the cookie."""
        page = self.get("/settings/") if self._signed_in() else self.get("/sign-in/")
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        if found is None:
            raise AssertionError("the page holds no form token")
        return found.group(1)

    def _signed_in(self) -> bool:
        return any(cookie.name == "sessionid" for cookie in self._cookies)

    def _url(self, path: str) -> str:
        return path if path.startswith("http") else f"{self.address}{path}"

    def _open(self, request: urllib.request.Request) -> Reply:
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                return Reply(url=answer.url, status=answer.status, content=answer.read())
        except urllib.error.HTTPError as error:
            return Reply(url=error.url or "", status=error.code, content=error.read())
