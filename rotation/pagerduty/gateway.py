"""What Rota asks of PagerDuty: a protocol, and the errors that every implementation raises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from common.periods import Period
    from rotation.domain.pagerduty_policy import PolicyState
    from rotation.domain.pagerduty_state import (
        AuditRecord,
        FinalEntry,
        OverrideState,
        PagerDutyUser,
        Request,
        ScheduleState,
        ScheduleSummary,
        UserWithContacts,
    )


class GatewayError(Exception):
    """PagerDuty did not do what was asked; the message is a sentence for a manager."""


class UnreachableError(GatewayError):
    """No answer came: what was sent may have been done or not."""


class RateLimitedError(GatewayError):
    """Too many requests; `wait_seconds` is what PagerDuty said, None when it said nothing."""

    def __init__(self, message: str, *, wait_seconds: float | None) -> None:
        """Keep the wait."""
        super().__init__(message)
        self.wait_seconds = wait_seconds


class NotNowError(GatewayError):
    """Nothing was sent: the account rests, or is busy; in `wait_seconds` it may be tried again."""

    def __init__(self, message: str, *, wait_seconds: float) -> None:
        """Keep the wait."""
        super().__init__(message)
        self.wait_seconds = wait_seconds


class AuthenticationError(GatewayError):
    """The token is missing, wrong, or may not do this: no other request will fare better.

    `status` is PagerDuty's, None when it was not asked.
    """

    def __init__(self, message: str, *, status: int | None = None) -> None:
        """Keep the status."""
        super().__init__(message)
        self.status = status


class NotFoundError(GatewayError):
    """There is no such object any more."""


class UpgradedScheduleError(GatewayError):
    """A human upgraded the schedule to PagerDuty's new kind, which this API cannot write."""


class RefusedRequestError(GatewayError):
    """PagerDuty understood and refused, with a status and usually a code of its own."""

    def __init__(self, message: str, *, status: int, code: int | None) -> None:
        """Keep PagerDuty's own words for it."""
        super().__init__(message)
        self.status = status
        self.code = code


class BadAnswerError(GatewayError):
    """Something answered, but not as PagerDuty does: a 5xx, HTML, or a cut body."""


class Gateway(Protocol):
    """Reads give plain data, `send` carries out one planned write; all raise `GatewayError`."""

    def users(self) -> list[PagerDutyUser]:
        """Everybody with an account."""

    def users_with_contacts(self) -> list[UserWithContacts]:
        """Everybody with their contact methods and notification rules, in one list call."""

    def find_schedules(self, *, query: str) -> list[ScheduleSummary]:
        """Schedules whose name contains the query, all without one; without their layers."""

    def schedule(self, *, ref: str) -> ScheduleState:
        """One schedule with all its layers."""

    def shown_schedule(self, *, ref: str, within: Period) -> tuple[ScheduleState, list[FinalEntry]]:
        """One schedule, and who is shown as on call over the period, in one answer.

        Whether layers that ended before the period are told then is not established.
        """

    def overrides(self, *, ref: str, within: Period) -> list[OverrideState]:
        """Overrides that meet the period; those that can still be removed carry their ids."""

    def final_schedule(self, *, ref: str, within: Period) -> list[FinalEntry]:
        """Who is shown as on call over the period, entries cut to it."""

    def preview(self, *, body: Mapping[str, Any], within: Period) -> list[FinalEntry]:
        """Who would be shown over the period by a schedule that is not kept; `body` wraps it."""

    def find_policies(self, *, query: str) -> list[PolicyState]:
        """Escalation policies whose name contains the query, all without one."""

    def policy(self, *, ref: str) -> PolicyState:
        """One escalation policy with all its rules."""

    def audit_records(self, *, ref: str, within: Period) -> list[AuditRecord]:
        """Who changed the schedule in at most 31 days, newest first."""

    def items(self, *, path: str, name: str, params: Mapping[str, Any]) -> list[Any]:
        """All items of a list, as JSON: what needs no answer of its own kind."""

    def send(self, request: Request) -> Any:
        """Carry out one write, once; returns the answer's JSON, None when it has no body."""
