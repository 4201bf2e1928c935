"""Leaving early: the term ends, what was taken of others goes back, and who must know is told.

Weeks stay published until a repair is; the sweeps propose one and take the leaver out of PagerDuty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from common import wording
from common.refusals import RefusedError
from rotation.models import Rotation
from rotation.operations import leaving_covers, leaving_mails
from rotation.queries import leaving as effects
from rotation.queries import patterns
from volunteers.models import Term
from volunteers.operations import people, term_moves
from volunteers.operations.terms import TermInvalidError

if TYPE_CHECKING:
    import datetime as dt

    from audit.operations import Actor


SWEEPS = ("rotation.sweep_leavers", "rotation.sweep_repairs")
"""What brings the news to PagerDuty and proposes the repair; whoever calls wakes them."""


class LeavingChangedError(RefusedError):
    """What leaving means for published weeks is not what the person saw."""

    code = "LEAVING_CHANGED"
    status = 409


def leave_team(
    *, term_id: int, left_on: dt.date, seen: str | None = None, actor: Actor, now: dt.datetime
) -> Term:
    """End a term at a handover before its planned end; nobody has to say why.

    Covers that the person took in the time after it fall back to whom they relieved, who hear of
    it, and are asked for again; a swap goes back as a whole where the other week has not begun.
    `seen` is the digest of the effect that the person was shown.

    Raises:
        TermInvalidError: the day is no handover, too early or too late.
        term_moves.TermMovedOnError: the term is over.
        LeavingChangedError: weeks or covers changed since the effect was shown.
        TermOverlapError: another term was agreed meanwhile.
    """
    with transaction.atomic():
        rotation = _held_rotation(term_id)
        pattern = patterns.pattern_of(rotation)
        today = patterns.today_in(rotation, now)
        snapped = effects.snapped(pattern, left_on)
        if snapped != left_on:
            message = (
                f"Weeks change hands at the handover: choose {wording.day(snapped)} instead of "
                f"{wording.day(left_on)}."
            )
            raise TermInvalidError(message, fields={"left_on": message})
        # Covers are locked as everywhere: the rotation, then shifts, then the person.
        term = Term.objects.select_related("engineer", "team").get(pk=term_id)
        leaving_covers.hold_shifts(term=term, rotation=rotation, left_on=left_on)
        people.hold_engineer(engineer_id=term.engineer_id)
        effect = effects.leaving(term=term, rotation=rotation, left_on=left_on, now=now)
        next_one = patterns.coming_handovers(rotation, now=now, count=1)[0].week_date
        term = term_moves.cut_short(
            term_id=term_id, left_on=left_on, earliest=next_one, actor=actor, today=today, now=now
        )
        if seen is not None and seen != effect.digest:
            raise LeavingChangedError(
                "The schedule or its covers changed since you looked. Nothing was done: look at "
                "what leaving means now, and confirm again."
            )
        leaving_covers.give_back(taken=effect.covers, term=term, actor=actor, now=now)
        leaving_mails.tell_left(term=term, rotation=rotation, effect=effect, actor=actor, now=now)
    return term


def stay_after_all(*, term_id: int, actor: Actor, now: dt.datetime) -> Term:
    """Take back that a term ends early, until its last handover; the managers are told.

    Weeks that were given to others meanwhile stay theirs, and so do covers that went back.

    Raises:
        term_moves.TermMovedOnError: it does not end early, or has ended.
        TermOverlapError: another term was agreed meanwhile.
    """
    with transaction.atomic():
        rotation = _held_rotation(term_id)
        term = term_moves.hold_term(term_id)
        if term.left_on is not None and now >= effects.handover_at(rotation, term.left_on):
            raise term_moves.TermMovedOnError(
                f"The term ended at the handover on {wording.day(term.left_on)}. Apply again to "
                "come back."
            )
        before = term.left_on
        term = term_moves.go_on(term_id=term_id, actor=actor, now=now)
        leaving_mails.tell_stays(term=term, rotation=rotation, before=before, actor=actor, now=now)
    return term


def _held_rotation(term_id: int) -> Rotation:
    """The rotation of the term's team, locked: a publication is over or has not begun.

    Raises:
        TermInvalidError: the team has none, so there are no handovers.
    """
    rows = Rotation.objects.select_for_update(of=("self",), no_key=True).select_related("team")
    rotation = rows.filter(team__terms=term_id).first()
    if rotation is None:
        raise TermInvalidError("This team has no rotation yet, so nobody serves in it.")
    return rotation
