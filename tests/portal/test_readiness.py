from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from common import clock
from rotation.models import WeekQuestion
from tests import builders

if TYPE_CHECKING:
    from django.test import Client


def _oldest(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/readyz").json()["waiting"]["oldest"]
    return found


@pytest.mark.django_db
def test_nothing_that_waits_has_no_age(client: Client) -> None:
    oldest = _oldest(client)

    assert set(oldest.values()) == {None}


@pytest.mark.django_db
def test_a_question_that_nobody_answers_is_seen_from_outside(client: Client) -> None:
    rotation = builders.make_rotation()
    WeekQuestion.objects.create(
        rotation=rotation,
        level=builders.level_of(rotation),
        week_date=builders.NEXT_WEEK,
        asked_at=clock.now() - dt.timedelta(minutes=5),
        schedule_version=rotation.schedule_version,
    )

    oldest = _oldest(client)

    assert oldest["question"] >= 300
    assert oldest["draft"] is None
