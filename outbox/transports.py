"""Handing a mail to the mail server."""

from __future__ import annotations

import smtplib

from django.core.mail import EmailMessage


class TransportError(Exception):
    """The mail was not taken; `permanent` when trying again cannot help."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        """Keep the reason and whether it is final."""
        super().__init__(message)
        self.permanent = permanent


def send_mail(*, to: str, subject: str, body: str) -> None:
    """Send one plain-text mail.

    Raises:
        TransportError: the server is away (try again) or refuses this address (final).
    """
    try:
        EmailMessage(subject=subject, body=body, to=[to]).send()
    except smtplib.SMTPRecipientsRefused as error:
        raise TransportError(f"The mail server refuses {to}.", permanent=True) from error
    except (smtplib.SMTPException, OSError) as error:
        raise TransportError(f"Mail server: {type(error).__name__}.", permanent=False) from error
