"""Signed links for mails: they let one person do one thing to one row, until an instant.

A link is read without sign-in. Programs that look through mails follow links, so its page must
change nothing by GET: it says who acts and what will happen, and a button posts to the same
address. Whoever forwards such a mail lends that one act; what the row's state forbids stays
forbidden, and the purpose in the signature keeps a link from opening another address.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from common.refusals import RefusedError


class LinkBrokenError(RefusedError):
    """It was cut or changed, or it is none of ours for this purpose."""

    code: ClassVar[str] = "LINK_BROKEN"
    status: ClassVar[int] = 404


class LinkExpiredError(RefusedError):
    """It was good once."""

    code: ClassVar[str] = "LINK_EXPIRED"
    status: ClassVar[int] = 404


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class SignedFor:
    """What a link is about: the row's id, and the id of the person who acts by it."""

    row: int
    person: int


def signed_link(*, purpose: str, row: int, person: int, until: dt.datetime) -> str:
    """The full address, good until then in business time.

    `purpose` is the name of the route, which takes the signed text as its one argument; it is part
    of what is signed.
    """
    text = _signer(purpose).sign_object([row, person, int(until.timestamp())])
    return f"{settings.ROTA_BASE_URL}{reverse(purpose, args=[text])}"


def read_signed(*, purpose: str, signed: str, now: dt.datetime) -> SignedFor:
    """What the link is about.

    Raises:
        LinkBrokenError: it was cut or changed, or is of another purpose.
        LinkExpiredError: its time is over.
    """
    try:
        row, person, until = _signer(purpose).unsign_object(signed)
    except (BadSignature, ValueError):
        raise LinkBrokenError(
            "This link is not whole. Open it from the mail again, or sign in to Rota: what it "
            "asks stands there too."
        ) from None
    if now >= dt.datetime.fromtimestamp(until, dt.UTC):
        raise LinkExpiredError(
            "The time for this link is over. Sign in to Rota to see how things stand now."
        )
    return SignedFor(row=row, person=person)


def _signer(purpose: str) -> Signer:
    # The dot keeps the text whole where mail programs end a link at a colon.
    return Signer(sep=".", salt=f"link:{purpose}")
