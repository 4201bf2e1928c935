"""What has been agreed since an instant that a schedule may not know of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from volunteers.models import Absence, Term

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable


def newcomers_since(*, team_id: int, since: dt.datetime) -> list[str]:
    """Names of those whose term in the team was entered after the instant, each once, in order."""
    rows = Term.objects.filter(team_id=team_id, created_at__gt=since, engineer__is_active=True)
    names = rows.order_by("engineer__name", "pk").values_list("engineer__name", flat=True)
    return list(dict.fromkeys(names))


def away_changed_since(*, engineer_ids: Iterable[int], since: dt.datetime) -> list[str]:
    """Names of those who entered or took back an absence after it, each once, in order."""
    rows = Absence.objects.filter(
        Q(created_at__gt=since) | Q(cancelled_at__gt=since), engineer_id__in=list(engineer_ids)
    )
    names = rows.order_by("engineer__name", "pk").values_list("engineer__name", flat=True)
    return list(dict.fromkeys(names))
