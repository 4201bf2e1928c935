from __future__ import annotations

import pytest

from compensation.domain import years


@pytest.mark.parametrize(
    ("month", "starts_in", "key", "first", "last"),
    [
        ("2026-11", 4, "fy2026", "2026-04", "2027-03"),
        ("2026-03", 4, "fy2025", "2025-04", "2026-03"),
        ("2026-04", 4, "fy2026", "2026-04", "2027-03"),
        ("2026-12", 12, "fy2026", "2026-12", "2027-11"),
        ("2026-11", 1, "fy2026", "2026-01", "2026-12"),
    ],
)
def test_a_month_is_in_the_fiscal_year_that_its_first_month_names(
    month: str, starts_in: int, key: str, first: str, last: str
) -> None:
    year = years.fiscal_year_of(month, starts_in=starts_in)

    assert (year.key, year.first_month, year.last_month) == (key, first, last)
    assert year.holds(month)
    assert len(year.months) == 12
    assert years.year_named(key, starts_in=starts_in) == year


def test_a_calendar_year_runs_from_january_to_december() -> None:
    year = years.calendar_year_of("2026-11")

    assert (year.key, year.months[0], year.months[-1]) == ("2026", "2026-01", "2026-12")
    assert not year.is_fiscal


@pytest.mark.parametrize("text", ["", "26", "2026-04", "FY2026", "0000", "9999", "fy", "٢٠٢٦"])
def test_what_names_no_year_is_refused(text: str) -> None:
    with pytest.raises(years.YearError):
        years.year_named(text, starts_in=4)
