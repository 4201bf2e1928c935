from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from common.periods import Period
from rotation import hooking
from rotation.models import Incident, Page, Rotation, SyncRun, WebhookCare
from rotation.operations import hook_care, incidents
from rotation.pagerduty import incident_reads
from rotation.queries import hook_state
from tests.rotation import hooks
from tests.rotation.caring import DAY, HOUR, MORNING, Care
from tests.simulator.documents import ANNA, team_on_call, triggered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_django import Settings

    from rotation.pagerduty.http import HttpGateway
    from tests.simulator.running import RunningSimulator

pytestmark = pytest.mark.django_db


@pytest.fixture
def care(gateway: HttpGateway, simulator: RunningSimulator, settings: Settings) -> Care:
    settings.ROTA_BASE_URL = "http://127.0.0.1:9"
    return Care(gateway, simulator)


def _past(care: Care, *days: int) -> list[str]:
    """Incidents that many days ago, each over after an hour; gives their ids."""
    care.move_to(MORNING - 200 * DAY)
    made = team_on_call(care.simulator)
    hooks.with_policy(care.rotation, made["policy"])
    hooks.know(care.anna, ANNA)
    refs = []
    for ago in sorted(days, reverse=True):
        care.move_to(MORNING - ago * DAY)
        refs.append(triggered(care.simulator, made["service"])["id"])
        care.move_to(MORNING - ago * DAY + HOUR)
        care.simulator.call("PUT", f"/_sim/incidents/{refs[-1]}", {"status": "resolved"})
    return refs


def _known() -> set[str]:
    return set(Incident.objects.values_list("ref", flat=True))


def _asked(care: Care, word: str) -> list[str]:
    return [each["path"] for each in care.simulator.requests() if word in each["path"]]


def test_with_the_first_subscription_three_months_are_read_from_the_log(care: Care) -> None:
    older, *wanted = _past(care, 93, 91, 40, 1)

    care.look()

    assert _known() == set(wanted)
    assert older not in _known()
    assert Page.objects.filter(engineer=care.anna).count() == 3
    state = hook_state.hook_state(now=care.now)
    assert (state.days_read, state.days_to_read, state.is_reading_back) == (92, 92, False)
    assert not care.is_due()


def test_it_is_read_in_slices_the_latest_first_and_nothing_twice(
    care: Care, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooking, "MOST_PAST_CALLS", 3)
    refs = _past(care, 60, 50, 49, 5, 4, 3)

    care.look()
    first = _known()
    looks = 1
    while care.is_due():
        care.look()
        looks += 1

    assert first == set(refs[-2:])
    assert _known() == set(refs)
    assert looks > 4
    logs = _asked(care, "log_entries")
    assert len(logs) == len(set(logs)) == 6
    assert care.writes() == ["POST /webhook_subscriptions"]


def test_while_it_goes_on_pages_and_the_api_say_how_far_it_is(
    care: Care, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooking, "MOST_PAST_CALLS", 5)
    _past(care, 3)
    care.look()
    client = Client()
    client.force_login(care.ada)

    hooks_page = client.get("/web-hooks/").content.decode()
    pages = client.get(f"/rotations/{care.rotation.slug}/pages/").content.decode()
    api: Any = client.get("/api/v1/web-hooks/").json()

    back_to = MORNING - 28 * DAY
    assert "28 of 92 days" in hooks_page
    assert "Older pages are still being read from PagerDuty’s log" in pages
    assert back_to.isoformat()[:10] in pages
    assert api["is_reading_back"] is True
    assert dt.datetime.fromisoformat(api["read_back_to"]) == back_to
    assert dt.datetime.fromisoformat(api["read_back_until"]) == MORNING - 92 * DAY


def test_nothing_of_the_past_is_read_while_a_sync_waits(care: Care) -> None:
    _past(care, 3)
    run = SyncRun.objects.create(
        rotation=care.rotation, cause="published", queued_at=care.now, schedule_version=1
    )

    care.look()

    assert care.there()
    assert _known() == set()
    assert not care.is_due()
    SyncRun.objects.filter(pk=run.pk).update(state=SyncRun.State.DONE, finished_at=care.now)
    assert care.is_due()
    care.look()
    assert len(_known()) == 1


def test_a_sync_that_comes_meanwhile_is_let_pass(
    care: Care, monkeypatch: pytest.MonkeyPatch
) -> None:
    _past(care, 5, 4, 3)
    keep = incidents.keep_record

    def and_publish(**given: Any) -> Any:
        SyncRun.objects.get_or_create(
            rotation=care.rotation,
            defaults={"cause": "published", "queued_at": care.now, "schedule_version": 1},
        )
        return keep(**given)

    monkeypatch.setattr(incidents, "keep_record", and_publish)
    care.look()

    assert len(_asked(care, "log_entries")) == 1
    SyncRun.objects.all().delete()
    monkeypatch.setattr(incidents, "keep_record", keep)
    care.look()
    assert len(_asked(care, "log_entries")) == 3
    assert len(_known()) == 3


def test_another_secret_does_not_have_it_read_again(care: Care) -> None:
    _past(care, 3)
    care.look()
    hook_care.order(what=WebhookCare.Order.ROTATE, actor=care.admin, now=care.now)
    care.now += HOUR

    care.look()

    assert len(_asked(care, "log_entries")) == 1
    assert WebhookCare.objects.get().read_back_from == MORNING


def test_for_an_adopted_policy_the_past_is_read_once_more(care: Care) -> None:
    refs = _past(care, 3)
    policy = Rotation.objects.get().pagerduty_policy_ref
    hooks.with_policy(care.rotation, "POWN")
    care.look()
    assert _known() == set()
    assert not care.is_due()

    hooks.with_policy(care.rotation, policy)
    Rotation.objects.update(pagerduty_policy_is_adopted=True)
    assert care.is_due()
    care.look()

    assert _known() == set(refs)
    assert not care.is_due()


def test_open_incidents_of_the_past_do_not_hold_it_up(
    care: Care, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooking, "MOST_PAST_CALLS", 3)
    care.move_to(MORNING - 200 * DAY)
    made = team_on_call(care.simulator)
    hooks.with_policy(care.rotation, made["policy"])
    for hours in range(5, 0, -1):
        care.move_to(MORNING - DAY - hours * HOUR)
        triggered(care.simulator, made["service"])

    looks = 0
    while care.is_due() and looks < 30:
        care.look()
        looks += 1

    assert looks < 30
    assert Incident.objects.count() == 5


class Full:
    """A gateway that lists at most ten thousand items, as PagerDuty turns its pages."""

    def __init__(self) -> None:
        self.asked: list[Mapping[str, Any]] = []

    def items(self, *, params: Mapping[str, Any], **_given: Any) -> list[Any]:
        self.asked.append(params)
        since, until = (dt.datetime.fromisoformat(params[name]) for name in ("since", "until"))
        every = 30 if until <= MORNING else 3600
        count = int((until - since).total_seconds()) // every
        return [{"id": f"{since}{number}"} for number in range(min(count, 10_000))]


def test_a_time_with_more_incidents_than_pagerduty_lists_is_read_in_halves() -> None:
    gateway: Any = Full()

    found = incident_reads.incidents(gateway, within=_days(4))

    assert len(found) == 4 * 24 * 3600 // 30
    assert len(gateway.asked) == 3


def _days(days: int) -> Period:
    return Period(starts_at=MORNING - days * DAY, ends_at=MORNING)
