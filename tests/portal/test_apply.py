from __future__ import annotations

import datetime as dt
import html
from typing import TYPE_CHECKING

import pytest
import time_machine

from audit.models import AuditEvent
from tests import builders
from tests.builders import NEXT_WEEK, NOW, THIS_WEEK, WEEK
from tests.compensation.rows import make_rate
from tests.rotation.pages import heading, page_of, queries_of, signed_in
from volunteers.models import Application

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rotation.models import Rotation
    from volunteers.models import Engineer, Office

pytestmark = pytest.mark.django_db
PAGE = "/rotations/core/apply/"
WITHDRAW = "/rotations/core/apply/withdraw/"
SEND = "</svg>"
GOOD: dict[str, str | list[str]] = {
    "earliest_start_on": "2027-01-04",
    "unsuitable_weeks": ["2026-12-21", "2027-02-08"],
    "motivation": "Two years on Inbox.\r\nI know the queue.",
    "told_own_manager": "yes",
}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def office() -> Office:
    return builders.make_office()


@pytest.fixture
def rotation(office: Office) -> Rotation:
    """Anna's team."""
    rotation = builders.make_rotation(holiday_office=office)
    builders.make_anna(team=rotation.team)
    return rotation


@pytest.fixture
def carla(office: Office) -> Engineer:
    """Carla of Dublin, in Payments."""
    carla = builders.make_carla()
    builders.make_posting(engineer=carla, office=office, team=builders.make_home_team())
    return carla


def _post(engineer: Engineer, **changes: str | list[str]) -> tuple[int, str]:
    answer = signed_in(engineer).post(PAGE, {**GOOD, **changes}, follow=True)
    return answer.status_code, " ".join(html.unescape(answer.content.decode()).split())


# ------------------------------------------------------------------ the form
@pytest.mark.usefixtures("rotation")
def test_the_only_team_to_apply_to_opens_at_once(carla: Engineer) -> None:
    assert signed_in(carla).get("/apply/").headers["Location"] == PAGE


@pytest.mark.usefixtures("rotation")
def test_of_several_teams_one_is_chosen(carla: Engineer) -> None:
    other = builders.make_rotation(team=builders.make_team(name="Data"))
    builders.make_application(team=other.team, engineer=carla)

    page = page_of(carla, "/apply/")

    assert heading(page) == "2 on-call teams take volunteers"
    assert "Apply to Core" in page
    assert "See your application" in page


def test_without_any_team_the_page_says_so(carla: Engineer) -> None:
    assert heading(page_of(carla, "/apply/")) == "No on-call team takes volunteers yet"


@pytest.mark.usefixtures("rotation")
def test_the_form_says_what_it_is_and_what_is_known(carla: Engineer, office: Office) -> None:
    make_rate(office=office, weekly_minor=60000, holiday_minor=7500)

    page = page_of(carla, PAGE)

    assert heading(page) == "Join Core"
    for words in [
        "Terms start at a handover, Monday 12:00 Europe/Dublin.",
        "17:30 to 09:00 on working days, all day on weekends and on public holidays of Dublin",
        "26 weeks, about 6 of them on call, at least 3 clear weeks between",
        "€600.00",
        "Public holidays add €75.00 each.",
        "Thu 1 Jan 2026",
        "<dt>Team</dt><dd>Payments</dd>",
        "<dt>Office</dt><dd>Dublin, Europe/Dublin</dd>",
        "Anna reads it; you get a mail with the answer.",
    ]:
        assert words in page


@pytest.mark.usefixtures("rotation")
def test_a_missing_rate_is_said_not_made_up(carla: Engineer) -> None:
    assert "Finance has set no rate for Dublin." in page_of(carla, PAGE)


@pytest.mark.usefixtures("rotation")
def test_somebody_without_an_office_is_told_that_it_is_not_known() -> None:
    page = page_of(builders.make_ben(), PAGE)

    assert "It depends on your office, which Rota does not know yet." in page


def test_a_full_team_offers_its_waiting_list_and_says_how_many_are_ahead(
    carla: Engineer, rotation: Rotation
) -> None:
    assert f"{SEND}Apply</button>" in page_of(carla, PAGE)
    for name in ["Eva", "Fay", "Gil", "Hal", "Ida", "Jon", "Kim"]:
        builders.make_term(
            team=rotation.team, engineer=builders.make_engineer(name=name), starts_on=THIS_WEEK
        )
    empty = page_of(carla, PAGE)
    builders.make_application(
        team=rotation.team, engineer=builders.make_engineer(name="Lea"), state="waitlisted"
    )
    listed = page_of(carla, PAGE)

    assert "The team is full: 7 of 7 places are taken." in empty
    assert "Join the waiting list: you would be the first on it." in empty
    assert "Join the waiting list: 1 is ahead of you." in listed
    assert f"{SEND}Join the waiting list</button>" in listed


