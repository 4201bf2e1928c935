"""What the sweep writes of a term: eight and four weeks before its end, and when it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from common import links, wording
from outbox.operations import first_time, queue_message, told_by
from rotation.domain import term_ends
from rotation.queries import leaving, patterns, service_record
from rotation.queries import term_ends as queries
from volunteers.models import TermExtension
from volunteers.operations import term_moves
from volunteers.queries import profiles

if TYPE_CHECKING:
    import datetime as dt

    from outbox.models import Message
    from rotation.models import Rotation
    from rotation.queries.service_record import Carried
    from volunteers.models import Term

ROLL_OFF = "term-roll-off-by-mail"
EXTEND = "term-extend-by-mail"
"""The routes that the two buttons of the mail open."""


def tell_term(*, term_id: int, now: dt.datetime) -> bool:
    """Write the mail that is due for the term, each once; False when none is.

    After an outage it is the one for this day, never one that tells what has passed.
    """
    with transaction.atomic():
        term = term_moves.hold_term(term_id)
        rotation: Rotation = term.team.rotation
        due = queries.due_of(term, rotation, now)
        if due is None or not term.engineer.is_active:
            return False
        notice = first_time(key=due.key, now=now)
        if notice is None:
            return False
        if due.weeks is None:
            message = _thank(term, rotation, now)
        else:
            message = _ask(term, rotation, due.weeks, now)
        told_by(notices=[notice], message=message)
    return True


def _ask(term: Term, rotation: Rotation, weeks: int, now: dt.datetime) -> Message | None:
    if term.ends_on is None:
        return None
    today = patterns.today_in(rotation, now)
    left = term_ends.weeks_left(ends_on=term.ends_on, today=today)
    day = wording.day(term.ends_on)
    zone = profiles.place(engineer_id=term.engineer_id, now=now).zone
    stale_on = term_ends.stale_on(weeks=weeks, ends_on=term.ends_on)
    return queue_message(
        to=term.engineer.email,
        kind="term_ending",
        subject=f"Your term in {rotation.name} ends in {wording.counted(left, 'week')}, on {day}",
        body=(
            f"Hello {term.engineer.name},\n\n"
            f"your term in {rotation.name} ends at the handover on "
            f"{wording.moment(leaving.handover_at(rotation, term.ends_on), zone)}. "
            "After it Rota plans no week for you, and PagerDuty does not page you for this team."
            f"\n\n{_question(term, rotation)}"
        ),
        good_until=leaving.handover_at(rotation, stale_on),
        now=now,
    )


def _question(term: Term, rotation: Rotation) -> str:
    """The two buttons, or what was answered before."""
    waiting = TermExtension.objects.filter(term=term, state=TermExtension.State.ASKED).first()
    if waiting is not None:
        return (
            f"You asked to stay {wording.counted(waiting.weeks, 'week')} longer; that waits for a "
            "manager. You hear from Rota when it is decided.\n"
        )
    extend = f"Ask to stay a little longer: {_link(EXTEND, term, rotation)}\n"
    if term.roll_off_confirmed_at is not None:
        return (
            "You said that you roll off as planned, so there is nothing to do. If you have changed "
            f"your mind:\n\n{extend}"
        )
    return (
        "How does it go on? Both work without signing in, and nothing happens before you confirm "
        "it on the page that opens. Without an answer it ends as planned.\n\n"
        f"Roll off as planned: {_link(ROLL_OFF, term, rotation)}\n\n{extend}"
    )


def _link(purpose: str, term: Term, rotation: Rotation) -> str:
    end = term.ends_on or term.starts_on
    return links.signed_link(
        purpose=purpose,
        row=term.pk,
        person=term.engineer_id,
        until=leaving.handover_at(rotation, end),
    )


def _thank(term: Term, rotation: Rotation, now: dt.datetime) -> Message | None:
    today = patterns.today_in(rotation, now)
    carried = service_record.of_term(term=term, today=today, now=now)
    return queue_message(
        to=term.engineer.email,
        kind="term_over",
        subject=f"Thank you: your term in {rotation.name} is over",
        body=(
            f"Hello {term.engineer.name},\n\n"
            f"your term in {rotation.name} is over. Thank you. {_carried_words(carried)}\n\n"
            "Your record of service keeps it, to print or to show to whomever you like:\n\n"
            f"See your record: {settings.ROTA_BASE_URL}{reverse('service-record')}\n\n"
            "You are welcome back: apply again whenever it suits you.\n"
        ),
        now=now,
    )


def _carried_words(carried: Carried) -> str:
    if carried.is_nothing:
        return "You stood ready, and no week came to you."
    parts = [wording.counted(carried.weeks, "week")]
    if carried.covers:
        parts.append(f"{wording.counted(carried.covers, 'cover')} for others")
    hours = wording.counted(carried.hours, "hour")
    holidays = ""
    if carried.holidays:
        days = wording.counted(carried.holidays, "public holiday")
        holidays = f", {days} among them"
    paged = "PagerDuty never had to call you"
    if carried.pages:
        paged = f"PagerDuty called you {wording.counted(carried.pages, 'time')}"
        if carried.asleep:
            paged += f", {wording.counted(carried.asleep, 'time')} between 23:00 and 07:00"
    return f"You carried {' and '.join(parts)}{holidays}: {hours} on call. {paged}."
