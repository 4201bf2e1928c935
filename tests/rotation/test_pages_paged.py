from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client

from rotation.models import Incident, Page, WebhookCare, WebhookEvent
from rotation.operations import hooks_in
from rotation.queries import hook_state, page_counts
from rotation.queries.page_counts import Wanted
from tests import builders
from tests.rotation import hooks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
NOW, NIGHT = builders.NOW, hooks.NIGHT
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
NEEDLE = '"><svg onload=alert(1)>{{7*7}}'


@pytest.fixture(autouse=True)
def _at_the_builders_time() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast() -> hooks.Cast:
    """Ben was paged twice, once asleep; Anna once by escalation."""
    cast = hooks.Cast()
    builders.make_term(
        team=cast.rotation.team, engineer=cast.ben, starts_on=builders.THIS_WEEK, weeks=26
    )
    second: dict[str, Any] = {
        "incident": "QINC2",
        "service": {"id": "PSVC2", "summary": "Payments"},
    }
    hooks.handle(
        hooks.event("triggered", assignees=["PBEN"], title=NEEDLE),
        hooks.event("acknowledged", at=NIGHT + 4 * MINUTE, agent="PBEN", title=NEEDLE),
        hooks.event("triggered", at=NIGHT + HOUR, assignees=["PBEN"], **second),
        hooks.event("escalated", at=NIGHT + HOUR + 15 * MINUTE, assignees=["PANNA"], **second),
    )
    return cast


def browser(engineer: Engineer) -> Client:
    client = Client()
    client.force_login(engineer)
    return client


def read(engineer: Engineer, path: str) -> str:
    answer = browser(engineer).get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_pages_are_counted_by_person_service_level_month_and_week(cast: hooks.Cast) -> None:
    found = page_counts.counts(cast.rotation, wanted=Wanted(), now=NOW)

    def told(lines: Any) -> list[tuple[str, int, int]]:
        return [(line.label.text, line.count.pages, line.count.asleep) for line in lines]

    assert found.since == dt.date(2026, 9, 1)
    assert (found.total.pages, found.total.asleep, found.total.acknowledged) == (3, 2, 1)
    assert told(found.people) == [("Ben", 2, 1), ("Anna", 1, 1)]
    assert told(found.services) == [("Payments", 2, 2), ("Inbox", 1, 0)]
    assert told(found.levels) == [("Primary", 2, 1), ("Level 2", 1, 1)]
    assert told(found.months) == [("November 2026", 3, 2)]
    assert [(line.label.level, line.count.pages) for line in found.shifts] == [
        ("primary", 2),
        ("escalation", 1),
    ]
    assert [line.bar for line in found.people] == [260, 130]
    assert found.people[0].answered == "4 min"


@pytest.mark.parametrize(
    ("wanted", "pages"),
    [
        (Wanted(months=1), 3),
        (Wanted(level="escalation"), 1),
        (Wanted(service="PSVC1"), 1),
        (Wanted(service="PNONE"), 0),
    ],
)
def test_they_are_narrowed(cast: hooks.Cast, wanted: Wanted, pages: int) -> None:
    assert page_counts.counts(cast.rotation, wanted=wanted, now=NOW).total.pages == pages
    only_ben = Wanted(level=wanted.level, service=wanted.service, person=cast.ben.pk)
    assert page_counts.counts(cast.rotation, wanted=only_ben, now=NOW).total.pages < 3


def test_older_pages_count_once_a_longer_time_is_asked_for(cast: hooks.Cast) -> None:
    Page.objects.filter(user_ref="PANNA").update(paged_at=NOW - dt.timedelta(days=150))

    counted = [
        page_counts.counts(cast.rotation, wanted=Wanted(months=months), now=NOW).total.pages
        for months in page_counts.MONTHS
    ]

    assert counted == [2, 2, 3, 3]


def test_everybody_reads_counts_and_only_the_team_what_incidents_are_called(
    cast: hooks.Cast,
) -> None:
    path = f"/rotations/{cast.rotation.slug}/pages/"
    escaped = "&quot;&gt;&lt;svg onload"

    outside = read(builders.make_carla(), path)

    assert "3 pages since" in outside
    assert "2 in sleep hours" in outside
    assert "Queue stands still" not in outside
    assert escaped not in outside
    for engineer in (cast.ben, cast.anna, builders.make_admin()):
        page = read(engineer, path)
        assert escaped in page
        assert NEEDLE not in page


def test_the_filters_keep_what_was_asked_for(cast: hooks.Cast) -> None:
    path = f"/rotations/{cast.rotation.slug}/pages/?months=12&service=PSVC2&level=escalation"

    page = read(cast.ben, path)

    assert "1 page since" in page
    assert 'value="PSVC2" selected' in page
    odd = read(cast.ben, f"/rotations/{cast.rotation.slug}/pages/?months=x&person=y&level=z")
    assert "3 pages since" in odd


