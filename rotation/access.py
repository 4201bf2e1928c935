"""Who may see and change which rotations, shifts, drafts and sync runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from rotation.models import (
    CalendarFeed,
    Cover,
    CoverAsk,
    Draft,
    Drift,
    HandoverNote,
    Lookup,
    Rotation,
    Shift,
    SwapOffer,
    SyncRun,
    WeekQuestion,
)
from volunteers.models import Term

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from django.db.models import QuerySet

    from volunteers.access import Viewer

AGREED = [Cover.State.ACCEPTED, Cover.State.UNDONE]


def visible_rotations(*, viewer: Viewer) -> QuerySet[Rotation]:
    """Every rotation: its schedule, hours and policy are read by all."""
    del viewer
    return Rotation.objects.all()


def managed_rotations(*, viewer: Viewer) -> QuerySet[Rotation]:
    """Those of the teams that the viewer manages: drafts are made and published there."""
    return Rotation.objects.filter(team_id__in=viewer.managed_team_ids)


def checkable_rotations(*, viewer: Viewer) -> QuerySet[Rotation]:
    """Those whose sync runs the viewer reads and may ask for: own teams, all for an admin."""
    return visible_rotations(viewer=viewer) if viewer.is_admin else managed_rotations(viewer=viewer)


def own_calendar_feeds(*, viewer: Viewer) -> QuerySet[CalendarFeed]:
    """The viewer's own addresses that still answer; nobody else reads or stops them."""
    return CalendarFeed.objects.filter(engineer_id=viewer.engineer_id, revoked_at__isnull=True)


def visible_shifts(*, viewer: Viewer) -> QuerySet[Shift]:
    """Every published shift."""
    del viewer
    return Shift.objects.all()


def coverable_shifts(*, viewer: Viewer) -> QuerySet[Shift]:
    """Those of the teams that the viewer manages: covers are entered there for somebody."""
    return Shift.objects.filter(level__rotation__team_id__in=viewer.managed_team_ids)


def cancellable_shifts(*, viewer: Viewer) -> QuerySet[Shift]:
    """Those of the teams that the viewer manages: a week is cancelled, and restored, there."""
    return coverable_shifts(viewer=viewer)


def visible_covers(*, viewer: Viewer) -> QuerySet[Cover]:
    """Every agreed cover, undone ones too: the schedule is read by all."""
    del viewer
    return Cover.objects.filter(state__in=AGREED)


def undoable_covers(*, viewer: Viewer) -> QuerySet[Cover]:
    """Agreed covers of the teams that the viewer manages, and those that relieve the viewer."""
    mine = Q(from_engineer_id=viewer.engineer_id)
    return visible_covers(viewer=viewer).filter(mine | _managed(viewer))


def returnable_covers(*, viewer: Viewer) -> QuerySet[Cover]:
    """Agreed covers that the viewer took, and those of the teams that the viewer manages."""
    mine = Q(to_engineer_id=viewer.engineer_id)
    return visible_covers(viewer=viewer).filter(mine | _managed(viewer))


def shifts_to_hand_on(*, viewer: Viewer) -> QuerySet[Shift]:
    """Shifts for which the viewer asks for cover: held or covered by them, or of teams managed."""
    taken = Cover.objects.filter(to_engineer_id=viewer.engineer_id, state=Cover.State.ACCEPTED)
    mine = Q(holder_id=viewer.engineer_id) | Q(pk__in=taken.values("shift_id"))
    managed = Q(level__rotation__team_id__in=viewer.managed_team_ids)
    return Shift.objects.filter(mine | managed)


def visible_requests(*, viewer: Viewer, today: dt.date) -> QuerySet[Cover]:
    """Covers, asked for or agreed, with who is asked and what they said.

    Of the two, of whoever was asked, of the team's managers, and of admins.
    """
    if viewer.is_admin:
        return Cover.objects.all()
    me = viewer.engineer_id
    mine = Q(from_engineer_id=me) | Q(to_engineer_id=me)
    return Cover.objects.filter(mine | _asked(viewer, today) | _managed(viewer))


