"""Saying that a month's files went to payroll."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from audit.models import AuditEvent
from compensation.models import Export
from compensation.operations import periods, sending, weeks
from tests.compensation.rows import AFTER_OCTOBER, FINN, SWEEP, make_money

pytestmark = pytest.mark.django_db
MONTH = "2026-10"
SUMMARY = "rota-2026-10-summary-v1.csv"
DETAIL = "rota-2026-10-detail-v1.csv"


@pytest.fixture(autouse=True)
def _closed() -> None:
    make_money()
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    periods.close_period(month=MONTH, actor=FINN, now=AFTER_OCTOBER)


def mark(*names: str, month: str = MONTH) -> int:
    return sending.mark_sent(month=month, file_names=names, actor=FINN, now=AFTER_OCTOBER)


def test_the_files_named_say_when_they_went_and_who_said_so() -> None:
    marked = mark(SUMMARY)

    sent = Export.objects.get(file_name=SUMMARY)
    assert marked == 1
    assert (sent.sent_at, sent.sent_by) == (AFTER_OCTOBER, FINN.name)
    assert Export.objects.get(file_name=DETAIL).sent_at is None
    event = AuditEvent.objects.get(verb="marked as sent to payroll")
    assert event.after == {"files": {SUMMARY: sent.sha256}}


def test_more_files_are_marked_later_and_the_first_keep_their_moment() -> None:
    mark(SUMMARY)

    assert mark(SUMMARY, DETAIL) == 1
    assert AuditEvent.objects.filter(verb="marked as sent to payroll").count() == 2


def test_a_second_click_changes_nothing() -> None:
    mark(SUMMARY)

    with pytest.raises(sending.FileSentError) as caught:
        mark(SUMMARY)

    assert caught.value.status == 409


def test_a_mark_is_never_taken_back() -> None:
    mark(SUMMARY)

    with pytest.raises(IntegrityError), transaction.atomic():
        Export.objects.filter(file_name=SUMMARY).update(sent_at=None, sent_by="")


@pytest.mark.parametrize("names", [(), ("rota-2026-10-summary-v9.csv",), (SUMMARY, "x.csv")])
def test_what_is_no_file_of_the_month_is_refused_and_nothing_is_marked(
    names: tuple[str, ...],
) -> None:
    with pytest.raises(sending.FilesMissingError) as caught:
        mark(*names)

    assert list(caught.value.fields) == ["file_names"]
    assert not Export.objects.filter(sent_at__isnull=False).exists()


@pytest.mark.parametrize("month", ["2026-11", "2019-01"])
def test_nothing_of_an_open_month_goes_to_payroll(month: str) -> None:
    with pytest.raises(sending.PeriodNotClosedError):
        mark(SUMMARY, month=month)
