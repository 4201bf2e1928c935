"""One piece of work for each of many rows, so that one that always fails stops no other."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

from django.db import InterfaceError, OperationalError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Result = TypeVar("Result")

log = logging.getLogger(__name__)


def each(row_ids: Iterable[int], work: Callable[[int], Result]) -> list[Result]:
    """What the work gave for each row; one that raises is logged and left out.

    A database that is gone stops them all: the next sweep goes on.
    """
    results = []
    for row_id in row_ids:
        try:
            results.append(work(row_id))
        except (InterfaceError, OperationalError):
            raise
        except Exception:
            log.exception("row %s stopped a piece of work", row_id)
    return results
