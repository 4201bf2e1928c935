"""The API's answer to a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.response import Response
from rest_framework.views import exception_handler

from common.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping


def refusals_as_json(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """`{"code", "detail", "fields"}` with the refusal's status; DRF's own answer for the rest."""
    if isinstance(error, RefusedError):
        body = {"code": error.code, "detail": error.message, "fields": error.fields}
        return Response(body, status=error.status)
    return exception_handler(error, dict(context))
