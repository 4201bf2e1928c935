"""Lists in pages: a cursor names the last row given, so rows that come and go shift nothing."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet
from rest_framework import serializers
from rest_framework.pagination import BasePagination
from rest_framework.utils.urls import replace_query_param

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rest_framework.request import Request

T = TypeVar("T")
M = TypeVar("M", bound=Model)

PAGE_SIZE = 50
MOST_ROWS = 100
CURSOR = "cursor"
SIZE = "page_size"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Page(Generic[T]):
    """One page; `next_cursor` is empty on the last."""

    rows: T
    next_cursor: str


def page_of_rows(
    rows: QuerySet[M], *, order: tuple[str, ...], request: Request
) -> Page[QuerySet[M]]:
    """The page that the request asks for, in `order`, whose last column is unique; two queries.

    The rows come as a queryset, to be read by any query that takes one.

    Raises:
        serializers.ValidationError: the cursor or the page size is none.
    """
    size, salt = _size(request), f"page:{request.path}:{','.join(order)}"
    found = rows.order_by(*order)
    after = _cursor(request, salt)
    if after is not None:
        found = found.filter(_after(rows.model, order, after))
    columns = [name.removeprefix("-") for name in order]
    keys = list(found.values_list("pk", *columns)[: size + 1])
    shown = keys[:size]
    more = len(keys) > size
    return Page(
        rows=rows.filter(pk__in=[key[0] for key in shown]).order_by(*order),
        next_cursor=signing.dumps([_text(each) for each in shown[-1][1:]], salt=salt)
        if more
        else "",
    )


def page_of_lines(lines: Sequence[T], *, request: Request) -> Page[Sequence[T]]:
    """The page that the request asks for of lines that are at hand already.

    Raises:
        serializers.ValidationError: the cursor or the page size is none.
    """
    size, salt = _size(request), f"lines:{request.path}"
    first = _cursor(request, salt) or 0
    last = first + size
    more = len(lines) > last
    return Page(rows=lines[first:last], next_cursor=signing.dumps(last, salt=salt) if more else "")


def page_by_place(
    read: Callable[[str | None, int], Sequence[T]], place: Callable[[T], str], *, request: Request
) -> Page[Sequence[T]]:
    """The page of a list that is read from a place on: `read` gives the rows after it.

    Raises:
        serializers.ValidationError: the cursor or the page size is none.
    """
    size, salt = _size(request), f"places:{request.path}"
    rows = read(_cursor(request, salt), size + 1)
    more = len(rows) > size
    return Page(
        rows=rows[:size],
        next_cursor=signing.dumps(place(rows[size - 1]), salt=salt) if more else "",
    )


def page_body(page: Page[Any], results: Any, *, request: Request) -> dict[str, Any]:
    """The answer's body: the results and the address of the next page, null on the last."""
    url = request.build_absolute_uri()
    after = replace_query_param(url, CURSOR, page.next_cursor) if page.next_cursor else None
    return {"next": after, "results": results}


class CursorPages(BasePagination):
    """How such pages look in the schema; views page by the functions of this module."""

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The two parameters of every list."""
        del view
        return [
            {
                "name": CURSOR,
                "in": "query",
                "required": False,
                "schema": {"type": "string"},
                "description": "Where the page begins: follow `next`, do not make your own.",
            },
            {
                "name": SIZE,
                "in": "query",
                "required": False,
                "schema": {"type": "integer", "minimum": 1, "default": PAGE_SIZE},
                "description": f"Rows a page; more than {MOST_ROWS} gives {MOST_ROWS}.",
            },
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The body of `page_body`."""
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {"type": "string", "format": "uri", "nullable": True},
                "results": schema,
            },
        }


def _size(request: Request) -> int:
    given = request.query_params.get(SIZE)
    if given is None:
        return PAGE_SIZE
    # Longer texts of digits are no page size either, and int() is slow on them.
    if not (given.isascii() and given.isdigit() and len(given) <= MOST_ROWS and int(given)):
        raise serializers.ValidationError({SIZE: "A number from 1."})
    return min(int(given), MOST_ROWS)


def _cursor(request: Request, salt: str) -> Any:
    given = request.query_params.get(CURSOR)
    if not given:
        return None
    try:
        return signing.loads(given, salt=salt)
    except signing.BadSignature as error:
        message = "This is no cursor of this list: follow `next` from its first page."
        raise serializers.ValidationError({CURSOR: message}) from error


def _after(model: type[Model], order: tuple[str, ...], values: list[str]) -> Q:
    """The rows that stand after these values."""
    name, *rest = order
    column = name.removeprefix("-")
    field = model._meta.pk if column == "pk" else model._meta.get_field(column)  # noqa: SLF001 - Django's documented API
    value = field.to_python(values[0])  # type: ignore[union-attr]
    beyond = Q(**{f"{column}__{'lt' if name.startswith('-') else 'gt'}": value})
    if not rest:
        return beyond
    return beyond | Q(**{column: value}) & _after(model, tuple(rest), values[1:])


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.datetime | dt.date) else str(value)
