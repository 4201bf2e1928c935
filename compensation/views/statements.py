"""One's own statement of a year, to read, print and take away, and the files of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from common import clock
from compensation import access
from compensation.domain import periods, years
from compensation.queries import earnings, slips, statements
from compensation.views import asked
from volunteers.queries import profiles

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from compensation.domain.years import PayYear
    from compensation.models import Entry
    from volunteers.access import SignedInRequest

CSV_TYPE = "text/csv; charset=utf-8"


@require_GET
def year(request: SignedInRequest, key: str) -> HttpResponse:
    """What each month of the year was worth, and of what it is made."""
    wanted, now = _year(key), clock.now()
    mine = access.own_entries(viewer=request.viewer)
    engineer_id = request.viewer.engineer_id
    this_month = periods.month_of(asked.today(request, now))
    context = {
        "statement": statements.year_statement(entries=mine, engineer_id=engineer_id, year=wanted),
        "others": [one for one in _offered(mine, this_month) if one.year != wanted],
        "profile": profiles.profile(engineer_id=engineer_id, now=now),
    }
    return render(request, "compensation/pay_year.html", context)


@require_GET
def of_year(request: SignedInRequest, key: str) -> HttpResponse:
    """Every entry of one's own in the year, as CSV."""
    wanted = _year(key)
    mine = statements.of_year(access.own_entries(viewer=request.viewer), wanted)
    return _file(mine, key)


@require_GET
def of_month(request: SignedInRequest, month: str) -> HttpResponse:
    """Every entry of one's own in the month, as CSV; a month without one is not there."""
    mine = slips.of_month(access.own_entries(viewer=request.viewer), month)
    if not mine.exists():
        raise Http404
    return _file(mine, month)


def _year(key: str) -> PayYear:
    try:
        return years.year_named(key, starts_in=settings.ROTA_FISCAL_YEAR_MONTH)
    except years.YearError as error:
        raise Http404 from error


def _offered(mine: QuerySet[Entry], this_month: str) -> list[earnings.YearSum]:
    """Every year that there is a statement of, the newest first, the calendar's before the own."""
    months = {*statements.months_of(mine), this_month}
    found = {years.calendar_year_of(month) for month in months}
    starts_in = settings.ROTA_FISCAL_YEAR_MONTH
    if starts_in != years.JANUARY:
        found |= {years.fiscal_year_of(month, starts_in=starts_in) for month in months}
    ordered = sorted(found, key=lambda year: (-year.year, year.is_fiscal))
    return [earnings.YearSum(year=year, sums=()) for year in ordered]


def _file(mine: QuerySet[Entry], name: str) -> HttpResponse:
    """The file, kept by no cache; it says so while a month in it is open."""
    is_open = slips.of_open_months(mine).exists()
    file_name = f"rota-my-pay-{name}{'-PROVISIONAL' if is_open else ''}.csv"
    answer = HttpResponse(statements.statement_csv(mine), content_type=CSV_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
