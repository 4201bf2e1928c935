from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from tests import builders
from volunteers import access
from volunteers.models import Engineer, Office, OnCallTeam

pytestmark = pytest.mark.django_db

TOMORROW = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)
SYDNEY = {
    "name": "Sydney",
    "time_zone": "Australia/Sydney",
    "country": "AU",
    "subdivision": "NSW",
    "currency": "AUD",
}


@pytest.fixture
def ada(client: Client) -> Engineer:
    """An admin who is signed in."""
    ada = builders.make_admin()
    client.force_login(ada)
    return ada


def change(client: Client, row: Engineer | Office, name: str, /, **data: object) -> int:
    """Post a change's form; gives the answer's status."""
    kind = row._meta.model_name
    return client.post(reverse(f"admin:volunteers_{kind}_{name}", args=[row.pk]), data).status_code


def viewer(engineer: Engineer) -> access.Viewer:
    return access.viewer_for(engineer=engineer, now=TOMORROW)


@pytest.mark.usefixtures("ada")
def test_an_office_is_added_by_a_form_and_the_admin_is_named_in_the_record(
    client: Client,
) -> None:
    answer = client.post(reverse("admin:volunteers_office_add"), SYDNEY)

    office = Office.objects.get()
    assert answer.headers["Location"] == reverse("admin:volunteers_office_change", args=[office.pk])
    assert AuditEvent.objects.get().actor == "ada@example.com"


@pytest.mark.usefixtures("ada")
def test_what_the_operation_refuses_stands_beside_its_field(client: Client) -> None:
    answer = client.post(reverse("admin:volunteers_office_add"), SYDNEY | {"time_zone": "Sydney"})

    assert answer.status_code == 422
    assert "That is not a time zone" in answer.content.decode()
    assert not Office.objects.exists()


@pytest.mark.usefixtures("ada")
def test_an_empty_form_is_refused_and_asks_nothing(client: Client) -> None:
    answer = client.post(reverse("admin:volunteers_office_add"), {})

    assert answer.status_code == 422
    assert not AuditEvent.objects.exists()


@pytest.mark.usefixtures("ada")
def test_holidays_are_loaded_from_the_offices_page(client: Client) -> None:
    office = builders.make_office()

    change(client, office, "load-holidays", first_year=2026, last_year=2027)

    assert office.holidays.filter(date__year=2027).exists()
    assert office.calendar_versions.get().number == 1


@pytest.mark.usefixtures("ada")
def test_years_the_wrong_way_round_are_refused(client: Client) -> None:
    office = builders.make_office()

    status = change(client, office, "load-holidays", first_year=2027, last_year=2026)

    assert status == 422


@pytest.mark.usefixtures("ada")
def test_an_on_call_team_gets_its_statement_by_a_form(client: Client) -> None:
    builders.make_engineer(name="Anna")
    data = {"name": "Core", "owner": "ANNA@example.com", "next_review_on": "2027-01-31"}

    client.post(reverse("admin:volunteers_oncallteam_add"), data)

    team = OnCallTeam.objects.get()
    assert team.owner is not None
    assert (team.owner.name, team.next_review_on) == ("Anna", dt.date(2027, 1, 31))


@pytest.mark.usefixtures("ada")
def test_a_person_is_added_posted_and_let_manage(client: Client) -> None:
    office, team = builders.make_office(), builders.make_team()
    home = builders.make_home_team()

    client.post(
        reverse("admin:volunteers_engineer_add"), {"name": "Anna", "email": "Anna@example.com"}
    )
    anna = Engineer.objects.get(email="anna@example.com")
    change(client, anna, "post", starts_on="2026-11-01", office=office.pk, team=home.pk)
    change(client, anna, "let-manage", team=team.pk)

    assert anna.postings.get().team == home
    assert viewer(anna).manages(team.pk)


def test_a_money_role_is_proposed_by_one_admin_and_confirmed_by_another(
    client: Client, ada: Engineer
) -> None:
    ben = builders.make_ben()
    change(client, ben, "propose-role", role="finance")
    confirm = reverse("admin:volunteers_rolegrant_confirm", args=[ben.role_grants.get().pk])

    alone = client.post(confirm)
    assert alone.status_code == 422
    assert not viewer(ben).is_finance

    client.force_login(builders.make_admin(name="Eve"))
    client.post(confirm)
    assert viewer(ben).is_finance
    assert client.post(confirm).status_code == 404
    assert ben.role_grants.get().proposed_by == ada.email


def test_an_admin_takes_a_role_away_but_not_the_last_admins(client: Client, ada: Engineer) -> None:
    finn = builders.make_finance()
    finance, last = finn.role_grants.get(), ada.role_grants.get()

    client.post(reverse("admin:volunteers_rolegrant_revoke", args=[finance.pk]))
    refused = client.post(reverse("admin:volunteers_rolegrant_revoke", args=[last.pk]))

    assert not viewer(finn).is_finance
    assert refused.status_code == 422
    assert viewer(ada).is_admin


@pytest.mark.usefixtures("ada")
def test_somebody_who_is_deactivated_is_out_at_the_next_request(client: Client) -> None:
    ben = builders.make_ben()
    browser = Client()
    browser.force_login(ben)

    change(client, ben, "deactivate")

    assert browser.get("/settings/").status_code == 302
    ben.refresh_from_db()
    assert not ben.is_active
    assert change(client, ben, "deactivate") == 404
    change(client, ben, "reactivate")
    ben.refresh_from_db()
    assert ben.is_active


def test_an_admin_whose_role_is_taken_is_out_at_the_next_request(
    client: Client, ada: Engineer
) -> None:
    builders.make_admin(name="Eve")
    assert client.get("/admin/").status_code == 200

    ada.role_grants.update(until=builders.LONG_AGO)

    assert client.get("/admin/").status_code == 404


@pytest.mark.usefixtures("ada")
def test_a_name_with_markup_is_shown_as_text(client: Client) -> None:
    ben = builders.make_engineer(name='"><svg onload=alert(1)>', email="ben@example.com")

    for page in (
        reverse("admin:volunteers_engineer_changelist"),
        reverse("admin:volunteers_engineer_change", args=[ben.pk]),
        reverse("admin:volunteers_engineer_rename", args=[ben.pk]),
    ):
        assert "<svg onload" not in client.get(page).content.decode()


@pytest.mark.usefixtures("ada")
def test_a_form_from_another_site_does_nothing() -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(Engineer.objects.get(email="ada@example.com"))

    answer = browser.post(reverse("admin:volunteers_office_add"), SYDNEY)

    assert answer.status_code == 403
    assert not Office.objects.exists()
