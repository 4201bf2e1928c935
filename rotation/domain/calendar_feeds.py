"""Calendars by secret addresses: what they hold, and how the secret is made and known again."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

PURPOSE = b"rota.calendar-feed."
MINE, ROTATION, LEVEL = "mine", "rotation", "level"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """What a calendar holds: its owner's shifts without either id, a rotation's, or a level's."""

    rotation_id: int | None = None
    level_id: int | None = None

    @property
    def kind(self) -> str:
        """Which of the three."""
        if self.level_id is not None:
            return LEVEL
        return MINE if self.rotation_id is None else ROTATION


def secret_of(nonce: str, key: str) -> str:
    """The 256 bits that stand in the address, as 43 letters of URL-safe base64.

    The same nonce and key give the same secret, so that its owner can be shown it again.
    """
    made = hmac.new(key.encode(), PURPOSE + nonce.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode("ascii").rstrip("=")


def digest_of(secret: str) -> str:
    """What is stored of a secret: its SHA-256."""
    return hashlib.sha256(secret.encode()).hexdigest()


def shown(*, nonce: str, digest: str, keys: Iterable[str]) -> str:
    """The secret again, by whichever key made it; empty when none of them did."""
    made = (secret_of(nonce, key) for key in keys)
    return next((one for one in made if hmac.compare_digest(digest_of(one), digest)), "")
