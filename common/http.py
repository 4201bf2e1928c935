"""What HTTP's doorways share: the id that follows one request through everything it causes."""

from __future__ import annotations

import contextvars
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import url_has_allowed_host_and_scheme

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")
"""The running request's or task's id, empty outside one."""


def own_address(request: HttpRequest, url: str) -> str:
    """The address when it leads to this site, else empty: where a form may send people back to."""
    is_ours = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if is_ours else ""


def stored_file(
    request: HttpRequest, *, content: bytes, content_type: str, file_name: str, sha256: str
) -> HttpResponseBase:
    """A file under its name, with its fingerprint, kept by no cache on the way.

    Whoever has these bytes already is only told so.
    """
    answer = HttpResponse(content, content_type=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["ETag"] = f'"{sha256}"'
    answer.headers["X-Checksum-SHA256"] = sha256
    same = get_conditional_response(request, etag=answer.headers["ETag"], response=answer)
    return same or answer
