"""What a draft shows while it is solved, and how solving ends early."""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections

from common.clocks import Clocks
from rotation import generation
from rotation.domain.progress import SearchNotes
from rotation.models import Draft, DraftShift
from rotation.operations import drafts
from rotation.solver import solve
from tests.builders import NOW
from tests.rotation.pages import CLOCKS, TeamAtWork, actor, team_at_work

if TYPE_CHECKING:
    from collections.abc import Callable

    from rotation.solver.problem import Problem
    from rotation.solver.solution import Solution

LONGEST_SECONDS = 20.0
MINUTE = dt.timedelta(seconds=60)


def _asked(team: TeamAtWork) -> Draft:
    return drafts.request_draft(
        rotation_id=team.rotation.pk, weeks=4, actor=actor(team.anna), now=NOW
    )


def _ticking() -> Clocks:
    """Clocks whose time passes as the machine's."""
    started = time.monotonic()

    def now() -> dt.datetime:
        return NOW + dt.timedelta(seconds=time.monotonic() - started)

    return Clocks(now=now, real_now=now)


def _clocks_at(instant: dt.datetime) -> Clocks:
    return Clocks(now=lambda: instant, real_now=lambda: instant)


@dataclasses.dataclass(kw_only=True)
class Worker:
    """A thread that solves one draft."""

    draft_id: int
    result: bool | None = None
    thread: threading.Thread = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._work)
        self.thread.start()

    def _work(self) -> None:
        try:
            self.result = generation.generate_draft(
                draft_id=self.draft_id, holder="worker", clocks=_ticking()
            )
        finally:
            connections.close_all()

    def wait_for(self, is_so: Callable[[Draft], bool]) -> Draft:
        """The draft once it is so."""
        until = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < until:
            draft = Draft.objects.get(pk=self.draft_id)
            if is_so(draft):
                return draft
            time.sleep(0.05)
        raise AssertionError("the draft never was so")


@pytest.fixture
def long_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that has proven coverage and goes on about fairness until it is stopped."""
    found = solve.solve

    def search(
        instance: Problem,
        *,
        time_limit: float,
        on_progress: Callable[[str, int, int], None],
        should_stop: Callable[[], bool],
    ) -> Solution:
        on_progress("gaps", 0, 0)
        on_progress("unfairness", 900, 100)
        until = time.monotonic() + LONGEST_SECONDS
        while not should_stop() and time.monotonic() < until:
            time.sleep(0.02)
        return found(instance, time_limit=time_limit, should_stop=should_stop)

    monkeypatch.setattr(solve, "solve", search)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("long_search")
def test_a_draft_shows_what_its_search_has_found_and_stops_soon_after_it_is_cancelled() -> None:
    team = team_at_work()
    worker = Worker(draft_id=_asked(team).pk)

    solving = worker.wait_for(lambda draft: bool(draft.progress))
    drafts.cancel_draft(draft_id=solving.pk, actor=actor(team.anna), now=NOW)
    cancelled_at = time.monotonic()
    worker.thread.join(LONGEST_SECONDS)

    assert time.monotonic() - cancelled_at < 3
    assert solving.state == Draft.State.SOLVING
    assert solving.progress == {
        "level": "primary",
        "objective": "unfairness",
        "best": 900,
        "bound": 100,
        "done": ["gaps"],
    }
    assert worker.result is False
    assert Draft.objects.get().state == Draft.State.CANCELLED
    assert DraftShift.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("long_search")
def test_a_worker_whose_draft_was_taken_over_stops_and_writes_nothing_more() -> None:
    draft = _asked(team_at_work())
    worker = Worker(draft_id=draft.pk)
    worker.wait_for(lambda draft: bool(draft.progress))

    taken = drafts.claim_draft(
        draft_id=draft.pk, real_now=NOW + 2 * MINUTE, now=NOW, holder="another"
    )
    worker.thread.join(LONGEST_SECONDS)

    assert taken is not None
    draft.refresh_from_db()
    assert (draft.state, draft.lease_holder, draft.progress) == ("solving", "another", {})
    assert worker.result is False


@pytest.mark.django_db
def test_the_draft_of_a_killed_worker_is_solved_by_the_next_once_its_lease_has_run_out() -> None:
    draft = _asked(team_at_work())
    drafts.claim_draft(draft_id=draft.pk, real_now=NOW, now=NOW, holder="killed")

    early = generation.generate_draft(
        draft_id=draft.pk, holder="next", clocks=_clocks_at(NOW + MINUTE / 2)
    )
    late = generation.generate_draft(
        draft_id=draft.pk, holder="next", clocks=_clocks_at(NOW + MINUTE)
    )

    draft.refresh_from_db()
    assert (early, late) == (False, True)
    assert (draft.state, draft.tries) == (Draft.State.READY, 2)


@pytest.mark.django_db
def test_a_draft_whose_time_was_up_says_that_it_is_not_proven_and_keeps_its_bounds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = solve.solve

    def cut(instance: Problem, **more: Any) -> Solution:
        """A search that proved coverage and was cut off at the next objective."""
        solution = found(instance, **more)
        return dataclasses.replace(
            solution, status="feasible", bounds={"gaps": 0}, stopped_by_clock=True
        )

    monkeypatch.setattr(solve, "solve", cut)
    draft = _asked(team_at_work())

    generation.generate_draft(draft_id=draft.pk, holder="worker", clocks=CLOCKS)

    draft.refresh_from_db()
    assert (draft.state, draft.proven) == (Draft.State.READY, False)
    assert {level["status"] for level in draft.figures["levels"]} == {"feasible"}
    assert [level["bounds"] for level in draft.figures["levels"]] == [{"gaps": 0}] * 2


def test_notes_tell_the_newest_once() -> None:
    notes = SearchNotes()
    notes.begin("primary")
    notes.note("gaps", 2, 0)
    notes.note("gaps", 1, 1)

    taken = [notes.take(), notes.take()]

    assert taken == [
        {"level": "primary", "objective": "gaps", "best": 1, "bound": 1, "done": []},
        None,
    ]


def test_notes_count_as_done_only_what_is_proven_at_this_level() -> None:
    notes = SearchNotes()
    notes.begin("primary")
    notes.note("gaps", 0, 0)
    notes.begin("escalation")
    notes.note("gaps", 0, 0)
    notes.note("unfairness", 40, 30)
    notes.note("spread", 9, 0)

    taken = notes.take()

    assert taken is not None
    assert (taken["level"], taken["objective"], taken["done"]) == ("escalation", "spread", ["gaps"])
