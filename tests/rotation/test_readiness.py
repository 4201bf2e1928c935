from __future__ import annotations

import pytest

from rotation.domain import readiness
from rotation.domain.pagerduty_people import Directory, Identity, Match
from rotation.domain.pagerduty_state import (
    ContactMethod,
    NotificationRule,
    PagerDutyUser,
    UserWithContacts,
)

MAIL, PHONE, PUSH = (
    "email_contact_method",
    "phone_contact_method",
    "push_notification_contact_method",
)
NOBODY: frozenset[str] = frozenset()
Part = ContactMethod | NotificationRule


def _user(ref: str = "P1", email: str = "ben@example.com", **more: str) -> PagerDutyUser:
    return PagerDutyUser(
        ref=ref, name=more.get("name", "Ben"), email=email, role=more.get("role", "")
    )


def _contact(kind: str, *, ref: str = "", is_blocked: bool = False) -> ContactMethod:
    return ContactMethod(ref=ref or kind, kind=kind, is_blocked=is_blocked)


def _rule(to: str, *, after: int = 0, urgency: str = "high") -> NotificationRule:
    return NotificationRule(urgency=urgency, delay_minutes=after, contact_ref=to)


def _problems(*parts: Part, is_invited: bool = False, minutes: int = 15) -> tuple[str, ...]:
    user = UserWithContacts(
        user=_user(),
        is_invited=is_invited,
        contacts=tuple(part for part in parts if isinstance(part, ContactMethod)),
        rules=tuple(part for part in parts if isinstance(part, NotificationRule)),
    )
    return readiness.problems(user, escalation_minutes=minutes)


@pytest.mark.parametrize("kind", [PHONE, PUSH, "sms_contact_method"])
def test_phone_sms_or_push_at_once_reaches_somebody(kind: str) -> None:
    assert _problems(_contact(MAIL), _contact(kind), _rule(MAIL), _rule(kind)) == ()


def test_an_e_mail_alone_wakes_nobody() -> None:
    assert _problems(_contact(MAIL), _rule(MAIL)) == (readiness.ONLY_EMAIL,)


def test_a_phone_that_no_rule_for_high_urgency_uses_is_as_good_as_none() -> None:
    parts: list[Part] = [_contact(MAIL), _contact(PHONE), _rule(MAIL), _rule(PHONE, urgency="low")]

    assert _problems(*parts) == (readiness.ONLY_EMAIL,)


def test_somebody_without_any_contact_is_told_so() -> None:
    assert _problems() == (readiness.NO_CONTACT,)


def test_blocked_numbers_do_not_count() -> None:
    assert _problems(_contact(PHONE, is_blocked=True), _rule(PHONE)) == (readiness.BLOCKED,)


def test_a_rule_that_uses_only_the_blocked_number_does_not_count() -> None:
    parts: list[Part] = [
        _contact(PHONE, is_blocked=True),
        _contact(PUSH),
        _rule(PHONE),
        _rule(PUSH, urgency="low"),
    ]

    assert _problems(*parts) == (readiness.BLOCKED,)


def test_without_a_rule_for_high_urgency_nobody_is_told() -> None:
    assert _problems(_contact(PHONE), _rule(PHONE, urgency="low")) == (readiness.NO_RULE,)


@pytest.mark.parametrize(("after", "code"), [(14, ()), (15, ("late",)), (30, ("late",))])
def test_the_first_rule_fires_before_the_level_escalates(after: int, code: tuple[str, ...]) -> None:
    assert _problems(_contact(PHONE), _rule(PHONE, after=after), _rule(PHONE, after=40)) == code


def test_a_mail_at_once_does_not_make_up_for_a_late_phone() -> None:
    parts: list[Part] = [_contact(MAIL), _contact(PHONE), _rule(MAIL), _rule(PHONE, after=20)]

    assert _problems(*parts) == (readiness.LATE,)


def test_an_invitation_that_was_not_accepted_is_named_beside_the_rest() -> None:
    assert _problems(_contact(PHONE), _rule(PHONE), is_invited=True) == (readiness.INVITED,)
    assert _problems(_contact(MAIL), is_invited=True) == (readiness.INVITED, readiness.ONLY_EMAIL)


def test_every_code_has_words_for_the_person_and_for_others() -> None:
    told = readiness.sentence(["invited", "only_email"])

    assert told == "has not accepted their invitation to PagerDuty, and is told by e-mail only"
    assert all(words.own and words.to_do for words in readiness.WORDS.values())
    assert readiness.words_of("of tomorrow") == readiness.OTHER


def _match(
    *users: PagerDutyUser, known: Identity | None = None, taken: frozenset[str] = NOBODY
) -> Match:
    return Directory.of(users).match("Ben@Example.com", known or Identity(), taken)


KNOWN = Identity(user_ref="P1", names=("Ben",))


def test_the_e_mail_finds_somebody_whatever_letters_it_is_written_in() -> None:
    ben = _user(email=" BEN@example.com")

    assert _match(ben, _user("P2", "ben@example.com.evil")).user == ben


def test_part_of_an_e_mail_is_no_hit() -> None:
    assert _match(_user(email="ben@example.co")) == Match(problem="unknown")


def test_two_users_with_one_e_mail_are_nobody_even_with_a_stored_id() -> None:
    assert _match(_user(), _user("P2"), known=KNOWN) == Match(problem="duplicate")


@pytest.mark.parametrize("role", ["read_only_user", "read_only_limited_user"])
def test_a_stakeholder_is_named_and_never_on_call(role: str) -> None:
    assert _match(_user(role=role)) == Match(problem="stakeholder")
    assert _match(_user(email="b@x.example", role=role), known=KNOWN) == Match(
        problem="stakeholder"
    )


def test_a_stakeholder_beside_the_user_takes_nothing_away() -> None:
    ben = _user()

    assert _match(ben, _user("P2", role="read_only_user")).user == ben


def test_a_new_e_mail_keeps_somebody_by_the_stored_id() -> None:
    renamed = _user(email="benjamin@example.com", name="  ben ")

    assert _match(renamed, known=KNOWN).user == renamed


def test_who_has_the_e_mail_now_comes_before_the_stored_id() -> None:
    other = _user("P2")

    assert _match(_user(email="b@x.example"), other, known=KNOWN).user == other


def test_a_stakeholder_with_the_e_mail_ends_the_stored_id() -> None:
    users = [_user(email="b@x.example"), _user("P2", role="read_only_user")]

    assert _match(*users, known=KNOWN) == Match(problem="stakeholder")


def test_a_user_who_bears_a_colleagues_e_mail_by_now_is_not_paged_for_ben() -> None:
    handed_on = _user(email="Eva@example.com")

    found = _match(handed_on, known=KNOWN, taken=frozenset({"eva@example.com"}))

    assert found == Match(problem="handed_on")


def test_an_account_with_another_name_and_e_mail_is_somebody_else() -> None:
    assert _match(_user(email="eva@x.example", name="Eva"), known=KNOWN) == Match(
        problem="handed_on"
    )


def test_a_deleted_user_is_named_so_also_the_next_day() -> None:
    assert _match(known=KNOWN) == Match(problem="deleted")
    assert _match(known=Identity(lost="deleted")) == Match(problem="deleted")


def test_nobody_gets_the_user_of_another_engineer() -> None:
    directory = Directory.of(
        [_user("P1", "eva@example.com"), _user("P2", "b@x.example", name="Ben")]
    )
    emails = {1: "ben@example.com", 2: "eva@example.com"}
    known = {1: KNOWN}

    found = directory.refs_of(emails, known, frozenset(emails.values()))

    assert found == {2: "P1"}
