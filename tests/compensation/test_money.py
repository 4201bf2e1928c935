from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compensation.domain import money


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (9881, "GBP", "98.81"),
        (-5, "EUR", "-0.05"),
        (0, "USD", "0.00"),
        (40001, "JPY", "40001"),
        (-1250, "KWD", "-1.250"),
        (12, "CLF", "0.0012"),
    ],
)
def test_amounts_have_the_decimals_of_their_currency(minor: int, currency: str, text: str) -> None:
    assert money.format_amount(minor, currency) == text
    assert money.parse_amount(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "minor"), [("98", 9800), ("98.8", 9880), ("0.01", 1), ("-3.50", -350)]
)
def test_fewer_decimals_than_the_currency_has_are_read(text: str, minor: int) -> None:
    assert money.parse_amount(text, "GBP") == minor


@pytest.mark.parametrize(
    "text", ["", ".5", "5.", "1,5", "1e3", "98.801", "+1", "--1", " 1", "\uff11", "NaN", "1_000"]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(money.AmountError):
        money.parse_amount(text, "GBP")


def test_a_currency_without_decimals_takes_none() -> None:
    with pytest.raises(money.AmountError, match="JPY has 0 decimals"):
        money.parse_amount("1.0", "JPY")


@pytest.mark.parametrize("code", ["XYZ", "gbp", "", "EURO"])
def test_an_unknown_currency_is_never_taken_for_one_with_two_decimals(code: str) -> None:
    with pytest.raises(money.UnknownCurrencyError):
        money.format_amount(1, code)


@given(st.integers(-(10**12), 10**12), st.sampled_from(money.currencies()))
def test_writing_and_reading_an_amount_gives_it_back(minor: int, currency: str) -> None:
    assert money.parse_amount(money.format_amount(minor, currency), currency) == minor


@given(st.integers(0, 10**12), st.integers(1, 10**7))
def test_half_up_is_the_nearest_integer_and_a_half_goes_up(
    numerator: int, denominator: int
) -> None:
    rounded = money.half_up(numerator, denominator)

    distance = rounded - Fraction(numerator, denominator)
    assert Fraction(-1, 2) < distance <= Fraction(1, 2)


@given(st.integers(0, 10**9), st.lists(st.integers(1, 700_000), min_size=1, max_size=12))
def test_parts_sum_exactly_to_the_pool_and_miss_their_share_by_less_than_a_unit(
    pool: int, weights: list[int]
) -> None:
    parts = money.split(pool, weights)

    assert sum(parts) == pool
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(pool * weight, sum(weights))) < 1


def test_of_equal_remainders_the_earlier_part_gets_the_unit() -> None:
    assert money.split(10000, [1, 1, 1]) == [3334, 3333, 3333]
    assert money.split(5, [1, 1]) == [3, 2]
