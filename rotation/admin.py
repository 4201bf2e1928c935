"""Rotations by forms while nothing is published, policies in versions, the rest to read.

Drafts are their managers' alone and not here.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin

from common import clock
from common.record_admin import Change, Creation, RecordAdmin
from rotation.forms import arrangement, services
from rotation.models import (
    Cover,
    Incident,
    Level,
    PolicyVersion,
    Rotation,
    Service,
    Shift,
    SyncRun,
    SyncStep,
    WebhookEvent,
)
from rotation.operations import policies, rotations, syncing
from rotation.operations import services as service_operations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from audit.operations import Actor
    from volunteers.access import SignedInRequest

FIGURES = tuple(field.name for field in dataclasses.fields(policies.Figures))


def _actor(request: HttpRequest) -> Actor:
    return cast("SignedInRequest", request).viewer.actor


def _hours(data: Mapping[str, Any]) -> rotations.Hours:
    return rotations.Hours(
        time_zone=data["time_zone"],
        handover_weekday=data["handover_weekday"],
        handover_time=data["handover_time"],
        business_start=data["business_start"],
        business_end=data["business_end"],
        holiday_office_id=data["holiday_office"],
        level2_paid=data["level2_paid"],
    )


def _create(request: HttpRequest, data: Mapping[str, Any]) -> Rotation:
    return rotations.create_rotation(
        team_id=data["team"],
        hours=_hours(data),
        figures=policies.Figures(),
        reason="The figures that every team starts with.",
        actor=_actor(request),
        now=clock.now(),
    )


def _edit_hours(request: HttpRequest, data: Mapping[str, Any], rotation: Rotation) -> None:
    rotations.edit_hours(
        rotation_id=rotation.pk, hours=_hours(data), actor=_actor(request), now=clock.now()
    )


def _hours_now(rotation: Rotation) -> dict[str, Any]:
    columns = ("time_zone", "handover_weekday", "handover_time", "business_start", "business_end")
    return {
        **{column: getattr(rotation, column) for column in columns},
        "holiday_office": rotation.holiday_office_id,
        "level2_paid": rotation.level2_paid,
    }


def _nothing_published(rotation: Rotation) -> bool:
    return not Shift.objects.filter(level__rotation=rotation).exists()


def _change_policy(request: HttpRequest, data: Mapping[str, Any], rotation: Rotation) -> None:
    policies.change_policy(
        rotation_id=rotation.pk,
        figures=policies.Figures(**{figure: data[figure] for figure in FIGURES}),
        reason=data["reason"],
        actor=_actor(request),
        now=clock.now(),
    )


def _policy_now(rotation: Rotation) -> dict[str, Any]:
    latest = rotation.policies.latest("number")
    figures = {figure: getattr(latest, figure) for figure in FIGURES}
    weights = [f"{slug} {weight}" for slug, weight in latest.holiday_weights.items()]
    return {
        **figures,
        "holiday_weights": ", ".join(weights),
        "objectives": " ".join(latest.objectives),
    }


def _set_owner(request: HttpRequest, data: Mapping[str, Any], service: Service) -> None:
    service_operations.set_owner(
        service_id=service.pk, owner_id=data["owner"], actor=_actor(request), now=clock.now()
    )


def _unlink(request: HttpRequest, _data: Mapping[str, Any], level: Level) -> None:
    syncing.unlink_schedule(level_id=level.pk, actor=_actor(request), now=clock.now())


@admin.register(Rotation)
class RotationAdmin(RecordAdmin[Rotation]):
    """Rotations."""

    list_display = ("name", "team", "time_zone", "schedule_version", "published_at")
    list_select_related = ("team",)
    fields = (
        "name",
        "slug",
        "team",
        "time_zone",
        "handover_weekday",
        "handover_time",
        "business_start",
        "business_end",
        "holiday_office",
        "level2_paid",
        "schedule_version",
        "published_at",
        "published_by",
    )
    search_fields = ("name",)
    ordering = ("name", "pk")
    creation = Creation(form=arrangement.NewRotationForm, run=_create)
    changes = (
        Change(
            name="hours",
            title="Change hours",
            form=arrangement.HoursForm,
            run=_edit_hours,
            initial=_hours_now,
            offered=_nothing_published,
        ),
        Change(
            name="policy",
            title="Change policy",
            form=arrangement.PolicyForm,
            run=_change_policy,
            initial=_policy_now,
        ),
    )


@admin.register(PolicyVersion)
class PolicyVersionAdmin(RecordAdmin[PolicyVersion]):
    """What was in force when, and why."""

    list_display = ("rotation", "number", "effective_from", "changed_by", "reason")
    list_filter = ("rotation",)
    list_select_related = ("rotation",)
    fields = ("rotation", "number", *FIGURES, "changed_by", "effective_from", "reason")
    ordering = ("rotation_id", "-number", "pk")


@admin.register(Level)
class LevelAdmin(RecordAdmin[Level]):
    """The two levels of each rotation and their side in PagerDuty."""

    list_display = ("rotation", "name", "pagerduty_schedule_ref", "in_pagerduty_since")
    list_filter = ("rotation",)
    list_select_related = ("rotation",)
    fields = (
        "rotation",
        "name",
        "pagerduty_schedule_ref",
        "in_pagerduty_since",
        "in_pagerduty_version",
        "checked_at",
    )
    ordering = ("rotation_id", "name", "pk")
    changes = (
        Change(
            name="unlink",
            title="Unlink from PagerDuty’s schedule",
            run=_unlink,
            offered=lambda level: bool(level.pagerduty_schedule_ref),
        ),
    )


@admin.register(Shift)
class ShiftAdmin(RecordAdmin[Shift]):
    """Published weeks."""

    list_display = ("week_date", "level", "rotation", "holder", "completed_at", "cancelled_at")
    list_filter = ("level",)
    list_select_related = ("level__rotation", "holder")
    fields = (
        "level",
        "week_date",
        "starts_at",
        "ends_at",
        "time_zone",
        "day_windows",
        "holder",
        "policy",
        "load_hundredths",
        "holidays",
        "gap_reasons",
        "version",
        "cancelled_at",
        "completed_at",
    )
    search_fields = ("holder__name", "holder__email")
    ordering = ("-week_date", "level_id", "pk")

    @admin.display(description="rotation")
    def rotation(self, shift: Shift) -> str:
        """The rotation's name."""
        return shift.level.rotation.name


