"""How many pages came in some weeks, for those who compare them with what the weeks cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count

from rotation.models import Page

if TYPE_CHECKING:
    from django.db.models import QuerySet


def pages_by_rotation(*, shift_ids: QuerySet[Any, Any]) -> dict[str, int]:
    """Pages of people in these shifts, by slug of the rotation; one query."""
    rows = Page.objects.filter(shift_id__in=shift_ids).values_list("shift__level__rotation__slug")
    return dict(rows.annotate(pages=Count("pk")).order_by())