def answerable_requests(*, viewer: Viewer, for_id: int, today: dt.date) -> QuerySet[Cover]:
    """Those that the viewer answers for that person: for others as a manager of the team only."""
    rows = Cover.objects.exclude(from_engineer_id=for_id)
    if for_id != viewer.engineer_id:
        return rows.filter(_managed(viewer))
    return rows.filter(_asked(viewer, today) | _managed(viewer))


def linked_requests() -> QuerySet[Cover]:
    """Every request: a signed link names the one that it opens, and for whom."""
    return Cover.objects.all()


def withdrawable_requests(*, viewer: Viewer) -> QuerySet[Cover]:
    """Those that were asked for the viewer's time, and those of the teams that they manage."""
    return Cover.objects.filter(Q(from_engineer_id=viewer.engineer_id) | _managed(viewer))


def visible_swaps(*, viewer: Viewer) -> QuerySet[SwapOffer]:
    """Swaps of the viewer, of the teams that they manage, and all for an admin."""
    if viewer.is_admin:
        return SwapOffer.objects.all()
    mine = Q(engineer_id=viewer.engineer_id) | Q(cover__from_engineer_id=viewer.engineer_id)
    return SwapOffer.objects.filter(mine | _swaps_managed(viewer))


def decidable_swaps(*, viewer: Viewer) -> QuerySet[SwapOffer]:
    """Those that the viewer agrees to or declines: whoever did not name the week, or a manager."""
    me = viewer.engineer_id
    mine = Q(by_asker=True, engineer_id=me) | Q(by_asker=False, cover__from_engineer_id=me)
    return SwapOffer.objects.filter(mine | _swaps_managed(viewer))


def withdrawable_swaps(*, viewer: Viewer) -> QuerySet[SwapOffer]:
    """Those that the viewer takes back: whoever named the week, or a manager."""
    me = viewer.engineer_id
    mine = Q(by_asker=False, engineer_id=me) | Q(by_asker=True, cover__from_engineer_id=me)
    return SwapOffer.objects.filter(mine | _swaps_managed(viewer))


def linked_swaps() -> QuerySet[SwapOffer]:
    """Every swap: a signed link names the one that it opens, and for whom."""
    return SwapOffer.objects.all()


def offered_take_overs(*, viewer: Viewer) -> QuerySet[Cover]:
    """Offers to take over that the viewer agrees to: the one on call, or a manager of the team."""
    offers = Cover.objects.filter(to_engineer__isnull=False)
    return offers.filter(Q(from_engineer_id=viewer.engineer_id) | _managed(viewer))


def closable_take_overs(*, viewer: Viewer) -> QuerySet[Cover]:
    """Offers to take over of the two and of the teams that the viewer manages."""
    me = viewer.engineer_id
    both = Q(from_engineer_id=me) | Q(to_engineer_id=me)
    return Cover.objects.filter(to_engineer__isnull=False).filter(both | _managed(viewer))


def shifts_to_take_over(*, viewer: Viewer, today: dt.date) -> QuerySet[Shift]:
    """Shifts of the teams in which the viewer serves, or that they manage."""
    serving = _serving(viewer, today).values("team_id")
    managed = Q(level__rotation__team_id__in=viewer.managed_team_ids)
    return Shift.objects.filter(Q(level__rotation__team_id__in=serving) | managed)


def _swaps_managed(viewer: Viewer) -> Q:
    return Q(cover__shift__level__rotation__team_id__in=viewer.managed_team_ids)


def _managed(viewer: Viewer) -> Q:
    return Q(shift__level__rotation__team_id__in=viewer.managed_team_ids)


def _asked(viewer: Viewer, today: dt.date) -> Q:
    """Asked by name, or one of the team's people where everyone is asked."""
    named = CoverAsk.objects.filter(engineer_id=viewer.engineer_id)
    serving = _serving(viewer, today)
    everyone = Q(asks_everyone=True, shift__level__rotation__team_id__in=serving.values("team_id"))
    return Q(pk__in=named.values("cover_id")) | everyone


