"""What every request passes: an id, the viewer's rights, and the answer to a refusal."""

from __future__ import annotations

import itertools
import re
import uuid
from typing import TYPE_CHECKING, Any

from django.core.exceptions import BadRequest
from django.db import connection
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.functional import SimpleLazyObject

from common import clock
from common.http import request_id
from common.refusals import RefusedError
from volunteers import access

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    Answer = Callable[[HttpRequest], HttpResponseBase]

_WELL_FORMED_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestIdMiddleware:
    """Gives each request an id, the proxy's when it is well formed, and returns it as a header."""

    def __init__(self, get_response: Answer) -> None:
        """Wrap the rest of the stack."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the id in force."""
        given = request.headers.get("X-Request-Id", "")
        token = request_id.set(given if _WELL_FORMED_ID.fullmatch(given) else uuid.uuid4().hex)
        try:
            response = self.get_response(request)
            response.headers["X-Request-Id"] = request_id.get()
        finally:
            request_id.reset(token)
        return response


class QueryCountMiddleware:
    """Says in a header how many queries an answer took; only settings of test mode name it."""

    def __init__(self, get_response: Answer) -> None:
        """Wrap the rest of the stack."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the count."""
        counter = itertools.count()

        def counted(execute: Callable[..., Any], *arguments: Any) -> Any:
            next(counter)
            return execute(*arguments)

        with connection.execute_wrapper(counted):
            response = self.get_response(request)
        response.headers["X-Query-Count"] = str(next(counter))
        return response


class AddressMiddleware:
    """Refuses an address with NUL in its question: PostgreSQL cannot even compare with it."""

    def __init__(self, get_response: Answer) -> None:
        """Wrap the rest of the stack."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer an address that can be asked.

        Raises:
            BadRequest: it cannot.
        """
        if any("\0" in part for name, texts in request.GET.lists() for part in (name, *texts)):
            raise BadRequest
        return self.get_response(request)


class ViewerMiddleware:
    """Puts the signed-in person's rights on the request, looked up when first asked for."""

    def __init__(self, get_response: Answer) -> None:
        """Wrap the rest of the stack."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with `request.viewer` set for those signed in."""
        user = request.user
        if user.is_authenticated:
            request.viewer = SimpleLazyObject(  # type: ignore[attr-defined]
                lambda: access.viewer_for(engineer=user, now=clock.now())
            )
        return self.get_response(request)


class RefusalMiddleware:
    """Answers a refusal that no form caught with a page that says why."""

    def __init__(self, get_response: Answer) -> None:
        """Wrap the rest of the stack."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The refusal's page with its status, or None for anything else."""
        if not isinstance(exception, RefusedError):
            return None
        page = render_to_string("refused.html", {"refusal": exception}, request)
        return HttpResponse(page, status=exception.status)
