"""PagerDuty's JSON as Rota's plain data. Unknown fields are ignored, instants become UTC."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from common.periods import Period
from rotation.domain.pagerduty_policy import ROUND_ROBIN, PolicyRule, PolicyState, Target
from rotation.domain.pagerduty_state import (
    AuditRecord,
    ContactMethod,
    FinalEntry,
    LayerState,
    NotificationRule,
    OverrideResult,
    OverrideState,
    PagerDutyUser,
    Restriction,
    ScheduleState,
    ScheduleSummary,
    UserWithContacts,
)
from rotation.pagerduty.gateway import BadAnswerError, UpgradedScheduleError

if TYPE_CHECKING:
    from collections.abc import Mapping

    Json = Mapping[str, Any]

CREATED = 201
UPGRADED = "schedule_v3"
REFERENCE = "_reference"


def user_of(data: Json) -> PagerDutyUser:
    """One of `users`."""
    return PagerDutyUser(
        ref=data["id"],
        name=data.get("name") or "",
        email=data.get("email") or "",
        role=data.get("role") or "",
    )


def user_with_contacts_of(data: Json) -> UserWithContacts:
    """One of `users` with its contact methods and notification rules included.

    What is included may keep the type of a reference.
    """
    return UserWithContacts(
        user=user_of(data),
        is_invited=bool(data.get("invitation_sent")),
        contacts=tuple(_contact_of(each) for each in data.get("contact_methods") or []),
        rules=tuple(_notified_by(each) for each in data.get("notification_rules") or []),
    )


def summary_of(data: Json) -> ScheduleSummary:
    """One of `schedules`."""
    return ScheduleSummary(
        ref=data["id"], name=data.get("name") or "", description=data.get("description") or ""
    )


def schedule_of(data: Json) -> ScheduleState:
    """A `schedule`; PagerDuty lists the layer of highest precedence first, we last.

    Raises:
        UpgradedScheduleError: it is of the new kind, which has no layers.
    """
    if data.get("type") == UPGRADED:
        raise upgraded(data["id"])
    layers = [_layer_of(layer) for layer in data.get("schedule_layers") or []]
    return ScheduleState(
        ref=data["id"],
        name=data.get("name") or "",
        description=data.get("description") or "",
        time_zone=data.get("time_zone") or "",
        layers=tuple(reversed(layers)),
    )


def written_schedule(answer: Any) -> ScheduleState | None:
    """The schedule in an answer that was kept, None when it cannot be read."""
    try:
        return schedule_of(answer["schedule"])
    except (KeyError, TypeError, ValueError, UpgradedScheduleError):
        return None


def upgraded(ref: str) -> UpgradedScheduleError:
    """The refusal to go on with a schedule of the new kind."""
    return UpgradedScheduleError(
        f"Schedule {ref} was upgraded in PagerDuty to the new, shift-based kind, which Rota cannot "
        "write. It pages as it stands; a manager can press “Choose or make one” on the PagerDuty "
        "page."
    )


def created_ref(answer: Any) -> str:
    """The id of the schedule that was created.

    Raises:
        BadAnswerError: the answer names none.
    """
    return _id_of(answer, "schedule", "schedule")


def created_policy_ref(answer: Any) -> str:
    """The id of the escalation policy that was created.

    Raises:
        BadAnswerError: the answer names none.
    """
    return _id_of(answer, "escalation_policy", "escalation policy")


def _id_of(answer: Any, name: str, word: str) -> str:
    try:
        ref = answer[name]["id"]
    except (KeyError, TypeError) as error:
        raise BadAnswerError(f"PagerDuty did not say which {word} it created.") from error
    if not isinstance(ref, str) or not ref:
        raise BadAnswerError(f"PagerDuty did not say which {word} it created.")
    return ref


def policy_of(data: Json) -> PolicyState:
    """An `escalation_policy` with its rules in order."""
    return PolicyState(
        ref=data["id"],
        name=data.get("name") or "",
        description=data.get("description") or "",
        loops=int(data.get("num_loops") or 0),
        handoff=data.get("on_call_handoff_notifications") or "if_has_services",
        rules=tuple(_step_of(rule) for rule in data.get("escalation_rules") or []),
        team_refs=tuple(team["id"] for team in data.get("teams") or []),
        services=tuple(each.get("summary") or each["id"] for each in data.get("services") or []),
    )


def _step_of(data: Json) -> PolicyRule:
    # The description says text, the service answers an object.
    strategy = data.get("escalation_rule_assignment_strategy")
    word = strategy.get("type") if isinstance(strategy, dict) else strategy
    return PolicyRule(
        ref=data.get("id") or "",
        delay_minutes=int(data["escalation_delay_in_minutes"]),
        targets=tuple(
            Target(ref=target["id"], kind=f"{target['type'].removesuffix('_reference')}_reference")
            for target in data.get("targets") or []
        ),
        strategy=ROUND_ROBIN if word == ROUND_ROBIN else "",
    )


def override_of(data: Json) -> OverrideState:
    """One of `overrides`; without an id where PagerDuty hides it."""
    return OverrideState(ref=data.get("id"), user_ref=data["user"]["id"], period=_period(data))


def asked_override(data: Json) -> OverrideState:
    """One of the overrides of a request that Rota made."""
    return OverrideState(ref=None, user_ref=data["user"]["id"], period=_period(data))


def entries_of(data: Json) -> list[FinalEntry]:
    """The rendered entries of a `schedule`'s final schedule, in order of time.

    Raises:
        UpgradedScheduleError: the schedule is of the new kind.
        BadAnswerError: the answer has no final schedule.
    """
    if data.get("type") == UPGRADED:
        raise upgraded(data["id"])
    final = data.get("final_schedule")
    if not final:
        raise BadAnswerError("PagerDuty answered without the final schedule.")
    entries = final.get("rendered_schedule_entries") or []
    return [FinalEntry(user_ref=entry["user"]["id"], period=_period(entry)) for entry in entries]


def audit_record_of(data: Json) -> AuditRecord:
    """One of a schedule's audit `records`; its first actor is who did it."""
    actors: list[Json] = data.get("actors") or [{}]
    details = data.get("details") or {}
    named = [*(details.get("fields") or []), *(details.get("references") or [])]
    resource = details.get("resource") or {}
    return AuditRecord(
        at=instant(data["execution_time"]),
        by=actors[0].get("summary") or "",
        is_person=str(actors[0].get("type") or "").startswith("user"),
        fields=tuple(str(each.get("name") or "") for each in named),
        objects=frozenset(filter(None, [resource.get("id")])),
        action=str(data.get("action") or ""),
    )


