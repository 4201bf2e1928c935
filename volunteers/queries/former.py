"""The name and e-mail that stand for somebody who was anonymised."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from volunteers.models import Engineer

# Nobody can register a domain below it (RFC 2606), so that no mail ever goes there.
DOMAIN = "former.invalid"


def pseudonym(engineer: Engineer) -> str:
    """The name that stands for a leaver."""
    return f"Former engineer {engineer.pk}"


def pseudonym_email(engineer: Engineer) -> str:
    """The e-mail that stands for a leaver; no mail reaches it."""
    return f"former-{engineer.pk}@{DOMAIN}"


def is_anonymous(email: str) -> bool:
    """Whether the account was anonymised."""
    return email.endswith(f"@{DOMAIN}")
