from __future__ import annotations

import datetime as dt
import http.server
import re
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from audit.models import AuditEvent
from tests import builders
from tests.builders import NEXT_WEEK, NOW, THIS_WEEK, WEEK
from tests.rotation.pages import heading, page_of, signed_in
from volunteers.models import Absence
from volunteers.reading import calendars

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rotation.models import Rotation
    from volunteers.models import Engineer

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]
PAGE = "/absences/calendar/"
ADD = "/absences/calendar/add/"
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:1
SUMMARY:Skiing & <b>sun</b>
DTSTART;VALUE=DATE:20261202
DTEND;VALUE=DATE:20261205
END:VEVENT
BEGIN:VEVENT
UID:2
SUMMARY:Course
DTSTART:20261216T090000Z
DTEND:20261216T160000Z
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def rotation() -> Rotation:
    return builders.make_rotation()


@pytest.fixture
def ben(rotation: Rotation) -> Engineer:
    ben = builders.make_ben()
    builders.make_posting(engineer=ben, office=builders.make_office())
    builders.make_term(team=rotation.team, engineer=ben, starts_on=THIS_WEEK - 4 * WEEK)
    return ben


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """Gives the address of a web server on the loopback address that answers with this."""
    started: list[http.server.ThreadingHTTPServer] = []

    def make(body: bytes, *, kind: str = "text/calendar", waits: float = 0) -> str:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                time.sleep(waits)
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: object) -> None:
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        started.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}/secret-1234.ics"

    yield make
    for server in started:
        server.shutdown()
        server.server_close()


def _post(engineer: Engineer, path: str = PAGE, **data: Any) -> tuple[int, str]:
    answer = signed_in(engineer).post(path, data, follow=True)
    return answer.status_code, " ".join(answer.content.decode().split())


def test_a_calendar_at_an_address_is_listed_and_nothing_is_saved(
    ben: Engineer, rotation: Rotation, serve: Callable[..., str]
) -> None:
    builders.make_shift(level=builders.level_of(rotation), week_date=NEXT_WEEK, holder=ben)
    address = serve(CALENDAR.encode())

    status, page = _post(ben, address=address)

    assert status == 200
    assert heading(page) == "Your calendar has 2 times to choose from"
    assert "Wed 2 to Fri 4 Dec 2026" in page
    assert "Skiing &amp; &lt;b&gt;sun&lt;/b&gt;" in page
    assert "You hold the published week of Mon 30 Nov 2026" in page
    assert 'value="2026-12-02/2026-12-04" checked' in page
    assert 'value="2026-12-16/2026-12-16">' in page
    assert "secret-1234" not in page
    assert not Absence.objects.exists()
    assert not AuditEvent.objects.exists()


def test_ticked_days_become_absences_without_the_name_of_the_event(
    ben: Engineer, rotation: Rotation
) -> None:
    builders.make_shift(level=builders.level_of(rotation), week_date=NEXT_WEEK, holder=ben)

    _status, page = _post(ben, ADD, days=["2026-12-02/2026-12-04", "2026-12-16/2026-12-16"])

    assert "Saved: 2 absences. You still hold 1 published week in them" in page
    assert [(row.starts_on, row.ends_on, row.note) for row in Absence.objects.order_by("pk")] == [
        (dt.date(2026, 12, 2), dt.date(2026, 12, 5), ""),
        (dt.date(2026, 12, 16), dt.date(2026, 12, 17), ""),
    ]


def test_a_name_that_is_ticked_becomes_bens_own_note_and_nobody_elses_to_read(
    ben: Engineer, rotation: Rotation
) -> None:
    del rotation
    line = "2026-12-16/2026-12-16"

    _post(ben, ADD, days=[line], notes=[f"{line} Course in Cork"])

    assert Absence.objects.get().note == "Course in Cork"
    assert "Cork" not in str(AuditEvent.objects.values_list("before", "after", "subject"))
    assert "Cork" not in page_of(builders.make_admin(), "/absences/")


def test_a_note_of_days_that_are_not_ticked_is_not_kept(ben: Engineer) -> None:
    _post(ben, ADD, days=["2026-12-16/2026-12-16"], notes=["2026-12-20/2026-12-20 Another"])

    assert Absence.objects.get().note == ""


def test_a_file_is_read_as_an_address_is(ben: Engineer) -> None:
    status, page = _post(ben, file=SimpleUploadedFile("a.ics", CALENDAR.encode()))

    assert status == 200
    assert heading(page) == "Your calendar has 2 times to choose from"


