"""The mails about weeks whose on-call time a changed calendar makes another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from common import wording
from outbox.operations import queue_message
from rotation.models import LevelName
from volunteers.queries import managers, profiles, service

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from rotation.models import Rotation
    from rotation.operations.calendar_following import FollowedWeek

_HOUR = 3600


def tell_followed(
    *, rotation: Rotation, office: str, weeks: Sequence[FollowedWeek], now: dt.datetime
) -> None:
    """One mail to each holder with their weeks, and one to each manager with all of them."""
    holders = {week.holder_id for week in weeks if week.holder_id is not None}
    for contact in service.contacts_of(engineer_ids=holders):
        own = [week for week in weeks if week.holder_id == contact.engineer_id]
        zone = profiles.place(engineer_id=contact.engineer_id, now=now).zone
        queue_message(
            to=contact.email,
            kind="hours_changed",
            subject=f"Other hours in your weeks in {rotation.name}",
            body=(
                f"Hello {contact.name},\n\nthe calendar of {office} changed, and with it when "
                f"you are on call in {rotation.name}:\n\n"
                f"{_lines(own, zone)}\n"
                f"Times are those of {zone}. PagerDuty follows by itself.\n"
            ),
            now=now,
            shift_at=min(week.period.starts_at for week in own),
        )
    for manager in managers.managers(now=now):
        if rotation.team_id not in manager.team_ids:
            continue
        queue_message(
            to=manager.email,
            kind="team_hours_changed",
            subject=f"Other hours in {rotation.name}: the calendar of {office} changed",
            body=(
                f"The calendar of {office} changed, and with it the on-call time of "
                f"{rotation.name}:\n\n{_lines(weeks, rotation.time_zone)}\n"
                "Weeks that had started keep their hours. PagerDuty follows by itself.\n\n"
                f"See the schedule: {settings.ROTA_BASE_URL}"
                f"{reverse('rotation-detail', args=[rotation.slug])}\n"
            ),
            now=now,
        )


def _lines(weeks: Sequence[FollowedWeek], zone: str) -> str:
    in_order = sorted(weeks, key=lambda week: (week.period.starts_at, week.level))
    return "".join(f"  {_line(week, zone)}\n" for week in in_order)


def _line(week: FollowedWeek, zone: str) -> str:
    level = LevelName(week.level).label.lower()
    when = wording.span(week.period.starts_at, week.period.ends_at, zone)
    before, after = (_hours(each) for each in (week.seconds_before, week.seconds_after))
    gone = [name for name in week.holidays_before if name not in week.holidays_after]
    new = [name for name in week.holidays_after if name not in week.holidays_before]
    why = [*(f"{name} is a holiday now" for name in new), *(f"{name} is none" for name in gone)]
    return f"{level}, {when}: {after} on call instead of {before}{_because(why)}"


def _because(why: list[str]) -> str:
    return f" ({'; '.join(why)})" if why else ""


def _hours(seconds: int) -> str:
    whole, rest = divmod(seconds, _HOUR)
    return f"{whole} h" if not rest else f"{whole} h {rest // 60} min"
