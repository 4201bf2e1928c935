"""How the people of an on-call team are told apart on pages."""

from __future__ import annotations

from django.db.models.functions import Coalesce

from volunteers import domain
from volunteers.models import Term


def team_marks(*, team_id: int) -> dict[int, domain.PersonMark]:
    """The mark of everybody who serves or has served in the team, by engineer id.

    Numbers are dealt in order of joining, which is the order in which terms were entered, so a
    later term never repaints an earlier one.
    """
    rows = (
        Term.objects.filter(team_id=team_id)
        .annotate(over_on=Coalesce("left_on", "ends_on"))
        .order_by("created_at", "pk")
        .values_list("engineer_id", "engineer__name", "starts_on", "over_on")
    )
    return domain.deal_marks(
        domain.Service(engineer_id=engineer_id, name=name, starts_on=starts_on, ends_on=over_on)
        for engineer_id, name, starts_on, over_on in rows
    )
