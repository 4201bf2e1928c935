"""What the volunteer of last week left to the one of this week, and of the week before, read."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from audit.operations import Actor
from rotation.models import Shift
from rotation.operations import handover_notes

if TYPE_CHECKING:
    from config.seeding.story import Story
    from volunteers.models import Engineer

BEFORE = dt.timedelta(hours=2)
NOTES = {
    -2: "Quiet until Saturday. The mail queue filled twice; restarting the second worker helps, "
    "the runbook says how.\nNothing is open.",
    -1: "Checkout is slow between 02:00 and 03:00 while the reports run. It pages, and it settles "
    "by itself: look at the graph before you restart anything.\n"
    "The certificate of the status page ends on Thursday. Payments knows.",
}


def tell(story: Story) -> None:
    """Write both notes, and confirm the first."""
    for week, text in NOTES.items():
        shifts = {
            shift.week_date: shift
            for shift in Shift.objects.select_related("holder").filter(
                level__rotation=story.rotation,
                level__name="primary",
                week_date__in=[story.monday(week), story.monday(week + 1)],
            )
        }
        about, following = (shifts.get(story.monday(number)) for number in (week, week + 1))
        if about is None or about.holder is None:
            continue
        note = handover_notes.write_note(
            shift_id=about.pk,
            text=text,
            actor=_actor(about.holder),
            now=min(about.ends_at - BEFORE, story.now),
        )
        reader = following.holder if following is not None else None
        if week + 1 < 0 and reader is not None and reader != about.holder:
            handover_notes.confirm_note(
                note_id=note.pk,
                seen=note.version,
                actor=_actor(reader),
                now=about.ends_at + BEFORE,
            )


def _actor(engineer: Engineer) -> Actor:
    return Actor(name=engineer.email, engineer_id=engineer.pk)
