from __future__ import annotations

import dataclasses
import datetime as dt
import threading

import pytest
from django.db import OperationalError

from common.keeping import Keeper

START = dt.datetime(2026, 11, 25, 10, tzinfo=dt.UTC)
LONGEST_SECONDS = 10.0


@dataclasses.dataclass(kw_only=True)
class Watched:
    """A row whose keeper sees `step` pass each time that it looks at the clock."""

    step: dt.timedelta
    answers: list[bool]
    renews: bool = True
    breaks: bool = False
    asked: int = 0
    renewed: list[dt.datetime] = dataclasses.field(default_factory=list)
    at: dt.datetime = START
    enough: threading.Event = dataclasses.field(default_factory=threading.Event)

    def real_now(self) -> dt.datetime:
        self.at += self.step
        return self.at

    def ask(self) -> bool:
        self.asked += 1
        if self.breaks and self.asked == 1:
            raise OperationalError("the connection is gone")
        if self.asked >= len(self.answers):
            self.enough.set()
        return self.answers[min(self.asked, len(self.answers)) - 1]

    def renew(self, real_now: dt.datetime) -> bool:
        self.renewed.append(real_now)
        return self.renews

    def keeper(self) -> Keeper:
        return Keeper(real_now=self.real_now, ask=self.ask, renew=self.renew)


def _is_lost(keeper: Keeper) -> bool:
    """Whether it is lost in the end, by the keeper's own thread."""
    thread = keeper._thread
    assert thread is not None
    thread.join(LONGEST_SECONDS)
    return keeper.is_lost()


def test_a_row_that_was_taken_away_is_lost_at_the_next_question() -> None:
    row = Watched(step=dt.timedelta(seconds=1), answers=[True, False])

    with row.keeper() as keeper:
        lost = _is_lost(keeper)

    assert lost
    assert row.asked == 2


def test_a_lease_is_renewed_every_fifteen_seconds() -> None:
    row = Watched(step=dt.timedelta(seconds=5), answers=[True] * 7)

    with row.keeper() as keeper:
        row.enough.wait(LONGEST_SECONDS)

    assert not keeper.is_lost()
    assert row.renewed[:2] == [START + dt.timedelta(seconds=20), START + dt.timedelta(seconds=35)]


def test_a_lease_that_cannot_be_renewed_is_lost() -> None:
    row = Watched(step=dt.timedelta(seconds=15), answers=[True], renews=False)

    with row.keeper() as keeper:
        lost = _is_lost(keeper)

    assert lost


def test_nothing_is_asked_more_often_than_once_a_second() -> None:
    row = Watched(step=dt.timedelta(seconds=0.5), answers=[True] * 2)

    with row.keeper():
        row.enough.wait(LONGEST_SECONDS)

    assert row.asked * 2 <= (row.at - START) / row.step


def test_a_database_that_does_not_answer_takes_nothing_away() -> None:
    row = Watched(step=dt.timedelta(seconds=1), answers=[True, True], breaks=True)

    with row.keeper() as keeper:
        row.enough.wait(LONGEST_SECONDS)

    assert not keeper.is_lost()
    assert row.asked >= 2


def test_work_that_fails_ends_its_keeper() -> None:
    row = Watched(step=dt.timedelta(seconds=1), answers=[True])
    keeper = row.keeper()

    with pytest.raises(ZeroDivisionError), keeper:
        _ = 1 / 0

    assert keeper._thread is not None
    assert not keeper._thread.is_alive()


def test_a_lease_is_renewed_when_the_clock_was_put_back() -> None:
    row = Watched(step=-dt.timedelta(hours=1), answers=[True, True])

    with row.keeper() as keeper:
        row.enough.wait(1.0)

    assert not keeper.is_lost()
    assert row.renewed[:1] == [START - dt.timedelta(hours=2)]
