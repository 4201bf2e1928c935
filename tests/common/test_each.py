from __future__ import annotations

import pytest
from django.db import OperationalError

from common.each import each


def test_one_that_raises_is_logged_and_the_others_are_done(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert each([1, 0, 2], lambda number: 4 // number) == [4, 2]
    assert "row 0 stopped" in caplog.text


def test_a_database_that_is_gone_stops_them_all() -> None:
    asked = []

    def work(number: int) -> None:
        asked.append(number)
        raise OperationalError("gone")

    with pytest.raises(OperationalError):
        each([1, 2], work)
    assert asked == [1]
