from __future__ import annotations

import pytest

from compensation.domain.hours import hours


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0"),
        (451_800, "125.5"),
        (86_400, "24"),
        (900, "0.25"),
        (1200, "0.33"),
        (35, "0.01"),
        (17, "0"),
        (4_336_200, "1,204.5"),
        (-451_800, "−125.5"),
    ],
)
def test_seconds_are_read_as_hours_with_at_most_two_decimals(seconds: int, text: str) -> None:
    assert hours(seconds) == text
