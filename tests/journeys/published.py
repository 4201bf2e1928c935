"""Published teams for a running copy, whose `manage.py shell -c` calls `make` and `change`."""

from __future__ import annotations

import datetime as dt
import sys

from django.conf import settings
from django.test import Client

from rotation.models import Cover, Level, Rotation, Shift
from rotation.operations import syncing
from tests import builders
from tests.builders import NEXT_WEEK, NOW, WEEK
from volunteers.models import Engineer, OnCallTeam

WEEKS = 4


def make(*names: str) -> None:
    """Teams whose weeks Ben and Eva carry, Anna on level 2, each with a cover of three days."""
    builders.make_admin()
    people = [builders.make_engineer(name=name) for name in ("Anna", "Ben", "Eva")]
    for name in names:
        rotation = builders.make_rotation(team=builders.make_team(name=name))
        for number in range(WEEKS):
            week_date = NEXT_WEEK + number * WEEK
            holder, taker = people[1 + number % 2], people[2 - number % 2]
            shift = builders.make_shift(
                level=builders.level_of(rotation), week_date=week_date, holder=holder
            )
            builders.make_shift(
                level=builders.level_of(rotation, "escalation"),
                week_date=week_date,
                holder=people[0],
            )
            if number == 1:
                builders.make_cover(
                    shift=shift,
                    from_engineer=holder,
                    to_engineer=taker,
                    starts_at=shift.starts_at + WEEK / 7,
                    ends_at=shift.starts_at + 4 * WEEK / 7,
                )
        Rotation.objects.filter(pk=rotation.pk).update(schedule_version=1)
        syncing.queue_sync(rotation_id=rotation.pk, cause="published", now=NOW)


def ask_urgently(*slugs: str) -> None:
    """Something of these teams changes within a day."""
    for rotation in Rotation.objects.filter(slug__in=slugs).order_by("pk"):
        soon = NOW + dt.timedelta(hours=6)
        syncing.queue_sync(rotation_id=rotation.pk, cause="urgent", now=NOW, starts_at=soon)


def sign_in(name: str) -> None:
    """Write out the session of somebody who is signed in, who manages every team."""
    engineer = Engineer.objects.get(name=name)
    for team in OnCallTeam.objects.all():
        builders.make_manager(team=team, engineer=engineer)
    client = Client()
    client.force_login(engineer)
    sys.stdout.write(client.cookies[settings.SESSION_COOKIE_NAME].value)


def change(slug: str) -> None:
    """The cover is undone, and two weeks change hands: overrides to remove, layers to write."""
    rotation = Rotation.objects.get(slug=slug)
    Cover.objects.filter(shift__level__rotation=rotation).update(state="undone", closed_at=NOW)
    third, fourth = Shift.objects.filter(
        level=Level.objects.get(rotation=rotation, name="primary")
    ).order_by("week_date")[2:4]
    holders = third.holder_id, fourth.holder_id
    Shift.objects.filter(pk=third.pk).update(holder=holders[1])
    Shift.objects.filter(pk=fourth.pk).update(holder=holders[0])
    syncing.queue_sync(rotation_id=rotation.pk, cause="changed", now=NOW)