@admin.register(Cover)
class CoverAdmin(RecordAdmin[Cover]):
    """Who takes whose time."""

    list_display = ("shift", "from_engineer", "to_engineer", "starts_at", "ends_at", "state")
    list_filter = ("state",)
    list_select_related = ("shift", "from_engineer", "to_engineer")
    fields = (
        "shift",
        "from_engineer",
        "to_engineer",
        "starts_at",
        "ends_at",
        "state",
        "swap_with",
        "asked_by",
        "asked_at",
        "accepted_at",
        "closed_at",
    )
    search_fields = ("from_engineer__name", "to_engineer__name")
    ordering = ("-asked_at", "pk")


@admin.register(Service)
class ServiceAdmin(RecordAdmin[Service]):
    """PagerDuty's services whose incidents page people here, and the teams that own them."""

    list_display = ("name", "ref", "owner", "policy_ref", "seen_at")
    list_select_related = ("owner",)
    fields = ("name", "ref", "owner", "policy_ref", "seen_at")
    search_fields = ("name", "ref")
    ordering = ("name", "pk")
    changes = (
        Change(
            name="owner",
            title="Change the owner",
            form=services.OwnerForm,
            run=_set_owner,
            initial=lambda service: {"owner": service.owner_id},
        ),
    )


@admin.register(Incident)
class IncidentAdmin(RecordAdmin[Incident]):
    """PagerDuty's incidents, those of nobody here too."""

    list_display = ("ref", "title", "rotation", "service", "triggered_at", "resolved_at")
    list_filter = ("rotation",)
    list_select_related = ("rotation", "service")
    fields = (
        "ref",
        "number",
        "title",
        "service",
        "rotation",
        "policy_ref",
        "urgency",
        "triggered_at",
        "acknowledged_at",
        "resolved_at",
        "escalations",
        "filled_at",
    )
    search_fields = ("ref", "title")
    ordering = ("-triggered_at", "-pk")


@admin.register(WebhookEvent)
class WebhookEventAdmin(RecordAdmin[WebhookEvent]):
    """PagerDuty's events as they came, and what became of each."""

    list_display = ("event_ref", "event_type", "state", "received_at", "tries")
    list_filter = ("state",)
    fields = (
        "event_ref",
        "webhook_ref",
        "event_type",
        "incident_ref",
        "occurred_at",
        "received_at",
        "state",
        "failure",
        "handled_at",
        "tries",
        "body",
    )
    search_fields = ("event_ref", "incident_ref")
    ordering = ("-received_at", "-pk")


@admin.register(SyncRun)
class SyncRunAdmin(RecordAdmin[SyncRun]):
    """Attempts to make PagerDuty show the schedule."""

    list_display = ("rotation", "state", "cause", "queued_at", "finished_at", "tries")
    list_filter = ("state", "rotation")
    list_select_related = ("rotation",)
    fields = (
        "rotation",
        "state",
        "cause",
        "queued_at",
        "started_at",
        "finished_at",
        "schedule_version",
        "tries",
        "next_try_at",
        "failure",
        "unmatched",
    )
    ordering = ("-queued_at", "-pk")


@admin.register(SyncStep)
class SyncStepAdmin(RecordAdmin[SyncStep]):
    """Single requests of an attempt, with what was sent and answered."""

    list_display = ("run", "position", "action", "method", "path", "state")
    list_filter = ("state",)
    fields = (
        "run",
        "position",
        "level",
        "action",
        "reason",
        "method",
        "path",
        "request",
        "state",
        "answer",
        "failure",
        "sent_at",
        "answered_at",
    )
    ordering = ("-run_id", "position", "pk")
