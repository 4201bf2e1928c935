"""What people choose for themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from audit import operations as audit
from common.refusals import RefusedError
from volunteers.models import Engineer

if TYPE_CHECKING:
    import datetime as dt


class UnknownThemeError(RefusedError):
    """There are three themes: light, dark, and what the system says."""

    code = "UNKNOWN_THEME"


def choose_theme(*, theme: str, actor: audit.Actor, now: dt.datetime) -> None:
    """Show the actor's pages light, dark, or as their system asks (`auto`).

    Raises:
        UnknownThemeError: `theme` is none of these.
    """
    if theme not in Engineer.Theme.values:
        raise UnknownThemeError("Choose light, dark or auto.", fields={"theme": "No such theme."})
    with transaction.atomic():
        engineer = Engineer.objects.select_for_update().get(email=actor.name)
        before = engineer.theme
        if before == theme:
            return
        engineer.theme = theme
        engineer.save(update_fields=["theme"])
        audit.record(
            actor=actor,
            now=now,
            area=audit.Area.PEOPLE,
            verb="chose",
            subject="theme",
            concerned=[engineer.email],
            before={"theme": before},
            after={"theme": theme},
        )


def record_new_password(*, actor: audit.Actor, now: dt.datetime) -> None:
    """Note that somebody gave themselves another password, inside the change's transaction."""
    audit.record(
        actor=actor,
        now=now,
        area=audit.Area.ACCESS,
        verb="changed the password",
        subject=f"account of {actor.name}",
        concerned=[actor.name],
    )
