"""Long lists, a page at a time."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Model, QuerySet

SIZE = 100
LineT = TypeVar("LineT")
RowT = TypeVar("RowT", bound="Model")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Page(Generic[LineT]):
    """Some lines of a list; `number` counts from 1 to `pages`, `total` is the whole list's."""

    lines: list[LineT]
    number: int
    pages: int
    total: int

    @property
    def first(self) -> int:
        """Which line of the whole list stands first here; 0 in an empty list."""
        return (self.number - 1) * SIZE + 1 if self.total else 0

    @property
    def last(self) -> int:
        """Which line of the whole list stands last here."""
        return min(self.number * SIZE, self.total)

    @property
    def before(self) -> int | None:
        """The number of the page before."""
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        """The number of the next page."""
        return self.number + 1 if self.number < self.pages else None


def page_of(
    rows: QuerySet[RowT], *, number: int, lines: Callable[[QuerySet[RowT]], list[LineT]]
) -> Page[LineT]:
    """The page with that number, the nearest one when there is none; two queries."""
    total = rows.count()
    pages = max(1, -(-total // SIZE))
    number = min(max(number, 1), pages)
    return Page(
        lines=lines(rows[(number - 1) * SIZE : number * SIZE]),
        number=number,
        pages=pages,
        total=total,
    )
