"""A drift in sentences: who is shown instead of whom, what made it, and what was chosen."""

from __future__ import annotations

from common import wording
from rotation.models import Drift, LevelName

NOBODY = "nobody"
CAUSES = {
    Drift.Cause.OVERRIDE: "An override that Rota did not make",
    Drift.Cause.REMOVED: "An override of Rota’s was removed",
    Drift.Cause.LAYER: "A layer of the schedule was edited",
    Drift.Cause.ZONE: "The schedule was given another zone",
    Drift.Cause.DELETED: "The schedule was deleted",
    Drift.Cause.UPGRADED: "The schedule was upgraded to PagerDuty’s new kind",
    Drift.Cause.UNKNOWN: "Nobody can tell what made it",
}
CHOICES = {
    Drift.Choice.ADOPT: "Adopted as a cover",
    Drift.Choice.RESTORE: "Put back",
    Drift.Choice.LEAVE: "Left as it is",
}


def cause_words(row: Drift) -> str:
    """`An override that Rota did not make`."""
    if row.cause == Drift.Cause.DELETED and not row.by:
        return "The schedule is not found: it was deleted, or upgraded without a record"
    return CAUSES[Drift.Cause(row.cause)]


def author_words(row: Drift, zone: str) -> str:
    """`by Tom Whitfield, Thu 3 Dec 2026, 22:40 GMT`, or nothing where nobody can tell."""
    if not row.by:
        return ""
    return f"by {row.by}, {wording.moment(row.by_at, zone)}" if row.by_at else f"by {row.by}"


def name_of(ref: str, name: str) -> str:
    """PagerDuty's name for somebody, their id when the name is not known, or the word for none."""
    if not ref:
        return NOBODY
    return name or f"user {ref}"


def choice_words(row: Drift) -> str:
    """`Put back by Anna`, or `by the policy`; nothing while nobody chose."""
    if not row.choice:
        return ""
    who = row.chosen_by.name if row.chosen_by else "the policy"
    return f"{CHOICES[Drift.Choice(row.choice)]} by {who}"


def instead(row: Drift) -> str:
    """`Eva instead of Ben`; for a schedule that is gone what became of it."""
    if row.cause == Drift.Cause.DELETED:
        return "nobody: the schedule is gone"
    if row.cause == Drift.Cause.UPGRADED:
        return "what the upgraded schedule holds"
    shown = name_of(row.shown_ref, row.shown_name)
    return f"{shown} instead of {name_of(row.wanted_ref, row.wanted_name)}"


def told(row: Drift, zone: str) -> str:
    """The drift in the lines of a mail."""
    level = LevelName(row.level.name).label
    made = ", ".join(filter(None, [cause_words(row), author_words(row, zone)]))
    lines = [
        f"  {level}, {wording.span(row.starts_at, row.ends_at, zone)} ({zone})",
        f"  shows {instead(row)}",
        f"  {made}",
        f"  {choice_words(row)}",
    ]
    return "\n".join(line for line in lines if line.strip())
