"""A closed month on its page: files go to payroll, or two of finance open it again."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from audit.models import AuditEvent
from compensation.models import Export, PayPeriod, Reopening
from compensation.operations import periods, reopening, weeks
from tests import builders
from tests.compensation.rows import AFTER_OCTOBER, FINN, SWEEP, Money, make_money
from tests.rotation.pages import heading, page_of, signed_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
MONTH = "/finance/periods/2026-10/"
SEND = f"{MONTH}sent/"
REOPEN = f"{MONTH}reopen/"
SUMMARY = "rota-2026-10-summary-v1.csv"
WHY = "Tom’s cost centre is last year’s."


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AFTER_OCTOBER, tick=False):
        yield


@pytest.fixture
def finn() -> Engineer:
    return builders.make_finance()


@pytest.fixture
def fay() -> Engineer:
    """The second person of finance."""
    return builders.make_finance(name="Fay")


@pytest.fixture
def closed(finn: Engineer) -> Money:
    """Ben's weeks of October, in a closed month."""
    money = make_money()
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    actor = FINN.__class__(name=finn.email, engineer_id=finn.pk)
    periods.close_period(month="2026-10", actor=actor, now=AFTER_OCTOBER)
    return money


def text_of(answer: Answer) -> str:
    return " ".join(answer.content.decode().split())


def ask(by: Engineer, reason: str = WHY) -> Answer:
    return signed_in(by).post(REOPEN, {"reason": reason}, follow=True)


def decide(by: Engineer, what: str, **fields: str) -> Answer:
    number = Reopening.objects.get(state="proposed").pk
    return signed_in(by).post(f"/finance/reopenings/{number}/{what}/", fields, follow=True)


@pytest.mark.usefixtures("closed")
def test_the_page_leads_from_closing_to_payroll(finn: Engineer) -> None:
    page = page_of(finn, MONTH)

    assert heading(page) == "October 2026 is closed"
    assert "download, then mark as sent" in page
    assert "Which files did you hand to payroll?" in page
    assert SUMMARY in page
    assert "Ask to open October 2026 again" in page


@pytest.mark.usefixtures("closed")
def test_ticked_files_are_marked_and_the_month_is_final(finn: Engineer) -> None:
    answer = signed_in(finn).post(SEND, {"file_names": [SUMMARY]}, follow=True)

    page = text_of(answer)
    assert "Marked 1 file as sent to payroll. The month is final now." in page
    assert heading(page) == "October 2026 is sent to payroll"
    assert "it cannot be opened again" in page
    assert "Ask to open October 2026 again" not in page
    assert "by <bdi>Finn</bdi>" in page
    assert Export.objects.filter(sent_at__isnull=False).count() == 1


@pytest.mark.usefixtures("closed")
def test_without_a_tick_nothing_is_marked_and_the_form_says_so(finn: Engineer) -> None:
    answer = signed_in(finn).post(SEND)

    assert answer.status_code == 422
    assert "Tick the files that went to payroll." in text_of(answer)
    assert not Export.objects.filter(sent_at__isnull=False).exists()


@pytest.mark.usefixtures("closed")
def test_the_second_click_says_that_it_changed_nothing(finn: Engineer) -> None:
    client = signed_in(finn)
    client.post(SEND, {"file_names": [SUMMARY]})

    answer = client.post(SEND, {"file_names": [SUMMARY]})

    assert answer.status_code == 409
    assert "These files are marked as sent to payroll already." in text_of(answer)


@pytest.mark.usefixtures("closed")
def test_one_asks_with_a_reason_and_waits_for_another(finn: Engineer) -> None:
    page = text_of(ask(finn))

    assert "one of them decides" in page
    assert "Waits for a second person" in page
    assert "You asked for it, so another of finance decides." in page
    assert "Take the request back" in page
    assert "Open October 2026 again" not in page
    assert PayPeriod.objects.get(month="2026-10").state == "closed"


@pytest.mark.usefixtures("closed")
def test_a_request_without_a_reason_is_put_right_beside_its_field(finn: Engineer) -> None:
    answer = signed_in(finn).post(REOPEN, {"reason": "  "})

    page = text_of(answer)
    assert answer.status_code == 400
    assert "Say what is wrong in the closed month" in page
    assert not Reopening.objects.exists()


@pytest.mark.usefixtures("closed")
def test_another_reads_why_and_opens_the_month(finn: Engineer, fay: Engineer) -> None:
    ask(finn)
    assert WHY in page_of(fay, MONTH)

    page = text_of(decide(fay, "approve"))

    assert "Open again." in page
    assert "Opened again by <bdi>Fay</bdi>" in page
    assert "version 1, superseded" in page
    assert PayPeriod.objects.get(month="2026-10").state == "open"


