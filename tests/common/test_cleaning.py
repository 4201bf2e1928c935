from __future__ import annotations

import pytest

from common.cleaning import Cleaner
from common.refusals import RefusedError


def test_every_field_is_named_with_its_first_problem() -> None:
    cleaner = Cleaner()
    cleaner.line("name", " ", longest=10)
    cleaner.line("cost_centre", "x" * 11, longest=10)
    cleaner.refuse("name", "Something else.")

    with pytest.raises(RefusedError) as refusal:
        cleaner.raise_problems(RefusedError)

    assert refusal.value.fields == {
        "name": "This is needed.",
        "cost_centre": "At most 10 characters; this has 11.",
    }
    assert str(refusal.value).startswith("Name: This is needed. Cost centre: At most")


def test_nothing_is_refused_when_nothing_is_wrong() -> None:
    cleaner = Cleaner()
    cleaner.line("name", "Ben", longest=3)

    cleaner.raise_problems(RefusedError)

    assert cleaner.problems == {}


def test_a_text_keeps_its_lines_and_tabs_but_no_other_control_character() -> None:
    cleaner = Cleaner()

    assert cleaner.text("motivation", "a\r\nb\tc\rd", longest=20) == "a\nb\tc\nd"
    assert cleaner.text("motivation", "a\x07b", longest=20) == ""
    assert "U+0007" in cleaner.problems["motivation"]


@pytest.mark.parametrize("zone", ["Europe/Dublin", " UTC ", "America/Los_Angeles"])
def test_a_zone_is_known_by_its_name(zone: str) -> None:
    cleaner = Cleaner()

    assert cleaner.zone("time_zone", zone) == zone.strip()
    assert cleaner.problems == {}


@pytest.mark.parametrize("zone", ["", "europe/dublin", "/etc/localtime", "GMT+25", "Factory"])
def test_what_is_no_zone_is_refused(zone: str) -> None:
    cleaner = Cleaner()

    cleaner.zone("time_zone", zone)

    assert "time_zone" in cleaner.problems
