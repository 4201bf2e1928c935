from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.db import DatabaseError, transaction
from django.test import Client
from knox.models import AuthToken

from audit.models import AuditEvent, Erasure
from audit.operations import Actor, Area, record
from common.erasing import Words, places
from compensation.models import Correction, Entry, Export, PayPeriod, PayQuestion
from compensation.operations import periods, weeks
from compensation.queries.ledger import verified_ledger
from outbox.models import Message
from portal.operations.anonymising import (
    CannotAnonymiseError,
    NotConfirmedError,
    anonymise_engineer,
)
from portal.queries.anonymising import KEPT
from rotation.invariants import _POLICY_FACTS
from rotation.models import LevelName, PolicyVersion, Rotation, Shift
from tests import builders
from tests.builders import NOW
from tests.compensation.rows import make_rate
from volunteers.models import Engineer, RoleGrant, Term
from volunteers.operations import people

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from volunteers.models import OnCallTeam

pytestmark = pytest.mark.django_db

SEPTEMBER = dt.date(2026, 9, 7)
AFTER_SEPTEMBER = dt.datetime(2026, 10, 2, 9, tzinfo=dt.UTC)
NAME, EMAIL, NUMBER = "Zoë Quinn-Byrne", "zoe@example.com", "PN-4711"
WORDS = Words(by={NAME: "", EMAIL: ""})


@pytest.fixture
def team() -> OnCallTeam:
    return builders.make_team()


@pytest.fixture
def rotation(team: OnCallTeam) -> Rotation:
    return builders.make_rotation(team=team)


@pytest.fixture
def ada() -> Actor:
    ada = builders.make_engineer(name="Ada")
    builders.make_role(engineer=ada, role=RoleGrant.Role.ADMIN)
    return Actor(name=ada.email, engineer_id=ada.pk)


@pytest.fixture
def zoe(rotation: Rotation) -> Engineer:
    """She served in September, was paid, and has left."""
    office = builders.make_office()
    zoe = builders.make_engineer(name=NAME, email=EMAIL, employee_id=NUMBER)
    builders.make_posting(engineer=zoe, office=office)
    make_rate(office=office, weekly_minor=60000)
    builders.make_term(
        team=rotation.team, engineer=zoe, starts_on=SEPTEMBER - 20 * builders.WEEK, weeks=22
    )
    level = rotation.levels.get(name=LevelName.PRIMARY)
    builders.make_shift(level=level, week_date=SEPTEMBER, holder=zoe)
    finn = builders.make_engineer(name="Finn")
    weeks.complete_weeks(actor=Actor.sweep("weeks"), now=AFTER_SEPTEMBER)
    periods.close_period(
        month="2026-09", actor=Actor(name=finn.email, engineer_id=finn.pk), now=AFTER_SEPTEMBER
    )
    _write_about(zoe, rotation)
    Engineer.objects.filter(pk=zoe.pk).update(is_active=False)
    zoe.refresh_from_db()
    return zoe


def _write_about(zoe: Engineer, rotation: Rotation) -> None:
    builders.make_absence(
        engineer=zoe, starts_on=SEPTEMBER, ends_on=SEPTEMBER + builders.WEEK, note="A clinic."
    )
    AuthToken.objects.create(user=zoe)
    for to in (EMAIL, "anna@example.com"):
        Message.objects.create(
            to=to, kind="x", subject=f"{NAME} asks", body=f"{NAME} <{EMAIL}>", created_at=NOW
        )
    record(
        actor=Actor(name=EMAIL, engineer_id=zoe.pk),
        now=NOW,
        area=Area.SCHEDULE,
        verb="moved",
        subject=f"{NAME}, primary",
        team=rotation.team.slug,
        concerned=[EMAIL, "anna@example.com"],
        on_behalf_of=EMAIL,
        before={"to": EMAIL},
        after={"people": [NAME, {"by": EMAIL.upper()}]},
    )
    Shift.objects.update(gap_reasons=[{"names": NAME, "why": "was away"}])
    last = rotation.policies.latest("number")
    last.pk, last.number, last.changed_by, last.reason = None, last.number + 1, EMAIL, "For Zoë."
    last.save(force_insert=True)


def _anonymise(zoe: Engineer, actor: Actor, typed: str = EMAIL) -> Engineer:
    return anonymise_engineer(engineer_id=zoe.pk, typed_email=typed, actor=actor, now=NOW)


