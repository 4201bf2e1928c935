"""The mails of somebody who leaves early, or stays after all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from common import wording
from outbox.operations import queue_message
from rotation.models import LevelName
from rotation.operations import cover_mails, reader_times
from rotation.queries import leaving as effects
from volunteers.queries import profiles, service

if TYPE_CHECKING:
    import datetime as dt

    from audit.operations import Actor
    from rotation.models import Rotation
    from rotation.queries.leaving import Leaving, LeftWeek, TakenTime
    from volunteers.models import Term
    from volunteers.queries.service import Contact


def tell_left(
    *, term: Term, rotation: Rotation, effect: Leaving, actor: Actor, now: dt.datetime
) -> None:
    """Tell the managers what becomes of the weeks, and the engineer until when they serve."""
    day = wording.day(effect.left_on)
    who, level = term.engineer.name, LevelName(term.level).label.lower()
    told = {actor.engineer_id, term.engineer_id}
    for contact in effects.managers_to_tell(
        term=term, without={pk for pk in told if pk is not None}, now=now
    ):
        _mail(
            contact,
            kind="somebody_leaves",
            subject=f"{who} leaves {rotation.name} on {day}",
            words=(
                f"{who} serves on {level} of {rotation.name} until the handover on "
                f"{reader_times.moment(effect.left_at)}. {_by(term, actor)}\n\n"
                f"{_effect(effect)}"
            ),
            now=now,
        )
    own = (
        f"your term on {level} of {rotation.name} ends at the handover on "
        f"{reader_times.moment(effect.left_at)}. {_by(term, actor)}"
    )
    undo = ""
    if actor.engineer_id == term.engineer_id:
        undo = (
            "\n\nIf you change your mind, you can take it back until then:\n\n"
            f"Stay after all: {_page(term)}"
        )
    for contact in service.contacts_of(engineer_ids=[term.engineer_id]):
        _mail(
            contact,
            kind="term_cut_short",
            subject=f"Your term in {rotation.name} ends on {day}",
            words=f"{own} PagerDuty does not page you after that. Thank you for serving.{undo}",
            now=now,
        )


def tell_stays(
    *, term: Term, rotation: Rotation, before: dt.date | None, actor: Actor, now: dt.datetime
) -> None:
    """Tell the managers, and the engineer where somebody else did it."""
    who = term.engineer.name
    was = wording.day(before) if before else ""
    until = f"until {wording.day(term.ends_on)}" if term.ends_on else "with no end set"
    words = (
        f"{who} stays in {rotation.name} after all, {until}, and does not leave on {was}. Weeks "
        "that were given to others meanwhile stay theirs; the next draft counts on "
        f"{who} again."
    )
    told = {pk for pk in (actor.engineer_id, term.engineer_id) if pk is not None}
    for contact in effects.managers_to_tell(term=term, without=told, now=now):
        _mail(
            contact,
            kind="somebody_leaves",
            subject=f"{who} stays in {rotation.name} after all",
            words=words,
            now=now,
        )
    if actor.engineer_id == term.engineer_id:
        return
    for contact in service.contacts_of(engineer_ids=[term.engineer_id]):
        _mail(
            contact,
            kind="term_cut_short",
            subject=f"Your term in {rotation.name} does not end early",
            words=f"{cover_mails.who(actor)} took back that your term ends on {was}: it runs "
            f"{until}.",
            now=now,
        )


def _effect(effect: Leaving) -> str:
    parts = []
    if effect.open_weeks:
        weeks = wording.counted(len(effect.open_weeks), "published week")
        lines = "\n".join(_week(week) for week in effect.open_weeks)
        parts.append(
            f"{weeks} of theirs are nobody's until a repair is published, and PagerDuty shows a "
            f"gap there. Rota proposes the repair:\n\n{lines}"
            if len(effect.open_weeks) > 1
            else "One published week of theirs is nobody's until a repair is published, and "
            f"PagerDuty shows a gap there. Rota proposes the repair:\n\n{lines}"
        )
    else:
        parts.append("No published week becomes open by it.")
    if effect.covers:
        lines = "\n".join(_cover(cover) for cover in effect.covers)
        parts.append(f"What they had taken for others goes back:\n\n{lines}")
    if effect.is_too_small:
        parts.append(
            f"The team then has {wording.counted(effect.size_then, 'volunteer')}, fewer than its "
            f"minimum of {effect.minimum}."
        )
    return "\n\n".join(parts)


def _week(week: LeftWeek) -> str:
    part = f", partly covered by {' and '.join(week.carriers)}" if week.carriers else ""
    level = LevelName(week.level).label.lower()
    span = reader_times.span(week.period.starts_at, week.period.ends_at)
    return f"- {level}, {span}{part}"


def _cover(cover: TakenTime) -> str:
    level = LevelName(cover.level).label.lower()
    span = reader_times.span(cover.period.starts_at, cover.period.ends_at)
    back = f"{cover.falls_to} is on call again" if cover.falls_to else "nobody is on call"
    return f"- {level}, {span}: {back}{', a swap' if cover.other_id is not None else ''}"


def _by(term: Term, actor: Actor) -> str:
    if actor.engineer_id == term.engineer_id:
        return "Nobody has to give a reason for leaving."
    return f"{cover_mails.who(actor)} entered it."


def _page(term: Term) -> str:
    return f"{settings.ROTA_BASE_URL}{reverse('term-leave', args=[term.pk])}"


def _mail(contact: Contact, *, kind: str, subject: str, words: str, now: dt.datetime) -> None:
    zone = profiles.place(engineer_id=contact.engineer_id, now=now).zone
    queue_message(
        to=contact.email,
        kind=kind,
        subject=subject,
        body=reader_times.in_zone(f"Hello {contact.name},\n\n{words}\n", zone),
        now=now,
    )
