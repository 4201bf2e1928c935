from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from audit.models import AuditEvent
from audit.operations import Actor
from common.clocks import Clocks
from config.seeding import company, pagerduty
from outbox.models import Message
from rotation import people_checking, tasks
from rotation.models import PagerDutyPerson, PeopleCheck
from rotation.operations import people_checks
from rotation.queries import people_facts
from tests import builders
from tests.builders import NEXT_WEEK, NOW, WEEK

if TYPE_CHECKING:
    from rotation.models import Rotation
    from rotation.pagerduty.http import HttpGateway
    from tests.simulator.running import RunningSimulator
    from volunteers.models import Engineer

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]

DAY = dt.timedelta(days=1)


@pytest.fixture
def rotation() -> Rotation:
    return builders.make_rotation()


@pytest.fixture
def anna(rotation: Rotation) -> Engineer:
    return builders.make_anna(team=rotation.team)


@pytest.fixture
def ben(rotation: Rotation) -> Engineer:
    ben = builders.make_ben()
    builders.make_term(team=rotation.team, engineer=ben, starts_on=NEXT_WEEK)
    return ben


def _user(name: str, **more: Any) -> dict[str, Any]:
    return {"id": f"P{name.upper()}", "name": name, "email": f"{name.lower()}@example.com", **more}


def _by_mail(name: str, **more: Any) -> dict[str, Any]:
    return _user(name, contact_methods=[{"type": "email_contact_method"}], **more)


def _check(gateway: HttpGateway, *, now: dt.datetime = NOW, holder: str = "worker") -> PeopleCheck:
    people_checks.queue_check(cause="a test", now=now)
    check = PeopleCheck.objects.get(state=PeopleCheck.State.QUEUED)
    clocks = Clocks(now=lambda: now, real_now=lambda: now)
    people_checking.check_people(check_id=check.pk, gateway=gateway, holder=holder, clocks=clocks)
    check.refresh_from_db()
    return check


def test_somebody_whom_a_page_reaches_is_kept_with_their_id(
    ben: Engineer, gateway: HttpGateway, simulator: RunningSimulator
) -> None:
    simulator.put_state({"users": [_user("Ben")]})

    check = _check(gateway)

    row = PagerDutyPerson.objects.get()
    assert (check.state, check.people, check.unreached) == ("done", 1, 0)
    assert (row.engineer_id, row.user_ref, row.user_name) == (ben.pk, "PBEN", "Ben")
    assert (row.problems, row.problems_since, row.checked_at) == ([], None, NOW)
    assert not Message.objects.exists()


def test_since_when_somebody_cannot_be_paged_stays_until_it_is_mended(
    ben: Engineer, gateway: HttpGateway, simulator: RunningSimulator
) -> None:
    simulator.put_state({"users": [_by_mail("Ben")]})
    _check(gateway)
    simulator.put_state({"users": []})
    _check(gateway, now=NOW + DAY)
    bad = PagerDutyPerson.objects.get(engineer=ben)
    simulator.put_state({"users": [_user("Ben")]})

    _check(gateway, now=NOW + 2 * DAY)

    mended = PagerDutyPerson.objects.get(engineer=ben)
    assert (bad.problems, bad.problems_since, bad.user_ref) == (["deleted"], NOW, "")
    assert (mended.problems, mended.problems_since, mended.user_ref) == ([], None, "PBEN")


def test_one_mail_says_what_to_do_and_another_when_it_comes_back(
    ben: Engineer, gateway: HttpGateway, simulator: RunningSimulator
) -> None:
    for number, users in enumerate([[_by_mail("Ben")], [], [_user("Ben")], [_by_mail("Ben")]]):
        simulator.put_state({"users": users})
        _check(gateway, now=NOW + number * DAY)

    mails = list(Message.objects.order_by("pk"))
    assert [(mail.to, mail.kind) for mail in mails] == [(ben.email, "cannot_be_paged")] * 2
    assert "Add a phone, SMS or push in PagerDuty" in mails[0].body


