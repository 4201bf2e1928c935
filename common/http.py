"""What HTTP's doorways share: the id that follows one request through everything it causes."""

from __future__ import annotations

import contextvars
from typing import TYPE_CHECKING

from django.utils.http import url_has_allowed_host_and_scheme

if TYPE_CHECKING:
    from django.http import HttpRequest

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")
"""The running request's or task's id, empty outside one."""


def own_address(request: HttpRequest, url: str) -> str:
    """The address when it leads to this site, else empty: where a form may send people back to."""
    is_ours = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if is_ours else ""
