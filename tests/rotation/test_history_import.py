from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.management import CommandError, call_command

from audit.models import AuditEvent
from rotation.models import HistoryWeek, Rotation
from tests import builders
from tests.builders import NEXT_WEEK, THIS_WEEK, WEEK

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator

    from volunteers.models import Engineer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

LAST_WEEK = THIS_WEEK - WEEK


@pytest.fixture
def now() -> Iterator[None]:
    with time_machine.travel(builders.NOW, tick=False):
        yield


@pytest.fixture
def rotation() -> Rotation:
    return builders.make_rotation(holiday_office=builders.make_office())


@pytest.fixture
def ben() -> Engineer:
    return builders.make_ben()


@pytest.fixture
def file(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "weeks.csv"


def write(file: pathlib.Path, *lines: str) -> str:
    file.write_text("\n".join(["week,level,e-mail", *lines]))
    return str(file)


def run(name: str, *options: str) -> str:
    said = io.StringIO()
    call_command("import_history", name, *options, stdout=said, stderr=said)
    return said.getvalue()


def refused(name: str, *options: str) -> str:
    said = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command("import_history", name, *options, stdout=said, stderr=said)
    assert error.value.returncode == 2
    return f"{said.getvalue()}{error.value}"


@pytest.mark.usefixtures("ben")
def test_a_file_is_kept_with_loads_as_a_draft_would_count_them(
    rotation: Rotation, file: pathlib.Path
) -> None:
    assert rotation.holiday_office is not None
    builders.make_holiday(office=rotation.holiday_office, date=dt.date(2025, 12, 25), name="Xmas")
    name = write(file, "2025-12-22,primary,Ben@example.com", "2025-W51,2,ben@example.com", ",,")

    said = run(name)

    assert "2 new, 0 replaced, 0 unchanged, 0 skipped. Done." in said
    weeks = HistoryWeek.objects.order_by("week_date").values_list(
        "week_date", "level__name", "load_hundredths", "holidays", "imported_by"
    )
    assert list(weeks) == [
        (dt.date(2025, 12, 15), "escalation", 100, [], "shell"),
        (dt.date(2025, 12, 22), "primary", 150, ["Xmas"], "shell"),
    ]
    event = AuditEvent.objects.get()
    assert (event.verb, event.concerned) == ("imported history", ["ben@example.com"])
    assert event.after is not None
    assert (event.after["new"], event.after["first_week"]) == (2, "2025-12-15")


@pytest.mark.usefixtures("rotation", "ben")
def test_the_same_file_again_changes_and_records_nothing(file: pathlib.Path) -> None:
    name = write(file, f"{LAST_WEEK},1,ben@example.com")
    run(name)

    said = run(name)

    assert "0 new, 0 replaced, 1 unchanged" in said
    assert AuditEvent.objects.count() == 1


@pytest.mark.usefixtures("rotation", "ben")
def test_a_preview_writes_nothing(file: pathlib.Path) -> None:
    said = run(write(file, f"{LAST_WEEK},1,ben@example.com"), "--dry-run")

    assert "1 new" in said
    assert "a preview" in said
    assert not HistoryWeek.objects.exists()


@pytest.mark.usefixtures("rotation", "ben")
@pytest.mark.parametrize(
    ("line", "message"),
    [
        (f"{LAST_WEEK},1,nobody@example.com", "Nobody has the e-mail 'nobody@example.com'."),
        (f"{LAST_WEEK},1,a\0b@example.com", "Nobody has the e-mail 'a\\x00b@example.com'."),
        (f"{LAST_WEEK},third,ben@example.com", "There is no level 'third'"),
        ("2025-12-23,1,ben@example.com", "Tue 23 Dec 2025 is not a handover; the week begins on"),
        ("2025-W54,1,ben@example.com", "'2025-W54' is no week"),
        ("1999-12-27,1,ben@example.com", "is no week"),
        ("9999-12-27,1,ben@example.com", "is no week"),
        ("yesterday,1,ben@example.com", "is no week"),
        (f"{NEXT_WEEK},1,ben@example.com", "has not begun."),
    ],
)
def test_a_line_that_cannot_be_used_refuses_the_whole_file(
    line: str, message: str, file: pathlib.Path
) -> None:
    good = f"{LAST_WEEK - WEEK},1,ben@example.com"

    said = refused(write(file, good, line))

    assert "line 3: " in said
    assert message in said
    assert "1 problem; nothing was imported." in said
    assert not HistoryWeek.objects.exists()


@pytest.mark.usefixtures("rotation", "ben")
def test_a_week_stands_once_in_a_file(file: pathlib.Path) -> None:
    builders.make_carla()
    line = f"{LAST_WEEK},1,ben@example.com"

    said = refused(write(file, line, line, f"{LAST_WEEK},primary,carla@example.com"))

    assert "line 3: The same as in line 2." in said
    assert "line 4: Line 2 gives the week of" in said


@pytest.mark.usefixtures("ben")
def test_published_weeks_are_no_history(rotation: Rotation, file: pathlib.Path) -> None:
    builders.make_shift(level=builders.level_of(rotation), week_date=LAST_WEEK)

    said = refused(write(file, f"{THIS_WEEK},1,ben@example.com"))

    assert "is not before the first published one" in said
    run(write(file, f"{LAST_WEEK - WEEK},1,ben@example.com"))
    assert HistoryWeek.objects.count() == 1


@pytest.mark.usefixtures("rotation", "ben")
def test_another_holder_is_refused_unless_weeks_are_to_be_replaced(file: pathlib.Path) -> None:
    carla = builders.make_carla()
    run(write(file, f"{LAST_WEEK},1,ben@example.com"))
    name = write(file, f"{LAST_WEEK},1,carla@example.com")

    said = refused(name)

    assert "is ben@example.com's already; --replace gives it away." in said
    assert "0 new, 1 replaced" in run(name, "--replace")
    assert HistoryWeek.objects.get().holder == carla
    event = AuditEvent.objects.latest("pk")
    assert event.before == {"holders": {f"{LAST_WEEK} primary": "ben@example.com"}}


@pytest.mark.usefixtures("ben")
def test_replacing_counts_a_week_anew(rotation: Rotation, file: pathlib.Path) -> None:
    name = write(file, f"{LAST_WEEK},1,ben@example.com")
    run(name)
    assert rotation.holiday_office is not None
    builders.make_holiday(office=rotation.holiday_office, date=LAST_WEEK + dt.timedelta(days=2))

    assert "1 unchanged" in run(name)
    assert "1 replaced" in run(name, "--replace")

    assert HistoryWeek.objects.get().load_hundredths == 150


@pytest.mark.usefixtures("rotation", "ben")
def test_unknown_people_are_left_out_on_request(file: pathlib.Path) -> None:
    name = write(file, f"{LAST_WEEK},1,gone@example.com", f"{LAST_WEEK},2,ben@example.com")

    said = run(name, "--skip-unknown")

    assert "line 2: left out. Nobody has the e-mail 'gone@example.com'." in said
    assert "1 new, 0 replaced, 0 unchanged, 1 skipped" in said


@pytest.mark.usefixtures("rotation", "ben")
def test_years_without_a_calendar_are_named(file: pathlib.Path) -> None:
    said = run(write(file, "2024-01-01,1,ben@example.com"))

    assert "Dublin has no public holidays on record for 2024" in said


@pytest.mark.usefixtures("ben")
def test_of_two_rotations_one_is_named(rotation: Rotation, file: pathlib.Path) -> None:
    other = builders.make_rotation(team=builders.make_team(name="Edge"))
    name = write(file, f"{LAST_WEEK},1,ben@example.com")

    assert "Say which one with --rotation. Rotations: core, edge." in refused(name)
    assert "There is no rotation 'nope'" in refused(name, "--rotation", "nope")
    run(name, "--rotation", "edge")

    assert HistoryWeek.objects.get().level.rotation == other
    assert not rotation.levels.filter(history__isnull=False).exists()


def test_a_file_that_is_no_table_is_refused(
    rotation: Rotation, file: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    del rotation
    file.write_text("week,who\n2025-12-22,ben")

    assert "Line 1: no column level, e-mail. The columns are week, level, e-mail." in refused(
        str(file)
    )
    assert "cannot be read" in refused(str(tmp_path / "none.csv"))


@pytest.mark.usefixtures("rotation", "ben")
def test_a_long_file_says_how_far_it_is(file: pathlib.Path) -> None:
    weeks = [LAST_WEEK - number * WEEK for number in range(600)]

    said = run(write(file, *(f"{week},1,ben@example.com" for week in weeks)))

    assert "500 of 600 weeks written" in said
    assert "600 of 600 weeks written" in said
    assert HistoryWeek.objects.count() == 600
