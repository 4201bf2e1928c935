"""People, where they work and which roles they have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from common import clock
from common.record_admin import Change, Creation, RecordAdmin
from volunteers.admin.acting import actor_of
from volunteers.forms import records
from volunteers.models import Engineer, ManagerGrant, Posting, RoleGrant
from volunteers.operations import people, postings, roles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest


def _create(request: HttpRequest, data: Mapping[str, Any]) -> Engineer:
    return people.create_engineer(
        person=people.Person(**data), actor=actor_of(request), now=clock.now()
    )


def _rename(request: HttpRequest, data: Mapping[str, Any], engineer: Engineer) -> None:
    people.rename_engineer(
        engineer_id=engineer.pk, name=data["name"], actor=actor_of(request), now=clock.now()
    )


def _set_number(request: HttpRequest, data: Mapping[str, Any], engineer: Engineer) -> None:
    people.set_employee_number(
        engineer_id=engineer.pk,
        employee_number=data["employee_number"],
        actor=actor_of(request),
        now=clock.now(),
    )


def _post(request: HttpRequest, data: Mapping[str, Any], engineer: Engineer) -> None:
    team = data["team"]
    place = postings.Place(
        office_id=data["office"].pk,
        team_id=team.pk if team else None,
        cost_centre=data["cost_centre"],
        starts_on=data["starts_on"],
    )
    postings.set_posting(
        engineer_id=engineer.pk, place=place, actor=actor_of(request), now=clock.now()
    )


def _posting_now(engineer: Engineer) -> dict[str, Any]:
    today = clock.now().date()
    latest = engineer.postings.order_by("-starts_on", "-pk").first()
    if latest is None:
        return {"starts_on": today}
    return {
        "starts_on": today,
        "office": latest.office_id,
        "team": latest.team_id,
        "cost_centre": latest.cost_centre,
    }


def _propose(request: HttpRequest, data: Mapping[str, Any], engineer: Engineer) -> None:
    roles.propose_role(
        engineer_id=engineer.pk, role=data["role"], actor=actor_of(request), now=clock.now()
    )


def _let_manage(request: HttpRequest, data: Mapping[str, Any], engineer: Engineer) -> None:
    roles.grant_manager(
        engineer_id=engineer.pk, team_id=data["team"].pk, actor=actor_of(request), now=clock.now()
    )


def _revoke_tokens(request: HttpRequest, _data: Mapping[str, Any], engineer: Engineer) -> None:
    people.revoke_tokens(engineer_id=engineer.pk, actor=actor_of(request), now=clock.now())


def _deactivate(request: HttpRequest, _data: Mapping[str, Any], engineer: Engineer) -> None:
    people.deactivate_engineer(engineer_id=engineer.pk, actor=actor_of(request), now=clock.now())


def _reactivate(request: HttpRequest, _data: Mapping[str, Any], engineer: Engineer) -> None:
    people.reactivate_engineer(engineer_id=engineer.pk, actor=actor_of(request), now=clock.now())


def _is_active(engineer: Engineer) -> bool:
    return engineer.is_active


@admin.register(Engineer)
class EngineerAdmin(RecordAdmin[Engineer]):
    """People. The password, even as a digest, is nowhere."""

    list_display = ("name", "email", "employee_id", "is_active")
    list_filter = ("is_active",)
    fields = ("name", "email", "employee_id", "is_active", "created_at", "last_login", "rights")
    readonly_fields = ("rights",)
    search_fields = ("name", "email", "employee_id")
    ordering = ("name", "pk")
    creation = Creation(form=records.PersonForm, run=_create)
    changes = (
        Change(
            name="rename",
            title="Rename",
            form=records.NameForm,
            run=_rename,
            initial=lambda engineer: {"name": engineer.name},
        ),
        Change(
            name="number",
            title="Set employee number",
            form=records.EmployeeNumberForm,
            run=_set_number,
            initial=lambda engineer: {"employee_number": engineer.employee_id or ""},
        ),
        Change(
            name="post",
            title="Set office and team",
            form=records.PostingForm,
            run=_post,
            initial=_posting_now,
        ),
        Change(
            name="propose-role",
            title="Propose a role",
            form=records.RoleForm,
            run=_propose,
            offered=_is_active,
        ),
        Change(
            name="let-manage",
            title="Let manage a team",
            form=records.ManagedTeamForm,
            run=_let_manage,
            offered=_is_active,
        ),
        Change(name="revoke-tokens", title="Revoke API tokens", run=_revoke_tokens),
        Change(name="deactivate", title="Deactivate", run=_deactivate, offered=_is_active),
        Change(
            name="reactivate",
            title="Reactivate",
            run=_reactivate,
            offered=lambda engineer: not engineer.is_active,
        ),
    )

    @admin.display(description="roles")
    def rights(self, engineer: Engineer) -> str:
        """The open grants in words, those that wait for a second admin too."""
        given = [
            str(grant.role) if grant.granted_from else f"{grant.role} (waits for a second admin)"
            for grant in engineer.role_grants.filter(until=None).order_by("role", "pk")
        ]
        managed = engineer.manager_grants.filter(until=None).select_related("team")
        given += [f"manager of {grant.team}" for grant in managed.order_by("team__name", "pk")]
        return ", ".join(given) or "none"


@admin.register(Posting)
class PostingAdmin(RecordAdmin[Posting]):
    """Where people work; set from a person's page."""

    list_display = ("engineer", "office", "team", "cost_centre", "starts_on")
    list_filter = ("office",)
    list_select_related = ("engineer", "office", "team")
    fields = ("engineer", "office", "team", "cost_centre", "starts_on")
    search_fields = ("engineer__name", "engineer__email")
    ordering = ("-starts_on", "pk")


