"""The API's description, and its answer to a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, JsonResponse
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from common.refusals import RefusedError
from portal.views import errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.http import HttpRequest, HttpResponse

PREFIX = "/api/"
_NOT_FOUND = "There is no such thing, or it is not yours to see."


class ApiTokenScheme(KnoxTokenScheme):  # type: ignore[no-untyped-call]  # registers itself
    """How the schema says that a token is wanted."""

    target_class = "config.api_tokens.ApiTokenAuthentication"
    name = "apiToken"


class SchemaView(SpectacularJSONAPIView):
    """The API's description."""

    http_method_names = ["get", "head"]  # noqa: RUF012 - typed by the base class

    def _get_version_parameter(self, request: Any) -> None:
        """None: there is one version, and what an address says of it would go into a header."""
        del request


def refusals_as_json(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """`{"code", "detail", "fields"}` with the refusal's status; None for what nobody expected."""
    if isinstance(error, RefusedError):
        return Response(_body(error.code, error.message, error.fields), status=error.status)
    answer = exception_handler(error, dict(context))
    if answer is None:
        return None
    code = getattr(error, "default_code", None) or _CODES[answer.status_code]
    fields = dict(_messages(answer.data, "")) if _has_fields(error) else {}
    answer.data = _body(code.upper(), _sentence(error, answer.data, fields), fields)
    return answer


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A page or, below the API's prefix, JSON."""
    if request.path.startswith(PREFIX):
        return JsonResponse(_body("NOT_FOUND", "There is no such address."), status=404)
    return errors.not_found(request, exception)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A page or, below the API's prefix, JSON."""
    if request.path.startswith(PREFIX):
        return JsonResponse(_body("BAD_REQUEST", "The request is malformed."), status=400)
    return errors.bad_request(request, exception)


def failed(request: HttpRequest) -> HttpResponse:
    """A page or, below the API's prefix, JSON."""
    if request.path.startswith(PREFIX):
        sentence = "Something broke here. Nothing half-done was kept."
        return JsonResponse(_body("FAILED", sentence), status=500)
    return errors.failed(request)


_CODES = {403: "permission_denied", 404: "not_found"}


def _body(code: str, detail: str, fields: Mapping[str, str] | None = None) -> dict[str, Any]:
    return {"code": code, "detail": detail, "fields": dict(fields or {})}


def _has_fields(error: Exception) -> bool:
    return isinstance(error, exceptions.ValidationError)


def _sentence(error: Exception, data: Any, fields: Mapping[str, str]) -> str:
    if isinstance(error, Http404):
        return _NOT_FOUND
    if _has_fields(error):
        return " ".join(f"{name}: {said}" if name else said for name, said in fields.items())
    return str(data["detail"])


def _messages(detail: Any, name: str) -> Iterator[tuple[str, str]]:
    """The first message of each field; those inside a list or object by a path with dots."""
    if isinstance(detail, dict):
        for key, inner in detail.items():
            below = "" if key == "non_field_errors" else str(key)
            yield from _messages(inner, f"{name}.{below}".strip("."))
    elif isinstance(detail, list) and detail and isinstance(detail[0], dict | list):
        for number, inner in enumerate(detail):
            yield from _messages(inner, f"{name}.{number}".strip("."))
    elif detail:
        yield name, str(detail[0] if isinstance(detail, list) else detail)
