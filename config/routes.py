"""Every route of the product, read off the URL configuration itself."""

from __future__ import annotations

import dataclasses
import inspect
from typing import TYPE_CHECKING, Any

from django.urls import URLPattern, URLResolver, get_resolver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    View = Callable[..., Any]

ALL_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """One address: its pattern as written, its full name, and the methods that it answers."""

    path: str
    name: str
    methods: tuple[str, ...]


def routes() -> list[Route]:
    """All routes in the order in which they are tried, those of Django's admin included."""
    return list(_walk(get_resolver().url_patterns, "/", ""))


def _walk(patterns: list[URLPattern | URLResolver], prefix: str, space: str) -> Iterator[Route]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, path, inner)
        else:
            yield Route(
                path=path,
                name=f"{space}{pattern.name}" if pattern.name else "",
                methods=methods_of(pattern.callback),
            )


def methods_of(view: View) -> tuple[str, ...]:
    """What a view says it answers, in order; all methods when it does not say."""
    inner: View | None = view
    while inner is not None:
        named = inspect.getclosurevars(inner).nonlocals.get("request_method_list")
        if named:
            return tuple(sorted(named))
        inner = getattr(inner, "__wrapped__", None)
    classes = getattr(view, "view_class", None) or getattr(view, "cls", None)
    return ALL_METHODS if classes is None else _methods_of_class(view, classes)


def _methods_of_class(view: View, classes: Any) -> tuple[str, ...]:
    actions = getattr(view, "actions", None)
    names = set(actions or [n for n in classes.http_method_names if hasattr(classes, n)])
    if "get" in names and "head" in classes.http_method_names:
        names.add("head")  # a class answers HEAD by its GET
    return tuple(sorted(name.upper() for name in names))
