"""Where PagerDuty shows somebody else, for pages: what is open, what was decided, the last look."""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING

from common import wording
from common.periods import Period
from rotation.models import Drift, DriftCheck, LevelName
from rotation.queries import drift_facts, drift_words

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from rotation.models import Rotation

SHOWN_DECIDED = 20
Choice = Drift.Choice


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class DriftLine:
    """One drift with everything that a person needs to decide on it.

    `wanted`, `written` and `shown` are names, or the word for nobody. The three effects are
    sentences; one is empty where the choice cannot be made, and `why_not_adopt` then says why.
    """

    drift_id: int
    level: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    wanted: str
    written: str
    shown: str
    cause: str
    cause_words: str
    by: str
    by_at: dt.datetime | None
    seen_at: dt.datetime
    gone_at: dt.datetime | None
    choice: str
    choice_words: str
    chosen_at: dt.datetime | None
    cover_shift_id: int | None
    adopt_effect: str
    why_not_adopt: str
    restore_effect: str
    leave_effect: str

    @property
    def is_whole(self) -> bool:
        """Whether it concerns the level's schedule as a whole, not one person's time."""
        return self.cause in drift_facts.WHOLE


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LookState:
    """When PagerDuty was last compared, and why not since; `is_looking` while a check waits."""

    checked_at: dt.datetime | None
    is_looking: bool
    failure: str
    failed_at: dt.datetime | None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class DriftMark:
    """An open drift as the board marks it; `engineer_id` is who is shown, if they are ours."""

    level: str
    period: Period
    engineer_id: int | None
    sentence: str


def open_lines(*, rotation: Rotation) -> list[DriftLine]:
    """Open drifts in order of time; one query."""
    rows = _of(rotation).filter(gone_at__isnull=True).order_by("starts_at", "level_id", "pk")
    return lines_of(rows)


def decided_lines(*, rotation: Rotation) -> list[DriftLine]:
    """The last twenty that are over, newest first; one query."""
    rows = _of(rotation).filter(gone_at__isnull=False).order_by("-gone_at", "-pk")
    return lines_of(rows[:SHOWN_DECIDED])


def lines_of(rows: Iterable[Drift]) -> list[DriftLine]:
    """Those drifts, their rotation, level, people and covers at hand, in the order given."""
    found = list(rows)
    together = collections.Counter(_override(row) for row in found)
    return [_line(row, together[_override(row)]) for row in found]


def look_state(*, rotation: Rotation) -> LookState:
    """How the last checks went; one query."""
    rows = DriftCheck.objects.filter(rotation=rotation).order_by("-queued_at", "-pk")[:50]
    checks = list(rows)
    waiting = [check for check in checks if check.state in {"queued", "running"}]
    over = [check for check in checks if check.state in {"done", "failed"}]
    done = next((check for check in over if check.state == "done"), None)
    failed = over[0] if over and over[0].state == "failed" else None
    return LookState(
        checked_at=done.finished_at if done else None,
        is_looking=any(not check.failure for check in waiting),
        failure=failed.failure if failed else "",
        failed_at=failed.finished_at if failed else None,
    )


def marks(*, rotation: Rotation) -> list[DriftMark]:
    """Open drifts for the board, in order of time; one query."""
    rows = _of(rotation).filter(gone_at__isnull=True).order_by("starts_at", "pk")
    return [
        DriftMark(
            level=row.level.name,
            period=Period(starts_at=row.starts_at, ends_at=row.ends_at),
            engineer_id=row.engineer_id,
            sentence=f"PagerDuty shows {drift_words.instead(row)}",
        )
        for row in rows
    ]


def undecided(*, rotation_ids: Iterable[int]) -> dict[int, list[Drift]]:
    """Open drifts that nobody decided on, in order of time, by rotation; one query."""
    rows = Drift.objects.filter(
        level__rotation__in=list(rotation_ids), gone_at__isnull=True, choice=Choice.NONE
    )
    found: dict[int, list[Drift]] = collections.defaultdict(list)
    for row in rows.select_related("level").order_by("starts_at", "pk"):
        found[row.level.rotation_id].append(row)
    return found


def places_words(count: int) -> str:
    """`PagerDuty shows somebody else in 2 places`."""
    return f"PagerDuty shows somebody else in {wording.counted(count, 'place')}"


def lost_words(rows: Iterable[Drift]) -> tuple[str, str] | None:
    """What is wrong with a schedule that only a person can mend, and what follows; else None."""
    lost = {row.cause: LevelName(row.level.name).label.lower() for row in rows}
    if level := lost.get(Drift.Cause.DELETED):
        return (
            f"PagerDuty pages nobody on {level}: its schedule was deleted",
            "nothing is written for it until a manager has it created again",
        )
    if level := lost.get(Drift.Cause.UPGRADED):
        return (
            f"Rota cannot write {level}: its schedule was upgraded in PagerDuty",
            "it pages as it stands; choose another schedule, or let Rota make one",
        )
    return None


