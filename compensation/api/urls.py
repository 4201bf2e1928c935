"""The API's routes of money."""

from __future__ import annotations

from django.urls import path

from compensation.api import (
    adjustments,
    closed_months,
    corrections,
    entries,
    layouts,
    office_calendars,
    pay,
    pay_questions,
    periods,
    rate_proposals,
    rates,
    reports,
)

_ONE = "periods/<slug:month>/"
_PROPOSAL = "rates/proposals/<int:proposal_id>"
_CHANGES = "office-calendars/<slug:office>/changes"

urlpatterns = [
    path("rates/", rates.RatesView.as_view(), name="api-rates"),
    path("rates/in-force/", rates.RatesInForceView.as_view(), name="api-rates-in-force"),
    path("rates/proposals/", rate_proposals.RateProposalsView.as_view(), name="api-rate-proposals"),
    path(f"{_PROPOSAL}/", rate_proposals.RateProposalView.as_view(), name="api-rate-proposal"),
    path(
        f"{_PROPOSAL}/approve/",
        rate_proposals.RateProposalApproveView.as_view(),
        name="api-rate-proposal-approve",
    ),
    path(
        f"{_PROPOSAL}/decline/",
        rate_proposals.RateProposalDeclineView.as_view(),
        name="api-rate-proposal-decline",
    ),
    path(
        f"{_PROPOSAL}/withdraw/",
        rate_proposals.RateProposalWithdrawView.as_view(),
        name="api-rate-proposal-withdraw",
    ),
    path(
        "office-calendars/",
        office_calendars.OfficeCalendarsView.as_view(),
        name="api-office-calendars",
    ),
    path(
        "office-calendars/<slug:office>/",
        office_calendars.OfficeCalendarView.as_view(),
        name="api-office-calendar",
    ),
    path(
        f"{_CHANGES}/",
        office_calendars.CalendarChangesView.as_view(),
        name="api-office-calendar-changes",
    ),
    path(
        f"{_CHANGES}/<int:number>/keep/",
        office_calendars.CalendarChangeKeepView.as_view(),
        name="api-office-calendar-keep",
    ),
    path(
        f"{_CHANGES}/<int:number>/ask/",
        office_calendars.CalendarChangeAskView.as_view(),
        name="api-office-calendar-ask",
    ),
    path(
        f"{_CHANGES}/<int:number>/approve/",
        office_calendars.CalendarChangeApproveView.as_view(),
        name="api-office-calendar-approve",
    ),
    path(
        f"{_CHANGES}/<int:number>/decline/",
        office_calendars.CalendarChangeDeclineView.as_view(),
        name="api-office-calendar-decline",
    ),
    path(
        f"{_CHANGES}/<int:number>/withdraw/",
        office_calendars.CalendarChangeWithdrawView.as_view(),
        name="api-office-calendar-withdraw",
    ),
    path("entries/", entries.EntriesView.as_view(), name="api-entries"),
    path("periods/", periods.PeriodsView.as_view(), name="api-periods"),
    path(_ONE, periods.PeriodView.as_view(), name="api-period"),
    path(f"{_ONE}close/", periods.PeriodCloseView.as_view(), name="api-period-close"),
    path(f"{_ONE}sent/", closed_months.PeriodSentView.as_view(), name="api-period-sent"),
    path(
        f"{_ONE}reopenings/",
        closed_months.PeriodReopeningsView.as_view(),
        name="api-period-reopenings",
    ),
    path(
        "reopenings/<int:reopening_id>/approve/",
        closed_months.ReopeningApproveView.as_view(),
        name="api-reopening-approve",
    ),
    path(
        "reopenings/<int:reopening_id>/decline/",
        closed_months.ReopeningDeclineView.as_view(),
        name="api-reopening-decline",
    ),
    path(f"{_ONE}entries/", periods.PeriodEntriesView.as_view(), name="api-period-entries"),
    path(f"{_ONE}exports/", periods.PeriodExportsView.as_view(), name="api-period-exports"),
    path(
        f"{_ONE}exports/<slug:layout>/",
        periods.PeriodExportView.as_view(),
        name="api-period-export",
    ),
    path("corrections/", corrections.CorrectionsView.as_view(), name="api-corrections"),
    path(
        "corrections/<int:correction_id>/",
        corrections.CorrectionView.as_view(),
        name="api-correction",
    ),
    path(
        "corrections/<int:correction_id>/approve/",
        corrections.CorrectionApproveView.as_view(),
        name="api-correction-approve",
    ),
    path(
        "corrections/<int:correction_id>/decline/",
        corrections.CorrectionDeclineView.as_view(),
        name="api-correction-decline",
    ),
    path(
        "corrections/<int:correction_id>/withdraw/",
        corrections.CorrectionWithdrawView.as_view(),
        name="api-correction-withdraw",
    ),
    path("adjustments/", adjustments.AdjustmentsView.as_view(), name="api-adjustments"),
    path(
        "adjustments/<int:adjustment_id>/",
        adjustments.AdjustmentView.as_view(),
        name="api-adjustment",
    ),
    path(
        "adjustments/<int:adjustment_id>/approve/",
        adjustments.AdjustmentApproveView.as_view(),
        name="api-adjustment-approve",
    ),
    path(
        "adjustments/<int:adjustment_id>/decline/",
        adjustments.AdjustmentDeclineView.as_view(),
        name="api-adjustment-decline",
    ),
    path(
        "adjustments/<int:adjustment_id>/withdraw/",
        adjustments.AdjustmentWithdrawView.as_view(),
        name="api-adjustment-withdraw",
    ),
    path(
        "adjustments/<int:adjustment_id>/take-back/",
        adjustments.AdjustmentTakeBackView.as_view(),
        name="api-adjustment-take-back",
    ),
    path("export-layouts/", layouts.LayoutsView.as_view(), name="api-export-layouts"),
    path(
        "export-layouts/ready-made/",
        layouts.ReadyMadeView.as_view(),
        name="api-ready-made-layouts",
    ),
    path(
        "export-layouts/ready-made/<slug:ready_made>/",
        layouts.ReadyMadeUseView.as_view(),
        name="api-ready-made-layout-use",
    ),
    path(
        "export-layouts/preview/",
        layouts.LayoutPreviewView.as_view(),
        name="api-export-layout-preview",
    ),
    path(
        "export-layouts/<slug:layout_slug>/",
        layouts.LayoutView.as_view(),
        name="api-export-layout",
    ),
    path(
        "export-layouts/<slug:layout_slug>/archive/",
        layouts.LayoutArchiveView.as_view(),
        name="api-export-layout-archive",
    ),
    path(
        "export-layouts/<slug:layout_slug>/restore/",
        layouts.LayoutRestoreView.as_view(),
        name="api-export-layout-restore",
    ),
    path("entries/<int:entry_number>/", pay.EntryView.as_view(), name="api-entry"),
    path("me/pay/", pay.MyPayView.as_view(), name="api-me-pay"),
    path("me/pay/years/<slug:key>/", pay.MyPayYearView.as_view(), name="api-me-pay-year"),
    path("rotations/<slug:slug>/cost/", pay.RotationCostView.as_view(), name="api-rotation-cost"),
    path("pay-questions/", pay_questions.PayQuestionsView.as_view(), name="api-pay-questions"),
    path(
        "pay-questions/<int:asked_id>/answer/",
        pay_questions.PayQuestionAnswerView.as_view(),
        name="api-pay-question-answer",
    ),
    path("blocked-shifts/", periods.BlockedShiftsView.as_view(), name="api-blocked-shifts"),
    path("reports/", reports.ReportsView.as_view(), name="api-reports"),
    path("reports/<slug:report>/", reports.ReportView.as_view(), name="api-report"),
    path("reports/<slug:report>/rows/", reports.ReportRowsView.as_view(), name="api-report-rows"),
    path("report-files/", reports.ReportFilesView.as_view(), name="api-report-files"),
    path(
        "report-files/<int:report_file_id>/",
        reports.ReportFileView.as_view(),
        name="api-report-file",
    ),
    path(
        "report-files/<int:report_file_id>/content/",
        reports.ReportFileContentView.as_view(),
        name="api-report-file-content",
    ),
]
