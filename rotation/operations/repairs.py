"""Repairs of the published schedule: proposed by a sweep when something disturbs it, or asked for.

What was noticed is remembered with its draft, so that one cause leads to one proposal and one mail,
whatever a manager decides on it, until the situation is another one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from rotation.domain import disturbances as domain
from rotation.domain import planning
from rotation.models import Disturbance, Draft, Level, Rotation
from rotation.operations import drafts, repair_mails
from rotation.queries import disturbances
from rotation.queries import planning as facts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from audit.operations import Actor

PROPOSED = [Draft.State.READY, Draft.State.FAILED]


def propose_repair(*, rotation_id: int, actor: Actor, now: dt.datetime) -> Draft | None:
    """Ask for a repair when something new disturbs the published future, and tell the managers.

    None when nothing does, when it was noticed before, while a draft is being made, or when a draft
    that knows of it waits for a decision. An earlier proposal that waits is replaced, also one that
    another publication has overtaken: of that nobody is told again. What no longer disturbs is
    cleared. Doing it again does nothing.
    """
    rotation = Rotation.objects.select_related("team").get(pk=rotation_id)
    if _is_known(rotation, now):
        return None
    with transaction.atomic():
        rotation = _locked(rotation_id)
        found = disturbances.found_in(rotation=rotation, now=now)
        fresh = _fresh(rotation_id, found, now)
        overtaken = _overtaken(rotation)
        if not (fresh or overtaken) or _is_being_decided(rotation):
            return None
        known = [each for each in found if each not in fresh]
        cause = domain.causes_in_words([*fresh, *known])
        draft = _proposal(rotation, cause, actor=actor, now=now)
        Disturbance.objects.filter(pk__in=overtaken).update(draft=draft)
        _notice(rotation_id, fresh, draft, now)
        repair_mails.tell_managers(rotation=rotation, draft=draft, found=fresh, now=now)
    return draft


def request_repair(
    *, rotation_id: int, cause: str = "", weeks: int | None = None, actor: Actor, now: dt.datetime
) -> Draft:
    """Leave a repair draft for a manager, whatever disturbs the schedule or not.

    Without a cause it says what disturbs the schedule, and nothing when nothing does. No sweep
    proposes a repair for the same again.

    Raises:
        DraftInvalidError: not 1 to 53 weeks.
        DraftInProgressError: a draft of this rotation waits or is being solved.
        NothingToRepairError: no week that is to come is published.
    """
    with transaction.atomic():
        rotation = _locked(rotation_id)
        found = disturbances.found_in(rotation=rotation, now=now)
        draft = drafts.request_draft(
            rotation_id=rotation_id,
            weeks=weeks,
            kind=Draft.Kind.REPAIR,
            cause=cause or domain.causes_in_words(found),
            actor=actor,
            now=now,
        )
        _notice(rotation_id, _fresh(rotation_id, found, now), draft, now)
    return draft


def _locked(rotation_id: int) -> Rotation:
    rows = Rotation.objects.select_for_update(of=("self",)).select_related("team")
    return rows.get(pk=rotation_id)


def _is_known(rotation: Rotation, now: dt.datetime) -> bool:
    """Whether there is nothing to notice, clear or propose anew; asked without a lock."""
    found = disturbances.found_in(rotation=rotation, now=now)
    noticed = set(disturbances.noticed(rotation_id=rotation.pk))
    return {each.key for each in found} == noticed and not _overtaken(rotation)


def _fresh(
    rotation_id: int, found: Sequence[domain.Disturbance], now: dt.datetime
) -> list[domain.Disturbance]:
    """Those that nobody noticed yet; what was noticed and is no longer so is cleared."""
    noticed = disturbances.noticed(rotation_id=rotation_id)
    keys = {each.key for each in found}
    gone = [row.pk for key, row in noticed.items() if key not in keys]
    Disturbance.objects.filter(pk__in=gone).update(cleared_at=now)
    return [each for each in found if each.key not in noticed]


def _overtaken(rotation: Rotation) -> list[int]:
    """What still disturbs though its proposal can no longer be published, by id."""
    rows = Disturbance.objects.filter(
        level__rotation=rotation,
        cleared_at__isnull=True,
        draft__state__in=PROPOSED,
        draft__requested_by__isnull=True,
    ).exclude(draft__base_version=rotation.schedule_version)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _is_being_decided(rotation: Rotation) -> bool:
    """Whether a draft is being made, or one made from the facts as they are now waits."""
    rows = Draft.objects.filter(rotation=rotation).select_related("rotation", "policy")
    if rows.filter(state__in=drafts.WAITING).exists():
        return True
    current = rows.filter(state=Draft.State.READY, base_version=rotation.schedule_version)
    return any(
        planning.digest(facts.plan_of_draft(draft)) == draft.inputs_digest for draft in current
    )


def _proposal(rotation: Rotation, cause: str, *, actor: Actor, now: dt.datetime) -> Draft:
    """A new repair draft, or an earlier proposal solved again with its rules by hand."""
    earlier = Draft.objects.filter(
        rotation=rotation,
        kind=Draft.Kind.REPAIR,
        requested_by__isnull=True,
        state__in=PROPOSED,
    ).order_by("-number")
    old = earlier.first()
    if old is not None:
        return drafts.solve_again(draft_id=old.pk, cause=cause, actor=actor, now=now)
    return drafts.request_draft(
        rotation_id=rotation.pk,
        weeks=None,
        kind=Draft.Kind.REPAIR,
        cause=cause,
        actor=actor,
        now=now,
    )


def _notice(
    rotation_id: int, fresh: Sequence[domain.Disturbance], draft: Draft, now: dt.datetime
) -> None:
    levels = {level.name: level.pk for level in Level.objects.filter(rotation_id=rotation_id)}
    Disturbance.objects.bulk_create(
        Disturbance(
            level_id=levels[each.level],
            week_date=each.week_date,
            engineer_id=each.engineer_id,
            kind=each.kind,
            cause=each.cause[: drafts.MOST_CAUSE],
            draft=draft,
            noticed_at=now,
        )
        for each in fresh
    )
