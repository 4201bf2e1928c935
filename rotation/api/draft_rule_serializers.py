"""How rules by hand and comparisons of drafts are written in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.api.fields import DayField, HundredthsField, StrictSerializer, WholeNumberField
from rotation.api.serializers import LevelField
from rotation.models import DraftRule
from volunteers.api.serializers import PersonRefSerializer

_KEY = 2**31 - 1


class DraftRuleSerializer(serializers.Serializer[Any]):
    """This person in this week (`pin`), or anybody but them (`forbid`).

    One that `waits` counts once the draft is solved again.
    """

    id = serializers.IntegerField(source="pk")
    level = LevelField(source="level.name")
    week_date = serializers.DateField()
    engineer = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(choices=DraftRule.Kind.choices)
    waits = serializers.SerializerMethodField()
    added_by = serializers.CharField()
    added_at = serializers.DateTimeField()

    def get_engineer(self, rule: DraftRule) -> dict[str, Any]:
        """Whom it is about."""
        return {"id": rule.engineer_id, "name": rule.engineer.name}

    def get_waits(self, rule: DraftRule) -> bool:
        """Whether it was added after the draft was asked for."""
        return rule.added_at > rule.draft.requested_at


class NewDraftRuleSerializer(StrictSerializer):
    """A week of the draft, and who is to have it or to be kept from it."""

    level = LevelField()
    week_date = DayField()
    engineer = WholeNumberField(min_value=1, max_value=_KEY)
    kind = serializers.ChoiceField(choices=DraftRule.Kind.choices)


class OtherDraftSerializer(StrictSerializer):
    """The draft to compare with; the published schedule when left out."""

    other = serializers.RegexField(
        r"\A[1-9][0-9]{0,8}\Z",
        required=False,
        default=None,
        error_messages={"invalid": "This is the id of a draft."},
    )


class SideSerializer(serializers.Serializer[Any]):
    """One of the two; the published schedule where `draft` is null."""

    draft = serializers.IntegerField(source="draft_id", allow_null=True)
    number = serializers.IntegerField(allow_null=True)
    weeks = serializers.IntegerField()
    changes = serializers.IntegerField()


class FigureSerializer(serializers.Serializer[Any]):
    """A figure of both in words; how the first stands against the second."""

    title = serializers.CharField()
    one = serializers.CharField()
    other = serializers.CharField()
    better = serializers.ChoiceField(choices=["", "better", "equal", "worse"])


class ObjectiveSerializer(serializers.Serializer[Any]):
    """An objective's value in both, null where one was not solved for it."""

    level = LevelField()
    name = serializers.CharField()
    one = serializers.IntegerField(allow_null=True)
    other = serializers.IntegerField(allow_null=True)


class PersonFiguresSerializer(serializers.Serializer[Any]):
    """One person's weeks, load and fair share."""

    shifts = serializers.IntegerField()
    load = HundredthsField()
    fair_share = HundredthsField(source="fair")


class LoadsSerializer(serializers.Serializer[Any]):
    """One person at one level in both, null where they are not in it."""

    level = LevelField()
    engineer = PersonRefSerializer(source="mark")
    one = PersonFiguresSerializer(allow_null=True)
    other = PersonFiguresSerializer(allow_null=True)


class OtherWeekSerializer(serializers.Serializer[Any]):
    """A week that the two give to different people; null is a gap."""

    level = LevelField()
    week_date = serializers.DateField()
    one = PersonRefSerializer(allow_null=True)
    other = PersonRefSerializer(allow_null=True)


class ComparisonSerializer(serializers.Serializer[Any]):
    """Two drafts, or the published schedule and a draft: figures, loads and differing weeks.

    `only_one` and `only_other` count weeks of a level that only one of them has.
    """

    one = SideSerializer()
    other = SideSerializer()
    figures = FigureSerializer(many=True)
    objectives = ObjectiveSerializer(many=True)
    loads = LoadsSerializer(many=True)
    weeks = OtherWeekSerializer(many=True)
    only_one = serializers.IntegerField()
    only_other = serializers.IntegerField()
