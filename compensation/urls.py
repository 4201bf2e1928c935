"""The routes of compensation's pages."""

from __future__ import annotations

from django.urls import path, register_converter

from compensation.domain.periods import MonthError, last_day
from compensation.views import pay, periods, rates


class MonthConverter:
    """A calendar month in an address, `2026-11`; anything else is no page."""

    regex = "[0-9]{4}-[0-9]{2}"

    def to_python(self, value: str) -> str:
        """The month as text.

        Raises:
            ValueError: the calendar has no such month.
        """
        try:
            last_day(value)
        except MonthError as error:
            raise ValueError(value) from error
        return value

    def to_url(self, value: str) -> str:
        """The month as it is."""
        return value


register_converter(MonthConverter, "month")

urlpatterns = [
    path("finance/periods/", periods.periods, name="periods"),
    path("finance/periods/<month:month>/", periods.period, name="period-detail"),
    path("finance/periods/<month:month>/close/", periods.close, name="period-close"),
    path("finance/periods/<month:month>/entries/", periods.period_entries, name="period-entries"),
    path("finance/periods/<month:month>/export.csv", periods.export, name="period-export"),
    path("finance/periods/<month:month>/export.xlsx", periods.workbook, name="period-workbook"),
    path("finance/rates/", rates.rates, name="rates"),
    path("finance/rates/add/", rates.rate_add, name="rate-add"),
    path("pay/", pay.pay, name="pay"),
    path("pay/<month:month>/", pay.pay_period, name="pay-period"),
]
