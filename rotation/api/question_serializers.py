"""How questions about a week are written in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.api.fields import DayField, StrictSerializer
from rotation.api.serializers import LevelField
from rotation.models import WeekQuestion
from volunteers.api.serializers import PersonRefSerializer


class NewQuestionSerializer(StrictSerializer):
    """A week of the draft."""

    level = LevelField()
    week_date = DayField()


class PersonAnswerSerializer(serializers.Serializer[Any]):
    """One person: `why` says what keeps them from the week, null when nothing does.

    `costs` is the change of each objective against the schedule as it is, `moves` how many other
    weeks change hands; a cost that is not `proven` may be lower.
    """

    engineer = PersonRefSerializer(source="mark")
    holds = serializers.BooleanField()
    why = serializers.SerializerMethodField()
    costs = serializers.DictField(child=serializers.IntegerField())
    moves = serializers.IntegerField()
    proven = serializers.BooleanField()

    def get_why(self, person: Any) -> str | None:
        """The code, null when they can take it or hold it as they may."""
        return person.why or None


class QuestionSerializer(serializers.Serializer[Any]):
    """Who else could have taken a week; a worker moves it from queued to answered.

    Without a draft it is about the published schedule. `order` are the objectives as they
    counted, `base` their values in the schedule as it is. The holder comes first, then who could
    from the cheapest to the dearest, then who cannot.
    """

    id = serializers.IntegerField(source="question_id")
    rotation = serializers.CharField(source="rotation_slug")
    draft = serializers.IntegerField(source="draft_id", allow_null=True)
    level = LevelField()
    week_date = serializers.DateField()
    state = serializers.ChoiceField(choices=WeekQuestion.State.choices)
    asked_by = serializers.CharField()
    asked_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    failure = serializers.CharField()
    order = serializers.ListField(child=serializers.CharField())
    base = serializers.DictField(child=serializers.IntegerField())
    people = PersonAnswerSerializer(many=True)
