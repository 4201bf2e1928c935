from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from compensation.domain import disclosure
from compensation.domain.disclosure import MonthShares

PARTS = st.dictionaries(st.integers(1, 6), st.integers(-50_000, 90_000), max_size=6)
MONTHS = st.lists(PARTS, max_size=12)


def _months(parts: list[dict[int, int]]) -> list[MonthShares]:
    return [
        MonthShares(month=f"2026-{number:02d}", by_person=each)
        for number, each in enumerate(parts, start=1)
    ]


def test_a_month_of_three_people_is_told() -> None:
    run = disclosure.runs(_months([{1: 60000, 2: 60000, 3: 60000}]))

    assert [(each.is_told, each.minor, each.people) for each in run] == [(True, 180000, 3)]


def test_one_or_two_people_tell_nothing_since_one_of_them_would_know_the_other() -> None:
    assert not disclosure.is_safe({1: 60000})
    assert not disclosure.is_safe({1: 60000, 2: 60000})


def test_somebody_whose_entries_were_all_taken_back_is_no_third_one() -> None:
    assert not disclosure.is_safe({1: 60000, 2: 60000, 3: 0})


def test_a_total_that_is_nearly_one_persons_own_is_not_told() -> None:
    assert not disclosure.is_safe({1: 240000, 2: 100, 3: 100})
    assert disclosure.is_safe({1: 180000, 2: 30000, 3: 30000})


def test_a_month_of_too_few_is_added_to_the_next() -> None:
    found = disclosure.runs(
        _months([{1: 60000, 2: 60000}, {3: 60000}, {1: 1000}, {1: 1, 2: 1, 3: 1}])
    )

    assert [each.months for each in found] == [("2026-01", "2026-02"), ("2026-03", "2026-04")]
    assert [each.is_told for each in found] == [True, False]


@given(MONTHS)
def test_every_month_stands_in_one_run_and_what_is_told_is_safe(
    parts: list[dict[int, int]],
) -> None:
    months = _months(parts)
    found = disclosure.runs(months)

    assert [month for run in found for month in run.months] == [each.month for each in months]
    by_month = {each.month: each.by_person for each in months}
    for run in found:
        sums: dict[int, int] = {}
        for month in run.months:
            for person, minor in by_month[month].items():
                sums[person] = sums.get(person, 0) + minor
        assert run.minor == sum(sums.values())
        assert run.is_told == disclosure.is_safe(sums)


@given(MONTHS, PARTS)
def test_what_was_told_stays_as_it_was_when_a_month_is_closed(
    parts: list[dict[int, int]], later: dict[int, int]
) -> None:
    before = [run for run in disclosure.runs(_months(parts)) if run.is_told]
    after = [run for run in disclosure.runs(_months([*parts, later])) if run.is_told]

    assert after[: len(before)] == before
