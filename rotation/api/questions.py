"""Questions about a week: who else could have taken it, and at what cost. For managers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from common.api.fields import StrictSerializer
from common.api.schema import answers
from common.nudge import nudge
from rotation import access
from rotation.api import question_serializers as serializers
from rotation.operations import questions as operations
from rotation.queries import questions
from volunteers.api.base import RotaView

if TYPE_CHECKING:
    from rest_framework.request import Request

    from rotation.models import WeekQuestion

TAGS = ["questions"]


class AskView(RotaView):
    """The base of the routes that ask."""

    def asked(self, question: WeekQuestion) -> Response:
        """The question as it is now, for whoever asked it or asks it again."""
        nudge("rotation.answer_question", question_id=question.pk)
        return _shown(self, question.pk, status=201)


class DraftQuestionsView(AskView):
    """Questions about the weeks of a draft."""

    @extend_schema(
        tags=TAGS,
        request=serializers.NewQuestionSerializer,
        responses=answers({201: serializers.QuestionSerializer}, 400, 404, 409, 413),
    )
    def post(self, request: Request, draft_id: int) -> Response:
        """Ask who else could have taken a week; one about the same facts is given back."""
        del request
        draft = get_object_or_404(access.visible_drafts(viewer=self.viewer), pk=draft_id)
        values = self.body(serializers.NewQuestionSerializer)
        return self.asked(
            operations.ask_about_week(draft_id=draft.pk, **values, actor=self.actor, now=self.now)
        )


class ShiftQuestionsView(AskView):
    """Questions about a published week."""

    @extend_schema(
        tags=TAGS,
        request=StrictSerializer,
        responses=answers({201: serializers.QuestionSerializer}, 400, 404, 409, 413),
    )
    def post(self, request: Request, shift_id: int) -> Response:
        """Ask who else could take a published week; one about the same facts is given back."""
        del request
        shift = get_object_or_404(access.askable_shifts(viewer=self.viewer), pk=shift_id)
        self.body(StrictSerializer)
        return self.asked(
            operations.ask_about_shift(shift_id=shift.pk, actor=self.actor, now=self.now)
        )


class QuestionView(RotaView):
    """One question."""

    @extend_schema(tags=TAGS, responses=answers({200: serializers.QuestionSerializer}, 404))
    def get(self, request: Request, question_id: int) -> Response:
        """Its state, and who could have taken the week once it is answered."""
        del request
        return _shown(self, question_id, status=200)


def _shown(view: RotaView, question_id: int, *, status: int) -> Response:
    rows = access.visible_questions(viewer=view.viewer).select_related(
        "level", "rotation", "asked_by"
    )
    found = questions.question(get_object_or_404(rows, pk=question_id))
    return Response(serializers.QuestionSerializer(found).data, status=status)
