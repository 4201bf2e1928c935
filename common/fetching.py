"""Reading an address that somebody typed, without being led into a private network.

Each hop is resolved once, all its addresses are checked, and the connection goes to the checked
one: a name that resolves otherwise a moment later changes nothing.
"""

from __future__ import annotations

import contextlib
import dataclasses
import http.client
import ipaddress
import socket
import ssl
import time
import urllib.parse
from collections.abc import Callable
from http import HTTPStatus

SECONDS = 10
MOST_BYTES = 2 * 1024 * 1024
MOST_HOPS = 5
CHUNK = 64 * 1024
PORTS = {"https": 443, "http": 80}
REDIRECTS = {301, 302, 303, 307, 308}
NEEDS_SIGN_IN = {401, 403}
# Ways to write an IPv4 address in IPv6 that lead through a translator to anywhere.
TRANSLATED = tuple(
    ipaddress.IPv6Network(network)
    for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")
)

Resolve = Callable[[str, int], list[str]]


class FetchError(Exception):
    """Nothing was read; the message says why, for the person who typed the address."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What is asked for, and where an address may lead.

    Plain HTTP and this machine itself are for demos and tests.
    """

    accept: str
    allows_local: bool = False
    seconds: float = SECONDS
    most_bytes: int = MOST_BYTES


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """What was read, and the kind that the server says it is, empty when it says none."""

    body: bytes
    content_type: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    scheme: str
    host: str
    port: int
    path: str


def resolve(host: str, port: int) -> list[str]:
    """The host's addresses, as the machine's resolver gives them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for _family, _type, _proto, _name, address in found]


def fetch(address: str, *, rules: Rules, resolve: Resolve = resolve) -> Fetched:
    """The body at the address, following a few redirects, each checked like the first.

    Raises:
        FetchError: it is no such address, leads where it may not, or gives nothing fit in time.
    """
    until = time.monotonic() + rules.seconds
    for _hop in range(MOST_HOPS):
        place = _place(address, rules)
        ip = _checked(place, rules, resolve)
        try:
            with contextlib.closing(_connected(place, ip, until)) as connection:
                found = _asked(connection, place, rules, until)
        except TimeoutError:
            raise FetchError(_late(rules)) from None
        except ssl.SSLError:
            raise FetchError(f"{place.host} has no valid certificate for its name.") from None
        except (OSError, http.client.HTTPException, ValueError):
            raise FetchError(f"{place.host} could not be reached. Try again later.") from None
        if isinstance(found, Fetched):
            return found
        address = urllib.parse.urljoin(address, found)
    raise FetchError("This address leads from one to the next and nowhere in the end.")


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the internet at large, whichever way it is written."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if any(found in network for network in TRANSLATED):
            return False
    return found.is_global and not (found.is_multicast or found.is_reserved)


def _place(address: str, rules: Rules) -> _Place:
    try:
        parts = urllib.parse.urlsplit(address.strip())
        host, port = parts.hostname or "", parts.port
        host = host.encode("idna").decode("ascii") if not _is_ip(host) else host
    except ValueError:
        raise FetchError("This is no address of a calendar.") from None
    if parts.scheme not in PORTS or (parts.scheme == "http" and not rules.allows_local):
        raise FetchError("The address must begin with https://.")
    if not host or parts.username is not None or parts.password is not None:
        raise FetchError("This is no address of a calendar: write https://, a name and a path.")
    path = urllib.parse.quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        path += "?" + urllib.parse.quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return _Place(scheme=parts.scheme, host=host, port=port or PORTS[parts.scheme], path=path)


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _checked(place: _Place, rules: Rules, resolve: Resolve) -> str:
    """The address to connect to; one private address among several is enough to refuse."""
    try:
        found = resolve(place.host, place.port)
    except (OSError, UnicodeError):
        raise FetchError(f"There is no {place.host}. Is the address complete?") from None
    for each in found:
        local = rules.allows_local and ipaddress.ip_address(each).is_loopback
        if not (local or is_public(each)):
            raise FetchError(
                "This address leads into a private network, where Rota does not read. "
                "Save the calendar as a file and choose that instead."
            )
    if not found:
        raise FetchError(f"There is no {place.host}. Is the address complete?")
    return found[0]


def _connected(place: _Place, ip: str, until: float) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection(place.host, place.port)
    raw = socket.create_connection((ip, place.port), timeout=_left(until))
    try:
        if place.scheme == "https":
            context = ssl.create_default_context()
            raw = context.wrap_socket(raw, server_hostname=place.host)
    except OSError:
        raw.close()
        raise
    connection.sock = raw
    return connection


def _asked(
    connection: http.client.HTTPConnection, place: _Place, rules: Rules, until: float
) -> Fetched | str:
    """What is there, or the address that it leads on to."""
    headers = {"Accept": rules.accept, "User-Agent": "Rota", "Connection": "close"}
    connection.request("GET", place.path, headers=headers)
    answer = connection.getresponse()
    if answer.status in REDIRECTS and answer.headers.get("Location"):
        return str(answer.headers["Location"])
    if answer.status in NEEDS_SIGN_IN:
        raise FetchError(
            f"{place.host} asks for a sign-in. Use the calendar’s secret address in iCal format."
        )
    if answer.status != HTTPStatus.OK:
        raise FetchError(f"{place.host} has no calendar there: it answered {answer.status}.")
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise FetchError(f"{place.host} sends a compressed file. Save it and choose it as a file.")
    return Fetched(
        body=_body(connection, answer, rules, until),
        content_type=answer.headers.get_content_type() if answer.headers["Content-Type"] else "",
    )


def _body(
    connection: http.client.HTTPConnection,
    answer: http.client.HTTPResponse,
    rules: Rules,
    until: float,
) -> bytes:
    found = bytearray()
    while True:
        if connection.sock is not None:
            connection.sock.settimeout(_left(until))
        _left(until)
        chunk = answer.read1(CHUNK)
        if not chunk:
            return bytes(found)
        found += chunk
        if len(found) > rules.most_bytes:
            raise FetchError(f"The calendar is larger than {rules.most_bytes // 1024 // 1024} MB.")


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _late(rules: Rules) -> str:
    return f"The calendar did not answer within {rules.seconds:g} seconds. Try again later."
