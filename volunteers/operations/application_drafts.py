"""What somebody has typed of an application, kept until it is sent. Only they read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from volunteers.models import ApplicationDraft
from volunteers.operations.application_moves import (
    EXPERIENCE_LENGTH,
    MOST_UNSUITABLE_WEEKS,
    MOTIVATION_LENGTH,
    ApplicationInvalidError,
    as_kept,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from audit.operations import Actor

# What is too long to be sent is kept nevertheless, up to here, so that nobody loses words.
LONGEST = 4 * max(MOTIVATION_LENGTH, EXPERIENCE_LENGTH)


def keep_draft(  # noqa: PLR0913 - the form's five questions and the person
    *,
    team_id: int,
    motivation: str,
    experience: str,
    earliest_start_on: dt.date | None,
    unsuitable_weeks: Iterable[dt.date],
    told_own_manager: str,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Keep what was typed in place of what was kept before; no answer is required yet.

    Raises:
        ApplicationInvalidError: far too long, or too many weeks.
    """
    weeks = sorted(set(unsuitable_weeks))
    texts = {"motivation": as_kept(motivation), "experience": as_kept(experience)}
    fields = {
        name: f"At most {LONGEST} characters are kept; this has {len(text)}."
        for name, text in texts.items()
        if len(text) > LONGEST
    }
    if len(weeks) > MOST_UNSUITABLE_WEEKS:
        fields["unsuitable_weeks"] = f"At most {MOST_UNSUITABLE_WEEKS} weeks."
    if fields:
        raise ApplicationInvalidError(" ".join(fields.values()), fields=fields)
    ApplicationDraft.objects.update_or_create(
        team_id=team_id,
        engineer_id=actor.person_id,
        defaults={
            **texts,
            "earliest_start_on": earliest_start_on,
            "unsuitable_weeks": [week.isoformat() for week in weeks],
            "told_own_manager": told_own_manager,
            "saved_at": now,
        },
    )


def discard_draft(*, team_id: int, actor: Actor) -> None:
    """Forget what was typed."""
    ApplicationDraft.objects.filter(team_id=team_id, engineer_id=actor.person_id).delete()
