"""What became of a write or of a whole run: what stands in its way, and when to try again."""

from __future__ import annotations

import datetime as dt
import random
from typing import TYPE_CHECKING, Any

from rotation.domain.pagerduty_plan import Action
from rotation.models import Level
from rotation.pagerduty import answers
from rotation.pagerduty.gateway import (
    AuthenticationError,
    NotFoundError,
    RateLimitedError,
    UpgradedScheduleError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rotation.domain.pagerduty_plan import Step
    from rotation.domain.pagerduty_state import OverrideResult

FIRST_WAIT_SECONDS = 15.0
LONGEST_WAIT_SECONDS = 600.0
TOKEN_WAIT_SECONDS = 30.0


class OutOfLineError(Exception):
    """PagerDuty took the writes and still shows somebody else."""


class OverrideRefusedError(OutOfLineError):
    """PagerDuty did not take an override, in its own words."""


class BrokenError(Exception):
    """Something that nobody foresaw: the log says what."""


class TakenOverError(Exception):
    """The lease ran out and another worker has the run."""


class LevelsFailedError(Exception):
    """At least one level is not in line; the message has a sentence for each."""

    def __init__(self, errors: Sequence[Exception]) -> None:
        """Keep the errors of the levels."""
        super().__init__(" ".join(str(error) for error in errors))
        self.errors = tuple(errors)


def trouble(error: Exception) -> str:
    """What is the matter with the schedule itself, in the level's words; empty when nothing is."""
    if isinstance(error, UpgradedScheduleError):
        return Level.Trouble.UPGRADED
    return Level.Trouble.DELETED if isinstance(error, NotFoundError) else Level.Trouble.NONE


def refusals(step: Step, answer: Any) -> list[str]:
    """PagerDuty's words for each override of a batch that it did not take."""
    if step.action is not Action.CREATE_OVERRIDES:
        return []
    return [", ".join(result.errors) for result in override_results(step, answer) if result.errors]


def override_results(step: Step, answer: Any) -> list[OverrideResult]:
    """What became of each override of a batch."""
    asked = [answers.asked_override(each) for each in (step.request.body or {})["overrides"]]
    return answers.override_results(answer, asked)


def next_try(error: Exception, tries: int, real_now: dt.datetime) -> dt.datetime:
    """When to try again: as PagerDuty says, soon with a new token, else later each time."""
    if isinstance(error, AuthenticationError):
        seconds = TOKEN_WAIT_SECONDS
    elif isinstance(error, RateLimitedError) and error.wait_seconds is not None:
        seconds = min(error.wait_seconds, LONGEST_WAIT_SECONDS) + random.uniform(0, 2)  # noqa: S311
    else:
        wait = min(FIRST_WAIT_SECONDS * 2 ** min(tries - 1, 8), LONGEST_WAIT_SECONDS)
        seconds = wait * random.uniform(0.8, 1.2)  # noqa: S311 - jitter, no secret
    return real_now + dt.timedelta(seconds=seconds)
