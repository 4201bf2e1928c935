"""The routes of compensation's pages."""

from __future__ import annotations

from django.urls import path, register_converter

from compensation.domain.periods import MonthError, last_day
from compensation.views import costs, pay, periods, questions, rates, statements


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
    path("finance/questions/", questions.questions, name="pay-questions"),
    path("finance/questions/<int:asked_id>/", questions.question, name="pay-question-detail"),
    path("finance/questions/<int:asked_id>/answer/", questions.answer, name="pay-question-answer"),
    path("pay/", pay.pay, name="pay"),
    path("pay/<month:month>/", pay.pay_period, name="pay-period"),
    path("pay/<month:month>/statement.csv", statements.of_month, name="pay-statement"),
    path("pay/years/<slug:key>/", statements.year, name="pay-year"),
    path("pay/years/<slug:key>/statement.csv", statements.of_year, name="pay-year-statement"),
    path("pay/entries/<int:entry_number>/", questions.entry, name="entry-detail"),
    path("pay/entries/<int:entry_number>/question/", questions.ask, name="entry-ask"),
    path("rotations/<slug:slug>/cost/", costs.rotation_cost, name="rotation-cost"),
]
