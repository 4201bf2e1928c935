from __future__ import annotations

import datetime as dt
import functools

import pytest

from outbox.models import Message
from rotation.domain.pagerduty_turns import Ending
from rotation.models import PagerDutyAccount
from rotation.operations import account, account_notices
from rotation.queries import account as account_state
from tests import builders
from tests.builders import NOW
from tests.compensation.test_at_once import at_once

pytestmark = pytest.mark.django_db
KEY = "k" * 64
SECOND = dt.timedelta(seconds=1)
HOUR = dt.timedelta(hours=1)


def _take(holder: str = "one", at: dt.datetime = NOW, key: str = KEY) -> bool:
    return account.take_turn(key=key, holder=holder, real_now=at).taken


def _end(
    ending: Ending = Ending.ANSWERED,
    at: dt.datetime = NOW,
    wait: float | None = None,
    key: str = KEY,
) -> None:
    account.end_turn(
        key=key, holder="one", ending=ending, said="It said no.", wait_seconds=wait, real_now=at
    )


def _state(at: dt.datetime) -> account_state.AccountState:
    return account_state.account_state(now=at, real_now=at)


def _rest(at: dt.datetime) -> float:
    turn = account.take_turn(key=KEY, holder="one", real_now=at)
    assert turn.is_pause
    return turn.wait_seconds


def test_one_caller_at_a_time_has_the_account() -> None:
    first, second = _take("one"), _take("two")
    _end()
    third = _take("two")

    assert (first, second, third) == (True, False, True)


def test_another_token_is_another_account() -> None:
    assert _take(key="a" * 64)
    assert _take("two", key="b" * 64)


def test_the_turn_of_a_dead_worker_runs_out() -> None:
    _take("dead")

    assert not _take("two", NOW + account.LEASE - SECOND)
    assert _take("two", NOW + account.LEASE)


def test_a_worker_that_lost_its_turn_does_not_end_that_of_another() -> None:
    _take("one")
    _take("two", NOW + account.LEASE)

    _end(at=NOW + account.LEASE)

    assert not _take("three", NOW + account.LEASE)


def test_no_minute_has_more_than_three_quarters_of_the_calls_that_pagerduty_allows() -> None:
    at, called = NOW, []
    while at < NOW + dt.timedelta(seconds=75):
        if _take(at=at):
            called.append(at)
            _end(at=at)
        at += dt.timedelta(milliseconds=70)

    minute = dt.timedelta(minutes=1)
    busiest = max(sum(start <= one < start + minute for one in called) for start in called[:100])
    assert 600 < busiest <= 0.75 * 960


def test_after_a_rate_limit_the_account_rests_as_long_as_pagerduty_says() -> None:
    _take()

    _end(Ending.LIMITED, wait=40)

    assert 40 <= _rest(NOW) <= 41
    assert _state(NOW).kind == "limited"
    assert _take(at=NOW + 42 * SECOND)


def test_a_wait_of_years_is_cut() -> None:
    _take()

    _end(Ending.LIMITED, wait=10.0**9)

    assert _rest(NOW) <= account.LONGEST_LIMIT_SECONDS + 1


def test_while_calls_fail_the_rests_double_and_five_minutes_have_at_most_six_calls() -> None:
    at, calls = NOW, 0
    while at < NOW + dt.timedelta(minutes=5):
        if _take(at=at):
            calls += 1
            _end(Ending.FAILED, at)
        at += SECOND

    assert 4 <= calls <= 6
    assert _state(at).kind == "unreachable"
    assert _state(at).since == NOW


def test_an_answer_ends_the_trouble() -> None:
    _take()
    _end(Ending.FAILED)
    later = NOW + 20 * SECOND
    _take(at=later)

    _end(at=later)

    assert _state(later) == account_state.AccountState(kind="fine")
    assert PagerDutyAccount.objects.get().failures == 0


def test_a_call_that_was_broken_off_says_nothing_about_the_account() -> None:
    _take()
    _end(Ending.FAILED)
    later = NOW + 20 * SECOND
    _take(at=later)

    _end(Ending.BROKEN_OFF, later)

    assert PagerDutyAccount.objects.get().unreachable_since == NOW
    assert _take("two", later)


def test_a_refused_token_is_left_alone_until_somebody_asks_or_an_hour_is_over() -> None:
    _take()
    _end(Ending.REFUSED)

    soon = _take(at=NOW + 59 * 60 * SECOND)
    account.ask_again()
    asked = _take(at=NOW + SECOND)
    _end(Ending.REFUSED, NOW + SECOND)

    assert (soon, asked) == (False, True)
    assert _state(NOW).since == NOW
    assert _take(at=NOW + HOUR + SECOND)


def test_a_new_token_puts_the_refused_one_out_of_mind() -> None:
    _take()
    _end(Ending.REFUSED)

    assert _take(at=NOW + SECOND, key="n" * 64)
    assert _state(NOW + SECOND).is_fine


def _tell(at: dt.datetime) -> int:
    return account_notices.tell_of_refusal(now=at, real_now=at)


def test_each_admin_hears_of_a_refused_token_once() -> None:
    admin = builders.make_admin()
    _take()
    _end(Ending.REFUSED)

    told = [_tell(NOW), _tell(NOW + SECOND), _tell(NOW + 2 * HOUR)]

    mail = Message.objects.get(to=admin.email)
    assert told == [1, 0, 0]
    assert "since Wed 25 Nov 2026, 10:00 UTC PagerDuty refuses" in mail.body
    assert "It said no." in mail.body


def test_however_many_tokens_are_refused_there_is_one_notice_an_hour() -> None:
    builders.make_admin()
    _take()
    _end(Ending.REFUSED)
    first = _tell(NOW)
    later = NOW + 10 * 60 * SECOND
    _take(at=later, key="n" * 64)
    _end(Ending.REFUSED, later, key="n" * 64)

    assert (first, _tell(later), _tell(NOW + HOUR)) == (1, 0, 1)


def test_nobody_hears_of_a_token_that_is_taken() -> None:
    builders.make_admin()
    _take()
    _end()

    assert _tell(NOW) == 0


@pytest.mark.django_db(transaction=True)
def test_of_callers_at_the_same_moment_one_has_the_turn() -> None:
    for number in range(10):
        at = NOW + number * account.LEASE
        taken: list[str] = []

        def take(holder: str, at: dt.datetime = at, taken: list[str] = taken) -> None:
            if _take(holder, at):
                taken.append(holder)

        at_once(functools.partial(take, "one"), functools.partial(take, "two"))

        assert len(taken) == 1