def test_managers_are_told_once_a_shift_is_near(
    anna: Engineer,
    ben: Engineer,
    rotation: Rotation,
    gateway: HttpGateway,
    simulator: RunningSimulator,
) -> None:
    level = builders.level_of(rotation)
    builders.make_shift(level=level, week_date=NEXT_WEEK + 2 * WEEK, holder=ben)
    simulator.put_state({"users": [_by_mail("Ben")]})

    _check(gateway)
    too_far = list(Message.objects.filter(kind="team_cannot_be_paged"))
    _check(gateway, now=NOW + 6 * DAY)
    _check(gateway, now=NOW + 7 * DAY)

    (mail,) = Message.objects.filter(kind="team_cannot_be_paged")
    assert too_far == []
    assert mail.to == anna.email
    assert "Ben is told by e-mail only; on call from Mon 14 Dec 2026" in mail.body


def test_a_late_rule_is_measured_by_the_policy_of_their_team(
    ben: Engineer, rotation: Rotation, gateway: HttpGateway, simulator: RunningSimulator
) -> None:
    phone = {"id": "C1", "type": "phone_contact_method"}
    rule = {"contact_method": {"id": "C1"}, "start_delay_in_minutes": 10}
    user = _user("Ben", contact_methods=[phone], notification_rules=[rule])
    simulator.put_state({"users": [user]})
    _check(gateway)
    in_time = PagerDutyPerson.objects.get(engineer=ben).problems
    policy = rotation.policies.get()
    policy.pk, policy.number, policy.escalation_delay_minutes = None, 2, 10
    policy.save()

    _check(gateway)

    assert in_time == []
    assert PagerDutyPerson.objects.get(engineer=ben).problems == ["late"]


def test_a_changed_e_mail_keeps_its_engineer_and_a_colleagues_account_does_not(
    ben: Engineer, rotation: Rotation, gateway: HttpGateway, simulator: RunningSimulator
) -> None:
    eva = builders.make_engineer(name="Eva")
    builders.make_term(team=rotation.team, engineer=eva, starts_on=NEXT_WEEK)
    simulator.put_state({"users": [_user("Ben"), _user("Eva")]})
    _check(gateway)
    renamed = {**_user("Ben"), "email": "benjamin@example.com"}
    simulator.put_state({"users": [renamed, _user("Eva")]})
    _check(gateway)
    kept = PagerDutyPerson.objects.get(engineer=ben).user_ref
    handed_on = {**_user("Ben"), "email": eva.email}
    simulator.put_state({"users": [handed_on]})

    _check(gateway)

    refs = dict(PagerDutyPerson.objects.values_list("engineer__name", "user_ref"))
    assert kept == "PBEN"
    assert refs == {"Ben": "", "Eva": "PBEN"}
    assert PagerDutyPerson.objects.get(engineer=ben).problems == ["handed_on"]


@pytest.mark.usefixtures("ben")
def test_a_fault_is_told_and_tried_again_later(
    gateway: HttpGateway, simulator: RunningSimulator
) -> None:
    simulator.put_state({"users": [_user("Ben")]})
    simulator.faults(method="GET", path="/users", status=503, count=1)

    failed = _check(gateway)
    at_once = people_checks.requeue_failed(real_now=NOW)
    later = people_checks.requeue_failed(real_now=NOW + dt.timedelta(minutes=2))

    assert (failed.state, "503" in failed.failure) == ("failed", True)
    assert (at_once, later) == (0, 1)
    assert not PagerDutyPerson.objects.exists()


@pytest.mark.usefixtures("ben")
def test_a_check_is_due_for_somebody_new_and_once_a_day(
    rotation: Rotation, gateway: HttpGateway, simulator: RunningSimulator
) -> None:
    simulator.put_state({"users": [_user("Ben")]})
    first = people_checks.request_if_due(now=NOW)
    while_waiting = people_checks.request_if_due(now=NOW)
    _check(gateway)
    done = people_checks.request_if_due(now=NOW + dt.timedelta(hours=23))
    eva = builders.make_engineer(name="Eva")
    builders.make_term(team=rotation.team, engineer=eva, starts_on=NEXT_WEEK)
    somebody_new = people_checks.request_if_due(now=NOW + dt.timedelta(hours=23))
    _check(gateway)

    assert (first, while_waiting, done, somebody_new) == (True, False, False, True)
    assert people_checks.request_if_due(now=NOW + DAY) is True