def _confirm(request: HttpRequest, _data: Mapping[str, Any], grant: RoleGrant) -> None:
    roles.confirm_role(grant_id=grant.pk, actor=actor_of(request), now=clock.now())


def _revoke(request: HttpRequest, _data: Mapping[str, Any], grant: RoleGrant) -> None:
    roles.revoke_role(
        engineer_id=grant.engineer_id,
        role=grant.role,
        actor=actor_of(request),
        now=clock.now(),
    )


@admin.register(RoleGrant)
class RoleGrantAdmin(RecordAdmin[RoleGrant]):
    """Finance and admin, in force or proposed; proposed from a person's page."""

    list_display = ("engineer", "role", "proposed_by", "confirmed_by", "granted_from", "until")
    list_filter = ("role",)
    list_select_related = ("engineer",)
    fields = (
        "engineer",
        "role",
        "proposed_by",
        "proposed_at",
        "confirmed_by",
        "granted_from",
        "until",
    )
    search_fields = ("engineer__name", "engineer__email")
    ordering = ("-proposed_at", "pk")
    changes = (
        Change(
            name="confirm",
            title="Confirm role",
            run=_confirm,
            offered=lambda grant: grant.until is None and grant.granted_from is None,
        ),
        Change(
            name="revoke",
            title="Take away",
            run=_revoke,
            offered=lambda grant: grant.until is None,
        ),
    )


def _end_managing(request: HttpRequest, _data: Mapping[str, Any], grant: ManagerGrant) -> None:
    roles.revoke_manager(
        engineer_id=grant.engineer_id,
        team_id=grant.team_id,
        actor=actor_of(request),
        now=clock.now(),
    )


@admin.register(ManagerGrant)
class ManagerGrantAdmin(RecordAdmin[ManagerGrant]):
    """Who manages which on-call team; given from a person's page."""

    list_display = ("engineer", "team", "granted_by", "granted_from", "until")
    list_filter = ("team",)
    list_select_related = ("engineer", "team")
    fields = ("engineer", "team", "granted_by", "granted_from", "until")
    search_fields = ("engineer__name", "engineer__email")
    ordering = ("-granted_from", "pk")
    changes = (
        Change(
            name="revoke",
            title="Take away",
            run=_end_managing,
            offered=lambda grant: grant.until is None,
        ),
    )
