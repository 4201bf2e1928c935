from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from config.routes import routes
from tests.api.people import NOBODY

if TYPE_CHECKING:
    from tests.api.people import Cast


@pytest.fixture
def schema() -> Any:
    GENERATOR_STATS.reset()
    generator: Any = SchemaGenerator()  # type: ignore[no-untyped-call]  # it has no types
    return generator.get_schema(request=None, public=True)


def test_the_schema_is_made_without_a_warning_and_is_openapi(schema: Any) -> None:
    validate_schema(schema)  # type: ignore[no-untyped-call]  # it has no types

    assert (GENERATOR_STATS._error_cache, GENERATOR_STATS._warn_cache) == ({}, {})


def test_every_route_of_the_api_stands_in_the_schema_with_its_methods(schema: Any) -> None:
    described = {
        (path, method.upper()) for path, item in schema["paths"].items() for method in item
    }

    served = {
        (_as_template(route.path), method)
        for route in routes()
        if route.path.startswith("/api/v1/") and route.name != "api-schema"
        for method in set(route.methods) - {"HEAD"}
    }
    assert described == served


def test_every_operation_says_what_it_does_and_refuses_nobody_by_401(schema: Any) -> None:
    operations = [each for item in schema["paths"].values() for each in item.values()]

    assert [each["operationId"] for each in operations if not each.get("description")] == []
    assert [each["operationId"] for each in operations if "401" not in each["responses"]] == []


def test_no_route_makes_a_token(schema: Any) -> None:
    assert [path for path in schema["paths"] if "token" in path] == []


def test_the_schema_is_served_to_those_signed_in(cast: Cast) -> None:
    answer = cast.api("carla").get("schema/")

    assert answer.expect(200)["openapi"].startswith("3.")
    assert NOBODY.get("schema/").status == 401


def _as_template(path: str) -> str:
    parts = [
        "{" + part.strip("<>").partition(":")[2] + "}" if part.startswith("<") else part
        for part in path.split("/")
    ]
    return "/".join(parts)
