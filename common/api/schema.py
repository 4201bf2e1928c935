"""What the schema says of every route: its answers when it refuses."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

_WORDS = {
    400: "Something in the body or the address is not right; `fields` says what.",
    401: "No token, or one that is revoked, or whose owner has left.",
    403: "Not yours to do.",
    404: "There is no such thing, or it is not yours to see.",
    409: "The state has moved on, or another rule stands against it; nothing was written.",
    413: "The body is too long.",
    422: "The key came before with another content; nothing was written.",
}


class RefusalSerializer(serializers.Serializer[Any]):
    """Why nothing was done: a stable code, a sentence, and messages by field."""

    code = serializers.CharField()
    detail = serializers.CharField()
    fields_ = serializers.DictField(child=serializers.CharField())

    def get_fields(self) -> dict[str, Any]:
        """`fields` is a name that the base class needs for itself."""
        found = super().get_fields()
        return {name.removesuffix("_"): field for name, field in found.items()}


def answers(good: dict[Any, Any], *refusals: int) -> dict[Any, Any]:
    """The good answers of a route, and these refusals besides 401, which every route has."""
    return good | {
        status: OpenApiResponse(RefusalSerializer, description=_WORDS[status])
        for status in sorted({401, *refusals})
    }


def day_parameter(name: str, description: str) -> OpenApiParameter:
    """A query parameter that is a calendar day."""
    return OpenApiParameter(
        name, {"type": "string", "format": "date"}, description=description, required=False
    )


def choice_parameter(name: str, choices: list[str], description: str) -> OpenApiParameter:
    """A query parameter that is one of a few words, the first when it is left out."""
    return OpenApiParameter(
        name,
        {"type": "string", "enum": choices, "default": choices[0]},
        description=description,
        required=False,
    )
