"""The routes of compensation's pages."""

from __future__ import annotations

from django.urls import path, register_converter

from compensation.domain.periods import MonthError, last_day
from compensation.domain.reports import Report
from compensation.views import (
    adjustments,
    calendar_reviews,
    closed_months,
    corrections,
    costs,
    layouts,
    office_calendars,
    pay,
    periods,
    questions,
    rate_proposals,
    rates,
    report_files,
    reports,
    statements,
)


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


class ReportConverter:
    """A report in an address by its name; anything else is no page."""

    regex = "[a-z-]+"

    def to_python(self, value: str) -> Report:
        """The report.

        Raises:
            ValueError: there is none of that name.
        """
        return Report(value)

    def to_url(self, value: str) -> str:
        """The name as it is."""
        return str(value)


register_converter(MonthConverter, "month")
register_converter(ReportConverter, "report")

_OFFICE = "finance/calendars/<slug:office>"

urlpatterns = [
    path("finance/periods/", periods.periods, name="periods"),
    path("finance/periods/<month:month>/", periods.period, name="period-detail"),
    path("finance/periods/<month:month>/close/", periods.close, name="period-close"),
    path("finance/periods/<month:month>/entries/", periods.period_entries, name="period-entries"),
    path("finance/periods/<month:month>/sent/", closed_months.send, name="period-send"),
    path("finance/periods/<month:month>/reopen/", closed_months.ask, name="period-reopen"),
    path(
        "finance/reopenings/<int:reopening_id>/approve/",
        closed_months.approve,
        name="reopening-approve",
    ),
    path(
        "finance/reopenings/<int:reopening_id>/decline/",
        closed_months.decline,
        name="reopening-decline",
    ),
    path("finance/periods/<month:month>/export.csv", periods.export, name="period-export"),
    path("finance/periods/<month:month>/export.xlsx", periods.workbook, name="period-workbook"),
    path("finance/reports/", reports.reports_page, name="reports"),
    path("finance/reports/files/", report_files.report_files_page, name="report-files"),
    path(
        "finance/reports/files/<int:report_file_id>/", report_files.report_file, name="report-file"
    ),
    path("finance/reports/<report:report>/", reports.report_detail, name="report-detail"),
    path("finance/reports/<report:report>/file/", reports.report_file_ask, name="report-file-ask"),
    path("finance/corrections/", corrections.corrections, name="corrections"),
    path(
        "finance/corrections/<int:correction_id>/",
        corrections.correction,
        name="correction-detail",
    ),
    path(
        "finance/corrections/<int:correction_id>/approve/",
        corrections.approve,
        name="correction-approve",
    ),
    path(
        "finance/corrections/<int:correction_id>/decline/",
        corrections.decline,
        name="correction-decline",
    ),
    path(
        "finance/corrections/<int:correction_id>/withdraw/",
        corrections.withdraw,
        name="correction-withdraw",
    ),
    path("shifts/<int:shift_id>/correct/", corrections.ask, name="correction-ask"),
    path("finance/adjustments/", adjustments.adjustments, name="adjustments"),
    path("finance/adjustments/propose/", adjustments.propose, name="adjustment-ask"),
    path(
        "finance/adjustments/<int:adjustment_id>/",
        adjustments.adjustment,
        name="adjustment-detail",
    ),
    path(
        "finance/adjustments/<int:adjustment_id>/approve/",
        adjustments.approve,
        name="adjustment-approve",
    ),
    path(
        "finance/adjustments/<int:adjustment_id>/decline/",
        adjustments.decline,
        name="adjustment-decline",
    ),
    path(
        "finance/adjustments/<int:adjustment_id>/withdraw/",
        adjustments.withdraw,
        name="adjustment-withdraw",
    ),
    path(
        "finance/adjustments/<int:adjustment_id>/take-back/",
        adjustments.take_back,
        name="adjustment-take-back",
    ),
    path("finance/layouts/", layouts.layouts, name="layouts"),
    path("finance/layouts/add/", layouts.layout_add, name="layout-add"),
    path("finance/layouts/use/<slug:ready_made>/", layouts.layout_use, name="layout-use"),
    path("finance/layouts/<slug:layout_slug>/", layouts.layout_detail, name="layout-detail"),
    path(
        "finance/layouts/<slug:layout_slug>/archive/",
        layouts.layout_archive,
        name="layout-archive",
    ),
    path(
        "finance/layouts/<slug:layout_slug>/restore/",
        layouts.layout_restore,
        name="layout-restore",
    ),
    path("finance/rates/", rates.rates, name="rates"),
    path("finance/rates/add/", rates.rate_add, name="rate-add"),
    path("finance/rates/proposals/", rate_proposals.proposals, name="rate-proposals"),
    path(
        "finance/rates/proposals/<int:proposal_id>/",
        rate_proposals.proposal,
        name="rate-proposal",
    ),
    *(
        path(
            f"finance/rates/proposals/<int:proposal_id>/{view.__name__}/",
            view,
            name=f"rate-proposal-{view.__name__}",
        )
        for view in (rate_proposals.approve, rate_proposals.decline, rate_proposals.withdraw)
    ),
    path("finance/calendars/", office_calendars.calendars, name="office-calendars"),
    path(f"{_OFFICE}/", office_calendars.calendar, name="office-calendar"),
    *(
        path(
            f"{_OFFICE}/{what}/",
            office_calendars.change,
            {"what": what},
            name=f"office-calendar-{what}",
        )
        for what in office_calendars.FORMS
    ),
    *(
        path(
            f"{_OFFICE}/changes/<int:number>/{view.__name__}/",
            view,
            name=f"office-calendar-{view.__name__}",
        )
        for view in (
            *(calendar_reviews.keep, calendar_reviews.ask, calendar_reviews.approve),
            *(calendar_reviews.decline, calendar_reviews.withdraw),
        )
    ),
    path("finance/questions/", questions.questions, name="period-questions"),
    path("finance/questions/<int:asked_id>/", questions.question, name="period-question"),
    path(
        "finance/questions/<int:asked_id>/answer/",
        questions.answer,
        name="period-question-answer",
    ),
    path("pay/", pay.pay, name="pay"),
    path("pay/<month:month>/", pay.pay_period, name="pay-period"),
    path("pay/<month:month>/statement.csv", statements.of_month, name="pay-statement"),
    path("pay/years/<slug:key>/", statements.year, name="pay-year"),
    path("pay/years/<slug:key>/statement.csv", statements.of_year, name="pay-year-statement"),
    path("pay/entries/<int:entry_number>/", questions.entry, name="entry-detail"),
    path("pay/entries/<int:entry_number>/question/", questions.ask, name="entry-ask"),
    path("rotations/<slug:slug>/cost/", costs.rotation_cost, name="rotation-cost"),
]
