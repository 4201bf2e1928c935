from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from common import invariants
from config.invariants import ALL

if TYPE_CHECKING:
    from django.db.models import Model

pytestmark = pytest.mark.django_db


def test_no_model_changed_without_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_invariant_stands_in_the_catalogue() -> None:
    assert invariants.missing(connection, ALL) == []


def test_the_list_of_what_is_missing_would_notice() -> None:
    invariants.remove(connection, ALL)

    assert set(invariants.missing(connection, ALL)) == {
        name for item in ALL for name in item.sql(connection.vendor).objects
    }


def test_every_named_constraint_of_the_models_stands_in_the_catalogue() -> None:
    wanted = {
        constraint.name
        for model in _models()
        for constraint in [*model._meta.constraints, *model._meta.indexes]
    }

    catalogue = _catalogue()

    assert {name for name in wanted if name not in catalogue} == set()


def _catalogue() -> str:
    """Every name that the engine knows a constraint or an index by, as one text."""
    query = (
        "SELECT string_agg(name, ' ') FROM (SELECT conname AS name FROM pg_constraint "
        "UNION SELECT indexname FROM pg_indexes) AS names"
        if connection.vendor == "postgresql"
        else "SELECT group_concat(sql, ' ') FROM sqlite_master"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return str(cursor.fetchone()[0])


def _models() -> list[type[Model]]:
    ours = ("audit", "outbox", "volunteers", "rotation", "compensation")
    return [model for label in ours for model in apps.get_app_config(label).get_models()]
