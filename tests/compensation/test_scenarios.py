"""The scenarios by the pure rules alone, and by a second reading of them."""

from __future__ import annotations

import hashlib

import pytest

from compensation.domain.layouts import summary_table
from tests.compensation.minute_walk import Walk
from tests.compensation.replay import agree
from tests.compensation.scenarios import COPY, MORE, Played, Scenario, every_scenario, scenarios

ALL = every_scenario()
OURS = {**scenarios(MORE), **scenarios(COPY)}
# Two people decide about the others: see the replay on the database.
WITHOUT_REQUESTS = {"process", "close", "swap"}


def decided_by_rules(scenario: Scenario) -> bool:
    return {event["do"] for event in scenario["events"]} <= WITHOUT_REQUESTS


@pytest.mark.parametrize("name", sorted(name for name in ALL if decided_by_rules(ALL[name])))
def test_a_scenario_gives_its_results_ledger_and_summary_to_the_byte(name: str) -> None:
    expected = ALL[name]["expected"]
    played = Played(scenario=every_scenario()[name])

    played.play()

    summary = summary_table(played.as_lines()).as_csv()
    assert all(
        agree(theirs, ours) for theirs, ours in zip(expected["events"], played.results, strict=True)
    )
    assert played.as_rows() == expected["ledger"]
    assert summary.split("\r\n")[1:-1] == expected["summary"]["rows"]
    assert hashlib.sha256(summary.encode()).hexdigest() == expected["summary"]["sha256"]


@pytest.mark.parametrize("name", sorted(OURS))
def test_who_walks_a_scenario_minute_by_minute_finds_the_same(name: str) -> None:
    expected = OURS[name]["expected"]

    found = Walk(OURS[name]).expected()

    pairs = zip(expected["events"], found["events"], strict=True)
    assert all(agree(theirs, ours) for theirs, ours in pairs)
    assert found["ledger"] == expected["ledger"]
    assert found["summary"] == expected["summary"]
