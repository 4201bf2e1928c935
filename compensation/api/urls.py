"""The API's routes of money."""

from __future__ import annotations

from django.urls import path

from compensation.api import entries, periods, rates

_ONE = "periods/<slug:month>/"

urlpatterns = [
    path("rates/", rates.RatesView.as_view(), name="api-rates"),
    path("rates/in-force/", rates.RatesInForceView.as_view(), name="api-rates-in-force"),
    path("entries/", entries.EntriesView.as_view(), name="api-entries"),
    path("periods/", periods.PeriodsView.as_view(), name="api-periods"),
    path(_ONE, periods.PeriodView.as_view(), name="api-period"),
    path(f"{_ONE}close/", periods.PeriodCloseView.as_view(), name="api-period-close"),
    path(f"{_ONE}entries/", periods.PeriodEntriesView.as_view(), name="api-period-entries"),
    path(f"{_ONE}exports/", periods.PeriodExportsView.as_view(), name="api-period-exports"),
    path(
        f"{_ONE}exports/<slug:layout>/",
        periods.PeriodExportView.as_view(),
        name="api-period-export",
    ),
    path("blocked-shifts/", periods.BlockedShiftsView.as_view(), name="api-blocked-shifts"),
]
