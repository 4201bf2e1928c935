from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from common import clock
from compensation.models import Entry, Export
from compensation.operations import layouts, periods
from compensation.tasks import sweep_weeks
from tests.compensation.rows import FINN, OCTOBER, make_money

if TYPE_CHECKING:
    import pathlib

pytestmark = pytest.mark.django_db
NOW = "2026-11-03T09:00:00Z"


@pytest.fixture
def _production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ROTA_MODE", "production")


def test_the_command_says_what_it_did_and_again_does_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    make_money()

    call_command("complete_weeks", now=NOW)
    call_command("complete_weeks", now=NOW)

    assert capsys.readouterr().out == (
        "posted 3 entries of 3 weeks; 0 blocked, 0 failed\n"
        "posted 0 entries of 0 weeks; 0 blocked, 0 failed\n"
    )


@pytest.mark.parametrize("text", ["soon", "2026-11-03T09:00:00", "2026-02-30T00:00:00Z", ""])
def test_what_is_no_instant_with_a_zone_is_bad_input(text: str) -> None:
    with pytest.raises(CommandError) as caught:
        call_command("complete_weeks", now=text)

    assert caught.value.returncode == 2


@pytest.mark.usefixtures("_production")
def test_later_than_the_clock_is_refused_in_production() -> None:
    make_money()
    later = clock.now() + dt.timedelta(days=1)

    with pytest.raises(CommandError, match="later than the clock") as caught:
        call_command("complete_weeks", now=later.isoformat())

    assert caught.value.returncode == 2
    assert not Entry.objects.exists()


@pytest.mark.usefixtures("_production")
def test_an_earlier_instant_is_taken_in_production() -> None:
    make_money(weeks=[dt.date(2026, 1, 5)])

    call_command("complete_weeks", now="2026-02-01T00:00:00+00:00")

    assert Entry.objects.count() == 1


def test_the_export_is_written_and_its_fingerprint_printed(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_money()
    call_command("complete_weeks", now=NOW)
    capsys.readouterr()
    output = tmp_path / "out.csv"

    call_command("export_compensation", period="2026-10", output=output, layout="summary")

    content = output.read_bytes()
    assert content.endswith(b"2026-10,00412,ENG-110,EUR,3,1800.00\r\n")
    assert capsys.readouterr().out == (
        f"rota-2026-10-summary-PROVISIONAL.csv: {len(content)} bytes, "
        f"SHA-256 {hashlib.sha256(content).hexdigest()}\n"
    )


def test_a_closed_months_workbook_is_written_as_it_was_stored(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_money()
    call_command("complete_weeks", now=NOW)
    periods.close_period(month="2026-10", actor=FINN, now=dt.datetime.fromisoformat(NOW))
    output = tmp_path / "out.xlsx"

    call_command("export_compensation", period="2026-10", output=output, format="xlsx")

    stored = Export.objects.get(format="xlsx")
    assert output.read_bytes() == bytes(stored.content)
    assert capsys.readouterr().out.endswith(
        f"rota-2026-10-v1.xlsx: {len(stored.content)} bytes, SHA-256 {stored.sha256}\n"
    )


def test_the_file_of_a_layout_is_written_by_its_name(tmp_path: pathlib.Path) -> None:
    make_money()
    call_command("complete_weeks", now=NOW)
    layouts.use_ready_made(slug="brightpay", actor=FINN, now=dt.datetime.fromisoformat(NOW))
    output = tmp_path / "out.csv"

    call_command("export_compensation", period="2026-10", output=output, layout="brightpay")

    assert output.read_bytes().startswith(b"Works Number,Description,Amount,Department\r\n00412,")


@pytest.mark.parametrize(
    "options",
    [
        {"period": "2026-13"},
        {"period": "2019-01"},
        {"period": "2026-10", "format": "pdf"},
        {"period": "2026-10", "layout": "wide"},
    ],
)
def test_an_export_that_does_not_exist_is_bad_input(
    options: dict[str, str], tmp_path: pathlib.Path
) -> None:
    output = tmp_path / "out.csv"

    with pytest.raises(CommandError) as caught:
        call_command("export_compensation", output=output, **options)

    assert caught.value.returncode == 2
    assert not output.exists()


def test_an_output_that_cannot_be_written_is_bad_input(tmp_path: pathlib.Path) -> None:
    make_money()
    call_command("complete_weeks", now=NOW)

    with pytest.raises(CommandError, match="No such file") as caught:
        call_command("export_compensation", period="2026-10", output=tmp_path / "none" / "a.csv")

    assert caught.value.returncode == 2


def test_the_sweeps_task_completes_what_the_clock_says_is_over() -> None:
    make_money(weeks=[dt.date(2026, 1, 5), *OCTOBER])
    over = [date for date in [dt.date(2026, 1, 5), *OCTOBER] if date < clock.now().date()]

    assert sweep_weeks() == len(over)
    assert sweep_weeks() == 0
