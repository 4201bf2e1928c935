"""How what was asked of PagerDuty is written in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.api.fields import StrictSerializer, TextField
from rotation.forms.adoption import POLICY
from rotation.models import LevelName, Lookup
from rotation.operations.lookups import LONGEST_QUERY

WHAT = [*LevelName.values, POLICY]


class LookupSerializer(serializers.Serializer[Any]):
    """One question; a worker moves it from queued to done or failed, and writes nothing there.

    `result` of a plan: the requests in order (`steps`), and each level's weeks before and after. Of
    a search: what was found, each with why it is refused, empty if it is not. Of an adoption: the
    object as it is, why it is refused, and the plan.
    """

    id = serializers.IntegerField(source="pk")
    rotation = serializers.CharField(source="rotation.slug")
    kind = serializers.ChoiceField(choices=Lookup.Kind.choices)
    what = serializers.SerializerMethodField()
    query = serializers.CharField()
    state = serializers.ChoiceField(choices=Lookup.State.choices)
    progress = serializers.CharField()
    failure = serializers.CharField()
    queued_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    schedule_version = serializers.IntegerField(allow_null=True)
    adopted_at = serializers.DateTimeField(allow_null=True)
    result = serializers.JSONField(allow_null=True)

    def get_what(self, lookup: Lookup) -> str:
        """The level, or `policy`; of a plan empty, since it is about both levels."""
        if lookup.kind == Lookup.Kind.PLAN:
            return ""
        return POLICY if lookup.level is None else str(lookup.level.name)


class NewLookupSerializer(StrictSerializer):
    """What to ask: a plan, a search by name or id, or what an adoption of an id would do."""

    kind = serializers.ChoiceField(choices=Lookup.Kind.choices)
    what = serializers.ChoiceField(choices=WHAT, required=False)
    query = TextField(is_line=True, required=False, max_length=LONGEST_QUERY)


class OwnSerializer(StrictSerializer):
    """Of what Rota is to find or make its own again."""

    what = serializers.ChoiceField(choices=WHAT)
