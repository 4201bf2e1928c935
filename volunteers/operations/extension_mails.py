"""The mails of weeks that are asked for beyond a term's end."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from common import wording
from outbox.operations import queue_message
from volunteers.models import Engineer
from volunteers.queries import service, teams

if TYPE_CHECKING:
    from audit.operations import Actor
    from volunteers.models import TermExtension

WEEK = dt.timedelta(weeks=1)


def tell_asked(*, extension: TermExtension, now: dt.datetime) -> None:
    """Ask the team's managers, the one whose term it is left out."""
    term = extension.term
    who, team = term.engineer.name, term.team.name
    weeks = wording.counted(extension.weeks, "week")
    end = wording.day(term.ends_on) if term.ends_on else ""
    later = wording.day(term.ends_on + extension.weeks * WEEK) if term.ends_on else ""
    managers = teams.managers_by_team(team_ids=[term.team_id], now=now).get(term.team_id, [])
    ids = {each.engineer_id for each in managers} - {term.engineer_id}
    for contact in service.contacts_of(engineer_ids=ids):
        queue_message(
            to=contact.email,
            kind="extension_asked",
            subject=f"{who} would stay in {team} for {weeks} more",
            body=(
                f"Hello {contact.name},\n\n"
                f"{who}’s term in {team} ends on {end}. They ask to stay until {later}, "
                f"{weeks} longer. A manager confirms or declines it:\n\n"
                f"Decide: {page_of(extension)}\n"
            ),
            now=now,
        )


def tell_confirmed(*, extension: TermExtension, actor: Actor, now: dt.datetime) -> None:
    """Tell the engineer until when their term runs."""
    term = extension.term
    end = wording.day(term.ends_on) if term.ends_on else ""
    asked = extension.asked_by != actor.name
    _mail(
        extension,
        subject=f"Your term in {term.team.name} now ends on {end}",
        words=(
            f"{_who(actor)} {'confirmed' if asked else 'gave you'} "
            f"{wording.counted(extension.weeks, 'week')} more: your term in {term.team.name} ends "
            f"on {end}. The next draft counts on you until then."
        ),
        now=now,
    )


def tell_declined(*, extension: TermExtension, actor: Actor, now: dt.datetime) -> None:
    """Tell the engineer why, and that nothing changes."""
    term = extension.term
    end = wording.day(term.ends_on) if term.ends_on else ""
    _mail(
        extension,
        subject=f"Your term in {term.team.name} ends as planned, on {end}",
        words=(
            f"{_who(actor)} declined the {wording.counted(extension.weeks, 'week')} more that you "
            f"asked for:\n\n  {extension.reason}\n\nYour term ends on {end} as planned. "
            "Thank you for offering."
        ),
        now=now,
    )


def page_of(extension: TermExtension) -> str:
    """The address at which a manager decides."""
    return f"{settings.ROTA_BASE_URL}{reverse('extension-detail', args=[extension.pk])}"


def _who(actor: Actor) -> str:
    return Engineer.objects.get(pk=actor.person_id).name


def _mail(extension: TermExtension, *, subject: str, words: str, now: dt.datetime) -> None:
    for contact in service.contacts_of(engineer_ids=[extension.engineer_id]):
        queue_message(
            to=contact.email,
            kind="extension_decided",
            subject=subject,
            body=f"Hello {contact.name},\n\n{words}\n",
            now=now,
        )
