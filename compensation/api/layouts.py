"""Export layouts: how the files of payroll systems are laid out. Finance only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from common.api.fields import StrictSerializer
from common.api.schema import answers
from compensation import access
from compensation.api import layout_serializers as serializers
from compensation.api.once import once
from compensation.domain.layout_content import unchecked
from compensation.domain.layout_rows import Layout
from compensation.domain.ready_made import READY_MADE
from compensation.operations import layouts as keeping
from compensation.operations import rights
from compensation.operations.layouts import NewLayout
from compensation.queries import layouts as queries
from compensation.queries.layout_preview import layout_preview
from volunteers.api.base import ListView, RotaView

if TYPE_CHECKING:
    from rest_framework.request import Request

    from compensation.queries.layouts import LayoutLine

TAGS = ["export layouts"]
Function = access.MoneyFunction
_READ = answers({200: serializers.LayoutSerializer}, 403, 404)


class OneLayoutView(RotaView):
    """The base of the routes of layouts."""

    def required(self, attempt: str) -> None:
        """Let finance pass, and record the attempt of anybody else."""
        rights.require_finance(
            viewer=self.viewer, function=Function.EDIT_LAYOUTS, attempt=attempt, now=self.now
        )

    def line(self, slug: str) -> LayoutLine:
        """The layout.

        Raises:
            Http404: there is none.
        """
        line = queries.layout_line(slug=slug)
        if line is None:
            raise Http404
        return line

    def answer(self, slug: str, *, status: int = 200) -> Response:
        """The layout as it is now."""
        return Response(serializers.LayoutSerializer(self.line(slug)).data, status=status)


class LayoutsView(OneLayoutView, ListView):
    """Every layout."""

    @extend_schema(
        tags=TAGS, responses=answers({200: serializers.LayoutSerializer(many=True)}, 400, 403)
    )
    def get(self, request: Request) -> Response:
        """All layouts in order of name, those out of use too."""
        del request
        access.require(viewer=self.viewer, function=Function.EDIT_LAYOUTS)
        return self.lines(queries.layout_lines(), serializers.LayoutSerializer)

    @once
    @extend_schema(
        tags=TAGS,
        request=serializers.NewLayoutSerializer,
        responses=answers({201: serializers.LayoutSerializer}, 400, 403, 409, 413),
    )
    def post(self, request: Request) -> Response:
        """Add a layout; every month that closes from now on has a file of it."""
        del request
        self.required("adding an export layout")
        wanted = _wanted(self.body(serializers.NewLayoutSerializer))
        slug = keeping.add_layout(layout=wanted, actor=self.actor, now=self.now)
        return self.answer(slug, status=201)


class LayoutView(OneLayoutView):
    """One layout."""

    @extend_schema(tags=TAGS, responses=_READ)
    def get(self, request: Request, layout_slug: str) -> Response:
        """The layout as its newest version says."""
        del request
        access.require(viewer=self.viewer, function=Function.EDIT_LAYOUTS)
        return self.answer(layout_slug)

    @once
    @extend_schema(
        tags=TAGS,
        request=serializers.ChangedLayoutSerializer,
        responses=answers({200: serializers.LayoutSerializer}, 400, 403, 404, 409, 413),
    )
    def put(self, request: Request, layout_slug: str) -> Response:
        """Save the layout as its next version; `version` is the one that was read."""
        del request
        self.required(f"changing export layout {layout_slug}")
        self.line(layout_slug)
        values = self.body(serializers.ChangedLayoutSerializer)
        keeping.change_layout(
            slug=layout_slug,
            layout=_wanted(values),
            seen_version=values["version"],
            actor=self.actor,
            now=self.now,
        )
        return self.answer(layout_slug)


class LayoutArchiveView(OneLayoutView):
    """Taking a layout out of use."""

    @once
    @extend_schema(tags=TAGS, request=StrictSerializer, responses=_READ)
    def post(self, request: Request, layout_slug: str) -> Response:
        """Make no file of it any more; stored ones stay. Again, it changes nothing."""
        del request
        self.required(f"taking export layout {layout_slug} out of use")
        self.body(StrictSerializer)
        keeping.archive_layout(slug=layout_slug, actor=self.actor, now=self.now)
        return self.answer(layout_slug)


class LayoutRestoreView(OneLayoutView):
    """Using a layout again."""

    @once
    @extend_schema(tags=TAGS, request=StrictSerializer, responses=_READ)
    def post(self, request: Request, layout_slug: str) -> Response:
        """Make a file of it again, for months that close from now on."""
        del request
        self.required(f"using export layout {layout_slug} again")
        self.body(StrictSerializer)
        keeping.restore_layout(slug=layout_slug, actor=self.actor, now=self.now)
        return self.answer(layout_slug)


class ReadyMadeView(OneLayoutView, ListView):
    """Layouts that Rota brings along."""

    @extend_schema(
        tags=TAGS, responses=answers({200: serializers.ReadyMadeSerializer(many=True)}, 400, 403)
    )
    def get(self, request: Request) -> Response:
        """All of them, used already or not."""
        del request
        access.require(viewer=self.viewer, function=Function.EDIT_LAYOUTS)
        return self.lines(list(READY_MADE.values()), serializers.ReadyMadeSerializer)


class ReadyMadeUseView(OneLayoutView):
    """Using one of them."""

    @once
    @extend_schema(
        tags=TAGS,
        request=StrictSerializer,
        responses=answers({201: serializers.LayoutSerializer}, 400, 403, 404, 409),
    )
    def post(self, request: Request, ready_made: str) -> Response:
        """Add it as it is."""
        del request
        self.required(f"adding export layout {ready_made}")
        self.body(StrictSerializer)
        slug = keeping.use_ready_made(slug=ready_made, actor=self.actor, now=self.now)
        return self.answer(slug, status=201)


class LayoutPreviewView(OneLayoutView):
    """What a file would look like."""

    @extend_schema(
        tags=TAGS,
        request=serializers.NewLayoutSerializer,
        responses=answers({200: serializers.PreviewSerializer}, 400, 403, 413),
    )
    def post(self, request: Request) -> Response:
        """The first rows by a layout that is not saved, of the newest month; nothing is written."""
        del request
        access.require(viewer=self.viewer, function=Function.EDIT_LAYOUTS)
        wanted = _wanted(self.body(serializers.NewLayoutSerializer))
        layout = Layout(slug="new", office=wanted.office, content=wanted.content)
        return Response(serializers.PreviewSerializer(layout_preview(layout=layout)).data)


def _wanted(values: dict[str, Any]) -> NewLayout:
    """The layout that was sent; the operation says what cannot be."""
    return NewLayout(
        name=values["name"], office=values["office"], content=unchecked(values["content"])
    )
