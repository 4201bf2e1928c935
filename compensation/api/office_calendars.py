"""Offices' calendars: read, changed, and what becomes of weeks that had begun before a change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers as fields
from rest_framework.response import Response

from common.api.fields import StrictSerializer
from common.api.schema import answers
from compensation import access
from compensation.api import calendar_serializers as serializers
from compensation.api.correction_serializers import NoteSerializer
from compensation.api.once import once
from compensation.operations import calendar_reviews, rights
from compensation.operations import office_calendars as operations
from compensation.queries import calendar_page
from volunteers.api.base import ListView, RotaView
from volunteers.operations.calendars import FIRST_YEAR, LAST_YEAR, DaysChanged
from volunteers.queries import places

if TYPE_CHECKING:
    from collections.abc import Callable

    from rest_framework.request import Request

    from compensation.queries.calendar_page import ChangeLine
    from volunteers.queries.places import OfficeLine

TAGS = ["office calendars"]
Function = access.MoneyFunction
_YEAR = OpenApiParameter("year", int, description="The year whose days are listed; this one else.")


class YearSerializer(StrictSerializer):
    """Which year."""

    year = fields.IntegerField(
        required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR, default=None
    )


class OfficeCalendarsView(ListView):
    """Every office's calendar."""

    @extend_schema(
        tags=TAGS,
        responses=answers({200: serializers.CalendarLineSerializer(many=True)}, 400, 403),
    )
    def get(self, request: Request) -> Response:
        """Offices by name, how far their days reach, and what waits for a decision."""
        del request
        access.require(viewer=self.viewer, function=Function.READ_CALENDARS)
        return self.lines(calendar_page.calendar_lines(), serializers.CalendarLineSerializer)


class OneCalendarView(RotaView):
    """The base of the routes of one office's calendar."""

    def office_line(self, slug: str) -> OfficeLine:
        """The office.

        Raises:
            Http404: there is none.
        """
        line = places.office_of(slug=slug)
        if line is None:
            raise Http404
        return line

    def change_line(self, office: str, number: int) -> ChangeLine:
        """One change of the office's calendar.

        Raises:
            Http404: there is none.
        """
        line = self.office_line(office)
        change = calendar_page.change_line(office_id=line.office_id, number=number)
        if change is None:
            raise Http404
        return change

    def decided(
        self, office: str, number: int, attempt: str, do: Callable[[ChangeLine], object]
    ) -> Response:
        """Let finance do it to a change that is there, and answer with the change.

        Raises:
            PermissionDenied: anybody else; the attempt stays on record.
        """
        rights.require_finance(
            viewer=self.viewer,
            function=Function.DECIDE_CALENDAR,
            attempt=f"{attempt} weeks of calendar {office}, version {number}",
            now=self.now,
        )
        do(self.change_line(office, number))
        return Response(serializers.CalendarChangeSerializer(self.change_line(office, number)).data)


class OfficeCalendarView(OneCalendarView):
    """One office's calendar."""

    @extend_schema(
        tags=TAGS,
        parameters=[_YEAR],
        responses=answers({200: serializers.CalendarSerializer}, 400, 403, 404),
    )
    def get(self, request: Request, office: str) -> Response:
        """The days of a year, and every change."""
        del request
        access.require(viewer=self.viewer, function=Function.READ_CALENDARS)
        line = self.office_line(office)
        year = self.query(YearSerializer)["year"] or self.today.year
        page = calendar_page.calendar_page(office=line, year=year)
        return Response(serializers.CalendarSerializer(page).data)


class CalendarChangesView(OneCalendarView):
    """Changing one."""

    @once
    @extend_schema(
        tags=TAGS,
        request=serializers.NewCalendarChangeSerializer,
        responses=answers({200: serializers.CalendarEffectSerializer}, 400, 403, 404, 409, 413),
    )
    def post(self, request: Request, office: str) -> Response:
        """Add and remove days, or load years; weeks that have not started follow."""
        del request
        rights.require_finance(
            viewer=self.viewer,
            function=Function.CHANGE_CALENDAR,
            attempt=f"changing the calendar of {office}",
            now=self.now,
        )
        values = self.body(serializers.NewCalendarChangeSerializer)
        change = _change(self.office_line(office), values)
        do = operations.look_at_change if values["dry_run"] else operations.change_calendar
        effect = do(change=change, actor=self.actor, now=self.now)
        return Response(serializers.CalendarEffectSerializer(effect).data)