@pytest.mark.usefixtures("closed")
def test_version_one_is_handed_out_as_it_was_while_the_month_is_open_again_and_after(
    finn: Engineer, fay: Engineer
) -> None:
    client = signed_in(finn)
    first = client.get(f"{MONTH}export.csv?layout=summary").content
    ask(finn)
    decide(fay, "approve")

    meanwhile = client.get(f"{MONTH}export.csv?layout=summary&version=1")
    provisional = client.get(f"{MONTH}export.csv?layout=summary")
    client.post(f"{MONTH}close/", {"seen": "on"})
    after = client.get(f"{MONTH}export.csv?layout=summary&version=1")
    second = client.get(f"{MONTH}export.csv?layout=summary")

    assert meanwhile.content == after.content == first
    assert "PROVISIONAL" in provisional.headers["Content-Disposition"]
    assert "summary-v2.csv" in second.headers["Content-Disposition"]
    page = page_of(finn, MONTH)
    assert "version 1, superseded" in page
    assert "version 2" in page


@pytest.mark.usefixtures("closed")
def test_who_asked_and_sends_the_approval_all_the_same_is_refused_on_record(
    finn: Engineer,
) -> None:
    ask(finn)

    answer = decide(finn, "approve")

    assert answer.status_code == 403
    assert "another of finance approves it" in text_of(answer)
    assert AuditEvent.objects.filter(verb="was refused", actor=finn.email).count() == 1


@pytest.mark.usefixtures("closed")
def test_another_leaves_it_closed_and_says_why(finn: Engineer, fay: Engineer) -> None:
    ask(finn)

    page = text_of(decide(fay, "decline", note="A correction does it."))

    assert "Declined by <bdi>Fay</bdi>" in page
    assert "A correction does it." in page
    assert "Ask to open October 2026 again" in page


@pytest.mark.usefixtures("closed")
def test_of_two_decisions_the_second_is_told_of_the_first(finn: Engineer, fay: Engineer) -> None:
    ask(finn)
    number = Reopening.objects.get().pk
    decide(fay, "decline")

    answer = signed_in(fay).post(f"/finance/reopenings/{number}/approve/")

    assert answer.status_code == 409
    assert "Somebody has decided about this request already." in text_of(answer)


@pytest.mark.usefixtures("closed")
def test_a_month_before_the_last_closed_one_offers_no_opening(finn: Engineer) -> None:
    later = AFTER_OCTOBER + dt.timedelta(days=30)
    periods.close_period(month="2026-11", actor=FINN, now=later)

    with time_machine.travel(later, tick=False):
        page = page_of(finn, MONTH)
        answer = ask(finn)

    assert "Ask to open" not in page
    assert answer.status_code == 409
    assert "only the last closed month can be opened again" in text_of(answer)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        (SEND, "Only finance can say that files went to payroll."),
        (REOPEN, "Only finance can ask to reopen a period."),
        ("/finance/reopenings/1/approve/", "Only finance can decide about reopening a period."),
        ("/finance/reopenings/1/decline/", "Only finance can decide about reopening a period."),
    ],
)
def test_an_attempt_of_anybody_else_is_refused_and_stays_on_record(
    closed: Money, address: str, says: str
) -> None:
    for person in (closed.ben, builders.make_anna(team=closed.rotation.team), _admin()):
        answer = signed_in(person).post(address, {"reason": WHY, "file_names": [SUMMARY]})

        assert answer.status_code == 403
        assert heading(text_of(answer)) == says
        assert AuditEvent.objects.filter(verb="was refused", actor=person.email).count() == 1
    assert not Reopening.objects.exists()
    assert not Export.objects.filter(sent_at__isnull=False).exists()


def _admin() -> Engineer:
    return builders.make_admin()


@pytest.mark.usefixtures("closed")
def test_each_file_handed_out_stays_on_record_by_name_and_fingerprint(finn: Engineer) -> None:
    client = signed_in(finn)

    first = client.get(f"{MONTH}export.csv?layout=summary")
    client.get(f"{MONTH}export.csv", headers={"If-None-Match": first.headers["ETag"]})
    again = client.get(
        f"{MONTH}export.csv?layout=summary", headers={"If-None-Match": first.headers["ETag"]}
    )

    events = AuditEvent.objects.filter(verb="downloaded").order_by("pk")
    assert again.status_code == 304
    assert [event.after["file"] for event in events if event.after] == [
        SUMMARY,
        "rota-2026-10-detail-v1.csv",
    ]
    assert events[0].after == {
        "file": SUMMARY,
        "sha256": first.headers["X-Checksum-SHA256"],
    }


def test_a_provisional_file_handed_out_is_on_record_too(finn: Engineer) -> None:
    make_money()
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)

    signed_in(finn).get(f"{MONTH}export.csv?layout=summary&bom=1")

    event = AuditEvent.objects.get(verb="downloaded")
    assert (event.actor, event.subject) == (finn.email, "pay period 2026-10")
    assert event.after is not None
    assert "PROVISIONAL" in event.after["file"]


def test_a_request_that_waits_keeps_the_next_month_open_with_a_way_to_it(
    closed: Money, finn: Engineer, fay: Engineer
) -> None:
    ask(finn)
    assert closed.ben.pk

    with time_machine.travel(AFTER_OCTOBER + dt.timedelta(days=30), tick=False):
        page = page_of(fay, "/finance/periods/2026-11/")

    assert "Somebody asks to reopen an earlier month." in page
    assert "October 2026, asked by Finn" in page
    assert reopening.LONGEST_TEXT
