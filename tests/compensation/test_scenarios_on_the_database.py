"""Every scenario through the operations, on the engine of this run."""

from __future__ import annotations

import pytest

from compensation.models import Entry
from compensation.queries.ledger import verified_ledger
from tests.compensation.replay import World, agree, as_expected, sha256
from tests.compensation.scenarios import every_scenario

pytestmark = pytest.mark.django_db
ALL = every_scenario()


@pytest.mark.parametrize("name", sorted(ALL))
def test_the_operations_give_a_scenarios_results_ledger_and_summary(name: str) -> None:
    expected = ALL[name]["expected"]
    world = World(ALL[name])

    results = world.play()

    pairs = list(zip(expected["events"], results, strict=True))
    assert [pair for pair in pairs if not agree(*pair)] == []
    ledger = world.ledger()
    assert [
        as_expected(row, wanted) for row, wanted in zip(ledger, expected["ledger"], strict=False)
    ] == expected["ledger"]
    assert len(ledger) == len(expected["ledger"])
    summary = world.summary()
    assert summary.split("\r\n")[1:-1] == expected["summary"]["rows"]
    assert sha256(summary) == expected["summary"]["sha256"]
    assert verified_ledger().entries == Entry.objects.count()
    assert verified_ledger().is_intact


AGREEING = [
    ("process", "posted 3", "posted 3"),
    ("close", "ok", "ok"),
    ("close", "refused BLOCKED S1", "refused PRICED S1"),
    ("correct", "refused BENEFICIARY", "refused OWN_BENEFIT"),
    ("correct", "posted 4", "posted 4"),
    ("add_rate", "ok", "posted 6"),
]
DIFFERING = [
    ("process", "posted 3", "posted 2"),
    ("close", "ok", "refused OUT_OF_ORDER"),
    ("close", "refused UNPROCESSED S1,S2", "refused UNPROCESSED S1"),
    ("close", "refused BLOCKED S1", "refused BLOCKED S2"),
    ("swap", "refused SHIFT_COMPLETED", "ok"),
    ("correct", "posted 4", "posted 3"),
    ("correct", "posted 4", "refused OWN_BENEFIT"),
]


def event(do: str, result: str) -> dict[str, str]:
    return {"at": "2026-06-15T08:00:00Z", "do": do, "result": result}


@pytest.mark.parametrize(("do", "theirs", "ours"), AGREEING)
def test_results_agree_in_fact_where_no_words_are_given(do: str, theirs: str, ours: str) -> None:
    assert agree(event(do, theirs), event(do, ours))


@pytest.mark.parametrize(("do", "theirs", "ours"), DIFFERING)
def test_results_differ_in_word_or_in_fact(do: str, theirs: str, ours: str) -> None:
    assert not agree(event(do, theirs), event(do, ours))