def test_without_anybody_who_serves_pagerduty_is_not_asked() -> None:
    assert people_checks.request_if_due(now=NOW) is False


def test_a_dead_workers_check_is_taken_over_and_its_findings_are_refused() -> None:
    people_checks.queue_check(cause="a test", now=NOW)
    check = PeopleCheck.objects.get()
    people_checks.claim_check(check_id=check.pk, now=NOW, real_now=NOW, holder="dead")
    later = NOW + dt.timedelta(seconds=61)

    early = people_facts.waiting_check_ids(real_now=NOW + dt.timedelta(seconds=59))
    due = people_facts.waiting_check_ids(real_now=later)
    taken = people_checks.claim_check(check_id=check.pk, now=NOW, real_now=later, holder="new")

    assert (early, due) == ([], [check.pk])
    assert taken is not None
    assert not people_checks.record_findings(check_id=check.pk, holder="dead", findings=[], now=NOW)


def test_two_who_ask_leave_one_check_and_two_records(anna: Engineer, ben: Engineer) -> None:
    for person in (anna, ben):
        people_checks.request_check(actor=Actor(name=person.email, engineer_id=person.pk), now=NOW)

    assert PeopleCheck.objects.count() == 1
    assert AuditEvent.objects.filter(verb="asked for check").count() == 2


def test_while_one_runs_another_waits_and_is_not_claimed() -> None:
    people_checks.queue_check(cause="one", now=NOW)
    first = PeopleCheck.objects.get()
    people_checks.claim_check(check_id=first.pk, now=NOW, real_now=NOW, holder="worker")
    people_checks.queue_check(cause="two", now=NOW)
    second = PeopleCheck.objects.get(state=PeopleCheck.State.QUEUED)

    claimed = people_checks.claim_check(check_id=second.pk, now=NOW, real_now=NOW, holder="other")

    assert claimed is None


def test_the_demo_shows_one_person_whom_no_page_would_wake(
    rotation: Rotation, gateway: HttpGateway, simulator: RunningSimulator
) -> None:
    people = [builders.make_engineer(name=name) for name in ("Maya Okafor", "Ben")]
    for person in people:
        builders.make_term(team=rotation.team, engineer=person, starts_on=NEXT_WEEK)
    simulator.put_state({"users": []})

    pagerduty.make_accounts(people, url=simulator.base_url, only_by_email=company.ONLY_BY_EMAIL)
    _check(gateway)

    problems = dict(PagerDutyPerson.objects.values_list("engineer__name", "problems"))
    assert problems == {"Maya Okafor": ["only_email"], "Ben": []}


@pytest.mark.usefixtures("ben")
def test_the_sweep_leaves_one_check_and_hands_it_to_a_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[dict[str, int]] = []
    monkeypatch.setattr(tasks.check_people, "delay", lambda **ids: sent.append(ids))

    with time_machine.travel(NOW, tick=False):
        counts = [tasks.sweep_people_checks(), tasks.sweep_people_checks()]

    assert counts == [1, 1]
    assert sent == [{"check_id": PeopleCheck.objects.get().pk}] * 2


def test_who_comes_back_after_a_long_time_is_looked_up_again(
    ben: Engineer, rotation: Rotation, gateway: HttpGateway, simulator: RunningSimulator
) -> None:
    eva = builders.make_engineer(name="Eva")
    simulator.put_state({"users": [_user("Ben"), _user("Eva")]})
    PagerDutyPerson.objects.create(engineer=eva, checked_at=NOW - 90 * DAY)
    _check(gateway)
    before = people_facts.is_due(now=NOW)

    builders.make_term(team=rotation.team, engineer=eva, starts_on=NEXT_WEEK)

    assert (before, people_facts.is_due(now=NOW)) == (False, True)
    assert ben.pagerduty_person.checked_at == NOW
