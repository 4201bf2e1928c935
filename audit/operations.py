"""Writing the audit trail."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from audit.models import AuditEvent, Mention
from audit.queries import key_of, key_of_person, keys_in
from common.http import request_id

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from django.db.models import Model

Area = AuditEvent.Area


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """Who acts: an engineer by e-mail and id, a sweep, or the shell."""

    name: str
    engineer_id: int | None = None

    @property
    def person_id(self) -> int:
        """The engineer's id.

        Raises:
            LookupError: a sweep or the shell acts, where only a person can.
        """
        if self.engineer_id is None:
            raise LookupError(f"{self.name} is not a person")
        return self.engineer_id

    @classmethod
    def sweep(cls, name: str) -> Actor:
        """The periodic task of that name."""
        return cls(name=f"sweep:{name}")

    @classmethod
    def shell(cls) -> Actor:
        """Whoever may run commands on the machine."""
        return cls(name="shell")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Happening:
    """One event, with what `record` takes."""

    actor: Actor
    now: dt.datetime
    area: AuditEvent.Area
    verb: str
    subject: str
    team: str = ""
    concerned: Iterable[str] = ()
    on_behalf_of: str = ""
    about: Iterable[Model] = ()
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


def record(  # noqa: PLR0913 - one argument for each column that a reader asks for
    *,
    actor: Actor,
    now: dt.datetime,
    area: AuditEvent.Area,
    verb: str,
    subject: str,
    team: str = "",
    concerned: Iterable[str] = (),
    on_behalf_of: str = "",
    about: Iterable[Model] = (),
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write one event into the caller's transaction.

    `verb` is past tense ("accepted"), `subject` names the row in words, `team` is an on-call
    team's slug, `concerned` the e-mails of those whom it touches, `about` the rows whose history it
    belongs to beyond the one that the subject names by its id ("cover 12 of"). Never pass an
    absence's note or a person's amount: name the absence, the entry or the rate version.
    """
    happening = Happening(
        actor=actor,
        now=now,
        area=area,
        verb=verb,
        subject=subject,
        team=team,
        concerned=concerned,
        on_behalf_of=on_behalf_of,
        about=about,
        before=before,
        after=after,
    )
    record_all([happening])


def record_all(happenings: Iterable[Happening]) -> None:
    """Write several events into the caller's transaction, in order; two queries."""
    listed = list(happenings)
    events = AuditEvent.objects.bulk_create(_event(one) for one in listed)
    Mention.objects.bulk_create(
        Mention(event=event, key=key, at=one.now)
        for event, one in zip(events, listed, strict=True)
        for key in _keys(one)
    )


def _event(one: Happening) -> AuditEvent:
    return AuditEvent(
        at=one.now,
        actor=one.actor.name,
        on_behalf_of=one.on_behalf_of,
        request_id=request_id.get(),
        team=one.team,
        concerned=sorted(set(one.concerned)),
        area=one.area,
        verb=one.verb,
        subject=one.subject[:200],
        before=dict(one.before) if one.before is not None else None,
        after=dict(one.after) if one.after is not None else None,
    )


def _keys(one: Happening) -> dict[str, None]:
    """The keys under which readers find the event, each once."""
    people = (one.actor.name, one.on_behalf_of, *sorted(set(one.concerned)))
    named = [key_of_person(name) for name in people if name]
    return dict.fromkeys([*(key_of(row) for row in one.about), *keys_in(one.subject), *named])
