"""Services of PagerDuty and the home teams that own them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from audit.operations import Area, record
from rotation.models import Service
from volunteers.queries import places

if TYPE_CHECKING:
    import datetime as dt

    from audit.operations import Actor


def set_owner(*, service_id: int, owner_id: int | None, actor: Actor, now: dt.datetime) -> None:
    """Say which home team owns a service, None for nobody; PagerDuty is not told.

    A service that nobody owns is given to the home team that its team in PagerDuty is called like
    as soon as an incident names one.
    """
    names = places.home_teams()
    with transaction.atomic():
        service = Service.objects.select_for_update(of=("self",)).get(pk=service_id)
        before = names.get(service.owner_id) if service.owner_id else None
        Service.objects.filter(pk=service_id).update(owner=owner_id)
        record(
            actor=actor,
            now=now,
            area=Area.SCHEDULE,
            verb="gave",
            subject=f"service {service.name}",
            before={"owner": before},
            after={"owner": names[owner_id] if owner_id else None},
        )
