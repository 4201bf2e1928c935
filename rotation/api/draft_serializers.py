"""How drafts and sync runs are written in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.api.fields import (
    HundredthsField,
    StrictSerializer,
    TextField,
    WholeNumberField,
    YesNoField,
)
from rotation.api.schedule_serializers import ReasonSerializer
from rotation.api.serializers import LevelField
from rotation.models import Draft, SyncRun, SyncStep
from rotation.operations.drafts import MOST_CAUSE
from volunteers.api.serializers import PersonRefSerializer


class DraftSerializer(serializers.Serializer[Any]):
    """A draft of the weeks from `first_week_date` on; a worker moves it from queued to ready.

    It can be published while the rotation's schedule has version `base_version`. A repair changes
    as few published weeks as possible; `cause` says why it was asked for, and nobody asked for one
    that Rota proposed by itself.
    """

    id = serializers.IntegerField(source="pk")
    number = serializers.IntegerField()
    rotation = serializers.CharField(source="rotation.slug")
    kind = serializers.ChoiceField(choices=Draft.Kind.choices)
    cause = serializers.CharField()
    solved_again_from = serializers.IntegerField(source="solved_again_from_id", allow_null=True)
    state = serializers.ChoiceField(choices=Draft.State.choices)
    first_week_date = serializers.DateField()
    weeks = serializers.IntegerField()
    policy = serializers.IntegerField(source="policy.number")
    base_version = serializers.IntegerField()
    requested_by = serializers.CharField(source="requested_by.name", default="")
    requested_at = serializers.DateTimeField()
    solving_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    solve_milliseconds = serializers.IntegerField(allow_null=True)
    proven = serializers.BooleanField()
    failure = serializers.CharField()
    closed_by = serializers.CharField(source="closed_by.name", default="")
    closed_at = serializers.DateTimeField(allow_null=True)


class StandingSerializer(serializers.Serializer[Any]):
    """Who holds the week as published; a null holder is a gap."""

    holder = PersonRefSerializer(allow_null=True)
    load = HundredthsField()


class ProposedShiftSerializer(serializers.Serializer[Any]):
    """One week of one level as proposed, and as published if it is; a started week stays."""

    level = LevelField()
    week_date = serializers.DateField()
    holder = PersonRefSerializer(allow_null=True)
    load = HundredthsField()
    holidays = serializers.ListField(child=serializers.CharField())
    published = StandingSerializer(allow_null=True)
    is_new = serializers.BooleanField()
    is_changed = serializers.BooleanField()
    is_gap = serializers.BooleanField()
    has_started = serializers.BooleanField()
    reasons = ReasonSerializer(many=True)


class DraftLoadSerializer(serializers.Serializer[Any]):
    """One person's load with the draft, `was` as published (null without a schedule)."""

    engineer = PersonRefSerializer(source="mark")
    shifts = serializers.IntegerField(source="weeks")
    was = HundredthsField(allow_null=True)
    load = HundredthsField()
    fair_share = HundredthsField(source="fair")
    off = HundredthsField()


class DraftLevelSerializer(serializers.Serializer[Any]):
    """What solving reached for a level: each objective's value and its proven lower bound."""

    level = LevelField()
    objectives = serializers.DictField(child=serializers.IntegerField())
    bounds = serializers.DictField(child=serializers.IntegerField())
    people = DraftLoadSerializer(many=True)


class StaleSerializer(serializers.Serializer[Any]):
    """What has changed since the draft was made; publishing a blocked one is refused."""

    is_blocked = serializers.BooleanField()
    sentences = serializers.ListField(child=serializers.CharField())


class EditedWeekSerializer(serializers.Serializer[Any]):
    """A week that somebody edited in PagerDuty, undecided, and that publishing writes over."""

    level = serializers.CharField()
    week_date = serializers.DateField()
    shown = serializers.CharField()
    author = serializers.CharField()


class DraftDetailSerializer(DraftSerializer):
    """A draft with its weeks; they are empty until it is solved."""

    shifts = ProposedShiftSerializer(many=True)
    levels = DraftLevelSerializer(many=True)
    stale = StaleSerializer(allow_null=True)
    edited = EditedWeekSerializer(many=True)


class NewDraftSerializer(StrictSerializer):
    """How many weeks from the next handover on; the policy's horizon when left out.

    A repair is of the published weeks when they are left out; its cause, when that is left out, is
    what disturbs the schedule now.
    """

    weeks = WholeNumberField(required=False, allow_null=True, default=None)
    kind = serializers.ChoiceField(
        choices=Draft.Kind.choices, required=False, default=Draft.Kind.FULL
    )
    cause = TextField(
        is_line=True, required=False, allow_blank=True, default="", max_length=MOST_CAUSE
    )


class PublishSerializer(StrictSerializer):
    """Weeks without anybody on level 2 are published only when that is confirmed.

    So are weeks that somebody edited in PagerDuty and nobody decided on (`edits_confirmed`):
    publishing writes over them.
    """

    escalation_gaps_confirmed = YesNoField(required=False, default=False)
    edits_confirmed = YesNoField(required=False, default=False)


class PublishedSerializer(serializers.Serializer[Any]):
    """The version that the schedule now has."""

    schedule_version = serializers.IntegerField()


class SyncRunSerializer(serializers.Serializer[Any]):
    """One attempt to make PagerDuty show what is published."""

    id = serializers.IntegerField(source="pk")
    rotation = serializers.CharField(source="rotation.slug")
    state = serializers.ChoiceField(choices=SyncRun.State.choices)
    cause = serializers.CharField()
    queued_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    schedule_version = serializers.IntegerField(allow_null=True)
    tries = serializers.IntegerField()
    next_try_at = serializers.DateTimeField(allow_null=True)
    failure = serializers.CharField()
    unmatched = serializers.ListField(child=serializers.CharField())


class SyncStepSerializer(serializers.Serializer[Any]):
    """One request to PagerDuty, why, and its answer."""

    position = serializers.IntegerField()
    level = serializers.CharField(source="level.name", default=None, allow_null=True)
    action = serializers.CharField()
    reason = serializers.CharField()
    method = serializers.CharField()
    path = serializers.CharField()
    request = serializers.JSONField(allow_null=True)
    state = serializers.ChoiceField(choices=SyncStep.State.choices)
    answer = serializers.JSONField(allow_null=True)
    failure = serializers.CharField()
    sent_at = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)


class SyncRunDetailSerializer(SyncRunSerializer):
    """A run with its steps in the order in which they were sent."""

    steps = SyncStepSerializer(many=True)
