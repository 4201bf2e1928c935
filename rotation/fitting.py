"""The plan in a form that PagerDuty takes and shows as wanted, by its own preview.

Nothing here writes.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from rotation import reading
from rotation.domain import pagerduty_preview, pagerduty_words
from rotation.domain.pagerduty_forms import next_form
from rotation.pagerduty.gateway import RefusedRequestError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from rotation.domain.pagerduty_plan import Difference, Plan, WantedLevel
    from rotation.pagerduty.gateway import Gateway


class PreviewDiffersError(Exception):
    """PagerDuty would show somebody else than the stints, so nothing was written."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Fitting:
    """A plan, and what PagerDuty's preview of it shows otherwise, or why there is none."""

    wanted: WantedLevel
    plan: Plan
    differs: tuple[Difference, ...] = ()
    refusal: RefusedRequestError | None = None

    @property
    def is_right(self) -> bool:
        """Whether it may be carried out."""
        return not self.differs and self.refusal is None

    def checked(self, names: Mapping[str, str]) -> tuple[WantedLevel, Plan]:
        """The plan, in its form, for a level that would show its stints, clock changes included.

        Raises:
            PreviewDiffersError: it would show somebody else.
            RefusedRequestError: PagerDuty does not take it.
        """
        if self.refusal is not None:
            raise self.refusal
        if self.differs:
            weeks = pagerduty_preview.weeks_of(self.wanted, self.differs)
            raise PreviewDiffersError(
                pagerduty_words.preview_differs(self.wanted, self.differs, weeks, names)
            )
        return self.wanted, self.plan


def fitting_plan(
    gateway: Gateway,
    wanted: WantedLevel,
    plan_of: Callable[[WantedLevel], Plan],
    now: dt.datetime,
) -> Fitting:
    """The plan in the first form of which the preview shows the stints.

    When none does, what is wrong with the first one.

    Raises:
        GatewayError: PagerDuty could not be read.
    """
    first = found = _previewed(gateway, wanted, plan_of(wanted), now)
    while not found.is_right:
        form = next_form(found.wanted.form, refused=found.refusal is not None)
        if form is None:
            return first
        other = dataclasses.replace(wanted, form=form)
        plan = plan_of(other)
        if plan.steps == found.plan.steps:
            return first
        found = _previewed(gateway, other, plan, now)
    return found


def _previewed(gateway: Gateway, wanted: WantedLevel, plan: Plan, now: dt.datetime) -> Fitting:
    since = now + reading.SETTLING
    body = pagerduty_preview.preview_body(plan, since)
    if body is None:
        return Fitting(wanted=wanted, plan=plan)
    try:
        found = reading.preview_differences(gateway, wanted, body, since, plan.kept)
    except RefusedRequestError as error:
        return Fitting(wanted=wanted, plan=plan, refusal=error)
    return Fitting(wanted=wanted, plan=plan, differs=tuple(found))
