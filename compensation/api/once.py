"""`Idempotency-Key`: a client that heard no answer sends again, and nothing is done twice."""

from __future__ import annotations

import functools
import hashlib
import json
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from drf_spectacular.utils import OpenApiParameter
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from common import clock
from common.api.schema import answers
from compensation.operations.answers import LONGEST_KEY, Answer, Asked, answer_once

if TYPE_CHECKING:
    from collections.abc import Callable

    from rest_framework.request import Request

    from volunteers.access import Viewer

P = ParamSpec("P")
HEADER = "Idempotency-Key"
REPEATED = "Idempotent-Replayed"
_PARAMETER = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
    OpenApiParameter.HEADER,
    description=(
        "Of your own making, such as a UUID, and new for each intention. The same key with the "
        "same content gives the first answer again (with `Idempotent-Replayed: true`) and writes "
        "nothing; with another content it is refused with 422. Success and 409 are kept for seven "
        "days; after any other refusal the key is free again."
    ),
    required=False,
)


def once(
    method: Callable[Concatenate[Any, Request, P], Response],
) -> Callable[Concatenate[Any, Request, P], Response]:
    """A route's POST, PUT or DELETE that takes an idempotency key; stands above `extend_schema`."""

    @functools.wraps(method)
    def answered(view: Any, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return method(view, request, *args, **kwargs)
        made: list[Response] = []

        def write() -> Answer:
            try:
                made.append(method(view, request, *args, **kwargs))
            except Exception as error:  # noqa: BLE001 - what is no refusal is raised again there
                made.append(view.handle_exception(error))
            return Answer(status=made[0].status_code, body=_text(made[0].data))

        asked = Asked(
            engineer_id=view.viewer.engineer_id,
            key=key,
            content=_content(request),
            rights=_rights(view.viewer),
        )
        answer = answer_once(asked=asked, write=write, now=clock.real_now())
        return made[0] if made else _again(answer)

    _describe(answered)
    return answered


def _again(answer: Answer) -> Response:
    body = json.loads(answer.body) if answer.body else None
    return Response(body, status=answer.status, headers={REPEATED: "true"})


def _text(data: Any) -> str:
    text: bytes = JSONRenderer().render(data)
    return text.decode()


def _content(request: Request) -> str:
    """The fingerprint of address, method and body, however the body was spaced."""
    body = json.dumps(request.data, sort_keys=True)
    return _fingerprint(f"{request.method} {request.get_full_path()} {body}")


def _rights(viewer: Viewer) -> str:
    rights = [viewer.is_finance, viewer.is_admin, *sorted(viewer.managed_team_ids)]
    return _fingerprint(json.dumps(rights))


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _describe(method: Any) -> None:
    """Add the header and its refusal to the route's line in the schema."""
    base = method.kwargs["schema"]

    def parameters(schema: Any) -> list[Any]:
        return [*base.get_override_parameters(schema), _PARAMETER]

    def responses(schema: Any) -> dict[Any, Any]:
        found: dict[Any, Any] = base.get_response_serializers(schema)
        return answers({}, 422) | found

    words = {"get_override_parameters": parameters, "get_response_serializers": responses}
    method.kwargs = {**method.kwargs, "schema": type("WithKey", (base,), words)}
