"""Whether a web-hook's body was signed by somebody who knows one of our secrets.

Source: PagerDuty developer docs, webhooks/04-Signatures. No time is signed, so a replay is only
known by the event's id.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

VERSION = "v1="


def is_signed(body: bytes, header: str, secrets: Iterable[str]) -> bool:
    """Whether any signature of the header is the body's with any of the secrets.

    `body` is what was received, byte for byte. Signatures of other versions, and empty secrets,
    count for nothing. The comparison takes the same time whatever is wrong.
    """
    given = [part.strip()[len(VERSION) :].encode() for part in _parts(header)]
    is_good = False
    for secret in secrets:
        if secret:
            wanted = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode()
            for signature in given:
                is_good |= hmac.compare_digest(signature, wanted)
    return is_good


def _parts(header: str) -> list[str]:
    return [part for part in header.split(",") if part.strip().startswith(VERSION)]
