"""Questions about pay: everybody asks about their own entries, finance answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from common.api.schema import answers, choice_parameter
from compensation import access
from compensation.api import pay_serializers, serializers
from compensation.api.once import once
from compensation.operations import questions, rights
from compensation.queries import questions as queries
from volunteers.api.base import ListView, RotaView

if TYPE_CHECKING:
    from rest_framework.request import Request

    from compensation.models import PayQuestion

TAGS = ["pay"]
NEWEST = ("-asked_at", "-pk")
Function = access.MoneyFunction


class PayQuestionsView(ListView):
    """What was asked."""

    @extend_schema(
        tags=TAGS,
        parameters=[
            choice_parameter(
                "scope",
                [serializers.OWN, serializers.ALL],
                "`all` is for finance; everybody else has their own.",
            )
        ],
        responses=answers({200: pay_serializers.PayQuestionSerializer(many=True)}, 400, 403),
    )
    def get(self, request: Request) -> Response:
        """Your questions, or with `scope=all` everybody's, the latest first."""
        del request
        rows = access.own_questions(viewer=self.viewer)
        if self.query(serializers.ScopeSerializer)["scope"] == serializers.ALL:
            access.require(viewer=self.viewer, function=Function.ANSWER_QUESTIONS)
            rows = access.visible_questions(viewer=self.viewer)
        return self.rows(
            rows, queries.question_lines, pay_serializers.PayQuestionSerializer, order=NEWEST
        )

    @once
    @extend_schema(
        tags=TAGS,
        request=pay_serializers.NewPayQuestionSerializer,
        responses=answers({201: pay_serializers.PayQuestionSerializer}, 400, 404, 409, 413),
    )
    def post(self, request: Request) -> Response:
        """Ask finance about an entry of yours; the answer comes by mail and stands here."""
        del request
        values = self.body(pay_serializers.NewPayQuestionSerializer)
        own = access.own_entries(viewer=self.viewer)
        entry = get_object_or_404(own, number=values["entry"])
        asked = questions.ask_about_entry(
            entry_id=entry.pk, question=values["question"], actor=self.actor, now=self.now
        )
        return Response(_written(asked), status=201)


class PayQuestionAnswerView(RotaView):
    """Answering one."""

    @once
    @extend_schema(
        tags=TAGS,
        request=pay_serializers.PayAnswerSerializer,
        responses=answers({200: pay_serializers.PayQuestionSerializer}, 400, 403, 404, 409, 413),
    )
    def post(self, request: Request, asked_id: int) -> Response:
        """Answer a question, once; not one's own."""
        del request
        rights.require_finance(
            viewer=self.viewer,
            function=Function.ANSWER_QUESTIONS,
            attempt=f"answering question {asked_id} about pay",
            now=self.now,
        )
        rows = access.visible_questions(viewer=self.viewer)
        row = get_object_or_404(rows, pk=asked_id)
        values = self.body(pay_serializers.PayAnswerSerializer)
        answered = questions.answer_question(
            question_id=row.pk, answer=values["answer"], actor=self.actor, now=self.now
        )
        return Response(_written(answered))


def _written(row: PayQuestion) -> dict[str, object]:
    line = queries.question_line(type(row).objects.all(), question_id=row.pk)
    written: dict[str, object] = pay_serializers.PayQuestionSerializer(line).data
    return written
