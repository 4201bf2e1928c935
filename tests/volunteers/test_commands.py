from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEvent
from tests import builders
from volunteers import access
from volunteers.models import Engineer

if TYPE_CHECKING:
    import pathlib

pytestmark = pytest.mark.django_db

AFTERWARDS = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def refused(*arguments: str) -> str:
    with pytest.raises(CommandError) as refusal:
        run(*arguments)
    assert refusal.value.returncode == 2
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def viewer(email: str) -> access.Viewer:
    engineer = Engineer.objects.get(email=email)
    return access.viewer_for(engineer=engineer, now=AFTERWARDS)


@pytest.fixture
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROTA_ADMIN_PASSWORD", builders.CORRECT_HORSE)


@pytest.mark.usefixtures("password")
def test_the_first_admin_comes_from_the_shell() -> None:
    run("create_admin", "Ada@example.com", "--name", "Ada")

    ada = Engineer.objects.get()
    assert ada.check_password(builders.CORRECT_HORSE)
    assert viewer("ada@example.com").is_admin
    assert set(AuditEvent.objects.values_list("actor", flat=True)) == {"shell"}


@pytest.mark.usefixtures("password")
def test_an_existing_account_is_promoted_and_keeps_its_password() -> None:
    builders.make_engineer(name="Ben", password="something else entirely")

    run("create_admin", "ben@example.com")

    assert viewer("ben@example.com").is_admin
    assert Engineer.objects.get().check_password("something else entirely")


@pytest.mark.usefixtures("password")
def test_creating_an_admin_twice_is_the_same_as_once() -> None:
    run("create_admin", "ada@example.com", "--name", "Ada")
    run("create_admin", "ada@example.com", "--name", "Ada")

    assert Engineer.objects.get().role_grants.count() == 1


def test_a_password_comes_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{builders.CORRECT_HORSE}\n"))

    run("create_admin", "ada@example.com", "--name", "Ada")

    assert Engineer.objects.get().check_password(builders.CORRECT_HORSE)


@pytest.mark.parametrize("given", ["", "short", "12345678901234", "adaadaadaada@example.com"])
def test_a_password_that_is_weak_or_missing_makes_no_admin(
    given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(given))

    refused("create_admin", "adaadaadaada@example.com", "--name", "Ada")

    assert not Engineer.objects.exists()


@pytest.mark.usefixtures("password")
def test_an_admin_needs_a_name_and_an_e_mail() -> None:
    assert "Name" in refused("create_admin", "ada@example.com")
    assert "E-mail" in refused("create_admin", "ada", "--name", "Ada")


def test_roles_are_given_and_taken_from_the_shell() -> None:
    team = builders.make_team()
    builders.make_ben()

    run("grant_role", "ben@example.com", "finance")
    run("grant_role", "BEN@example.com", "manager", "--team", team.slug)

    assert viewer("ben@example.com").is_finance
    assert viewer("ben@example.com").manages(team.pk)

    run("grant_role", "ben@example.com", "finance", "--revoke")
    run("grant_role", "ben@example.com", "manager", "--team", team.slug, "--revoke")

    assert not viewer("ben@example.com").is_finance
    assert not viewer("ben@example.com").is_manager


def test_giving_what_somebody_has_says_so_and_is_no_error() -> None:
    builders.make_finance()

    said = run("grant_role", "finn@example.com", "finance")

    assert "Nothing changed" in said


def test_a_role_for_nobody_or_for_no_team_is_refused_in_one_line() -> None:
    builders.make_team()
    builders.make_admin()

    assert "Nobody has the e-mail" in refused("grant_role", "x@example.com", "finance")
    assert "--team" in refused("grant_role", "ada@example.com", "manager")
    assert "there are: core" in refused("grant_role", "ada@example.com", "manager", "--team", "x")
    assert "not for a team" in refused("grant_role", "ada@example.com", "admin", "--team", "core")
    assert "last admin" in refused("grant_role", "ada@example.com", "admin", "--revoke")


def test_a_dry_run_shows_each_line_and_an_import_changes_nothing_twice(
    tmp_path: pathlib.Path,
) -> None:
    builders.make_office()
    file = tmp_path / "people.csv"
    file.write_text("name,e-mail,office\nBen,ben@example.com,Dublin\n", encoding="utf-8")

    preview = run("import_people", str(file), "--dry-run")
    assert "line 2: new ben@example.com" in preview
    assert not Engineer.objects.exists()

    run("import_people", str(file))
    assert Engineer.objects.get().name == "Ben"

    assert "1 unchanged" in run("import_people", str(file))


def test_importing_names_every_bad_line_and_writes_nothing(tmp_path: pathlib.Path) -> None:
    builders.make_office()
    file = tmp_path / "people.csv"
    file.write_text(
        "name,e-mail,office\nBen,ben@example.com,Dublin\n,bad,Nowhere\n", encoding="utf-8"
    )
    errors = io.StringIO()

    with pytest.raises(CommandError, match="3 problems; nothing was imported") as refusal:
        call_command("import_people", str(file), stderr=errors)

    assert refusal.value.returncode == 2
    assert errors.getvalue().count("line 3:") == 3
    assert not Engineer.objects.exists()


def test_a_file_that_is_not_there_is_refused_in_one_line(tmp_path: pathlib.Path) -> None:
    assert "cannot be read" in refused("import_people", str(tmp_path / "none.csv"))