def _refused(rows: QuerySet[Any], **columns: object) -> None:
    with pytest.raises(DatabaseError, match=r"never changed|ended once"), transaction.atomic():
        rows.update(**columns)


def test_name_and_email_are_nowhere_but_in_the_files_of_closed_months(
    zoe: Engineer, ada: Actor
) -> None:
    assert {"audit.AuditEvent.after", "rotation.PolicyVersion.changed_by"} <= places(WORDS)

    done = _anonymise(zoe, ada)

    assert (done.name, done.email) == (
        f"Former engineer {zoe.pk}",
        f"former-{zoe.pk}@former.invalid",
    )
    assert places(WORDS) == set()
    detail = Export.objects.get(layout="detail", format="csv")
    assert NAME.encode() in bytes(detail.content)


def test_the_ledger_is_proven_and_the_closed_files_keep_every_byte(
    zoe: Engineer, ada: Actor
) -> None:
    files = {row.file_name: (bytes(row.content), row.sha256) for row in Export.objects.all()}
    entries = list(Entry.objects.order_by("number").values())

    _anonymise(zoe, ada)

    assert {
        row.file_name: (bytes(row.content), row.sha256) for row in Export.objects.all()
    } == files
    assert list(Entry.objects.order_by("number").values()) == entries
    assert verified_ledger().is_intact


def test_weeks_terms_and_the_employee_number_stay_for_history_and_pay(
    zoe: Engineer, ada: Actor
) -> None:
    _anonymise(zoe, ada)

    zoe.refresh_from_db()
    assert zoe.employee_id == NUMBER
    assert Shift.objects.get(holder=zoe).load_hundredths == 100
    assert Term.objects.filter(engineer=zoe).count() == 1
    assert zoe.absences.get().note == ""
    assert zoe.absences.get().starts_on == SEPTEMBER


def test_what_was_written_by_and_to_them_and_every_way_in_goes(zoe: Engineer, ada: Actor) -> None:
    _anonymise(zoe, ada)

    zoe.refresh_from_db()
    assert not Message.objects.filter(to__startswith="former").exists()
    assert Message.objects.get().subject == f"Former engineer {zoe.pk} asks"
    assert not AuthToken.objects.filter(user=zoe).exists()
    assert not zoe.has_usable_password()
    assert zoe.applications.get().motivation == "Removed with the account."


def test_what_they_asked_about_their_pay_goes_and_the_entry_stays(
    zoe: Engineer, ada: Actor
) -> None:
    entry = Entry.objects.get(engineer=zoe)
    asked = PayQuestion.objects.create(
        entry=entry, asked_by=zoe, asked_at=NOW, question="Was I ill that Sunday?"
    )
    with pytest.raises(CannotAnonymiseError, match="A question of theirs about pay waits"):
        _anonymise(zoe, ada)
    asked.answer, asked.answered_at = "You were.", NOW
    asked.answered_by = Engineer.objects.get(name="Finn")
    asked.save()

    _anonymise(zoe, ada)

    asked.refresh_from_db()
    assert (asked.question, asked.answer) == ("Removed with the account.",) * 2
    assert asked.entry_id == entry.pk


def test_the_audit_log_keeps_what_was_done_and_says_that_a_name_was_erased(
    zoe: Engineer, ada: Actor
) -> None:
    before = AuditEvent.objects.get(verb="moved")

    _anonymise(zoe, ada)

    after = AuditEvent.objects.get(pk=before.pk)
    email = f"former-{zoe.pk}@former.invalid"
    assert (after.at, after.verb, after.team) == (before.at, before.verb, before.team)
    assert (after.actor, after.on_behalf_of) == (email, email)
    assert set(after.concerned) == {email, "anna@example.com"}
    assert after.before == {"to": email}
    assert Erasure.objects.get().ended_at == NOW
    assert Erasure.objects.get().events >= 1
    assert AuditEvent.objects.latest("pk").verb == "anonymised"


def test_after_it_the_trail_and_policies_cannot_be_changed_any_more(
    zoe: Engineer, ada: Actor
) -> None:
    _anonymise(zoe, ada)

    _refused(AuditEvent.objects.all(), subject="nothing")
    _refused(PolicyVersion.objects.all(), reason="nothing")
    _refused(Erasure.objects.all(), ended_at=None)