def attention_words(rows: Sequence[Drift], zone: str) -> tuple[str, str]:
    """What is wrong and whom it concerns first; `rows` is not empty and in order of time."""
    return lost_words(rows) or (places_words(len(rows)), first_words(rows[0], zone))


def shown_words(row: Drift) -> str:
    """`Eva instead of Ben`."""
    return drift_words.instead(row)


def first_words(row: Drift, zone: str) -> str:
    """`Eva instead of Ben, Tue 8 Dec, 12:00 to Thu 10 Dec 2026, 12:00 GMT`."""
    return f"{drift_words.instead(row)}, {wording.span(row.starts_at, row.ends_at, zone)}"


def _of(rotation: Rotation) -> QuerySet[Drift]:
    rows = Drift.objects.filter(level__rotation=rotation)
    return joined(rows)


def joined(rows: QuerySet[Drift]) -> QuerySet[Drift]:
    """The rows with all that their lines name."""
    return rows.select_related("level__rotation", "engineer", "chosen_by", "cover")


def _override(row: Drift) -> tuple[object, ...]:
    """What makes rows one override; each other row is by itself."""
    if row.cause != Drift.Cause.OVERRIDE:
        return (row.pk,)
    return (row.level_id, row.shown_ref, row.override_starts_at, row.override_ends_at)


def _line(row: Drift, together: int) -> DriftLine:
    names = _names(row)
    return DriftLine(
        drift_id=row.pk,
        level=row.level.name,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        wanted=names[0],
        written=names[1],
        shown=names[2],
        cause=row.cause,
        cause_words=drift_words.cause_words(row),
        by=row.by,
        by_at=row.by_at,
        seen_at=row.seen_at,
        gone_at=row.gone_at,
        choice=row.choice,
        choice_words=drift_words.choice_words(row),
        chosen_at=row.chosen_at,
        cover_shift_id=row.cover.shift_id if row.cover else None,
        adopt_effect=_adopt_effect(row, together),
        why_not_adopt=_why_not_adopt(row),
        restore_effect=_restore_effect(row, together),
        leave_effect="" if row.choice == Choice.LEAVE else _leave_effect(row),
    )


def _names(row: Drift) -> tuple[str, str, str]:
    """Wanted, last written, shown."""
    if row.cause in drift_facts.WHOLE:
        published = "the published schedule"
        shown = {
            Drift.Cause.DELETED: "no schedule",
            Drift.Cause.UPGRADED: "a schedule of the new kind",
            Drift.Cause.ZONE: "its hours in another zone",
        }[Drift.Cause(row.cause)]
        return published, published, shown
    return (
        drift_words.name_of(row.wanted_ref, row.wanted_name),
        drift_words.name_of(row.written_ref, row.written_name),
        drift_words.name_of(row.shown_ref, row.shown_name),
    )


def _why_not_adopt(row: Drift) -> str:
    """Why the time cannot become a cover, where that is sure without asking the rules."""
    if row.cause != Drift.Cause.OVERRIDE:
        return "Only an override can become a cover."
    if row.engineer is None:
        return f"{row.shown_name or 'Whoever it shows'} is nobody in Rota."
    return ""


def _adopt_effect(row: Drift, together: int) -> str:
    if _why_not_adopt(row) or row.engineer is None:
        return ""
    also = "" if together == 1 else f", in all {together} places of this override"
    level = LevelName(row.level.name).label.lower()
    return (
        f"{row.engineer.name} carries {level} for this time as a cover{also}, and is paid for it "
        "where the level is paid. Both are told by mail. PagerDuty is not written."
    )


def _restore_effect(row: Drift, together: int) -> str:
    if row.cause in drift_facts.UNBOUND or row.choice == Choice.RESTORE:
        return ""
    if row.cause == Drift.Cause.OVERRIDE:
        also = "" if together == 1 else f" It goes from all {together} places."
        return f"Rota removes the override from PagerDuty within a minute.{also}"
    level = LevelName(row.level.name).label.lower()
    return (
        f"Rota writes the schedule of {level} again as it is published, within a minute; whatever "
        "else was edited there goes too."
    )


def _leave_effect(row: Drift) -> str:
    if row.cause == Drift.Cause.DELETED:
        return "Nobody is paged from it until there is a new one. You are told if it changes."
    who = drift_words.name_of(row.shown_ref, row.shown_name)
    pages = "as it stands" if row.cause in drift_facts.WHOLE else who
    return f"PagerDuty goes on paging {pages}. Pay does not change. You are told if it changes."
