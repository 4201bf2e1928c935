"""Covers that a leaver took of others' weeks go back before they begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.periods import Period
from rotation.models import Cover, Shift
from rotation.operations import (
    cover_answers,
    cover_mails,
    cover_request_mails,
    cover_settling,
    covers,
)
from rotation.queries import worked

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from audit.operations import Actor
    from rotation.models import Rotation
    from rotation.queries.leaving import TakenTime
    from volunteers.models import Term


def hold_shifts(*, term: Term, rotation: Rotation, left_on: dt.date) -> None:
    """Lock the weeks whose covers may go back, and those that were given for them."""
    taken = Cover.objects.filter(
        to_engineer_id=term.engineer_id,
        state=Cover.State.ACCEPTED,
        shift__level__rotation=rotation,
        shift__week_date__gte=left_on,
    )
    ids = set(taken.values_list("shift_id", flat=True))
    ids |= set(taken.filter(swap_with__isnull=False).values_list("swap_with__shift_id", flat=True))
    ids |= set(Cover.objects.filter(swap_with__in=taken).values_list("shift_id", flat=True))
    rows = Shift.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids)
    list(rows.order_by("pk").values_list("pk", flat=True))


def give_back(*, taken: Iterable[TakenTime], term: Term, actor: Actor, now: dt.datetime) -> None:
    """Undo these covers of locked weeks, with the other half of a swap that has not begun.

    Whoever is on call again hears of it and the others are asked again, as for every cover that is
    given back. A later cover that rests on one of them stays.
    """
    for each in taken:
        cover = _accepted(each.cover_id)
        if cover is not None:
            _return(cover, actor=actor, now=now)
    for each in taken:
        other = _accepted(each.other_id) if each.other_id is not None else None
        if other is not None and other.starts_at > now:
            _undo_half(other, term, actor=actor, now=now)


def _accepted(cover_id: int) -> Cover | None:
    rows = Cover.objects.select_related(
        "from_engineer", "to_engineer", "shift__level__rotation__team"
    )
    return rows.filter(pk=cover_id, state=Cover.State.ACCEPTED).first()


def _return(cover: Cover, *, actor: Actor, now: dt.datetime) -> None:
    _close(cover, "gave back", for_id=cover.to_engineer_id, actor=actor, now=now)
    after = worked.worked_shift(shift_id=cover.shift_id)
    period = Period(starts_at=cover.starts_at, ends_at=cover.ends_at)
    if len({piece.person for piece in after.within(period)}) > 1:
        # Others took over some of it since: the rest falls back without a request in one piece.
        back_to = covers.carriers_at(cover.shift, period)
        cover_mails.tell_undone(cover=cover, shift=after, undone=period, back_to=back_to, now=now)
        return
    again = cover_answers.ask_again(cover, after, actor, now)
    cover_request_mails.tell_given_back(cover=cover, again=again, shift=after, actor=actor, now=now)
    cover_request_mails.tell_asked(cover=again, shift=after, now=now)


def _undo_half(cover: Cover, term: Term, *, actor: Actor, now: dt.datetime) -> None:
    _close(cover, "undid", for_id=term.engineer_id, actor=actor, now=now)
    after = worked.worked_shift(shift_id=cover.shift_id)
    period = Period(starts_at=cover.starts_at, ends_at=cover.ends_at)
    cover_mails.tell_undone(
        cover=cover,
        shift=after,
        undone=period,
        back_to=covers.carriers_at(cover.shift, period),
        now=now,
    )


def _close(cover: Cover, verb: str, *, for_id: int | None, actor: Actor, now: dt.datetime) -> None:
    cover.state, cover.closed_at = Cover.State.UNDONE, now
    cover.save(update_fields=["state", "closed_at"])
    covers.note(cover, verb, for_id=for_id, actor=actor, now=now)
    cover_settling.settle_shift(shift=cover.shift, why=cover_settling.UNDONE, now=now)