def test_while_a_name_is_erased_neither_facts_of_an_event_nor_a_policys_figures_change(
    zoe: Engineer,
) -> None:
    del zoe
    Erasure.objects.create(pseudonym="x", began_at=NOW)

    _refused(AuditEvent.objects.all(), verb="nothing")
    _refused(AuditEvent.objects.all(), at=NOW + dt.timedelta(days=1))
    _refused(PolicyVersion.objects.all(), target_size=1)


def test_every_column_of_a_policy_but_who_and_why_is_a_fact() -> None:
    columns = {field.column for field in PolicyVersion._meta.concrete_fields}
    assert set(_POLICY_FACTS) == columns - {"changed_by", "reason"}


def test_whoever_is_here_still_or_waits_for_pay_is_not_anonymised(
    zoe: Engineer, ada: Actor, rotation: Rotation
) -> None:
    Engineer.objects.filter(pk=zoe.pk).update(is_active=True)
    Term.objects.filter(engineer=zoe).update(ends_on=NOW.date() + builders.WEEK)
    level = rotation.levels.get(name=LevelName.PRIMARY)
    builders.make_shift(level=level, holder=zoe)
    PayPeriod.objects.create(month="2026-10")

    with pytest.raises(CannotAnonymiseError) as refused:
        _anonymise(zoe, ada)

    for words in ("The account is open", "A term in Core is not over", "1 week is not completed"):
        assert words in refused.value.message
    zoe.refresh_from_db()
    assert zoe.name == NAME


def test_another_email_confirms_nothing(zoe: Engineer, ada: Actor) -> None:
    with pytest.raises(NotConfirmedError):
        _anonymise(zoe, ada, typed="somebody@example.com")

    assert not Erasure.objects.exists()


def test_nobody_is_anonymised_twice_nor_let_in_again(zoe: Engineer, ada: Actor) -> None:
    done = _anonymise(zoe, ada)

    with pytest.raises(CannotAnonymiseError, match="already"):
        _anonymise(zoe, ada, typed=done.email)
    with pytest.raises(people.PersonInvalidError, match="anonymised"):
        people.reactivate_engineer(engineer_id=zoe.pk, actor=ada, now=NOW)


def test_a_name_that_others_have_in_theirs_is_replaced_only_in_what_was_theirs(
    zoe: Engineer, ada: Actor
) -> None:
    other = builders.make_engineer(name=f"{NAME} Jr", email="jr@example.com")
    record(
        actor=Actor(name=other.email),
        now=NOW,
        area=Area.SCHEDULE,
        verb="did",
        subject=f"{NAME} Jr, primary",
    )

    _anonymise(zoe, ada)

    assert AuditEvent.objects.get(verb="did").subject == f"{NAME} Jr, primary"
    assert NAME not in AuditEvent.objects.get(verb="moved").subject
    assert places(Words(by={EMAIL: ""})) == set()


def test_an_admin_sees_what_goes_and_stays_and_types_the_email(zoe: Engineer, ada: Actor) -> None:
    client = Client()
    client.force_login(Engineer.objects.get(pk=ada.person_id))
    address = f"/people/{zoe.pk}/anonymise/"

    page = client.get(address).content.decode()
    wrong = client.post(address, {"email": "wrong"})
    right = client.post(address, {"email": EMAIL})

    assert "What goes" in page
    assert "What stays" in page
    assert wrong.status_code == 422
    assert "This is not the e-mail of this person." in wrong.content.decode()
    assert right.headers["Location"] == f"/people/{zoe.pk}/"
    assert f"Former engineer {zoe.pk}" in client.get(f"/people/{zoe.pk}/").content.decode()


def test_what_two_people_decided_about_pay_keeps_its_reasons(zoe: Engineer, ada: Actor) -> None:
    eva = builders.make_engineer(name="Eva")
    said = f"{NAME} carried it, as {EMAIL} wrote."
    Correction.objects.create(
        shift=Shift.objects.get(),
        reason=said,
        evidence=said,
        state=Correction.State.DECLINED,
        proposed_by=eva,
        proposed_at=NOW,
        decided_by=zoe,
        decided_at=NOW,
        decision_note=said,
    )

    _anonymise(zoe, ada)

    kept = Correction.objects.get()
    assert (kept.reason, kept.evidence, kept.decision_note) == (said, said, said)
    assert {place for place in places(WORDS) if "Correction" in place} <= KEPT


def test_what_is_kept_on_purpose_exists() -> None:
    for place in KEPT:
        label, _, column = place.rpartition(".")
        apps.get_model(label)._meta.get_field(column)
