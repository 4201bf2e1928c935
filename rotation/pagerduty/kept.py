"""A gateway that keeps its holder's lease alive: one renewal before each call."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
    from rotation.pagerduty.gateway import Gateway


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class KeptGateway:
    """A `Gateway` in front of another; what `keep` raises stops the call before it is made."""

    gateway: Gateway
    keep: Callable[[], None]

    def users(self) -> list[PagerDutyUser]:
        """Everybody with an account."""
        self.keep()
        return self.gateway.users()

    def users_with_contacts(self) -> list[UserWithContacts]:
        """Everybody with what reaches them."""
        self.keep()
        return self.gateway.users_with_contacts()

    def find_schedules(self, *, query: str) -> list[ScheduleSummary]:
        """Schedules whose name contains the query."""
        self.keep()
        return self.gateway.find_schedules(query=query)

    def schedule(self, *, ref: str) -> ScheduleState:
        """One schedule with its layers."""
        self.keep()
        return self.gateway.schedule(ref=ref)

    def shown_schedule(self, *, ref: str, within: Period) -> tuple[ScheduleState, list[FinalEntry]]:
        """One schedule, and who is shown."""
        self.keep()
        return self.gateway.shown_schedule(ref=ref, within=within)

    def overrides(self, *, ref: str, within: Period) -> list[OverrideState]:
        """Overrides that meet the period."""
        self.keep()
        return self.gateway.overrides(ref=ref, within=within)

    def final_schedule(self, *, ref: str, within: Period) -> list[FinalEntry]:
        """Who is shown as on call."""
        self.keep()
        return self.gateway.final_schedule(ref=ref, within=within)

    def preview(self, *, body: Mapping[str, Any], within: Period) -> list[FinalEntry]:
        """Who would be shown by a schedule that is not kept."""
        self.keep()
        return self.gateway.preview(body=body, within=within)

    def find_policies(self, *, query: str) -> list[PolicyState]:
        """Escalation policies whose name contains the query."""
        self.keep()
        return self.gateway.find_policies(query=query)

    def policy(self, *, ref: str) -> PolicyState:
        """One escalation policy."""
        self.keep()
        return self.gateway.policy(ref=ref)

    def audit_records(self, *, ref: str, within: Period) -> list[AuditRecord]:
        """Who changed the schedule."""
        self.keep()
        return self.gateway.audit_records(ref=ref, within=within)

    def items(self, *, path: str, name: str, params: Mapping[str, Any]) -> list[Any]:
        """All items of a list."""
        self.keep()
        return self.gateway.items(path=path, name=name, params=params)

    def send(self, request: Request) -> Any:
        """Carry out one write."""
        self.keep()
        return self.gateway.send(request)
