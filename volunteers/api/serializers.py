"""How people and on-call teams are written in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from volunteers.models import RoleGrant, TermLevel
from volunteers.queries import terms


class PersonRefSerializer(serializers.Serializer[Any]):
    """Somebody by id and name."""

    id = serializers.IntegerField(source="engineer_id")
    name = serializers.CharField()


class TeamRefSerializer(serializers.Serializer[Any]):
    """An on-call team by slug and name."""

    slug = serializers.CharField()
    name = serializers.CharField()


class PlaceSerializer(serializers.Serializer[Any]):
    """Where somebody works today; empty texts and UTC without a posting."""

    office = serializers.CharField()
    time_zone = serializers.CharField(source="zone")
    team = serializers.CharField()
    cost_centre = serializers.CharField()


class TermSerializer(serializers.Serializer[Any]):
    """One term over `[starts_on, ends_on)`, both days being handovers; a null end is open.

    In its first `shadow_weeks` the person looks on and is not on call.
    """

    id = serializers.IntegerField(source="line.term_id")
    team = TeamRefSerializer()
    engineer = PersonRefSerializer()
    level = serializers.ChoiceField(choices=TermLevel.choices, source="line.level")
    starts_on = serializers.DateField(source="line.starts_on")
    ends_on = serializers.DateField(source="line.ends_on", allow_null=True)
    state = serializers.ChoiceField(
        choices=[terms.UPCOMING, terms.ACTIVE, terms.ENDED], source="line.state"
    )
    has_left_early = serializers.BooleanField(source="line.has_left_early")
    shadow_weeks = serializers.IntegerField(source="line.shadow_weeks")


class RightsSerializer(serializers.Serializer[Any]):
    """What somebody may do at this moment; `manages` holds slugs of on-call teams."""

    is_finance = serializers.BooleanField()
    is_admin = serializers.BooleanField()
    manages = serializers.ListField(child=serializers.CharField())


class MeSerializer(serializers.Serializer[Any]):
    """What Rota knows of the person who asks."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField()
    employee_number = serializers.CharField()
    place = PlaceSerializer()
    rights = RightsSerializer()
    terms = TermSerializer(many=True)


class PostingSerializer(serializers.Serializer[Any]):
    """Where somebody works today; who pays for them is empty except for themselves and admins."""

    office = serializers.CharField(source="office_name")
    time_zone = serializers.CharField()
    team = serializers.CharField(source="team_name", allow_null=True)
    cost_centre = serializers.CharField()


class PersonSerializer(serializers.Serializer[Any]):
    """One person; `employee_number` is empty except for themselves and admins."""

    id = serializers.IntegerField(source="engineer_id")
    name = serializers.CharField()
    email = serializers.EmailField()
    is_active = serializers.BooleanField()
    employee_number = serializers.CharField()
    posting = PostingSerializer(allow_null=True)
    roles = serializers.ListField(child=serializers.ChoiceField(RoleGrant.Role.choices))
    manages = serializers.ListField(child=serializers.CharField())


class PersonDetailSerializer(PersonSerializer):
    """One person with their terms in order of start."""

    terms = TermSerializer(many=True)


class OnCallTeamSerializer(TeamRefSerializer):
    """Why an on-call team exists, how it is judged, and who manages it."""

    problem = serializers.CharField()
    success_criteria = serializers.CharField()
    owner = PersonRefSerializer(allow_null=True)
    next_review_on = serializers.DateField(allow_null=True)
    people_on_call_before = serializers.IntegerField(allow_null=True)
    managers = PersonRefSerializer(many=True)


class OfficeSerializer(serializers.Serializer[Any]):
    """An office: its zone, whose public holidays it has, its currency and the employer there."""

    slug = serializers.CharField()
    name = serializers.CharField()
    time_zone = serializers.CharField()
    country = serializers.CharField()
    subdivision = serializers.CharField()
    currency = serializers.CharField()
    legal_entity = serializers.CharField()