def test_published_weeks_that_nobody_holds_stand_beside_the_start(
    carla: Engineer, rotation: Rotation
) -> None:
    builders.make_shift(level=builders.level_of(rotation), week_date=NEXT_WEEK + 3 * WEEK)

    assert "1 published week has nobody: Mon 21 Dec 2026." in page_of(carla, PAGE)


@pytest.mark.usefixtures("rotation")
def test_the_weeks_of_half_a_year_can_be_ticked_by_month(carla: Engineer) -> None:
    page = page_of(carla, PAGE)

    assert page.count('type="checkbox"') == 26
    assert 'value="2026-11-30"' in page
    assert "November 2026" in page
    assert 'Mon 21 Dec<span class="no-phone"> – Mon 28 Dec</span>' in page


def test_a_rotation_that_is_not_there_answers_404(carla: Engineer) -> None:
    assert signed_in(carla).get("/rotations/nowhere/apply/").status_code == 404


# ------------------------------------------------------------------ applying
@pytest.mark.usefixtures("rotation")
def test_carla_applies_and_reads_where_her_application_stands(carla: Engineer) -> None:
    status, page = _post(carla)

    assert status == 200
    assert "You have applied to Core. Its managers answer, and you get a mail." in page
    assert heading(page) == "Your application waits for an answer"
    for words in [
        "Mon 4 Jan 2027",
        "Mon 21 Dec 2026",
        "Mon 8 Feb 2027",
        "knows",
        "I know the queue",
    ]:
        assert words in page
    application = Application.objects.get()
    assert application.engineer == carla
    assert application.motivation == "Two years on Inbox.\nI know the queue."
    assert application.unsuitable_weeks == ["2026-12-21", "2027-02-08"]
    assert AuditEvent.objects.get().verb == "applied"


@pytest.mark.usefixtures("rotation")
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"motivation": "  \r\n "}, "Say in a line or two why you would like to join."),
        ({"motivation": "x" * 2001}, "At most 2000 characters; this has 2001."),
        ({"motivation": "a\x00b"}, "Null characters are not allowed."),
        ({"earliest_start_on": "2027-01-05"}, "Choose one of the handovers listed."),
        ({"earliest_start_on": "2026-11-23"}, "Choose one of the handovers listed."),
        ({"earliest_start_on": "2027-6-1"}, "Choose one of the handovers listed."),
        ({"unsuitable_weeks": ["2030-01-07"]}, "Choose among the weeks listed."),
        ({"told_own_manager": ""}, "Choose one of the two."),
        ({"told_own_manager": "no"}, "Select a valid choice."),
    ],
)
def test_what_is_not_right_is_said_beside_its_field(
    carla: Engineer, changes: dict[str, str | list[str]], message: str
) -> None:
    status, page = _post(carla, **changes)

    assert status == 422
    assert page.count(message) == 2, "once on top, once at the field"
    assert "One thing to put right" in page
    assert "?:" not in page
    assert not Application.objects.exists()


@pytest.mark.usefixtures("rotation")
def test_what_was_filled_in_is_kept_when_it_is_refused(carla: Engineer) -> None:
    _status, page = _post(carla, told_own_manager="")

    assert '<option value="2027-01-04" selected>' in page
    assert 'value="2026-12-21" checked' in page
    assert "I know the queue.</textarea>" in page


def test_a_second_application_at_the_same_time_is_refused_in_words(
    carla: Engineer, rotation: Rotation
) -> None:
    builders.make_application(team=rotation.team, engineer=carla)

    status, page = _post(carla)

    assert status == 422
    assert heading(page) == "Your application waits for an answer"
    assert Application.objects.count() == 1


def test_a_posted_motivation_is_shown_as_text(carla: Engineer, rotation: Rotation) -> None:
    del rotation
    signed_in(carla).post(PAGE, {**GOOD, "motivation": '"><svg onload=x>{{7*7}}'})

    page = page_of(carla, PAGE)
    assert "<svg onload" not in page
    assert "{{7*7}}" in page


# ------------------------------------------------------------------ withdrawing
def test_carla_withdraws_without_a_reason(carla: Engineer, rotation: Rotation) -> None:
    builders.make_application(team=rotation.team, engineer=carla)

    answer = signed_in(carla).post(WITHDRAW, follow=True)

    page = " ".join(answer.content.decode().split())
    assert "Your application is withdrawn. You can apply again at any time." in page
    assert heading(page) == "Join Core"
    assert Application.objects.get().state == Application.State.WITHDRAWN


