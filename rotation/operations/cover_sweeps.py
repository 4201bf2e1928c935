"""What the clock does to open requests for cover: they end, and are spoken of before they do.

Each is one conditional update with its mails in one transaction, so that a sweep which runs twice,
or beside another, tells nobody twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from audit.operations import Actor
from rotation.domain import cover_requests as domain
from rotation.models import Cover, SwapOffer
from rotation.operations import (
    cover_closing,
    cover_request_mails,
    cover_trail,
    covers,
    take_over_mails,
)
from rotation.queries import worked

if TYPE_CHECKING:
    import datetime as dt

SWEEP = Actor.sweep("sweep_cover_requests")


def settle_request(*, cover_id: int, now: dt.datetime) -> bool:
    """Do what is due for one open request: end it, or tell managers and remind; whether any was."""
    with transaction.atomic():
        shift = covers.hold_shift(Cover.objects.values_list("shift_id", flat=True).get(pk=cover_id))
        found = Cover.objects.select_related("from_engineer", "to_engineer")
        cover = found.filter(pk=cover_id, state=Cover.State.OPEN).first()
        if cover is None:
            return False
        cover.shift = shift
        if _ends_at(cover) <= now or shift.ends_at <= now or shift.completed_at is not None:
            _expire(cover, now)
            return True
        if cover.to_engineer_id is not None:
            return _lapse_begun(cover, now)
        lapsed = _lapse_begun(cover, now)
        told = _tell_managers(cover, now)
        return _remind(cover, now) or told or lapsed


def _ends_at(cover: Cover) -> dt.datetime:
    return domain.ends_at(
        starts_at=cover.starts_at, part_ends_at=cover.ends_at, is_urgent=cover.is_urgent
    )


def _expire(cover: Cover, now: dt.datetime) -> None:
    cover_closing.close(cover, state=Cover.State.EXPIRED, now=now)
    cover_trail.note(cover, "expired", for_id=None, actor=SWEEP, now=now, before=Cover.State.OPEN)
    line = worked.worked_shift(shift_id=cover.shift_id)
    if cover.to_engineer_id is not None:
        take_over_mails.tell_offer_over(cover=cover, shift=line, now=now)
    else:
        cover_request_mails.tell_expired(cover=cover, shift=line, now=now)


def _lapse_begun(cover: Cover, now: dt.datetime) -> bool:
    """Let go of weeks offered in return that have begun; whether there were any."""
    begun = SwapOffer.objects.filter(
        cover=cover, state=SwapOffer.State.OPEN, return_starts_at__lte=now
    )
    offers = list(begun.select_related("cover", "engineer").order_by("pk"))
    for offer in offers:
        why = f"{offer.engineer.name}’s week has begun"
        cover_closing.lapse(offer, why=why, now=now)
    return bool(offers)


def _tell_managers(cover: Cover, now: dt.datetime) -> bool:
    if cover.managers_told_at is not None:
        return False
    if not domain.is_managers_turn(ends_at=_ends_at(cover), now=now):
        return False
    cover.managers_told_at = now
    cover.save(update_fields=["managers_told_at"])
    line = worked.worked_shift(shift_id=cover.shift_id)
    cover_request_mails.tell_managers(cover=cover, shift=line, now=now)
    return True


def _remind(cover: Cover, now: dt.datetime) -> bool:
    last = max(filter(None, [cover.asked_at, cover.reminded_at]))
    if not domain.is_reminder_due(ends_at=_ends_at(cover), last_told_at=last, now=now):
        return False
    cover.reminded_at = now
    cover.save(update_fields=["reminded_at"])
    line = worked.worked_shift(shift_id=cover.shift_id)
    cover_request_mails.remind(cover=cover, shift=line, now=now)
    return True
