"""Keeping what a drift check found: what is new, what is still there, what is gone."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db import transaction

from audit.operations import Actor, Area, record
from rotation.domain import drift
from rotation.domain.drift_causes import Author
from rotation.domain.pagerduty_people import key
from rotation.models import Drift, DriftCheck, Level, Rotation
from rotation.operations import drift_checks, syncing
from rotation.queries import drift_facts
from volunteers.queries import contacts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from rotation.domain.drift import Divergence

CHECK = Actor.sweep("check_drift")


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One difference with all that is known of it; `engineer_id` is who of ours is shown.

    `written` is whom Rota wrote there last, as PagerDuty's id; `names` are PagerDuty's, by id.
    """

    divergence: Divergence
    cause: str
    names: Mapping[str, str]
    written: str | None = None
    author: Author = dataclasses.field(default_factory=Author)
    engineer_id: int | None = None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LevelFindings:
    """What was found of one level, in order of time; empty when it is in line."""

    level_id: int
    found: tuple[Finding, ...]

    @property
    def whole(self) -> list[Finding]:
        """What concerns the schedule as a whole."""
        return [each for each in self.found if each.cause in drift_facts.WHOLE]


def record_check(
    *, check_id: int, holder: str, levels: Sequence[LevelFindings], since: dt.datetime, end: End
) -> bool:
    """Keep the findings; what is seen again stays the same row. False when nothing was kept.

    That is so when the check was taken over, or a sync run came between the reading and now: then
    it waits again.
    """
    with transaction.atomic():
        check = drift_checks.held_check(check_id=check_id, holder=holder)
        rotation_id = check.values_list("rotation_id", flat=True).first()
        if rotation_id is None:
            return False
        rotation = _locked(rotation_id)
        if drift_checks.was_overtaken(rotation_id=rotation_id, since=since):
            drift_checks.put_back_check(
                check_id=check_id,
                holder=holder,
                why="A sync run came between.",
                next_try_at=end.real_now,
            )
            return False
        for level in levels:
            _keep(level, rotation, end.now)
        check.update(
            state=DriftCheck.State.DONE,
            finished_at=end.now,
            found=sum(len(level.found) for level in levels),
            leased_until=None,
            lease_holder="",
        )
        drift_checks.forget_old_checks(rotation_id=rotation_id, now=end.now)
    return True


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class End:
    """When a check ended, by both clocks."""

    now: dt.datetime
    real_now: dt.datetime


def _locked(rotation_id: int) -> Rotation:
    rows = Rotation.objects.select_for_update(of=("self",), no_key=True).select_related("team")
    return rows.get(pk=rotation_id)


def _keep(findings: LevelFindings, rotation: Rotation, now: dt.datetime) -> None:
    level = Level.objects.get(pk=findings.level_id)
    Level.objects.filter(pk=level.pk).update(checked_at=now)
    _keep_whole(findings.whole, level, rotation, now)
    by_divergence = {
        each.divergence: each for each in findings.found if each.cause not in drift_facts.WHOLE
    }
    known = drift_facts.known_drifts(level_id=level.pk)
    matching = drift.match(known, list(by_divergence), now)
    Drift.objects.filter(pk__in=matching.gone).update(gone_at=now)
    for number, divergence in matching.again:
        _refresh(number, by_divergence[divergence])
    for divergence in matching.new:
        _notice(by_divergence[divergence], level, rotation, now)


def _keep_whole(
    found: Sequence[Finding], level: Level, rotation: Rotation, now: dt.datetime
) -> None:
    """One row for each cause, which lasts as long as it holds."""
    causes = {each.cause for each in found}
    open_ones = Drift.objects.filter(level=level, gone_at__isnull=True)
    open_ones.filter(cause__in=drift_facts.WHOLE).exclude(cause__in=causes).update(gone_at=now)
    for each in found:
        if each.cause in drift_facts.UNBOUND:
            syncing.level_out_of_line(
                level_id=level.pk, ref=level.pagerduty_schedule_ref, trouble=each.cause, now=now
            )
        if not open_ones.filter(cause=each.cause).update(ends_at=each.divergence.period.ends_at):
            _notice(each, level, rotation, now)


def _refresh(number: int, finding: Finding) -> None:
    """Fill in what became known since; what was known and is hidden by now stays."""
    row = Drift.objects.get(pk=number)
    override = finding.divergence.override
    if row.cause != Drift.Cause.OVERRIDE and finding.cause != Drift.Cause.UNKNOWN:
        row.cause = finding.cause
    if override is not None and override.ref and not row.override_ref:
        row.override_ref = override.ref
    if not row.by:
        row.by, row.by_at = _author(finding), finding.author.at
    row.engineer_id = row.engineer_id or finding.engineer_id
    row.save(update_fields=["cause", "override_ref", "by", "by_at", "engineer"])


def _notice(finding: Finding, level: Level, rotation: Rotation, now: dt.datetime) -> None:
    found, names = finding.divergence, finding.names
    override = found.override
    row = Drift.objects.create(
        level=level,
        starts_at=found.period.starts_at,
        ends_at=found.period.ends_at,
        wanted_ref=found.wanted or "",
        wanted_name=names.get(found.wanted or "", "")[:200],
        written_ref=finding.written or "",
        written_name=names.get(finding.written or "", "")[:200],
        shown_ref=found.shown or "",
        shown_name=names.get(found.shown or "", "")[:200],
        cause=finding.cause,
        override_ref=(override.ref or "") if override else "",
        override_starts_at=override.period.starts_at if override else None,
        override_ends_at=override.period.ends_at if override else None,
        engineer_id=finding.engineer_id,
        by=_author(finding),
        by_at=finding.author.at,
        seen_at=now,
    )
    record(
        actor=CHECK,
        now=now,
        area=Area.SCHEDULE,
        verb="noticed drift",
        subject=f"drift {row.pk} of {rotation.name}, {level.name}",
        team=rotation.team.slug,
        after={
            "starts_at": row.starts_at.isoformat(),
            "ends_at": row.ends_at.isoformat(),
            "wanted": row.wanted_name,
            "shown": row.shown_name,
            "cause": row.cause,
            "by": row.by,
        },
    )


def _author(finding: Finding) -> str:
    """Who did it by name; PagerDuty's records may tell only the e-mail."""
    told = finding.author.name
    return contacts.names_of(emails=[key(told)]).get(key(told), told)[:200]