def test_days_that_are_entered_already_are_not_offered_again(ben: Engineer) -> None:
    builders.make_absence(
        engineer=ben, starts_on=dt.date(2026, 12, 3), ends_on=dt.date(2026, 12, 4)
    )

    _status, page = _post(ben, text=CALENDAR)

    found = re.findall(r'name="days" value="([^"]+)"', page)
    assert found == [
        "2026-12-02/2026-12-02",
        "2026-12-04/2026-12-04",
        "2026-12-16/2026-12-16",
    ]
    assert "1 day is entered already" in page


def test_all_days_or_none_are_added(ben: Engineer) -> None:
    builders.make_absence(
        engineer=ben, starts_on=dt.date(2026, 12, 3), ends_on=dt.date(2026, 12, 4)
    )

    status, page = _post(ben, ADD, days=["2026-12-16/2026-12-16", "2026-12-02/2026-12-04"])

    assert status == 422
    assert "You are already away Thu 3 Dec 2026" in page
    assert Absence.objects.count() == 1


@pytest.mark.parametrize(
    "days",
    [[], ["tomorrow"], ["2026-12-01"], ["2026-13-01/2026-13-02"], ["2026-12-02/2026-12-02\x00"]],
)
def test_what_is_no_days_is_refused_in_words(ben: Engineer, days: list[str]) -> None:
    status, page = _post(ben, ADD, days=days)

    assert status == 422
    assert "Tick the days" in page or "Choose days from the list" in page
    assert not Absence.objects.exists()


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b"<html></html>", "text/html", "There is a web page at this address, no calendar."),
        (b"hello", "text/plain", "This is no calendar in iCal format"),
        (b"BEGIN:VCALENDAR", "text/calendar", "not the whole of one"),
        (b"x" * 3_000_000, "text/calendar", "The calendar is larger than 2 MB."),
    ],
)
def test_what_is_no_calendar_at_an_address_is_refused_beside_the_field(
    ben: Engineer, serve: Callable[..., str], body: bytes, kind: str, words: str
) -> None:
    address = serve(body, kind=kind)

    status, page = _post(ben, address=address)

    assert status == 422
    assert words in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Write the calendar’s address, or choose a file."),
        ({"address": "https://10.0.0.1/a.ics"}, "leads into a private network"),
        ({"address": "webcal://192.168.0.1/a.ics"}, "leads into a private network"),
        ({"address": "file:///etc/passwd"}, "The address must begin with https://."),
        ({"address": "nowhere"}, "The address must begin with https://."),
        ({"text": "nothing"}, "This is no calendar in iCal format"),
    ],
)
def test_what_cannot_be_read_is_said_in_words(
    ben: Engineer, data: dict[str, str], words: str
) -> None:
    status, page = _post(ben, **data)

    assert status == 422
    assert words in page


def test_a_file_that_is_too_large_is_not_read(ben: Engineer) -> None:
    status, page = _post(ben, file=SimpleUploadedFile("a.ics", b"x" * (2 * 1024 * 1024 + 1)))

    assert status == 422
    assert "The file is larger than 2 MB." in page


def test_a_rule_that_never_ends_working_out_is_stopped(ben: Engineer) -> None:
    bombs = "".join(
        f"BEGIN:VEVENT\nUID:{number}\nDTSTART;VALUE=DATE:19000101\n"
        "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\nEND:VEVENT\n"
        for number in range(2000)
    )
    source = calendars.Source(file=f"BEGIN:VCALENDAR\n{bombs}END:VCALENDAR\n".encode())
    started = time.perf_counter()

    with pytest.raises(calendars.CalendarRefusedError, match="far too much"):
        calendars.read_busy_days(source=source, engineer_id=ben.pk, now=NOW)

    assert time.perf_counter() - started < 30


def test_a_server_that_does_not_answer_is_left(ben: Engineer, serve: Callable[..., str]) -> None:
    source = calendars.Source(address=serve(b"", waits=3))

    with pytest.raises(calendars.CalendarRefusedError, match="did not answer within 1 seconds"):
        calendars.read_busy_days(source=source, engineer_id=ben.pk, now=NOW, seconds=1)


def test_one_calendar_of_a_person_is_read_at_a_time(ben: Engineer) -> None:
    source = calendars.Source(file=CALENDAR.encode())
    cache.add(f"busy-days:{ben.pk}", 1, timeout=30)

    with pytest.raises(calendars.CalendarBusyError, match="still being read"):
        calendars.read_busy_days(source=source, engineer_id=ben.pk, now=NOW)
    cache.delete(f"busy-days:{ben.pk}")

    assert len(calendars.read_busy_days(source=source, engineer_id=ben.pk, now=NOW)) == 2
