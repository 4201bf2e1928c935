from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import builders
from volunteers.models import Engineer

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Model
    from django.test import Client

pytestmark = pytest.mark.django_db

INLINE = re.compile(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)(?![^>]*application/json)")
MONEY = "compensation"


def enter(client: Client, engineer: Engineer) -> None:
    client.force_login(engineer)


def lists() -> list[str]:
    return [_address(model, "changelist") for model in admin.site._registry]


def _address(model: type[Model], page: str, *arguments: object) -> str:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
    return reverse(name, args=arguments)


def make_one_of_everything() -> None:
    office = builders.make_office()
    builders.make_holiday(office=office, date=builders.TODAY)
    team = builders.make_team()
    anna, ben = builders.make_anna(team=team), builders.make_ben()
    builders.make_posting(engineer=ben, office=office, team=builders.make_home_team())
    builders.make_term(team=team, engineer=ben)
    builders.make_absence(
        engineer=ben, starts_on=builders.THIS_WEEK, ends_on=builders.NEXT_WEEK, note="a secret"
    )
    shift = builders.make_shift(
        level=builders.level_of(builders.make_rotation(team=team)), holder=ben
    )
    builders.make_cover(shift=shift, from_engineer=ben, to_engineer=anna)


def pages() -> list[str]:
    """Every list, every form to add, every row's page and every form of a change."""
    found = [reverse("admin:index"), *lists()]
    for model, record in admin.site._registry.items():
        if record.creation is not None:  # type: ignore[attr-defined]
            found.append(_address(model, "add"))
        row = model._default_manager.first()
        if row is None:
            continue
        found.append(_address(model, "change", row.pk))
        found += [
            _address(model, change.name, row.pk)
            for change in record.changes  # type: ignore[attr-defined]
            if change.offered(row)
        ]
    return found


def test_strangers_are_asked_to_sign_in_on_rotas_own_page(client: Client) -> None:
    make_one_of_everything()

    for page in [*pages(), reverse("admin:login"), "/admin/nothing/"]:
        answer = client.get(page)

        assert answer.status_code == 302, page
        assert answer.headers["Location"].startswith("/sign-in/?next=/admin/"), page


@pytest.mark.parametrize("who", ["engineer", "manager", "finance", "former admin"])
def test_to_everybody_but_admins_the_admin_is_not_there(who: str, client: Client) -> None:
    make_one_of_everything()
    people: dict[str, Callable[[], Engineer]] = {
        "engineer": builders.make_carla,
        "manager": lambda: Engineer.objects.get(email="anna@example.com"),
        "finance": builders.make_finance,
        "former admin": _former_admin,
    }
    enter(client, people[who]())

    for page in [*pages(), reverse("admin:login"), "/admin/nothing/"]:
        assert client.get(page).status_code == 404, page
        assert client.post(page).status_code == 404, page


def _former_admin() -> Engineer:
    eve = builders.make_engineer(name="Eve")
    builders.make_role(engineer=eve, role="admin", until=builders.LONG_AGO)
    return eve


def test_every_page_loads_for_an_admin_under_the_strict_policy(client: Client) -> None:
    make_one_of_everything()
    enter(client, builders.make_admin())

    for page in pages():
        answer = client.get(page)

        assert answer.status_code == 200, page
        assert "script-src 'self';" in answer.headers["Content-Security-Policy"] + ";"
        assert not INLINE.search(answer.content.decode()), page


def test_no_password_and_no_note_stands_on_any_page(client: Client) -> None:
    make_one_of_everything()
    ada = builders.make_admin()
    ada.set_password(builders.CORRECT_HORSE)
    ada.save()
    enter(client, ada)

    for page in pages():
        text = client.get(page).content.decode()

        assert "a secret" not in text, page
        assert ada.password not in text, page
        assert "md5$" not in text, page


def test_money_is_not_in_the_admin() -> None:
    assert MONEY not in {model._meta.app_label for model in admin.site._registry}


def test_only_models_that_come_as_records_are_shown() -> None:
    apps = {model._meta.app_label for model in admin.site._registry}

    assert apps == {"audit", "outbox", "rotation", "volunteers"}


def test_nothing_is_deleted_edited_or_added_past_an_operation(client: Client) -> None:
    make_one_of_everything()
    enter(client, builders.make_admin())
    ben = Engineer.objects.get(email="ben@example.com")

    for model, record in admin.site._registry.items():
        row = model._default_manager.first()
        if row is not None:
            edited = client.post(_address(model, "change", row.pk), {"name": "X"})
            assert edited.status_code == 403, model
            client.post(f"{_address(model, 'changelist')}{row.pk}/delete/", {"post": "yes"})
            assert model._default_manager.filter(pk=row.pk).exists()
        if record.creation is None:  # type: ignore[attr-defined]
            added = client.post(f"{_address(model, 'changelist')}add/", {"name": "X"})
            assert added.status_code == 403, model
        acted = client.post(
            _address(model, "changelist"),
            {"action": "delete_selected", "_selected_action": [1], "post": "yes"},
        )
        assert acted.status_code in {200, 302, 403}, model

    ben.refresh_from_db()
    assert ben.name == "Ben"


@pytest.mark.parametrize(
    "question",
    [
        "volunteers/engineer/?password__startswith=md5",
        "volunteers/absence/?note__icontains=secret",
        "volunteers/absence/?engineer__password__startswith=md5",
        "outbox/message/?body__contains=x",
    ],
)
def test_a_hidden_column_cannot_be_guessed_by_filters(question: str, client: Client) -> None:
    enter(client, builders.make_admin())

    assert client.get(f"/admin/{question}").status_code == 400


@pytest.mark.parametrize(
    "question",
    [
        "q=%00",
        "q=%27%22%3Bdrop",
        "o=password",
        "o=99.-99",
        "p=abc",
        "p=99999999999999999999",
        "is_active__exact=%00",
        "is_active__exact=%00&q=x",
        "is_active__exact=maybe",
        "_to_field=password&_popup=1",
        "all=",
    ],
)
def test_odd_questions_break_no_list(question: str, client: Client) -> None:
    builders.make_ben()
    enter(client, builders.make_admin())

    answer = client.get(f"/admin/volunteers/engineer/?{question}")

    assert answer.status_code in {200, 302, 400}


@pytest.mark.parametrize(
    "question",
    [
        "volunteers/application/?state__exact=a%00b",
        "volunteers/term/?team__id__exact=%00",
        "volunteers/term/?team__id__exact=99999999999999999999999",
        "audit/auditevent/?area__exact=a%00b",
    ],
)
def test_odd_filters_break_no_list(question: str, client: Client) -> None:
    enter(client, builders.make_admin())

    assert client.get(f"/admin/{question}").status_code in {200, 302, 400}


def test_the_password_is_changed_on_rotas_own_page(client: Client) -> None:
    enter(client, builders.make_admin())

    answer = client.get("/admin/password_change/")

    assert answer.headers["Location"] == reverse("settings")


def test_an_admin_leaves_by_the_admins_button(client: Client) -> None:
    enter(client, builders.make_admin())

    client.post("/admin/logout/")

    assert client.get("/admin/").status_code == 302


def test_a_list_takes_as_many_queries_for_many_rows_as_for_few(client: Client) -> None:
    enter(client, builders.make_admin())
    office = builders.make_office()
    counts = []
    for size in (3, 30):
        for number in range(size):
            person = builders.make_engineer(name=f"Person {size} {number}")
            builders.make_posting(engineer=person, office=office)
        counts.append([_queries(client, page) for page in lists()])

    assert counts[0] == counts[1]


def _queries(client: Client, page: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(page)
    return len(captured)