def test_what_was_decided_in_the_meantime_is_not_withdrawn(
    carla: Engineer, rotation: Rotation
) -> None:
    builders.make_term(team=rotation.team, engineer=carla)

    answer = signed_in(carla).post(WITHDRAW)

    assert answer.status_code == 409
    assert "This application was accepted in the meantime." in answer.content.decode()


def test_nobody_withdraws_for_somebody_else(carla: Engineer, rotation: Rotation) -> None:
    builders.make_application(team=rotation.team, engineer=carla)

    assert signed_in(builders.make_ben()).post(WITHDRAW).status_code == 404
    assert Application.objects.get().state == Application.State.SUBMITTED


@pytest.mark.usefixtures("rotation")
def test_an_application_is_not_withdrawn_by_a_link(carla: Engineer) -> None:
    assert signed_in(carla).get(WITHDRAW).status_code == 405


# ------------------------------------------------------------------ answers
def test_a_declined_application_says_why_and_offers_the_form(
    carla: Engineer, rotation: Rotation
) -> None:
    builders.make_application(
        team=rotation.team, engineer=carla, state="declined", decided_by=builders.make_ben()
    )

    page = page_of(carla, PAGE)

    assert "was declined: The team is full." in page
    assert heading(page) == "Join Core"


def test_the_waiting_list_is_named(carla: Engineer, rotation: Rotation) -> None:
    builders.make_application(team=rotation.team, engineer=carla, state="waitlisted")

    assert heading(page_of(carla, PAGE)) == "You are on the waiting list: you are next"


def test_somebody_in_a_term_reads_until_when(rotation: Rotation) -> None:
    ben = builders.make_ben()
    builders.make_term(team=rotation.team, engineer=ben, starts_on=THIS_WEEK - 4 * WEEK)

    page = page_of(ben, PAGE)

    assert heading(page) == "You are in Core until Mon 26 Apr 2027"
    assert '<form method="post" action="/rotations/core/apply/"' not in page


def test_somebody_accepted_reads_when_they_begin(rotation: Rotation) -> None:
    ben = builders.make_ben()
    builders.make_term(team=rotation.team, engineer=ben, starts_on=NEXT_WEEK + WEEK)

    assert heading(page_of(ben, PAGE)) == "You join Core on Mon 7 Dec 2026"


def test_in_the_last_weeks_of_a_term_one_applies_for_the_time_after(rotation: Rotation) -> None:
    ben = builders.make_ben()
    builders.make_term(team=rotation.team, engineer=ben, starts_on=THIS_WEEK - 22 * WEEK)

    page = page_of(ben, PAGE)

    assert heading(page) == "Join Core again"
    assert 'until <time datetime="2026-12-21">Mon 21 Dec 2026</time>' in page
    assert '<option value="2026-12-14"' not in page
    assert '<option value="2026-12-21"' in page


def test_a_manager_on_level_2_without_an_end_is_not_asked_to_apply(rotation: Rotation) -> None:
    max_ = builders.make_engineer(name="Max")
    builders.make_manager(engineer=max_, team=rotation.team)
    builders.make_escalation_term(team=rotation.team, engineer=max_, starts_on=THIS_WEEK)

    assert heading(page_of(max_, PAGE)) == "You are in Core"


def test_a_team_without_a_manager_says_that_applications_wait(carla: Engineer) -> None:
    builders.make_rotation()

    assert "This team has no manager yet" in page_of(carla, PAGE)


def test_a_leap_day_is_a_handover_like_any_other(carla: Engineer, rotation: Rotation) -> None:
    del rotation
    with time_machine.travel(dt.datetime(2028, 2, 23, 10, tzinfo=dt.UTC), tick=False):
        status, page = _post(carla, earliest_start_on="2028-02-28", unsuitable_weeks=["2028-02-28"])

    assert status == 200
    assert "Mon 28 Feb 2028" in page


def test_many_applications_take_no_more_queries(carla: Engineer, rotation: Rotation) -> None:
    ben = builders.make_ben()
    builders.make_application(team=rotation.team, engineer=carla, state="declined", decided_by=ben)
    few = queries_of(carla, PAGE)
    for number in range(20):
        builders.make_application(
            team=rotation.team, engineer=carla, state="declined", decided_by=ben
        )
        builders.make_shift(level=builders.level_of(rotation), week_date=NEXT_WEEK + number * WEEK)

    assert queries_of(carla, PAGE) == few
