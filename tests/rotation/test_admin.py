from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from rotation.models import Rotation
from rotation.operations import policies
from tests import builders

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

HOURS = {
    "time_zone": "Europe/Dublin",
    "handover_weekday": "2",
    "handover_time": "12:00",
    "business_start": "09:00",
    "business_end": "17:30",
    "holiday_office": "",
}


@pytest.fixture(autouse=True)
def _an_admin(client: Client) -> None:
    client.force_login(builders.make_admin())


def test_a_rotation_is_added_for_an_on_call_team(client: Client) -> None:
    team, office = builders.make_team(), builders.make_office()

    client.post(
        reverse("admin:rotation_rotation_add"),
        HOURS | {"team": team.pk, "holiday_office": office.pk},
    )

    rotation = Rotation.objects.get()
    assert (rotation.team, rotation.holiday_office) == (team, office)
    assert rotation.levels.count() == 2


def test_hours_change_by_a_form_until_a_week_is_published(client: Client) -> None:
    rotation = builders.make_rotation()
    address = reverse("admin:rotation_rotation_hours", args=[rotation.pk])

    client.post(address, HOURS)
    rotation.refresh_from_db()
    assert rotation.handover_weekday == 2

    builders.make_shift(
        level=builders.level_of(rotation), week_date=builders.NEXT_WEEK.replace(day=25, month=11)
    )
    assert client.get(address).status_code == 404
    page = client.get(reverse("admin:rotation_rotation_change", args=[rotation.pk]))
    assert address not in page.content.decode()


def test_a_policy_changes_by_a_form_with_a_reason(client: Client) -> None:
    rotation = builders.make_rotation()
    address = reverse("admin:rotation_rotation_policy", args=[rotation.pk])
    shown = client.get(address).context["form"].initial
    figures = {name: "" if value is None else value for name, value in shown.items()}

    without = client.post(address, figures | {"reason": ""})
    assert without.status_code == 422

    client.post(address, figures | {"term_weeks": 13, "reason": "Shorter."})
    latest = rotation.policies.latest("number")
    assert (latest.number, latest.term_weeks, latest.reason) == (2, 13, "Shorter.")
    assert latest.objectives == list(policies.OBJECTIVES)


def test_drafts_are_their_managers_alone(client: Client) -> None:
    builders.make_draft(rotation=builders.make_rotation())

    assert client.get("/admin/rotation/draft/").status_code == 404
