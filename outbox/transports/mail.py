"""Handing a mail to the mail server."""

from __future__ import annotations

import contextlib
import smtplib
import urllib.parse
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from outbox.domain import kinds, letters
from outbox.transports.errors import TransportError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.mail.backends.base import BaseEmailBackend

    from outbox.models import Message

REFUSED_FOR_GOOD = 500
CHOICES_PATH = "/settings/mails/"


@contextlib.contextmanager
def mail_server() -> Iterator[BaseEmailBackend]:
    """One connection for many mails; it opens with the first."""
    connection = get_connection()
    try:
        yield connection
    finally:
        with contextlib.suppress(smtplib.SMTPException, OSError):
            connection.close()


def send_mail(message: Message, *, connection: BaseEmailBackend | None = None) -> None:
    """Send one mail, as text and as HTML that shows the same.

    Raises:
        TransportError: the server is away (try again) or refuses this mail (perhaps final).
    """
    try:
        mail_of(message, connection=connection).send()
    except smtplib.SMTPRecipientsRefused as error:
        code, reply = next(iter(error.recipients.values()), (REFUSED_FOR_GOOD, b""))
        raise TransportError(
            f"The mail server refuses {message.to}: {_words(code, reply)}.",
            permanent=code >= REFUSED_FOR_GOOD,
        ) from error
    except smtplib.SMTPDataError as error:
        raise TransportError(
            f"The mail server refuses this mail: {_words(error.smtp_code, error.smtp_error)}.",
            permanent=error.smtp_code >= REFUSED_FOR_GOOD,
        ) from error
    except (smtplib.SMTPException, OSError) as error:
        raise TransportError(
            f"Mail server: {_named(error)}.", permanent=False, is_away=True
        ) from error
    except ValueError as error:
        raise TransportError("The address or a header cannot be sent.", permanent=True) from error


def mail_of(message: Message, *, connection: BaseEmailBackend | None) -> EmailMultiAlternatives:
    """The mail with both parts and the headers that keep machines from answering it."""
    kind = kinds.kind_of(message.kind)
    choices = f"{settings.ROTA_BASE_URL}{CHOICES_PATH}"
    why = foot(kind)
    headers = {
        "Message-ID": message_id(message),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if not kind.always:
        headers["List-Unsubscribe"] = f"<{choices}>"
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=f"{message.body.rstrip()}\n\n-- \n{why}\nChoose which mails you get: {choices}\n",
        to=[message.to],
        headers=headers,
        connection=connection,
    )
    page = letters.as_html(
        subject=message.subject,
        text=message.body,
        foot=why,
        choices_url=choices,
        base_url=settings.ROTA_BASE_URL,
    )
    mail.attach_alternative(page, "text/html")
    return mail


def message_id(message: Message) -> str:
    """The same at every try, so that a mail that came twice is shown once."""
    host = urllib.parse.urlsplit(settings.ROTA_BASE_URL).hostname or "localhost"
    return f"<message-{message.pk}.{message.created_at:%Y%m%d%H%M%S}@{host.replace(':', '.')}>"


def foot(kind: kinds.Kind) -> str:
    """Why the reader gets it."""
    told = f"Rota tells you {_to_you(kind.words)}."
    return f"{told} This cannot be turned off." if kind.always else told


def _to_you(words: str) -> str:
    changed = {"I": "you", "my": "your", "me": "you", "mine": "yours", "am": "are"}
    found = [changed.get(word.rstrip(",:"), word.rstrip(",:")) for word in words.split()]
    ends = [word[len(word.rstrip(",:")) :] for word in words.split()]
    return " ".join(word + end for word, end in zip(found, ends, strict=True))


def _named(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _words(error.smtp_code, error.smtp_error)
    return type(error).__name__


def _words(code: int, reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return " ".join(f"{code} {text}".split())[:160].rstrip(". ")
