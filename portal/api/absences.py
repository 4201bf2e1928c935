"""One's own absences. Nobody reads another's note, and only a draft reads another's days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from common.api.fields import DayField, StrictSerializer, TextField
from common.api.schema import answers, day_parameter
from portal.queries import away_effect, own_days
from volunteers import access
from volunteers.api.base import ListView, RotaView
from volunteers.models import Absence, TermLevel
from volunteers.operations import absences

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from rest_framework.request import Request

    from common.periods import Period
    from portal.queries.away_effect import AwayEffect, HeldWeek
    from portal.queries.own_days import DaysOff

BY_DAY = ("starts_on", "pk")
TAGS = ["absences"]


class TimeSerializer(serializers.Serializer[Any]):
    """From one instant to another, as `shifts/<id>/cover-requests/` takes them."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class HeldWeekSerializer(serializers.Serializer[Any]):
    """A published week of one's own in these days.

    `parts` is one's time in it on these days that is to come; `asked` is that for which one asks
    for cover already. No draft moves a week that `is_running`.
    """

    shift = serializers.IntegerField()
    rotation = serializers.CharField()
    level = serializers.ChoiceField(choices=TermLevel.choices)
    week = serializers.DateField()
    is_running = serializers.BooleanField()
    parts = TimeSerializer(many=True)
    asked = TimeSerializer(many=True)


class AbsenceSerializer(serializers.Serializer[Any]):
    """One's own days away, both included, in the zone of one's office on the first of them.

    `published_weeks` are still one's own: ask for cover of their `parts`, or wait for the repair
    that is proposed to the managers.
    """

    id = serializers.IntegerField()
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    time_zone = serializers.CharField()
    note = serializers.CharField()
    published_weeks = HeldWeekSerializer(many=True)


class NewAbsenceSerializer(StrictSerializer):
    """Days away, both included. Nobody but their owner reads the note."""

    first_day = DayField()
    last_day = DayField()
    note = TextField(required=False, allow_blank=True, default="")


class DaysSerializer(StrictSerializer):
    """Days to ask about, both included; today when none is named, one day when only the first."""

    first_day = DayField(required=False)
    last_day = DayField(required=False)


class BlockedWeekSerializer(serializers.Serializer[Any]):
    """A coming week of one's terms that no draft would give to somebody away in it."""

    rotation = serializers.CharField()
    week = serializers.DateField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    is_held = serializers.BooleanField()


class AwayEffectSerializer(serializers.Serializer[Any]):
    """What being away on these days would mean; one day away blocks its whole week."""

    first_day = serializers.DateField()
    last_day = serializers.DateField()
    time_zone = serializers.CharField()
    blocked_weeks = BlockedWeekSerializer(many=True)
    published_weeks = HeldWeekSerializer(many=True)


class AbsencesView(ListView):
    """One's own."""

    @extend_schema(tags=TAGS, responses=answers({200: AbsenceSerializer(many=True)}, 400))
    def get(self, request: Request) -> Response:
        """Your absences that stand, in order of their first day, with published weeks in them."""
        del request
        own = access.own_absences(viewer=self.viewer)
        return self.rows(own, self._lines, AbsenceSerializer, order=BY_DAY)

    @extend_schema(
        tags=TAGS,
        request=NewAbsenceSerializer,
        responses=answers({201: AbsenceSerializer}, 400, 413),
    )
    def post(self, request: Request) -> Response:
        """Enter days on which you cannot be on call.

        Published weeks do not change by it: the answer names those that are still yours.
        """
        del request
        values = self.body(NewAbsenceSerializer)
        row = absences.add_absence(**values, actor=self.actor, now=self.now)
        line = self._lines(Absence.objects.filter(pk=row.pk))[0]
        return Response(AbsenceSerializer(line).data, status=201)

    def _lines(self, page: QuerySet[Absence]) -> list[dict[str, Any]]:
        found = own_days.days_off_of(viewer=self.viewer, absences=page, now=self.now)
        return [_line(each) for each in found]


class AbsenceEffectView(RotaView):
    """What days away would mean, before they are entered."""

    @extend_schema(
        tags=TAGS,
        parameters=[
            day_parameter("first_day", "The first day away; today when it is left out."),
            day_parameter("last_day", "The last day away; the first when it is left out."),
        ],
        responses=answers({200: AwayEffectSerializer}, 400),
    )
    def get(self, request: Request) -> Response:
        """The weeks that these days would block, and published weeks of yours in them."""
        del request
        values = self.query(DaysSerializer)
        first = values.get("first_day", self.today)
        last = values.get("last_day", first)
        if last < first or last - first >= absences.LONGEST:
            raise absences.AbsenceInvalidError(
                "These are no days: at most a year, the last not before the first.",
                fields={"last_day": "The last day is not before the first, and within a year."},
            )
        effect = away_effect.effect(
            viewer=self.viewer, first_day=first, last_day=last, now=self.now
        )
        return Response(AwayEffectSerializer(_effect(effect)).data)


class AbsenceCancelView(RotaView):
    """Taking one's own absence back."""

    @extend_schema(
        tags=TAGS, request=StrictSerializer, responses=answers({204: None}, 400, 404, 409)
    )
    def post(self, request: Request, absence_id: int) -> Response:
        """Take an absence back; the draft that is made next may use its days."""
        del request
        self.body(StrictSerializer)
        own = get_object_or_404(access.own_absences(viewer=self.viewer), pk=absence_id)
        absences.cancel_absence(absence_id=own.pk, actor=self.actor, now=self.now)
        return Response(status=204)


def _line(each: DaysOff) -> dict[str, Any]:
    return {
        "id": each.absence.absence_id,
        "first_day": each.absence.first_day,
        "last_day": each.absence.last_day,
        "time_zone": each.absence.zone,
        "note": each.absence.note,
        "published_weeks": [_held(held) for held in each.met],
    }


def _effect(effect: AwayEffect) -> dict[str, Any]:
    return {
        "first_day": effect.first_day,
        "last_day": effect.last_day,
        "time_zone": effect.zone,
        "blocked_weeks": [
            {
                "rotation": each.rotation_slug,
                "week": each.week.week_date,
                "is_held": each.is_held,
                **_time(each.week.period),
            }
            for each in effect.blocked
        ],
        "published_weeks": [_held(held) for held in effect.held],
    }


def _held(held: HeldWeek) -> dict[str, Any]:
    shift = held.week.shift
    return {
        "shift": shift.shift_id,
        "rotation": shift.rotation_slug,
        "level": shift.level,
        "week": shift.week_date,
        "is_running": held.is_running,
        "parts": _times(held.parts),
        "asked": _times(held.asked),
    }


def _times(periods: Iterable[Period]) -> list[dict[str, Any]]:
    return [_time(period) for period in periods]


def _time(period: Period) -> dict[str, Any]:
    return {"starts_at": period.starts_at, "ends_at": period.ends_at}
