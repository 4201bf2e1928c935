"""How often people are paged, and how it is written in JSON."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from common.api.schema import answers
from rotation import access
from rotation.api.rotations import TAGS, OneRotationView
from rotation.models import LevelName
from rotation.queries import page_counts, page_list, patterns
from volunteers.api.base import RotaView

if TYPE_CHECKING:
    from rest_framework.request import Request

    from rotation.models import Rotation
    from rotation.queries.page_counts import CountLine
    from rotation.queries.page_list import PageLine


class WantedSerializer(serializers.Serializer[Any]):
    """Which pages are counted: since the first of a month, and of one level, service or person."""

    months = serializers.ChoiceField(
        choices=page_counts.MONTHS,
        default=page_counts.USUAL_MONTHS,
        help_text="How many months, the running one included.",
    )
    level = serializers.ChoiceField(choices=LevelName.choices, required=False, default="")
    service = serializers.CharField(
        required=False, default="", max_length=64, help_text="PagerDuty's id of the service."
    )
    person = serializers.IntegerField(required=False, default=None, min_value=1)


class CountSerializer(serializers.Serializer[Any]):
    """How many pages; of them in sleep hours, outside on-call hours, and answered by the person.

    Sleep is 23:00 to 07:00 where the person is; the median is null when none was answered.
    """

    pages = serializers.IntegerField()
    in_sleep_hours = serializers.IntegerField(source="asleep")
    outside_on_call_hours = serializers.IntegerField(source="outside")
    acknowledged = serializers.IntegerField()
    median_seconds_to_acknowledge = serializers.IntegerField(
        source="median_seconds", allow_null=True
    )


class CountOfSerializer(CountSerializer):
    """The same of one person, service, level, month or week; an empty key is nobody known."""

    key = serializers.CharField(allow_blank=True)
    name = serializers.CharField()
    shift = serializers.IntegerField(allow_null=True)
    level = serializers.CharField(allow_blank=True)


class PageSerializer(serializers.Serializer[Any]):
    """A person notified of an incident.

    `title` and `html_url` are null for those outside the team; `level` is empty for somebody who
    was not on call here, `person` null for somebody unknown.
    """

    paged_at = serializers.DateTimeField()
    person = serializers.IntegerField(allow_null=True)
    name = serializers.CharField(allow_blank=True)
    level = serializers.CharField(allow_blank=True)
    service = serializers.CharField(allow_blank=True)
    title = serializers.CharField(allow_null=True)
    html_url = serializers.CharField(allow_null=True)
    seconds_to_acknowledge = serializers.IntegerField(allow_null=True)
    escalations = serializers.IntegerField()
    in_on_call_hours = serializers.BooleanField()
    in_sleep_hours = serializers.BooleanField()


class PagesSerializer(serializers.Serializer[Any]):
    """The pages of a rotation since a day, in all and by what they are told apart."""

    since = serializers.DateField()
    total = CountSerializer()
    people = CountOfSerializer(many=True)
    services = CountOfSerializer(many=True)
    levels = CountOfSerializer(many=True)
    months = CountOfSerializer(many=True)
    shifts = CountOfSerializer(many=True)
    newest = PageSerializer(many=True, help_text="One by one, the newest first, fifty at most.")


class ShiftPagesSerializer(serializers.Serializer[Any]):
    """The pages of one published week, the newest first, fifty at most."""

    shift = serializers.IntegerField()
    pages = PageSerializer(many=True)


class PagesView(OneRotationView):
    """Pages of one rotation, counted."""

    @extend_schema(
        tags=TAGS,
        parameters=[WantedSerializer],
        responses=answers({200: PagesSerializer}, 400, 404),
    )
    def get(self, request: Request, slug: str) -> Response:
        """How many pages there were by person, service, level, month and week."""
        del request
        rotation = self.rotation(slug)
        wanted = page_counts.Wanted(**self.query(WantedSerializer))
        found = page_counts.counts(rotation, wanted=wanted, now=self.now)
        groups = ("people", "services", "levels", "months", "shifts")
        body = {
            "since": found.since,
            "total": found.total,
            **{name: [_shown(line) for line in getattr(found, name)] for name in groups},
            "newest": [_page(line) for line in self._newest(rotation, wanted)],
        }
        return Response(PagesSerializer(body).data)

    def _newest(self, rotation: Rotation, wanted: page_counts.Wanted) -> tuple[PageLine, ...]:
        return page_list.page_lines(
            rotation,
            rows=page_counts.pages_of(rotation, wanted=wanted, now=self.now),
            with_titles=_reads_titles(self, rotation),
        )


class ShiftPagesView(RotaView):
    """Pages of one published week."""

    @extend_schema(tags=TAGS, responses=answers({200: ShiftPagesSerializer}, 404))
    def get(self, request: Request, shift_id: int) -> Response:
        """Who was paged in the week, when and from which service."""
        del request
        rows = access.visible_shifts(viewer=self.viewer).select_related("level__rotation")
        shift = get_object_or_404(rows, pk=shift_id)
        rotation = shift.level.rotation
        lines = page_list.page_lines(
            rotation, rows=shift.pages.all(), with_titles=_reads_titles(self, rotation)
        )
        pages = [_page(line) for line in lines]
        return Response(ShiftPagesSerializer({"shift": shift.pk, "pages": pages}).data)


def _reads_titles(view: RotaView, rotation: Rotation) -> bool:
    today = patterns.today_in(rotation, view.now)
    return access.reads_incidents(viewer=view.viewer, team_id=rotation.team_id, today=today)


def _shown(line: CountLine) -> dict[str, Any]:
    return {
        **dataclasses.asdict(line.count),
        "key": line.label.key,
        "name": line.label.text,
        "shift": line.label.shift,
        "level": line.label.level,
    }


def _page(line: PageLine) -> dict[str, Any]:
    return {
        "paged_at": line.paged_at,
        "person": line.mark.engineer_id if line.mark else None,
        "name": line.name,
        "level": line.level,
        "service": line.service,
        "title": line.title if line.with_title else None,
        "html_url": line.html_url if line.with_title else None,
        "seconds_to_acknowledge": line.seconds_to_acknowledge,
        "escalations": line.escalations,
        "in_on_call_hours": line.in_on_call_hours,
        "in_sleep_hours": line.in_sleep_hours,
    }
