from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING

import pytest

from audit.models import AuditEvent
from compensation import exports
from compensation.models import Entry, Export, PayPeriod
from compensation.operations import periods, weeks
from compensation.queries.closing import CheckCode, Repair, closing_checks
from compensation.queries.periods import (
    exports_of,
    period_line,
    period_lines,
    person_totals,
    stored_export,
)
from tests import builders
from tests.compensation.rows import AFTER_OCTOBER, FINN, OCTOBER, SWEEP, make_money, make_rate

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
MONTH = "2026-10"


def sweep(now: dt.datetime = AFTER_OCTOBER) -> None:
    weeks.complete_weeks(actor=SWEEP, now=now)


def close(month: str = MONTH, now: dt.datetime = AFTER_OCTOBER) -> periods.ClosedPeriod:
    return periods.close_period(month=month, actor=FINN, now=now)


def refusal(month: str = MONTH, now: dt.datetime = AFTER_OCTOBER) -> periods.CannotCloseError:
    with pytest.raises(periods.CannotCloseError) as caught:
        close(month, now)
    return caught.value


def test_closing_stores_every_file_with_fingerprint_rows_and_totals() -> None:
    make_money()
    sweep()

    closed = close()

    assert closed == periods.ClosedPeriod(
        month=MONTH,
        file_names=(
            "rota-2026-10-detail-v1.csv",
            "rota-2026-10-summary-v1.csv",
            "rota-2026-10-v1.xlsx",
        ),
        entries=3,
        totals={"EUR": 180000},
    )
    facts = exports_of(month=MONTH)
    assert [(fact.layout, fact.format, fact.row_count, fact.totals) for fact in facts] == [
        ("detail", "csv", 3, {"EUR": 180000}),
        ("detail", "xlsx", 3, {"EUR": 180000}),
        ("summary", "csv", 1, {"EUR": 180000}),
    ]
    summary = stored_export(month=MONTH, layout="summary", file_format="csv")
    assert summary is not None
    assert summary.content == (
        b"period,employee_id,cost_centre,currency,entries,amount\r\n"
        b"2026-10,00412,ENG-110,EUR,3,1800.00\r\n"
    )
    assert summary.sha256 == hashlib.sha256(summary.content).hexdigest()


def test_a_closed_months_file_stays_the_same_bytes_whatever_changes_later() -> None:
    money = make_money()
    sweep()
    close()
    before = exports.export_file(now=AFTER_OCTOBER, month=MONTH)

    money.ben.name, money.ben.employee_id = "Benedict", "999"
    money.ben.save(update_fields=["name", "employee_id"])

    assert exports.export_file(now=AFTER_OCTOBER, month=MONTH) == before
    assert b"00412,Ben,ENG-110,Dublin,core,primary" in before.content
    assert not before.is_provisional


def test_an_open_months_file_is_provisional_and_says_so_in_its_name() -> None:
    make_money()
    sweep()

    file = exports.export_file(now=AFTER_OCTOBER, month=MONTH, layout="summary")

    assert file.is_provisional
    assert file.file_name == "rota-2026-10-summary-PROVISIONAL.csv"
    assert file.content.endswith(b"EUR,3,1800.00\r\n")
    assert not Export.objects.exists()


def test_a_byte_order_mark_is_three_bytes_in_front_and_nothing_else() -> None:
    make_money()
    sweep()
    plain = exports.export_file(now=AFTER_OCTOBER, month=MONTH)

    marked = exports.with_bom(plain)

    assert marked.content == b"\xef\xbb\xbf" + plain.content
    assert marked.sha256 == hashlib.sha256(marked.content).hexdigest()


def test_what_there_is_no_file_of_is_refused_by_name() -> None:
    make_money()
    sweep()
    close()

    with pytest.raises(exports.ExportUnknownError) as unknown:
        exports.export_file(now=AFTER_OCTOBER, month="2026-13", layout="wide", file_format="pdf")
    with pytest.raises(exports.PeriodUnknownError):
        exports.export_file(now=AFTER_OCTOBER, month="2019-01")
    with pytest.raises(exports.ExportMissingError):
        exports.export_file(now=AFTER_OCTOBER, month=MONTH, version=2)
    assert sorted(unknown.value.fields) == ["format", "layout", "period"]


def test_the_second_of_two_clicks_closes_nothing() -> None:
    make_money()
    sweep()
    close()

    with pytest.raises(periods.PeriodClosedError):
        close()

    assert Export.objects.count() == 3
    assert AuditEvent.objects.filter(verb="closed").count() == 1


