"""API tokens: made and revoked by their owner, stored as digests, shown once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from knox.models import AuthToken

from audit import operations as audit
from common.refusals import RefusedError
from volunteers.models import Engineer

if TYPE_CHECKING:
    import datetime as dt

MOST_TOKENS = 20
SHOWN_LETTERS = 8


class TooManyTokensError(RefusedError):
    """Twenty tokens a person are enough; an old one goes first."""

    code = "TOO_MANY_TOKENS"
    status = 409


class TokenNotFoundError(RefusedError):
    """There is no such token among the actor's own."""

    code = "TOKEN_NOT_FOUND"
    status = 404


def make_token(*, actor: audit.Actor, now: dt.datetime) -> str:
    """A new token with all of the actor's rights; its text is returned here and never again.

    Raises:
        TooManyTokensError: the actor has twenty.
    """
    with transaction.atomic():
        engineer = Engineer.objects.select_for_update().get(email=actor.name)
        if AuthToken.objects.filter(user=engineer).count() >= MOST_TOKENS:
            raise TooManyTokensError(f"You have {MOST_TOKENS} tokens. Revoke one first.")
        row, text = AuthToken.objects.create(user=engineer)
        _record(actor, now, verb="made", token_key=row.token_key)
    return str(text)


def revoke_token(*, token_key: str, actor: audit.Actor, now: dt.datetime) -> None:
    """End one of the actor's own tokens at once.

    Raises:
        TokenNotFoundError: they have no token that begins so.
    """
    with transaction.atomic():
        own = AuthToken.objects.filter(user_id=actor.engineer_id, token_key=token_key)
        # What is no token is not looked up: PostgreSQL cannot compare with every text.
        deleted = own.delete()[0] if token_key.isalnum() else 0
        if not deleted:
            raise TokenNotFoundError("You have no such token. It may be revoked already.")
        _record(actor, now, verb="revoked", token_key=token_key)


def _record(actor: audit.Actor, now: dt.datetime, *, verb: str, token_key: str) -> None:
    audit.record(
        actor=actor,
        now=now,
        area=audit.Area.ACCESS,
        verb=verb,
        subject=f"API token {token_key[:SHOWN_LETTERS]}",
        concerned=[actor.name],
    )
