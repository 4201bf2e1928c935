"""To which addresses a chat's messages may go.

Whoever may set one could otherwise make the server knock at doors that only it can reach.
"""

from __future__ import annotations

import ipaddress
import urllib.parse

LONGEST = 1000
HTTPS = 443
_NAMES_INSIDE = ("localhost", ".local", ".internal", ".localhost")


def refusal(address: str, *, anywhere: bool) -> str:
    """What is wrong with the address, empty when it may be used.

    With `anywhere`, in a demo or a test, plain http and this machine are allowed.
    """
    if len(address) > LONGEST or not address.isascii() or any(c <= " " for c in address):
        return "That is not an address: letters of ASCII without spaces, at most 1000."
    try:
        parts = urllib.parse.urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "That is not an address. Copy it from the chat's settings for incoming web-hooks."
    checks = (
        (
            bool(host) and parts.scheme in ({"https", "http"} if anywhere else {"https"}),
            "It must begin with https://. Copy it from the chat's settings.",
        ),
        (
            not (parts.username or parts.password or parts.fragment),
            "It must hold neither a user nor a fragment. Copy it from the chat's settings.",
        ),
        (
            anywhere or (port in {None, HTTPS} and not _is_inside(host)),
            "Rota posts only to public hosts, at the usual port of https.",
        ),
    )
    return next((said for is_right, said in checks if not is_right), "")


def is_public(ip: str) -> bool:
    """Whether that address of a machine lies on the open internet."""
    found = ipaddress.ip_address(ip)
    mapped = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    if mapped is not None:
        return is_public(str(mapped))
    return found.is_global and not found.is_multicast


def _is_inside(host: str) -> bool:
    """A name or number that is plainly not on the open internet; names are looked up later."""
    plain = host.rstrip(".").lower()
    if plain in _NAMES_INSIDE or plain.endswith(_NAMES_INSIDE) or "." not in plain.strip("[]"):
        # An IPv6 number holds no dot but colons.
        return ":" not in plain or not is_public(plain)
    try:
        return not is_public(plain)
    except ValueError:
        return False