class CalendarChangeKeepView(OneCalendarView):
    """Leaving weeks as they were paid."""

    @once
    @extend_schema(
        tags=TAGS,
        request=StrictSerializer,
        responses=answers({200: serializers.CalendarChangeSerializer}, 400, 403, 404, 409),
    )
    def post(self, request: Request, office: str, number: int) -> Response:
        """Keep the pay of weeks that had begun before the change."""
        del request
        self.body(StrictSerializer)
        return self.decided(office, number, "keeping", self._keep)

    def _keep(self, change: ChangeLine) -> None:
        version_id = change.version.version_id
        calendar_reviews.keep_weeks(version_id=version_id, actor=self.actor, now=self.now)


class CalendarChangeAskView(OneCalendarView):
    """Asking that weeks be paid by the change."""

    @once
    @extend_schema(
        tags=TAGS,
        request=serializers.AskRecalculationSerializer,
        responses=answers({200: serializers.CalendarChangeSerializer}, 400, 403, 404, 409),
    )
    def post(self, request: Request, office: str, number: int) -> Response:
        """Ask another of finance to let the change count for weeks that had begun."""
        del request
        return self.decided(office, number, "asking to recalculate", self._ask)

    def _ask(self, change: ChangeLine) -> None:
        calendar_reviews.ask_to_recalculate(
            version_id=change.version.version_id,
            reason=self.body(serializers.AskRecalculationSerializer)["reason"],
            actor=self.actor,
            now=self.now,
        )


class CalendarChangeApproveView(OneCalendarView):
    """Letting a change count."""

    @once
    @extend_schema(
        tags=TAGS,
        request=NoteSerializer,
        responses=answers({200: serializers.CalendarChangeSerializer}, 400, 403, 404, 409),
    )
    def post(self, request: Request, office: str, number: int) -> Response:
        """Approve it as the second of two; the weeks are priced anew."""
        del request
        return self.decided(office, number, "approving to recalculate", self._approve)

    def _approve(self, change: ChangeLine) -> None:
        calendar_reviews.approve_review(
            review_id=_review(change),
            note=self.body(NoteSerializer)["note"],
            actor=self.actor,
            now=self.now,
        )


class CalendarChangeDeclineView(OneCalendarView):
    """Leaving weeks as they were paid, by the second of two."""

    @once
    @extend_schema(
        tags=TAGS,
        request=NoteSerializer,
        responses=answers({200: serializers.CalendarChangeSerializer}, 400, 403, 404, 409),
    )
    def post(self, request: Request, office: str, number: int) -> Response:
        """Decline it; say why."""
        del request
        return self.decided(office, number, "declining to recalculate", self._decline)

    def _decline(self, change: ChangeLine) -> None:
        calendar_reviews.decline_review(
            review_id=_review(change),
            note=self.body(NoteSerializer)["note"],
            actor=self.actor,
            now=self.now,
        )


class CalendarChangeWithdrawView(OneCalendarView):
    """Taking one's own request back."""

    @once
    @extend_schema(
        tags=TAGS,
        request=StrictSerializer,
        responses=answers({200: serializers.CalendarChangeSerializer}, 400, 403, 404, 409),
    )
    def post(self, request: Request, office: str, number: int) -> Response:
        """Take back what you asked for."""
        del request
        self.body(StrictSerializer)
        return self.decided(office, number, "taking back to recalculate", self._withdraw)

    def _withdraw(self, change: ChangeLine) -> None:
        review_id = _review(change)
        calendar_reviews.withdraw_review(review_id=review_id, actor=self.actor, now=self.now)


def _change(office: OfficeLine, values: dict[str, Any]) -> operations.CalendarChange:
    days = DaysChanged(
        added={day["date"]: day["name"] for day in values["add"]},
        removed=frozenset(values["remove"]),
    )
    return operations.CalendarChange(
        office_id=office.office_id,
        days=days,
        years=tuple(values["years"]),
        reason=values["reason"],
    )


def _review(change: ChangeLine) -> int:
    """The latest request about the change.

    Raises:
        Http404: nobody has asked.
    """
    if change.request is None:
        raise Http404
    return change.request.request_id
