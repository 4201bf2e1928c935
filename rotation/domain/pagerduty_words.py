"""What stands in the way, in a manager's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common import wording

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from rotation.domain.pagerduty_plan import Difference, WantedLevel
    from rotation.domain.pagerduty_policy import WantedPolicy
    from rotation.domain.pagerduty_state import OverrideResult, OverrideState

MOST_WEEKS = 6
CHOSEN_MEANWHILE = (
    "While this was written somebody chose another one in PagerDuty; the next run writes that."
)


def out_of_line(
    wanted: WantedLevel,
    found: Sequence[Difference],
    unknown: Sequence[OverrideState],
    names: Mapping[str, str],
) -> str:
    """Where the final schedule first differs, whom it shows instead, and why if that is known.

    `found` is not empty and in order of time, `names` gives PagerDuty's names by id.
    """
    first = found[0]
    by_human = any(
        override.user_ref == first.shown and override.period.overlap(first.period)
        for override in unknown
    )
    why = ", by an override that Rota did not make" if by_human else ""
    more = f" {len(found) - 1} more such times follow." if len(found) > 1 else ""
    return (
        f"“{wanted.name}” shows {_name(first.shown, names)} instead of "
        f"{_name(first.wanted, names)} from "
        f"{wording.moment(first.period.starts_at, wanted.time_zone)}{why}.{more}"
    )


def policy_out_of_line(wanted: WantedPolicy) -> str:
    """That the escalation policy was taken and reads otherwise."""
    return (
        f"PagerDuty took the escalation policy of “{wanted.name}” and still shows another. "
        "Somebody may be changing it there."
    )


def preview_differs(
    wanted: WantedLevel,
    found: Sequence[Difference],
    weeks: Sequence[dt.date],
    names: Mapping[str, str],
) -> str:
    """Which weeks PagerDuty would show otherwise, and the first time in them."""
    first = found[0]
    count = "1 week" if len(weeks) == 1 else f"{len(weeks)} weeks"
    listed = ", ".join(wording.day(week) for week in weeks[:MOST_WEEKS])
    more = " and later ones" if len(weeks) > MOST_WEEKS else ""
    return (
        f"PagerDuty’s preview of “{wanted.name}” differs from the schedule in {count} "
        f"(from {listed}{more}): it would show {_name(first.shown, names)} instead of "
        f"{_name(first.wanted, names)} from "
        f"{wording.moment(first.period.starts_at, wanted.time_zone)}. Nothing was written to it."
    )


def refused_override(result: OverrideResult, zone: str, names: Mapping[str, str]) -> str:
    """One override that PagerDuty did not take, with its reasons."""
    starts_at = wording.moment(result.override.period.starts_at, zone)
    who = _name(result.override.user_ref, names)
    return f"PagerDuty refused the override from {starts_at} for {who}: {', '.join(result.errors)}."


def _name(user_ref: str | None, names: Mapping[str, str]) -> str:
    if user_ref is None:
        return "nobody"
    return names.get(user_ref) or f"user {user_ref}"