def override_results(answer: Any, asked: list[OverrideState]) -> list[OverrideResult]:
    """What became of each override of a batch, in the order asked.

    Raises:
        BadAnswerError: the answer is not a list with one item for each.
    """
    if not isinstance(answer, list) or len(answer) != len(asked):
        raise BadAnswerError("PagerDuty did not answer for each override.")
    try:
        return [_result_of(item, wish) for item, wish in zip(answer, asked, strict=True)]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadAnswerError("PagerDuty did not say what became of each override.") from error


def _result_of(item: Json, wish: OverrideState) -> OverrideResult:
    status = int(item["status"])
    override = item.get("override") or {}
    made = OverrideState(ref=override.get("id"), user_ref=wish.user_ref, period=wish.period)
    errors = () if status == CREATED else tuple(str(e) for e in item.get("errors") or ["?"])
    return OverrideResult(status=status, override=made, errors=errors)


def instant(text: str) -> dt.datetime:
    """An ISO instant with any offset, in UTC."""
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)


def _period(data: Json) -> Period:
    return Period(starts_at=instant(data["start"]), ends_at=instant(data["end"]))


def _contact_of(data: Json) -> ContactMethod:
    return ContactMethod(
        ref=data["id"],
        kind=str(data["type"]).removesuffix(REFERENCE),
        is_blocked=bool(data.get("blacklisted")) or data.get("enabled") is False,
    )


def _notified_by(data: Json) -> NotificationRule:
    return NotificationRule(
        urgency=data.get("urgency") or "",
        delay_minutes=int(data.get("start_delay_in_minutes") or 0),
        contact_ref=(data.get("contact_method") or {}).get("id") or "",
    )


def _layer_of(data: Json) -> LayerState:
    return LayerState(
        ref=data["id"],
        name=data.get("name") or "",
        starts_at=instant(data["start"]),
        ends_at=instant(data["end"]) if data.get("end") else None,
        virtual_start=instant(data["rotation_virtual_start"]),
        turn_seconds=int(data["rotation_turn_length_seconds"]),
        user_refs=tuple(each["user"]["id"] for each in data.get("users") or []),
        restrictions=tuple(_restriction_of(each) for each in data.get("restrictions") or []),
    )


def _restriction_of(data: Json) -> Restriction:
    daily = data["type"] == "daily_restriction"
    return Restriction(
        weekday=0 if daily else int(data["start_day_of_week"]),
        start_time=data["start_time_of_day"],
        seconds=int(data["duration_seconds"]),
        daily=daily,
    )
