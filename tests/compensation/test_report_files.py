"""Files of reports: made under a lease, with progress, delivered on record, thrown away."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
from typing import TYPE_CHECKING

import openpyxl
import pytest
import time_machine

from audit.models import AuditEvent
from audit.operations import Actor
from common.clocks import Clocks
from compensation import reporting
from compensation.domain import layouts
from compensation.domain.reports import Report, Wanted
from compensation.models import Entry, ReportFile
from compensation.operations import report_files
from compensation.queries import report_files as queries
from compensation.queries.exporting import export_lines
from outbox.models import Message
from tests import builders
from tests.compensation.ledgers import make_ledger
from tests.rotation.pages import page_of, signed_in
from volunteers.models import Engineer, RoleGrant

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 7, 1, 10, tzinfo=dt.UTC)
YEAR = Wanted(since="2025-09", until="2026-06")
FILES = "/finance/reports/files/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def finn() -> Engineer:
    """Finn of finance asks."""
    return builders.make_finance()


def actor_of(engineer: Engineer) -> Actor:
    return Actor(name=engineer.email, engineer_id=engineer.pk)


def ask(
    engineer: Engineer,
    report: Report = Report.ENTRIES,
    file_format: str = "csv",
    wanted: Wanted = YEAR,
) -> ReportFile:
    pk = report_files.ask_report(
        report=report, file_format=file_format, wanted=wanted, actor=actor_of(engineer), now=NOW
    )
    return ReportFile.objects.get(pk=pk)


def make(row: ReportFile, *, now: dt.datetime = NOW) -> ReportFile:
    """What a worker does."""
    clocks = Clocks(now=lambda: now, real_now=lambda: NOW)
    reporting.make_report(report_file_id=row.pk, holder="worker", clocks=clocks, starts_in=4)
    row.refresh_from_db()
    return row


def bytes_of(row: ReportFile) -> bytes:
    assert row.content is not None
    return bytes(row.content)


def rows_of(row: ReportFile) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(bytes_of(row).decode(), newline="")))


# ------------------------------------------------------------------ what is in them
def test_the_entries_file_says_what_the_detail_files_of_its_months_say(finn: Engineer) -> None:
    make_ledger(1)

    row = make(ask(finn, wanted=Wanted(since="2026-01", until="2026-01")))

    detail = layouts.detail_table(export_lines(month="2026-01"))
    written = [tuple(line.values()) for line in rows_of(row)]
    assert sorted(written) == sorted(detail.rows)
    assert bytes_of(row).decode().split("\r\n")[0] == ",".join(layouts.DETAIL_COLUMNS)


def test_a_file_has_every_row_of_its_report_and_no_total(finn: Engineer) -> None:
    make_ledger(2)

    row = make(ask(finn, Report.PEOPLE))

    lines = rows_of(row)
    assert sum(int(line["entries"]) for line in lines) == Entry.objects.count()
    assert not [line for line in lines if line["name"].startswith("Total")]
    assert (row.done, row.total) == (len(lines), len(lines))


def test_a_spreadsheet_has_numbers_as_numbers_the_totals_and_what_was_asked(
    finn: Engineer,
) -> None:
    make_ledger(2)

    row = make(ask(finn, Report.PEOPLE, "xlsx"))

    book = openpyxl.load_workbook(io.BytesIO(bytes_of(row)))
    assert book.sheetnames == ["Report", "Totals", "About"]
    heads, first, *_rest = book["Report"].iter_rows()
    names = [cell.value for cell in heads]
    amount = first[names.index("amount")]
    assert amount.data_type == "n"
    assert first[names.index("employee_id")].data_type in {"s", "n"}
    asked = {line[0]: line[1] for line in book["About"].iter_rows(values_only=True)}
    assert asked["since"] == "2025-09"
    assert book["Totals"].max_row == 4  # a head, and one for each of three currencies


@pytest.mark.parametrize("report", list(Report))
@pytest.mark.parametrize("file_format", report_files.FORMATS)
def test_every_report_can_be_made_in_both_formats(
    finn: Engineer, report: Report, file_format: str
) -> None:
    make_ledger(4)
    wanted = {
        Report.YEAR: Wanted(year="fy2025", since="2025-04", until="2026-03"),
        Report.ACCRUAL: Wanted(at=dt.datetime(2026, 5, 6, tzinfo=dt.UTC)),
        Report.BLOCKED: Wanted(),
    }.get(report, YEAR)

    row = make(ask(finn, report, file_format, wanted))

    assert (row.state, row.failure) == ("ready", "")
    assert row.sha256 == hashlib.sha256(bytes_of(row)).hexdigest()
    assert row.file_name.startswith(f"rota-report-{report}-")
    assert row.file_name.endswith(file_format)


def test_a_name_that_is_a_formula_is_text(finn: Engineer) -> None:
    make_ledger(1)
    Engineer.objects.filter(name="Ben").update(name="=1+1", employee_id="-1+1")

    text = bytes_of(make(ask(finn, Report.PEOPLE))).decode()
    sheet = openpyxl.load_workbook(io.BytesIO(bytes_of(make(ask(finn, Report.PEOPLE, "xlsx")))))[
        "Report"
    ]

    assert "\r\n'=1+1," in text
    cells = [cell for line in sheet.iter_rows() for cell in line]
    assert not [cell for cell in cells if cell.data_type == "f"]


# ------------------------------------------------------------------ the lease
def test_of_two_workers_one_makes_it(finn: Engineer) -> None:
    row = ask(finn)
    taken = report_files.claim_report(report_file_id=row.pk, now=NOW, real_now=NOW, holder="first")

    assert taken is not None
    assert make(row).state == "running"
    assert queries.waiting_ids(real_now=NOW) == []


def test_a_worker_that_died_is_followed_by_another_and_three_are_enough(finn: Engineer) -> None:
    row = ask(finn)
    later = NOW
    for number in range(report_files.MOST_TRIES):
        assert report_files.claim_report(
            report_file_id=row.pk, now=NOW, real_now=later, holder=f"dead {number}"
        )
        later += report_files.LEASE

    assert queries.waiting_ids(real_now=later) == [row.pk]
    none = report_files.claim_report(report_file_id=row.pk, now=NOW, real_now=later, holder="again")
    row.refresh_from_db()

    assert none is None
    assert (row.state, row.failure) == ("failed", report_files.INTERRUPTED)


def test_a_worker_that_was_given_up_keeps_nothing(finn: Engineer) -> None:
    row = ask(finn)
    for number, holder in enumerate(("slow", "quick")):
        report_files.claim_report(
            report_file_id=row.pk,
            now=NOW,
            real_now=NOW + number * report_files.LEASE,
            holder=holder,
        )

    kept = report_files.finish_report(
        report_file_id=row.pk,
        holder="slow",
        file_name="late.csv",
        content=b"late",
        sha256="0" * 64,
        rows=0,
        now=NOW,
    )

    row.refresh_from_db()
    assert not kept
    assert row.content is None
    assert row.lease_holder == "quick"


def test_progress_is_told_by_whoever_holds_it(finn: Engineer) -> None:
    row = ask(finn)
    report_files.claim_report(report_file_id=row.pk, now=NOW, real_now=NOW, holder="worker")

    assert report_files.tell_progress(report_file_id=row.pk, holder="worker", done=1000, total=4000)
    assert not report_files.tell_progress(report_file_id=row.pk, holder="other", done=2, total=4)

    page = page_of(finn, FILES)
    assert '<progress value="1000" max="4000"' in page
    assert "1,000 of 4,000 rows" in page


def test_too_many_rows_are_refused_in_words(
    finn: Engineer, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_ledger(1)
    monkeypatch.setattr(reporting, "MOST_ROWS", 5)

    row = make(ask(finn))

    assert row.state == "failed"
    assert "Ask for fewer months: a file takes 5." in row.failure


def test_what_breaks_fails_once_and_is_told(finn: Engineer) -> None:
    row = make(ask(finn, Report.YEAR, wanted=Wanted(year="someday")))

    assert (row.state, row.failure) == ("failed", reporting.BROKEN)
    assert "Ask again" in page_of(finn, FILES)


# ------------------------------------------------------------------ asking
def test_a_second_click_asks_for_nothing_new(finn: Engineer) -> None:
    assert ask(finn).pk == ask(finn).pk
    assert AuditEvent.objects.filter(verb="asked for").count() == 1


def test_five_files_of_one_reader_may_wait(finn: Engineer) -> None:
    for month in range(1, 1 + report_files.MOST_WAITING):
        ask(finn, wanted=Wanted(since=f"2026-{month:02d}", until="2026-06"))

    with pytest.raises(report_files.ReportsWaitError):
        ask(finn, Report.PEOPLE)


# ------------------------------------------------------------------ delivery
def test_a_download_is_the_stored_bytes_and_stands_on_record(finn: Engineer) -> None:
    make_ledger(1)
    row = make(ask(finn, Report.OFFICES))

    answer = signed_in(finn).get(f"{FILES}{row.pk}/")

    assert answer.content == bytes_of(row)
    assert answer.headers["X-Checksum-SHA256"] == row.sha256
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{row.file_name}"'
    event = AuditEvent.objects.get(verb="downloaded")
    assert (event.actor, event.area) == (finn.email, "money")
    assert event.subject == "report By office, CSV"
    assert event.after is not None
    assert event.after["sha256"] == row.sha256


def test_another_of_finance_does_not_find_it(finn: Engineer) -> None:
    row = make(ask(finn))
    other = builders.make_finance(name="Fay")

    assert signed_in(other).get(f"{FILES}{row.pk}/").status_code == 404
    assert row.file_name not in page_of(other, FILES)


def test_whoever_left_finance_gets_no_file_any_more(finn: Engineer) -> None:
    row = make(ask(finn))
    RoleGrant.objects.filter(engineer=finn).update(until=NOW - dt.timedelta(minutes=1))

    answer = signed_in(finn).get(f"{FILES}{row.pk}/")

    assert answer.status_code == 403
    assert not AuditEvent.objects.filter(verb="downloaded").exists()


def test_a_file_that_waits_or_is_gone_is_refused(finn: Engineer) -> None:
    row = ask(finn)

    assert signed_in(finn).get(f"{FILES}{row.pk}/").status_code == 409


def test_a_week_later_the_bytes_are_gone_and_what_was_asked_stays(finn: Engineer) -> None:
    row = make(ask(finn))
    kept_until = NOW + report_files.KEPT

    assert report_files.expire_reports(now=kept_until - dt.timedelta(seconds=1)) == 0
    assert report_files.expire_reports(now=kept_until) == 1

    row.refresh_from_db()
    assert (row.state, row.content) == ("expired", None)
    assert row.sha256
    assert "Thrown away" in page_of(finn, FILES)
    assert signed_in(finn).get(f"{FILES}{row.pk}/").status_code == 409


# ------------------------------------------------------------------ mail
def test_who_waited_for_long_gets_a_mail_without_a_figure(finn: Engineer) -> None:
    make_ledger(1)
    make(ask(finn, Report.PEOPLE), now=NOW + report_files.PATIENCE)
    make(ask(finn, Report.OFFICES))

    message = Message.objects.get(kind="report_ready")
    assert message.to == finn.email
    assert message.subject == "Your report is ready: By person"
    assert "EUR" not in message.body
