"""Handover notes: read, written, confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from common.api.fields import StrictSerializer, TextField
from common.api.schema import answers
from rotation import access
from rotation.operations import handover_notes as operations
from rotation.queries import handover_notes, patterns, worked
from volunteers.api.base import RotaView

if TYPE_CHECKING:
    from rest_framework.request import Request

    from rotation.models import Shift

TAGS = ["handover notes"]


class NoteSerializer(serializers.Serializer[Any]):
    """A note; `version` is what a confirmation names."""

    id = serializers.IntegerField(source="note_id")
    author = serializers.CharField()
    text = serializers.CharField()
    version = serializers.IntegerField()
    written_at = serializers.DateTimeField()
    confirmed_by = serializers.CharField(allow_blank=True)
    confirmed_at = serializers.DateTimeField(allow_null=True)
    can_confirm = serializers.BooleanField()


class OpenIncidentSerializer(serializers.Serializer[Any]):
    """An incident that nobody has resolved."""

    title = serializers.CharField()
    triggered_at = serializers.DateTimeField()
    html_url = serializers.CharField(allow_blank=True)


class ShiftHandoverSerializer(serializers.Serializer[Any]):
    """Notes about a shift, those left for it, and what is open in PagerDuty while it runs."""

    notes = NoteSerializer(many=True)
    before = NoteSerializer(many=True)
    incidents = OpenIncidentSerializer(many=True)


class NewNoteSerializer(StrictSerializer):
    """One's note, which replaces an earlier one of one's own."""

    text = TextField()


class ReadNoteSerializer(StrictSerializer):
    """The version that was read."""

    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class HandoverView(RotaView):
    """The handover of one shift."""

    @extend_schema(tags=TAGS, responses=answers({200: ShiftHandoverSerializer}, 404))
    def get(self, request: Request, shift_id: int) -> Response:
        """The notes of a shift and those left for it."""
        del request
        shift = self._shift(shift_id)
        if not (access.writes_handover(viewer=self.viewer, shift=shift) or self._reads(shift)):
            raise Http404
        return self._answer(shift)

    @extend_schema(
        tags=TAGS,
        request=NewNoteSerializer,
        responses=answers({200: ShiftHandoverSerializer}, 400, 404, 409, 413),
    )
    def post(self, request: Request, shift_id: int) -> Response:
        """Leave a note for whoever comes on next, or change one's own."""
        del request
        shift = self._shift(shift_id)
        if not access.writes_handover(viewer=self.viewer, shift=shift):
            raise Http404
        text = self.body(NewNoteSerializer)["text"]
        operations.write_note(shift_id=shift.pk, text=text, actor=self.actor, now=self.now)
        return self._answer(shift)

    def _shift(self, shift_id: int) -> Shift:
        rows = access.visible_shifts(viewer=self.viewer).select_related("level__rotation")
        return get_object_or_404(rows, pk=shift_id)

    def _reads(self, shift: Shift) -> bool:
        rotation = shift.level.rotation
        today = patterns.today_in(rotation, self.now)
        return access.reads_incidents(viewer=self.viewer, team_id=rotation.team_id, today=today)

    def _answer(self, shift: Shift) -> Response:
        found = handover_notes.handover(
            shift=worked.worked_shift(shift_id=shift.pk),
            viewer_id=self.viewer.engineer_id,
            with_titles=self._reads(shift),
            now=self.now,
        )
        return Response(ShiftHandoverSerializer(found).data)


class NoteConfirmView(RotaView):
    """That a note was read."""

    @extend_schema(
        tags=TAGS, request=ReadNoteSerializer, responses=answers({204: None}, 400, 404, 409, 413)
    )
    def post(self, request: Request, note_id: int) -> Response:
        """Say that you have read it; for whoever comes on after its author."""
        del request
        note = get_object_or_404(access.visible_notes(viewer=self.viewer), pk=note_id)
        if self.viewer.engineer_id not in handover_notes.confirmers(note=note):
            raise Http404
        version = self.body(ReadNoteSerializer)["version"]
        operations.confirm_note(note_id=note.pk, seen=version, actor=self.actor, now=self.now)
        return Response(status=204)