def test_pages_stand_on_the_rotation_the_shift_and_the_carriers_home(cast: hooks.Cast) -> None:
    cast.rotation.schedule_version = 1
    cast.rotation.published_at = NOW
    cast.rotation.save()

    assert "3 pages since" in read(cast.ben, f"/rotations/{cast.rotation.slug}/")
    assert "2 pages" in read(cast.ben, f"/shifts/{cast.shift.pk}/")
    assert "1 page" in read(cast.ben, f"/shifts/{cast.level2.pk}/")
    assert "You were paged 2 times in the last seven days, 1 time between" in read(cast.ben, "/")


def test_without_pages_the_page_says_why() -> None:
    cast = hooks.Cast()
    path = f"/rotations/{cast.rotation.slug}/pages/"

    assert "Pages are not counted yet" in read(cast.ben, path)
    Incident.objects.create(ref="Q1", title="Elsewhere", triggered_at=NOW)
    assert "No page came" in read(cast.ben, path)
    assert "No page like that" in read(cast.ben, f"{path}?level=primary")
    assert "No page so far" in read(cast.ben, f"/shifts/{cast.shift.pk}/")


def test_the_api_gives_counts_to_all_and_titles_to_the_team(cast: hooks.Cast) -> None:
    carla = builders.make_carla()
    path = f"/api/v1/rotations/{cast.rotation.slug}/pages/"

    counted = browser(carla).get(path, {"level": "primary"}).json()
    outside = browser(carla).get(f"/api/v1/shifts/{cast.shift.pk}/pages/").json()
    inside = browser(cast.ben).get(f"/api/v1/shifts/{cast.shift.pk}/pages/").json()

    assert counted["total"] == {
        "pages": 2,
        "in_sleep_hours": 1,
        "outside_on_call_hours": 0,
        "acknowledged": 1,
        "median_seconds_to_acknowledge": 240,
    }
    assert [(each["key"], each["pages"]) for each in counted["people"]] == [(str(cast.ben.pk), 2)]
    assert {each["title"] for each in outside["pages"]} == {None}
    assert {each["title"] for each in inside["pages"]} == {NEEDLE, "Queue stands still"}
    assert browser(carla).get(path, {"months": "5"}).status_code == 400


def test_the_api_lists_the_pages_that_it_counts_one_by_one(cast: hooks.Cast) -> None:
    path = f"/api/v1/rotations/{cast.rotation.slug}/pages/"

    outside = browser(builders.make_carla()).get(path, {"person": cast.ben.pk}).json()["newest"]
    inside = browser(cast.ben).get(path, {"person": cast.ben.pk}).json()["newest"]

    instants = [each["paged_at"] for each in inside]
    assert instants == sorted(instants, reverse=True)
    assert {each["person"] for each in inside} == {cast.ben.pk}
    assert [each["paged_at"] for each in outside] == instants
    assert {each["title"] for each in outside} == {None}
    assert NEEDLE in {each["title"] for each in inside}


def test_web_hooks_are_for_managers_and_admins(cast: hooks.Cast) -> None:
    ada = builders.make_admin()
    hooks.make_subscription(disabled_at=NOW)
    WebhookEvent.objects.create(
        event_ref="bad",
        event_type="incident.escalated",
        received_at=NOW,
        body={},
        state=WebhookEvent.State.FAILED,
        failure="It lacks something.",
    )

    page = read(cast.anna, "/web-hooks/")

    assert "PagerDuty sends no events" in page
    assert "It lacks something." in page
    assert "Change the secret" not in page
    assert "Change the secret" in read(ada, "/web-hooks/")
    assert hooks.SECRET not in page
    assert browser(cast.anna).post("/web-hooks/rotate/").status_code == 403
    assert browser(cast.anna).post("/web-hooks/enable/").status_code == 302
    assert "send events again" in read(cast.anna, "/web-hooks/")
    assert browser(ada).post("/web-hooks/again/").status_code == 302
    assert browser(ada).get("/api/v1/web-hooks/").json()["waiting"] == 1


def test_those_who_can_mend_it_are_told_that_no_events_come(cast: hooks.Cast) -> None:
    cast.rotation.schedule_version = 1
    cast.rotation.published_at = NOW
    cast.rotation.save()
    ada = builders.make_admin()
    hooks.make_subscription(disabled_at=NOW - HOUR)
    told, path = "PagerDuty has stopped sending events", f"/rotations/{cast.rotation.slug}/pages/"

    assert told in read(cast.anna, "/")
    assert told in read(ada, "/")
    assert told in read(cast.anna, path)
    assert told not in read(cast.ben, path)


def test_refused_events_and_a_missing_key_are_told_too() -> None:
    assert hook_state.trouble(now=NOW) is None

    care = WebhookCare.objects.create(failing_since=NOW - HOUR, failure="ROTA_WEBHOOK_KEY is not")
    found = hook_state.trouble(now=NOW)
    assert found is not None
    assert found.more == care.failure
    care.delete()
    hooks_in.refuse(reason=hooks_in.Reason.SIGNATURE, now=NOW)
    found = hook_state.trouble(now=NOW)
    assert found is not None
    assert "were refused" in found.what
