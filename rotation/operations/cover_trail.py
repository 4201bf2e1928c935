"""What the audit trail says of a cover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.operations import Area, record
from common import wording
from volunteers.queries import contacts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from audit.operations import Actor
    from rotation.models import Cover


def note(  # noqa: PLR0913 - one argument for each thing that the trail tells
    cover: Cover,
    verb: str,
    *,
    for_id: int | None,
    actor: Actor,
    now: dt.datetime,
    concerned: Collection[int] = (),
    before: str = "",
) -> None:
    """One event; on behalf of `for_id` where somebody else acts, `before` is the state it left."""
    shift = cover.shift
    rotation = shift.level.rotation
    ids = {cover.from_engineer_id, cover.to_engineer_id, for_id, *concerned}
    found = contacts.contacts(engineer_ids=[who for who in ids if who is not None])
    emails = {pk: contact.email for pk, contact in found.items()}
    theirs = emails.get(for_id or 0, "")
    record(
        actor=actor,
        now=now,
        area=Area.SCHEDULE,
        verb=verb,
        subject=(
            f"cover {cover.pk} of {rotation.name}, {shift.level.name}, "
            f"week of {wording.day(shift.week_date)}"
        ),
        team=rotation.team.slug,
        concerned=emails.values(),
        about=[shift],
        on_behalf_of=theirs if theirs != actor.name else "",
        before={"state": before} if before else None,
        after={
            "from": emails.get(cover.from_engineer_id or 0),
            "to": emails.get(cover.to_engineer_id or 0),
            "starts_at": cover.starts_at.isoformat(),
            "ends_at": cover.ends_at.isoformat(),
            "state": cover.state,
        },
    )
