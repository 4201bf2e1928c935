"""Offices with their holidays, home teams and on-call teams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from common import clock
from common.record_admin import Change, Creation, RecordAdmin
from volunteers.admin.acting import actor_of
from volunteers.forms import records
from volunteers.models import Office, OnCallTeam, PublicHoliday, Team
from volunteers.operations import calendars, offices, teams

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest


def _create_office(request: HttpRequest, data: Mapping[str, Any]) -> Office:
    details = offices.OfficeDetails(**data)
    return offices.create_office(details=details, actor=actor_of(request), now=clock.now())


def _change_office(request: HttpRequest, data: Mapping[str, Any], office: Office) -> None:
    offices.change_office(
        office_id=office.pk,
        details=offices.OfficeDetails(**data),
        actor=actor_of(request),
        now=clock.now(),
    )


def _office_now(office: Office) -> dict[str, Any]:
    return {
        "name": office.name,
        "time_zone": office.time_zone,
        "country": office.country,
        "subdivision": office.subdivision,
        "currency": office.currency,
        "legal_entity": office.legal_entity,
    }


def _load_holidays(request: HttpRequest, data: Mapping[str, Any], office: Office) -> None:
    calendars.load_holidays(
        office_id=office.pk,
        years=range(data["first_year"], data["last_year"] + 1),
        actor=actor_of(request),
        now=clock.now(),
    )


def _next_years(_office: Office) -> dict[str, Any]:
    year = clock.now().year
    return {"first_year": year, "last_year": year + 1}


@admin.register(Office)
class OfficeAdmin(RecordAdmin[Office]):
    """Offices."""

    list_display = ("name", "time_zone", "country", "subdivision", "currency", "legal_entity")
    fields = (*("name", "slug", "time_zone", "country", "subdivision", "currency", "legal_entity"),)
    search_fields = ("name",)
    ordering = ("name", "pk")
    creation = Creation(form=records.OfficeForm, run=_create_office)
    changes = (
        Change(
            name="edit",
            title="Change office",
            form=records.OfficeForm,
            run=_change_office,
            initial=_office_now,
        ),
        Change(
            name="load-holidays",
            title="Load public holidays",
            form=records.LoadHolidaysForm,
            run=_load_holidays,
            initial=_next_years,
        ),
    )


@admin.register(PublicHoliday)
class PublicHolidayAdmin(RecordAdmin[PublicHoliday]):
    """Days off; finance adds and removes them on the pages of offices' calendars."""

    list_display = ("date", "name", "office", "is_company")
    fields = ("office", "date", "name", "is_company")
    list_filter = ("office",)
    list_select_related = ("office",)
    search_fields = ("name",)
    ordering = ("-date", "office_id", "pk")


def _create_team(request: HttpRequest, data: Mapping[str, Any]) -> Team:
    return teams.create_team(name=data["name"], actor=actor_of(request), now=clock.now())


def _rename_team(request: HttpRequest, data: Mapping[str, Any], team: Team) -> None:
    teams.rename_team(team_id=team.pk, name=data["name"], actor=actor_of(request), now=clock.now())


@admin.register(Team)
class TeamAdmin(RecordAdmin[Team]):
    """Home teams."""

    list_display = ("name",)
    fields = ("name",)
    search_fields = ("name",)
    ordering = ("name", "pk")
    creation = Creation(form=records.TeamForm, run=_create_team)
    changes = (
        Change(
            name="rename",
            title="Rename",
            form=records.TeamForm,
            run=_rename_team,
            initial=lambda team: {"name": team.name},
        ),
    )


def _statement(data: Mapping[str, Any]) -> teams.Statement:
    return teams.Statement(
        name=data["name"],
        problem=data["problem"],
        success_criteria=data["success_criteria"],
        owner_id=data["owner"],
        next_review_on=data["next_review_on"],
        people_on_call_before=data["people_on_call_before"],
    )


def _create_on_call_team(request: HttpRequest, data: Mapping[str, Any]) -> OnCallTeam:
    return teams.create_on_call_team(
        statement=_statement(data), actor=actor_of(request), now=clock.now()
    )


def _change_statement(request: HttpRequest, data: Mapping[str, Any], team: OnCallTeam) -> None:
    teams.change_statement(
        team_id=team.pk, statement=_statement(data), actor=actor_of(request), now=clock.now()
    )


def _statement_now(team: OnCallTeam) -> dict[str, Any]:
    return {
        "name": team.name,
        "problem": team.problem,
        "success_criteria": team.success_criteria,
        "owner": team.owner.email if team.owner else "",
        "next_review_on": team.next_review_on,
        "people_on_call_before": team.people_on_call_before,
    }


@admin.register(OnCallTeam)
class OnCallTeamAdmin(RecordAdmin[OnCallTeam]):
    """On-call teams with their statement."""

    list_display = ("name", "owner", "next_review_on")
    list_select_related = ("owner",)
    fields = (
        "name",
        "slug",
        "problem",
        "success_criteria",
        "owner",
        "next_review_on",
        "people_on_call_before",
    )
    search_fields = ("name",)
    ordering = ("name", "pk")
    creation = Creation(form=records.StatementForm, run=_create_on_call_team)
    changes = (
        Change(
            name="edit",
            title="Change statement",
            form=records.StatementForm,
            run=_change_statement,
            initial=_statement_now,
        ),
    )
