"""The base of every route: who asks, with which rights, at what time; bodies and pages."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, TypeVar

from rest_framework.response import Response
from rest_framework.views import APIView

from common import clock, wording
from common.api import paging
from volunteers import access
from volunteers.models import Engineer
from volunteers.queries import profiles

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Sequence

    from django.db.models import Model, QuerySet
    from rest_framework import serializers
    from rest_framework.request import Request

    from audit.operations import Actor

    Output = type[serializers.Serializer[Any]]

M = TypeVar("M", bound="Model")
T = TypeVar("T")


class RotaView(APIView):
    """A route behind sign-in: GET, POST, PUT and DELETE, each where a route defines it."""

    http_method_names = ["get", "head", "post", "put", "delete"]  # noqa: RUF012 - typed above

    @functools.cached_property
    def now(self) -> dt.datetime:
        """Business time, read once for the request."""
        return clock.now()

    @functools.cached_property
    def viewer(self) -> access.Viewer:
        """Who asks, with the rights that they have at this moment.

        A token is read inside the view, after the middleware that does the same for pages.
        """
        user = self.request.user
        if not isinstance(user, Engineer):
            raise TypeError("permission classes let nobody without an account in")
        return access.viewer_for(engineer=user, now=self.now)

    @functools.cached_property
    def today(self) -> dt.date:
        """The calendar day where the viewer works."""
        place = profiles.place(engineer_id=self.viewer.engineer_id, now=self.now)
        return wording.local(self.now, place.zone).date()

    @property
    def actor(self) -> Actor:
        """The same person as the one who acts."""
        return self.viewer.actor

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """The answer, kept by no cache on the way: it is for this person alone."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    def body(self, serializer: Output) -> dict[str, Any]:
        """The body's values.

        Raises:
            serializers.ValidationError: with a message for each field.
        """
        return self._valid(serializer, self.request.data)

    def query(self, serializer: Output) -> dict[str, Any]:
        """The values in the address; what the route does not offer is ignored.

        Raises:
            serializers.ValidationError: with a message for each parameter.
        """
        offered: set[str] = {str(name) for name in serializer().get_fields()}
        asked = self.request.query_params
        given = {name: asked[name] for name in asked if name in offered}
        return self._valid(serializer, given)

    @staticmethod
    def _valid(serializer: Output, data: Any) -> dict[str, Any]:
        form = serializer(data=data)
        form.is_valid(raise_exception=True)
        values: dict[str, Any] = form.validated_data
        return values


class ListView(RotaView):
    """A route whose GET gives a list in pages."""

    pagination_class = paging.CursorPages

    def rows(
        self,
        rows: QuerySet[M],
        lines: Callable[[QuerySet[M]], Iterable[Any]],
        serializer: Output,
        *,
        order: tuple[str, ...],
    ) -> Response:
        """The page of rows that is asked for, read by `lines`; `order` ends with a unique column.

        Raises:
            serializers.ValidationError: the cursor or the page size is none.
        """
        page = paging.page_of_rows(rows, order=order, request=self.request)
        return self._answer(page, lines(page.rows), serializer)

    def lines(self, lines: Sequence[T], serializer: Output) -> Response:
        """The page of lines that is asked for.

        Raises:
            serializers.ValidationError: the cursor or the page size is none.
        """
        page = paging.page_of_lines(lines, request=self.request)
        return self._answer(page, page.rows, serializer)

    def _answer(
        self, page: paging.Page[Any], results: Iterable[Any], serializer: Output
    ) -> Response:
        data = serializer(list(results), many=True).data
        return Response(paging.page_body(page, data, request=self.request))
