from __future__ import annotations

import hashlib

import pytest

from compensation.domain.layouts import summary_table
from tests.compensation.scenarios import Played, scenarios

ALL = scenarios()


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_scenario_gives_its_results_ledger_and_summary_to_the_byte(name: str) -> None:
    expected = ALL[name]["expected"]
    played = Played(scenario=scenarios()[name])

    played.play()

    summary = summary_table(played.as_lines()).as_csv()
    assert played.results == expected["events"]
    assert played.as_rows() == expected["ledger"]
    assert summary.split("\r\n")[1:-1] == expected["summary"]["rows"]
    assert hashlib.sha256(summary.encode()).hexdigest() == expected["summary"]["sha256"]
