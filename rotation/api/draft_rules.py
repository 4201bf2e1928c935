"""What a manager does with a solved draft: rules by hand, solving again, comparing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from common.api.fields import StrictSerializer
from common.api.schema import answers
from common.nudge import nudge
from rotation import access
from rotation.api import draft_rule_serializers as serializers
from rotation.api.draft_serializers import DraftSerializer
from rotation.api.drafts import OneDraftView
from rotation.operations import draft_rules, drafts
from rotation.queries import comparison

if TYPE_CHECKING:
    from rest_framework.request import Request

TAGS = ["drafts"]


class DraftRulesView(OneDraftView):
    """The rules by hand of a draft."""

    @extend_schema(
        tags=TAGS, responses=answers({200: serializers.DraftRuleSerializer(many=True)}, 404)
    )
    def get(self, request: Request, draft_id: int) -> Response:
        """By week, then level; those that wait count once the draft is solved again."""
        del request
        rows = self.draft(draft_id).rules.select_related("draft", "level", "engineer")
        in_order = rows.order_by("week_date", "level_id", "pk")
        return Response(serializers.DraftRuleSerializer(in_order, many=True).data)

    @extend_schema(
        tags=TAGS,
        request=serializers.NewDraftRuleSerializer,
        responses=answers({201: serializers.DraftRuleSerializer}, 400, 404, 409, 413),
    )
    def post(self, request: Request, draft_id: int) -> Response:
        """Fix somebody in a week, or keep them from it; then solve the draft again."""
        del request
        draft = self.draft(draft_id)
        values = self.body(serializers.NewDraftRuleSerializer)
        rule = draft_rules.add_rule(
            draft_id=draft.pk,
            level=values["level"],
            week_date=values["week_date"],
            engineer_id=values["engineer"],
            kind=values["kind"],
            actor=self.actor,
            now=self.now,
        )
        return Response(serializers.DraftRuleSerializer(rule).data, status=201)


class DraftRuleView(OneDraftView):
    """One rule by hand."""

    @extend_schema(tags=TAGS, responses=answers({204: None}, 404, 409))
    def delete(self, request: Request, draft_id: int, rule_id: int) -> Response:
        """Take the rule back; the draft's weeks change once it is solved again."""
        del request
        rule = get_object_or_404(self.draft(draft_id).rules, pk=rule_id)
        draft_rules.remove_rule(rule_id=rule.pk, actor=self.actor, now=self.now)
        return Response(status=204)


class DraftSolveAgainView(OneDraftView):
    """Solving a draft again."""

    @extend_schema(
        tags=TAGS,
        request=StrictSerializer,
        responses=answers({201: DraftSerializer}, 400, 404, 409),
    )
    def post(self, request: Request, draft_id: int) -> Response:
        """Ask for a new draft of the same weeks, from the facts as they are, with its rules."""
        del request
        self.body(StrictSerializer)
        draft = drafts.solve_again(draft_id=self.draft(draft_id).pk, actor=self.actor, now=self.now)
        nudge("rotation.generate_draft", draft_id=draft.pk)
        return Response(DraftSerializer(draft).data, status=201)


class DraftCompareView(OneDraftView):
    """A draft beside another one, or beside the published schedule."""

    @extend_schema(
        tags=TAGS,
        parameters=[serializers.OtherDraftSerializer],
        responses=answers({200: serializers.ComparisonSerializer}, 400, 404),
    )
    def get(self, request: Request, draft_id: int) -> Response:
        """The draft as `one` and the other as `other`; the published schedule comes as `one`."""
        del request
        draft = self.draft(draft_id)
        other_id = self.query(serializers.OtherDraftSerializer)["other"]
        if other_id is None:
            found = comparison.compare_with_published(draft, now=self.now)
        else:
            drafts_of = access.visible_drafts(viewer=self.viewer).select_related("rotation__team")
            other = get_object_or_404(drafts_of.filter(rotation=draft.rotation), pk=int(other_id))
            found = comparison.compare(draft, other, now=self.now)
        return Response(serializers.ComparisonSerializer(found).data)
