"""Whether layers that are about to be written would show the stints, by PagerDuty's own preview.

The preview is of a schedule of its own with the live layers alone: no id is known to it, no name is
taken by it, and overrides are laid over what it renders here.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from common.periods import Period, difference, intersection
from rotation.domain import slots
from rotation.domain.pagerduty_forms import next_form
from rotation.domain.pagerduty_layers import WEEK_SECONDS
from rotation.domain.pagerduty_overrides import override_wishes
from rotation.domain.pagerduty_plan import Action, differences
from rotation.domain.pagerduty_state import FinalEntry

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from rotation.domain.pagerduty_forms import Form
    from rotation.domain.pagerduty_overrides import UserStint
    from rotation.domain.pagerduty_plan import Difference, Plan, WantedLevel

LAYER_ACTIONS = frozenset({Action.CREATE_SCHEDULE, Action.UPDATE_SCHEDULE})


def preview_body(plan: Plan, now: dt.datetime) -> Mapping[str, Any] | None:
    """The body of the preview for the plan's write of layers, None when it writes none."""
    step = next((one for one in plan.steps if one.action in LAYER_ACTIONS), None)
    if step is None:
        return None
    schedule = (step.request.body or {})["schedule"]
    ended = f"{now:%Y-%m-%dT%H:%M:%SZ}"
    layers = [
        {name: value for name, value in layer.items() if name != "id"}
        for layer in schedule["schedule_layers"]
        if layer["end"] is None or layer["end"] > ended
    ]
    name = f"{schedule['name'][:240]} (preview)"
    return {"schedule": {**schedule, "name": name, "schedule_layers": layers}}


def form_for(wanted: WantedLevel, plan: Plan, found: Iterable[Difference]) -> Form | None:
    """Another form for layers that stay as they are and are shown wrong where clocks change.

    None where the layers have just been previewed, or where nothing speaks for the clocks.
    """
    if any(step.action in LAYER_ACTIONS for step in plan.steps):
        return None
    changes = {
        slots.local_date(wanted.pattern.zone, week.holder.period.starts_at)
        for week in wanted.weeks
        if week.holder.period.seconds != WEEK_SECONDS
    }
    return next_form(wanted.form, refused=False) if changes & {*weeks_of(wanted, found)} else None


def shown_by(wanted: WantedLevel, rendered: Iterable[FinalEntry]) -> list[FinalEntry]:
    """What the level would show: the rendered layers, and over them the overrides it needs."""
    wishes = [
        wish
        for week in wanted.weeks
        for wish in override_wishes(week.holder, week.on_call, wanted.pattern)
    ]
    return overlaid(rendered, wishes)


def preview_differences(
    wanted: WantedLevel, rendered: Iterable[FinalEntry], within: Period
) -> list[Difference]:
    """Where the level would show somebody else than its stints, in order of time."""
    return differences(on_call_of(wanted), shown_by(wanted, rendered), within)


def expected(wanted: WantedLevel, plan: Plan, shown: Iterable[FinalEntry]) -> list[FinalEntry]:
    """What the level shows once the plan is carried out, `shown` being who is shown now.

    That is its stints, what humans overrode, and what they edited and nobody decided on.
    """
    stints = [
        FinalEntry(user_ref=stint.user_ref, period=stint.period)
        for stint in on_call_of(wanted)
        if stint.user_ref is not None
    ]
    ours = [entry.period for entry in plan.new_overrides]
    theirs: list[FinalEntry] = []
    # Of two overrides the later one wins, and what the plan adds comes last.
    for override in reversed(plan.unknown_overrides):
        taken = [*ours, *(entry.period for entry in theirs)]
        theirs += [
            FinalEntry(user_ref=override.user_ref, period=period)
            for period in difference([override.period], taken)
        ]
    edited = [
        dataclasses.replace(entry, period=period)
        for entry in shown
        for period in intersection([entry.period], plan.kept)
    ]
    kept = [
        dataclasses.replace(entry, period=period)
        for entry in stints
        for period in difference([entry.period], plan.kept)
    ]
    return overlaid(overlaid([*kept, *edited], plan.new_overrides), theirs)


def on_call_of(wanted: WantedLevel) -> list[UserStint]:
    """The stints of all the level's weeks, cut to the on-call time."""
    return [stint for week in wanted.weeks for stint in week.on_call]


def overlaid(entries: Iterable[FinalEntry], overrides: Sequence[FinalEntry]) -> list[FinalEntry]:
    """Who is shown when the overrides win over the entries; overrides do not overlap."""
    taken = [override.period for override in overrides]
    left = [
        dataclasses.replace(entry, period=period)
        for entry in entries
        for period in difference([entry.period], taken)
    ]
    return sorted([*left, *overrides], key=lambda entry: entry.period)


def weeks_of(wanted: WantedLevel, found: Iterable[Difference]) -> list[dt.date]:
    """The dates of the weeks in which the differences lie, in order, each once."""
    spans = [one.period for one in found]
    return [
        slots.local_date(wanted.pattern.zone, week.holder.period.starts_at)
        for week in wanted.weeks
        if any(span.overlap(week.holder.period) for span in spans)
    ]
