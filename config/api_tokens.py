"""Who comes in by a token; settings name this class, so it stands apart from what reads them."""

from __future__ import annotations

import re
from typing import Any

from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

_TOKEN = re.compile(rb"[0-9a-f]{64}")


class ApiTokenAuthentication(TokenAuthentication):  # type: ignore[misc]  # knox has no types
    """knox's tokens, made and revoked on the settings page; what cannot be one is not looked up."""

    def authenticate_credentials(self, token: bytes) -> Any:
        """The token's owner and the token.

        Raises:
            AuthenticationFailed: unknown, revoked, or its owner has left.
        """
        if not _TOKEN.fullmatch(token):
            raise AuthenticationFailed("Invalid token.")
        return super().authenticate_credentials(token)
