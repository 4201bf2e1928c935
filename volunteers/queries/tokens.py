"""A person's own API tokens, without what would let anybody in."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from knox.models import AuthToken

if TYPE_CHECKING:
    import datetime as dt

SHOWN_LETTERS = 8


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class TokenLine:
    """One token: `key` names it, `begins` is what its owner can recognise it by."""

    key: str
    begins: str
    created_at: dt.datetime


def token_lines(*, engineer_id: int) -> list[TokenLine]:
    """The tokens that work, newest first; their times are the machine's own."""
    rows = AuthToken.objects.filter(user_id=engineer_id).order_by("-created", "pk")
    return [
        TokenLine(key=key, begins=key[:SHOWN_LETTERS], created_at=created)
        for key, created in rows.values_list("token_key", "created")
    ]
