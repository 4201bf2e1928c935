"""A good request for each form of Django's admin, by the route's name."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from tests.guards.posts import Post
from volunteers.models import Office, OnCallTeam, Team

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.guards.world import World

OFFICE = {
    "name": "Cork",
    "time_zone": "Europe/Dublin",
    "country": "IE",
    "subdivision": "",
    "currency": "EUR",
    "legal_entity": "Rota Ireland Ltd",
}
STATEMENT = {
    "name": "Edge",
    "problem": "Nobody answers at night.",
    "success_criteria": "Somebody does.",
    "owner": "anna@example.com",
    "next_review_on": "2027-06-01",
    "people_on_call_before": 30,
}
HOURS = {
    "time_zone": "Europe/London",
    "handover_weekday": 1,
    "handover_time": "10:00",
    "business_start": "08:00",
    "business_end": "17:00",
    "holiday_office": "",
}
POLICY = {
    "term_weeks": 20,
    "cool_down_weeks": 4,
    "target_size": 8,
    "minimum_size": 5,
    "horizon_weeks": 20,
    "primary_rest_weeks": 2,
    "primary_shifts_per_term": 5,
    "escalation_rest_weeks": 1,
    "escalation_shifts_per_term": "",
    "spacing_weeks": 4,
    "holiday_load_hundredths": 50,
    "escalation_delay_minutes": 20,
    "escalation_loops": 3,
    "drift_choice": "restore",
    "objectives": "gaps overload unfairness preferences",
    "reason": "A term of half a year was too long.",
}


def _by_admin(*typed: str, **fields: object) -> Post:
    return Post(viewer="admin", fields=lambda _world: dict(fields), typed=typed)


def _with_ids(fields: Callable[[World], dict[str, Any]], *typed: str) -> Post:
    return Post(viewer="admin", fields=fields, typed=typed)


def _posting(_world: World) -> dict[str, Any]:
    return {
        "starts_on": "2026-12-01",
        "office": Office.objects.get().pk,
        "team": Team.objects.get().pk,
        "cost_centre": "CC-200",
    }


def _new_rotation(_world: World) -> dict[str, Any]:
    return {"team": OnCallTeam.objects.get(rotation=None).pk, **HOURS}


ADMIN_FORMS = {
    "volunteers_engineer_add": _by_admin(
        "name", "email", "employee_number", name="Emma", email="emma@example.com"
    ),
    "volunteers_engineer_rename": _by_admin("name", name="Benedict"),
    "volunteers_engineer_number": _by_admin("employee_number", employee_number="0815"),
    "volunteers_engineer_post": _with_ids(_posting, "cost_centre"),
    "volunteers_engineer_propose-role": _by_admin(role="finance"),
    "volunteers_engineer_let-manage": _with_ids(lambda world: {"team": world.rotation.team_id}),
    "volunteers_engineer_revoke-tokens": _by_admin(),
    # Rights that end with the account have a record of their own.
    "volunteers_engineer_deactivate": dataclasses.replace(_by_admin(), records=2),
    "volunteers_engineer_reactivate": _by_admin(),
    "volunteers_rolegrant_confirm": _by_admin(),
    "volunteers_rolegrant_revoke": _by_admin(),
    "volunteers_managergrant_revoke": _by_admin(),
    "volunteers_office_add": _by_admin(
        *("name", "time_zone", "country", "subdivision", "currency", "legal_entity"), **OFFICE
    ),
    "volunteers_office_edit": _by_admin("name", **OFFICE),
    "volunteers_office_load-holidays": _by_admin(first_year=2027, last_year=2027),
    "volunteers_team_add": _by_admin("name", name="Search"),
    "volunteers_team_rename": _by_admin("name", name="Search"),
    "volunteers_oncallteam_add": _by_admin(
        "name", "problem", "success_criteria", "owner", **STATEMENT
    ),
    "volunteers_oncallteam_edit": _by_admin("name", "problem", **STATEMENT),
    "rotation_rotation_add": _with_ids(_new_rotation, "time_zone"),
    "rotation_rotation_hours": _by_admin("time_zone", **HOURS),
    "rotation_rotation_policy": _by_admin("reason", "objectives", **POLICY),
    "rotation_level_unlink": _by_admin(),
    "outbox_message_send-again": _by_admin(),
    "rotation_service_owner": _by_admin(owner=""),
}
