"""What PagerDuty holds, as plain data: users, schedules, layers, overrides, who is shown when.

A `_ref` is an id that PagerDuty issued.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from common.periods import Period


STAKEHOLDERS = frozenset({"read_only_user", "read_only_limited_user"})


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PagerDutyUser:
    """Somebody with an account; `role` is PagerDuty's word for what it may do."""

    ref: str
    name: str
    email: str
    role: str = ""

    @property
    def can_be_on_call(self) -> bool:
        """Whether a schedule takes this user; stakeholders only look on."""
        return self.role not in STAKEHOLDERS


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ContactMethod:
    """A way to a user: PagerDuty's word for its kind, and whether it is blocked or switched off."""

    ref: str
    kind: str
    is_blocked: bool


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class NotificationRule:
    """When a user is told of an incident of an urgency, and by which contact method."""

    urgency: str
    delay_minutes: int
    contact_ref: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class UserWithContacts:
    """A user with everything by which a page could reach them.

    `is_invited`: they have not accepted their invitation yet.
    """

    user: PagerDutyUser
    is_invited: bool
    contacts: tuple[ContactMethod, ...]
    rules: tuple[NotificationRule, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ScheduleSummary:
    """A schedule as a list tells of it."""

    ref: str
    name: str
    description: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Restriction:
    """A span of the day, or of the week when `weekday` is given (1 is Monday), on the wall clock.

    `start_time` is `HH:MM:SS`.
    """

    weekday: int
    start_time: str
    seconds: int
    daily: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LayerState:
    """A list of users who take turns from `virtual_start` on; turn k is that of user k mod n."""

    ref: str
    name: str
    starts_at: dt.datetime
    ends_at: dt.datetime | None
    virtual_start: dt.datetime
    turn_seconds: int
    user_refs: tuple[str, ...]
    restrictions: tuple[Restriction, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ScheduleState:
    """A schedule with its layers, the one with the lowest precedence first."""

    ref: str
    name: str
    description: str
    time_zone: str
    layers: tuple[LayerState, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class OverrideState:
    """One user in place of whoever the layers name; `ref` is None where PagerDuty hides it."""

    ref: str | None
    user_ref: str
    period: Period


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class FinalEntry:
    """Whom PagerDuty shows as on call, layers and overrides together."""

    user_ref: str
    period: Period


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class AuditRecord:
    """One change of a schedule as PagerDuty remembers it: when, by whom, and what it touched.

    `fields` are the names of what was changed, `objects` the ids of what else it concerns, `action`
    is PagerDuty's word: create, update or delete.
    """

    at: dt.datetime
    by: str
    is_person: bool
    fields: tuple[str, ...]
    objects: frozenset[str]
    action: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One write, exactly as it is sent; `body` is JSON, or None for none."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class OverrideResult:
    """What became of one override of a batch; `errors` is empty where it was taken."""

    status: int
    override: OverrideState
    errors: tuple[str, ...] = ()