def test_a_month_with_an_ended_week_that_is_not_processed_stays_open() -> None:
    make_money()

    error = refusal()

    assert error.codes == (CheckCode.PROCESSED,)
    assert error.checks[0].items == (
        "Core, primary, week of Mon 5 Oct 2026",
        "Core, primary, week of Mon 12 Oct 2026",
        "Core, primary, week of Mon 19 Oct 2026",
    )
    assert not PayPeriod.objects.exists()


def test_a_month_with_a_blocked_week_stays_open_and_says_what_is_missing() -> None:
    make_money(with_rate="", weeks=OCTOBER[:1])
    sweep()

    error = refusal()

    assert error.codes == (CheckCode.PRICED,)
    assert error.checks[0].repair is Repair.RATES
    assert "Dublin has no rate for primary on Mon 5 Oct 2026." in error.message


def test_a_month_closes_only_once_it_has_ended_in_every_rotations_zone() -> None:
    make_money()
    sweep()
    west = builders.make_team(name="West")
    builders.make_rotation(team=west, time_zone="America/Los_Angeles")
    midnight_in_dublin = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    midnight_in_los_angeles = dt.datetime(2026, 11, 1, 7, tzinfo=dt.UTC)

    assert refusal(now=midnight_in_dublin).codes == (CheckCode.MONTH_ENDED,)
    assert refusal(now=midnight_in_los_angeles - dt.timedelta(seconds=1)).checks[0].items == (
        "America/Los_Angeles",
    )
    assert close(now=midnight_in_los_angeles).entries == 3


def test_months_close_in_order() -> None:
    money = make_money(weeks=[dt.date(2026, 9, 7), *OCTOBER])
    sweep()

    assert refusal().codes == (CheckCode.IN_ORDER,)
    close("2026-09")
    assert close().entries == 3
    assert money.rotation.pk


def test_somebody_without_an_employee_number_blocks_the_close_but_not_the_week() -> None:
    money = make_money()
    money.ben.employee_id = None
    money.ben.save(update_fields=["employee_id"])
    sweep()

    error = refusal()

    assert Entry.objects.count() == 3
    assert error.codes == (CheckCode.NUMBERED,)
    assert error.checks[0].items == ("Ben",)
    assert error.checks[0].repair is Repair.PEOPLE


def test_a_running_week_that_ends_in_the_next_month_does_not_stop_the_close() -> None:
    money = make_money()
    money.shift(dt.date(2026, 10, 26))
    now = dt.datetime(2026, 11, 1, 0, 0, 1, tzinfo=dt.UTC)
    sweep(now)

    assert all(check.passes for check in closing_checks(month=MONTH, now=now))
    assert close(now=now).entries == 3


def test_a_month_in_which_no_week_ended_closes_at_zero() -> None:
    closed = close()

    assert (closed.entries, closed.totals) == (0, {})
    assert exports.export_file(now=AFTER_OCTOBER, month=MONTH).content.count(b"\r\n") == 1


@pytest.mark.parametrize("month", ["2026-13", "october", "", "9999-12"])
def test_what_is_no_month_is_refused(month: str) -> None:
    with pytest.raises(periods.MonthInvalidError) as caught:
        close(month)

    assert "period" in caught.value.fields


def test_a_month_is_listed_with_its_totals_by_currency_and_by_person() -> None:
    money = make_money()
    london = builders.make_office(name="London", time_zone="Europe/London", currency="GBP")
    carla = builders.make_engineer(name="Carla", employee_id="7")
    builders.make_posting(engineer=carla, office=london, cost_centre="ENG-210")
    make_rate(office=london, weekly_minor=52000)
    money.shift(dt.date(2026, 9, 28), holder=carla)
    sweep()

    line = period_line(month=MONTH)
    people = person_totals(month=MONTH)

    assert line is not None
    assert [(total.currency, total.amount) for total in line.totals] == [
        ("EUR", "1800.00"),
        ("GBP", "520.00"),
    ]
    assert [(one.name, one.cost_centre, one.entries, one.amount) for one in people] == [
        ("Ben", "ENG-110", 3, "1800.00"),
        ("Carla", "ENG-210", 1, "520.00"),
    ]
    assert people[0].paid_seconds == (125.5 + 125.5 + 126.5) * 3600
    assert [period.month for period in period_lines()] == [MONTH]


def test_lists_take_the_same_number_of_queries_whatever_their_length(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    money = make_money(weeks=OCTOBER[:1])
    sweep()
    with django_assert_num_queries(2):
        person_totals(month=MONTH)
    for date in OCTOBER[1:]:
        money.shift(date)
    sweep()

    with django_assert_num_queries(2):
        person_totals(month=MONTH)
