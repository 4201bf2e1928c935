"""Whole minor units: rounding, splitting and writing amounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_CODES_BY_EXPONENT = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP"
        " BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD"
        " FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD"
        " KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD"
        " NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP"
        " SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED"
        " VES WST XCD XCG YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_EXPONENTS = {
    code: exponent for exponent, codes in _CODES_BY_EXPONENT.items() for code in codes.split()
}


class UnknownCurrencyError(ValueError):
    """The text is no currency code of ISO 4217."""


class AmountError(ValueError):
    """The text is no amount of the currency."""


def exponent(currency: str) -> int:
    """How many digits of the currency stand after the decimal point.

    Raises:
        UnknownCurrencyError: `currency` is not a code in use.

    Source: ISO 4217.
    """
    try:
        return _EXPONENTS[currency]
    except KeyError:
        raise UnknownCurrencyError(f"{currency!r} is no currency code of ISO 4217") from None


def currencies() -> list[str]:
    """Every currency code that amounts can have, in alphabetical order."""
    return sorted(_EXPONENTS)


def format_amount(minor: int, currency: str) -> str:
    """The amount as files and the API write it: `-98.81`, `40001` (JPY), `1.250` (KWD).

    Raises:
        UnknownCurrencyError: `currency` is not a code in use.
    """
    digits = exponent(currency)
    sign = "-" if minor < 0 else ""
    whole, part = divmod(abs(minor), 10**digits)
    return f"{sign}{whole}.{part:0{digits}d}" if digits else f"{sign}{whole}"


def parse_amount(text: str, currency: str) -> int:
    """The minor units of an amount as `format_amount` writes it; fewer decimals are allowed.

    Raises:
        AmountError: other characters than digits, one point and a leading minus, or more
            decimals than the currency has.
        UnknownCurrencyError: `currency` is not a code in use.
    """
    digits = exponent(currency)
    unsigned = text.removeprefix("-")
    whole, point, part = unsigned.partition(".")
    if not _is_digits(whole) or (point and not _is_digits(part)):
        raise AmountError(f"{text!r} is no amount: write digits and a decimal point")
    if len(part) > digits:
        raise AmountError(f"{currency} has {digits} decimals, {text!r} has {len(part)}")
    minor = int(whole + part.ljust(digits, "0"))
    return -minor if text.startswith("-") else minor


def half_up(numerator: int, denominator: int) -> int:
    """The quotient of two integers, not negative, rounded to the nearest; a half goes up."""
    return (2 * numerator + denominator) // (2 * denominator)


def split(pool: int, weights: Sequence[int]) -> list[int]:
    """The pool in parts proportional to the weights, in their order; they sum exactly to it.

    Each part is rounded down; the units that are missing go one by one to the largest remainders,
    of equal ones to the earlier. The weights are positive.
    """
    total = sum(weights)
    parts = [pool * weight // total for weight in weights]
    remainders = [pool * weight % total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: -remainders[index])
    for index in by_remainder[: pool - sum(parts)]:
        parts[index] += 1
    return parts


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
