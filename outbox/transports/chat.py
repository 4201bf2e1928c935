"""Posting a line to a chat's incoming web-hook, in Slack's form.

The address is somebody's input: only public hosts are asked, at the number that was looked up and
checked, no redirect is followed, and no failure names the address or what the host said.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import ssl
import threading
import urllib.parse
from typing import TYPE_CHECKING

from django.conf import settings

from common import sealing
from outbox.domain import chat_addresses
from outbox.transports.errors import TransportError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outbox.models import ChatHook

STEP_SECONDS = 5
MOST_SECONDS = 15
MOST_BYTES = 1024
LONGEST_WAIT = 3600
TOO_MANY = 429
# Slack: no such hook, a channel that is archived or gone, a body that it does not take.
_FOR_GOOD = {400, 401, 403, 404, 405, 410, 413}
_CANNOT_BE_SAID = "The chat’s address cannot be read: no key that is set opens it."


def post(*, hook: ChatHook, text: str) -> None:
    """Post the text; names in it ring nobody's bell, as what chats read as a command is escaped.

    Raises:
        TransportError: the chat is away or has too much (try again), or refuses it for good.
    """
    address = _address(hook)
    said = chat_addresses.refusal(address, anywhere=not settings.IS_PRODUCTION)
    if said:
        raise TransportError(f"The chat’s address is refused. {said}", permanent=True)
    body = json.dumps({"text": escaped(text)}).encode()
    try:
        status, wait = _answer(urllib.parse.urlsplit(address), body)
    except (http.client.HTTPException, OSError) as error:
        # The class alone: the text of some errors holds the host or the path.
        named = type(error).__name__
        raise TransportError(f"Chat: {named}.", permanent=False, is_away=True) from None
    if status not in range(200, 300):
        raise TransportError(
            f"The chat answered {status}.",
            permanent=status in _FOR_GOOD,
            is_away=status not in _FOR_GOOD,
            wait=wait if status == TOO_MANY else 0,
        )


def escaped(text: str) -> str:
    """The text with the three letters that Slack reads as its own."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _address(hook: ChatHook) -> str:
    if not hook.address:
        raise TransportError("The chat was taken away.", permanent=True)
    try:
        return sealing.unseal(hook.address, settings.ROTA_WEBHOOK_KEYS)
    except sealing.SealingError:
        raise TransportError(_CANNOT_BE_SAID, permanent=True) from None


def _answer(parts: urllib.parse.SplitResult, body: bytes) -> tuple[int, int]:
    """The status, and for how many seconds the host wants to be left alone."""
    host = parts.hostname or ""
    path = urllib.parse.urlunsplit(("", "", parts.path or "/", parts.query, ""))
    is_https = parts.scheme == "https"
    with _connected(host, parts.port or (443 if is_https else 80), tls=is_https) as sock:
        connection = http.client.HTTPConnection(host, parts.port)
        connection.sock = sock
        headers = {"Content-Type": "application/json", "User-Agent": "Rota", "Connection": "close"}
        connection.request("POST", path, body=body, headers=headers)
        answer = connection.getresponse()
        answer.read(MOST_BYTES)
        wait = answer.headers.get("Retry-After", "")
        return answer.status, min(int(wait), LONGEST_WAIT) if wait.isdecimal() else 0


@contextlib.contextmanager
def _connected(host: str, port: int, *, tls: bool) -> Iterator[socket.socket]:
    """A socket to a checked number of the host, cut off when it dawdles."""
    raw = socket.create_connection((_number(host, port), port), timeout=STEP_SECONDS)
    cut = threading.Timer(MOST_SECONDS, _cut, [raw])
    cut.daemon = True
    cut.start()
    try:
        if tls:
            context = ssl.create_default_context()
            with context.wrap_socket(raw, server_hostname=host) as sock:
                yield sock
        else:
            yield raw
    finally:
        cut.cancel()
        raw.close()


def _cut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _number(host: str, port: int) -> str:
    """The first of the host's numbers; in production all of them are public.

    Raises:
        TransportError: the name leads to a machine that is not on the open internet.
    """
    found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if settings.IS_PRODUCTION and not all(map(chat_addresses.is_public, found)):
        raise TransportError("The chat’s host is not on the open internet.", permanent=True)
    return found[0]