def _serving(viewer: Viewer, today: dt.date) -> QuerySet[Term]:
    """The viewer's terms that are not over."""
    stays = Q(left_on__isnull=True) | Q(left_on__gt=today)
    terms = Term.objects.filter(stays, engineer_id=viewer.engineer_id)
    return terms.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=today))


def visible_drafts(*, viewer: Viewer) -> QuerySet[Draft]:
    """Drafts of the teams that the viewer manages; nobody else sees one before it is published."""
    return Draft.objects.filter(rotation__team_id__in=viewer.managed_team_ids)


def askable_shifts(*, viewer: Viewer) -> QuerySet[Shift]:
    """Those of the teams that the viewer manages: who else could take one is asked there."""
    return Shift.objects.filter(level__rotation__team_id__in=viewer.managed_team_ids)


def visible_questions(*, viewer: Viewer) -> QuerySet[WeekQuestion]:
    """Questions about weeks of the teams that the viewer manages."""
    return WeekQuestion.objects.filter(rotation__team_id__in=viewer.managed_team_ids)


def visible_sync_runs(*, viewer: Viewer) -> QuerySet[SyncRun]:
    """Runs of the rotations that the viewer may check."""
    return SyncRun.objects.filter(rotation__in=checkable_rotations(viewer=viewer))


def visible_lookups(*, viewer: Viewer) -> QuerySet[Lookup]:
    """What was asked of PagerDuty for the rotations that the viewer may check."""
    return Lookup.objects.filter(rotation__in=checkable_rotations(viewer=viewer))


def decidable_drifts(*, viewer: Viewer) -> QuerySet[Drift]:
    """Differences in PagerDuty of the teams that the viewer manages."""
    return Drift.objects.filter(level__rotation__team_id__in=viewer.managed_team_ids)


def reads_loads(*, viewer: Viewer, team_id: int, member_ids: Collection[int]) -> bool:
    """Whether the viewer reads how load is shared: the team's people and managers, and admins."""
    return viewer.is_admin or viewer.manages(team_id) or viewer.engineer_id in member_ids


def reads_incidents(*, viewer: Viewer, team_id: int, today: dt.date) -> bool:
    """Whether the viewer reads what incidents are called; counts of pages are read by everybody.

    The team's people and managers, and admins: a title may tell what is wrong with a customer.
    """
    if viewer.is_admin or viewer.manages(team_id):
        return True
    terms = Term.objects.filter(team_id=team_id, engineer_id=viewer.engineer_id)
    stays = Q(left_on__isnull=True) | Q(left_on__gt=today)
    return terms.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=today), stays).exists()


def reads_web_hooks(*, viewer: Viewer) -> bool:
    """Whether the viewer reads how PagerDuty's events come in, and may have them sent again."""
    return viewer.is_admin or viewer.is_manager


def changes_web_hooks(*, viewer: Viewer) -> bool:
    """Whether the viewer may change the secret, or have failed events read again."""
    return viewer.is_admin


def changes_policy(*, viewer: Viewer, team_id: int) -> bool:
    """Whether the viewer changes how the team works: its managers, and admins."""
    return viewer.is_admin or viewer.manages(team_id)


def writes_handover(*, viewer: Viewer, shift: Shift) -> bool:
    """Whether the viewer writes a note about the shift: who carries any of it, and managers."""
    if viewer.manages(shift.level.rotation.team_id) or shift.holder_id == viewer.engineer_id:
        return True
    taken = shift.covers.filter(to_engineer_id=viewer.engineer_id, state=Cover.State.ACCEPTED)
    return taken.exists()


def visible_notes(*, viewer: Viewer) -> QuerySet[HandoverNote]:
    """Every note; `reads_incidents` says who reads those of a team, which tell as much."""
    del viewer
    return HandoverNote.objects.select_related("shift__level__rotation")
