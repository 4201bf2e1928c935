"""What `benchmarks.publishing` does in processes that Django runs in."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from django.conf import settings
from django.test import Client

from audit.operations import Actor
from benchmarks import teams
from common import clock
from common.clocks import Clocks
from rotation import generation
from rotation.models import Draft, Rotation
from rotation.operations import drafts, publishing
from tests import builders
from volunteers.models import Engineer, OnCallTeam

if TYPE_CHECKING:
    import datetime as dt

NOW = builders.NOW
BOSS = "Boss"


def clock_offset() -> None:
    """Write out how far the rows' time is from the machine's."""
    sys.stdout.write(f"{(NOW - clock.real_now()).total_seconds()}")


def prepare(*, rotations: int) -> None:
    """Make the teams and somebody who manages them; write out everybody as PagerDuty's users."""
    boss = builders.make_engineer(name=BOSS)
    people = [person for number in range(rotations) for person in teams.make_team(number, weeks=0)]
    for team in OnCallTeam.objects.all():
        builders.make_manager(engineer=boss, team=team)
    for person in people:
        sys.stdout.write(f"P{person.pk:06d}\t{person.name}\t{person.email}\n")


def sign_in() -> None:
    """Write out the manager's session."""
    client = Client()
    client.force_login(Engineer.objects.get(name=BOSS))
    sys.stdout.write(client.cookies[settings.SESSION_COOKIE_NAME].value)


def draft(*, weeks: int) -> None:
    """Solve a draft of each rotation."""
    actor = _actor()
    for rotation_id in Rotation.objects.order_by("pk").values_list("pk", flat=True):
        made = drafts.request_draft(rotation_id=rotation_id, weeks=weeks, actor=actor, now=NOW)
        clocks = Clocks(now=_now, real_now=_now)
        generation.generate_draft(draft_id=made.pk, holder="measuring", clocks=clocks)


def publish() -> None:
    """Publish every draft that is ready; write out the seconds."""
    actor, began = _actor(), time.monotonic()
    ready = Draft.objects.filter(state=Draft.State.READY).order_by("pk")
    for draft_id in list(ready.values_list("pk", flat=True)):
        publishing.publish_draft(
            draft_id=draft_id, escalation_gaps_confirmed=True, actor=actor, now=NOW
        )
    sys.stdout.write(f"{time.monotonic() - began}")


def _now() -> dt.datetime:
    return NOW


def _actor() -> Actor:
    boss = Engineer.objects.get(name=BOSS)
    return Actor(name=boss.email, engineer_id=boss.pk)
