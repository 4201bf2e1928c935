from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from knox.models import AuthToken

from audit.operations import Actor, Area, record
from outbox.operations import queue_message
from portal.queries.own_data import own_data
from rotation.models import LevelName
from tests import builders
from tests.builders import NEXT_WEEK, NOW

if TYPE_CHECKING:
    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben() -> Engineer:
    """He serves, is away, and was written to; so does Carla."""
    office = builders.make_office()
    rotation = builders.make_rotation(team=builders.make_team())
    ben, carla = builders.make_engineer(name="Ben", employee_id="00412"), builders.make_carla()
    level = rotation.levels.get(name=LevelName.PRIMARY)
    for number, person in enumerate((ben, carla)):
        week = NEXT_WEEK + number * builders.WEEK
        builders.make_posting(engineer=person, office=office)
        builders.make_term(team=rotation.team, engineer=person)
        builders.make_shift(level=level, week_date=week, holder=person)
        note = f"=The note of {person.name}"
        builders.make_absence(
            engineer=person, starts_on=week, ends_on=week + builders.WEEK, note=note
        )
        queue_message(
            to=person.email, kind="shift-blocked", subject="Hello", body=person.name, now=NOW
        )
        record(
            actor=Actor(name=person.email),
            now=NOW,
            area=Area.ACCESS,
            verb="did",
            subject=f"something of {person.name}",
        )
        AuthToken.objects.create(user=person)
    return ben


def _get(ben: Engineer, address: str) -> Any:
    client = Client()
    client.force_login(ben)
    return client.get(address)


def test_a_person_takes_all_that_is_about_them_and_nothing_of_others(ben: Engineer) -> None:
    answer = _get(ben, "/me/data/file.json")

    held = json.loads(answer.content)
    assert held["profile"][0]["employee_id"] == "00412"
    assert held["postings"][0]["office_name"] == "Dublin"
    assert held["absences"][0]["note"] == "=The note of Ben"
    assert held["messages"][0]["body"] == "Ben"
    assert held["audit_log"][0]["subject"] == "something of Ben"
    assert [len(held[name]) for name in ("terms", "applications", "shifts")] == [1, 1, 1]
    assert "Carla" not in answer.content.decode()
    assert "carla" not in answer.content.decode()


def test_no_password_token_or_secret_is_in_it(ben: Engineer) -> None:
    text = _get(ben, "/me/data/file.json").content.decode()

    token = AuthToken.objects.get(user=ben)
    for secret in (ben.password, token.digest, token.token_key):
        assert secret not in text


def test_it_is_a_file_that_no_cache_keeps(ben: Engineer) -> None:
    for ending in ("json", "zip"):
        answer = _get(ben, f"/me/data/file.{ending}")
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="rota-my-')


def test_the_archive_has_a_table_for_each_kind_and_no_cell_is_a_formula(ben: Engineer) -> None:
    archive = zipfile.ZipFile(io.BytesIO(_get(ben, "/me/data/file.zip").content))

    assert {"profile.csv", "terms.csv", "absences.csv", "audit_log.csv"} <= set(archive.namelist())
    text = archive.read("absences.csv").decode()
    assert next(csv.DictReader(io.StringIO(text)))["note"] == "'=The note of Ben"


def test_the_page_says_how_much_there_is_of_each_kind(ben: Engineer) -> None:
    page = _get(ben, "/me/data/").content.decode()

    assert "<dt>Absences</dt><dd>1 row</dd>" in page
    assert 'href="/me/data/file.zip"' in page


def test_it_takes_a_query_for_each_kind_however_much_there_is(ben: Engineer) -> None:
    with CaptureQueriesContext(connection) as few:
        own_data(engineer_id=ben.pk, email=ben.email)
    for number in range(20):
        queue_message(to=ben.email, kind="shift-blocked", subject=f"{number}", body="x", now=NOW)
        builders.make_absence(
            engineer=ben,
            starts_on=NEXT_WEEK + (10 + number) * builders.WEEK,
            ends_on=NEXT_WEEK + (11 + number) * builders.WEEK,
        )
    with CaptureQueriesContext(connection) as many:
        own_data(engineer_id=ben.pk, email=ben.email)

    assert len(many) == len(few) <= 22
