"""One report by its name: its table, and the choices that it is asked with."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from compensation.domain import periods, years
from compensation.domain.reports import Report
from compensation.models import Adjustment, PayPeriod, Rate
from compensation.queries import report_lists, report_sums, report_weeks
from rotation.queries.teams import rotation_names
from volunteers.queries.places import office_lines

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from compensation.domain.reports import Wanted
    from compensation.queries.report_tables import Table


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Choices:
    """What a report can be asked for: months newest first, names by slug in order of name.

    `this_month` is that of today's date where the reader works.
    """

    this_month: str
    months: tuple[str, ...]
    years: tuple[years.PayYear, ...]
    currencies: tuple[str, ...]
    offices: tuple[tuple[str, str], ...]
    rotations: tuple[tuple[str, str], ...]


_BY_MONTHS: dict[Report, Callable[[Wanted], Table]] = {
    Report.PERIODS: report_sums.by_period,
    Report.PEOPLE: report_sums.by_person,
    Report.COST_CENTRES: report_sums.by_cost_centre,
    Report.OFFICES: report_sums.by_office,
    Report.PAGE_COST: report_sums.by_page,
    Report.CORRECTIONS: report_lists.corrections_report,
    Report.ENTRIES: report_lists.entries_report,
    Report.UNPAID: report_weeks.unpaid_report,
    Report.BLOCKED: report_weeks.blocked_report,
}


def report_table(report: Report, wanted: Wanted, *, starts_in: int) -> Table:
    """The report; the number of queries does not depend on how many rows there are.

    Fiscal years begin in the month `starts_in`. A year goes to `wanted.until`, the accrual is of
    `wanted.at`.

    Raises:
        ValueError: what was asked is incomplete.
    """
    if report is Report.YEAR:
        year = years.year_named(wanted.year, starts_in=starts_in)
        return report_sums.by_year(wanted, year, until=wanted.until or year.last_month)
    if report is Report.ACCRUAL:
        if wanted.at is None:
            raise ValueError("an accrual is of an instant")
        return report_weeks.accrual_report(wanted, at=wanted.at)
    return _BY_MONTHS[report](wanted)


def choices(*, today: dt.date, starts_in: int) -> Choices:
    """What can be asked for; six queries."""
    this_month = periods.month_of(today)
    rows = list(PayPeriod.objects.order_by("month").values_list("month", flat=True))
    months = periods.months_between(min([*rows, this_month]), max([*rows, this_month]))
    found = [
        year
        for month in months
        for year in (
            years.calendar_year_of(month),
            years.fiscal_year_of(month, starts_in=starts_in),
        )
    ]
    known = {year.key: year for year in found}
    currencies = {
        *Rate.objects.order_by().values_list("currency", flat=True).distinct(),
        *Adjustment.objects.order_by().values_list("currency", flat=True).distinct(),
    }
    return Choices(
        this_month=this_month,
        months=tuple(reversed(months)),
        years=tuple(sorted(known.values(), key=lambda year: year.first_month, reverse=True)),
        currencies=tuple(sorted(currencies)),
        offices=tuple((office.slug, office.name) for office in office_lines()),
        rotations=tuple(rotation_names()),
    )
