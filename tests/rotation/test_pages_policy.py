from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from audit.models import AuditEvent
from rotation.models import PolicyVersion, Rotation
from rotation.operations import drafts, policies
from rotation.queries import planning
from tests import builders
from tests.builders import NOW
from tests.rotation.pages import actor, heading, page_of, queries_of, signed_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
PAGE = "/rotations/core/policy/"
FORM = "/rotations/core/policy/change/"
FIGURES = {
    "target_size": "7",
    "minimum_size": "6",
    "term_weeks": "26",
    "cool_down_weeks": "0",
    "horizon_weeks": "26",
    "primary_rest_weeks": "3",
    "primary_shifts_per_term": "6",
    "spacing_weeks": "5",
    "escalation_rest_weeks": "1",
    "escalation_shifts_per_term": "",
    "escalation_delay_minutes": "15",
    "escalation_loops": "2",
    "drift_choice": "ask",
    "holiday_dublin": "0.5",
    "holiday_london": "",
    "seen": "1",
    "reason": "So that it fits.",
}
ORDER = {f"order_{name}": str(place) for place, name in enumerate(policies.OBJECTIVES, start=1)}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def rotation() -> Rotation:
    dublin = builders.make_office()
    builders.make_office(name="London", time_zone="Europe/London", country="GB", currency="GBP")
    return builders.make_rotation(holiday_office=dublin)


@pytest.fixture
def anna(rotation: Rotation) -> Engineer:
    return builders.make_anna(team=rotation.team)


@pytest.fixture
def ben(rotation: Rotation) -> Engineer:
    ben = builders.make_ben()
    builders.make_term(team=rotation.team, engineer=ben)
    return ben


def _send(engineer: Engineer, **fields: str) -> HttpResponse:
    data = {**FIGURES, **ORDER, **fields}
    answer: HttpResponse = signed_in(engineer).post(FORM, data)  # type: ignore[assignment]
    return answer


def _refused(engineer: Engineer, **fields: str) -> str:
    answer = _send(engineer, **fields)
    assert answer.status_code == 422, answer.status_code
    return " ".join(answer.content.decode().split())


def test_everybody_reads_how_the_team_works_in_sentences(ben: Engineer) -> None:
    page = page_of(ben, PAGE)

    assert heading(page) == "7 people share 26 weeks a term, about 6 each"
    assert "At least 3 clear weeks between two shifts." in page
    assert "About 6 shifts a term; more is a warning on the person." in page
    assert "A public holiday adds 0.5 to a week’s load (Dublin calendar)." in page
    assert "Two people of one home team should not follow each other." in page
    assert "Change the policy" not in page


def test_what_counts_stands_in_its_order_and_says_what_that_means(ben: Engineer) -> None:
    page = page_of(ben, PAGE)

    titles = ("No week without anybody", "Nobody over the limit", "Home teams take turns")
    assert [page.index(title) for title in titles] == sorted(page.index(each) for each in titles)
    assert "A shift over the limit is given rather than left open." in page


@pytest.mark.usefixtures("ben")
def test_without_adjacency_people_of_one_home_team_may_follow_each_other(anna: Engineer) -> None:
    _send(anna, order_adjacency="0")

    page = page_of(anna, PAGE)

    assert "Two people of one home team may follow each other." in page
    assert "Does not count: home teams take turns." in page


def test_the_limit_before_gaps_leaves_a_shift_open(anna: Engineer) -> None:
    _send(anna, order_gaps="2", order_overload="1")

    page = page_of(anna, PAGE)

    assert "A shift over the limit is left open rather than given." in page


def test_a_change_shows_who_made_it_when_and_why_with_old_and_new(anna: Engineer) -> None:
    answer = _send(anna, minimum_size="5", reason="Two of us are on leave.")

    assert (answer.status_code, answer.headers["Location"]) == (302, PAGE)
    page = page_of(anna, PAGE)
    assert "All 2 versions" in page
    assert "by <bdi>Anna</bdi>" in page
    assert "Wed 25 Nov 2026, 10:00 GMT" in page
    assert "Two of us are on leave." in page
    assert 'class="was"><span>6</span>' in page
    assert 'data-l="After"><span>5</span>' in page
    assert "The figures that the team began with." in page


def test_how_pagerduty_calls_people_stands_there_and_is_changed(anna: Engineer) -> None:
    before = page_of(anna, PAGE)
    _send(anna, escalation_delay_minutes="30", escalation_loops="0", drift_choice="restore")
    after = page_of(anna, PAGE)

    assert "A page that nobody answers goes to level 2 after 15 minutes." in before
    assert "It starts again with primary, up to 2 times, when level 2" in before
    assert "Where PagerDuty shows somebody else, a manager decides." in before
    assert "A page that nobody answers goes to level 2 after 30 minutes." in after
    assert "The page ends there when level 2 has not answered for 30 minutes either." in after
    assert "Where PagerDuty shows somebody else, Rota puts the schedule back." in after


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"escalation_delay_minutes": "61"}, "A number from 1 to 60."),
        ({"escalation_loops": "10"}, "A number from 0 to 9."),
        ({"drift_choice": "shrug"}, "Select a valid choice."),
    ],
)
def test_how_pagerduty_calls_people_has_bounds(
    anna: Engineer, fields: dict[str, str], said: str
) -> None:
    assert said in _refused(anna, **fields)


def test_a_change_is_recorded_with_what_was_before_and_after(anna: Engineer) -> None:
    _send(anna, minimum_size="5", reason="Two of us are on leave.")

    event = AuditEvent.objects.get(verb="changed policy")
    assert (event.actor, event.team, event.at) == (anna.email, "core", NOW)
    assert event.before is not None
    assert event.after is not None
    assert (event.before["minimum_size"], event.after["minimum_size"]) == (6, 5)
    assert event.after["reason"] == "Two of us are on leave."


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"reason": " "}, "Say why in a line; everybody reads it."),
        ({"term_weeks": "0"}, "A number from 1 to 104."),
        ({"term_weeks": "half a year"}, "A whole number from 1 to 104."),
        ({"term_weeks": "105"}, "A number from 1 to 104."),
        ({"term_weeks": "9" * 5000}, "A whole number from 1 to 104."),
        ({"term_weeks": ""}, "A number from 1 to 104."),
        ({"minimum_size": "8"}, "The minimum is not above the target."),
        ({"minimum_size": "3"}, "A minimum of 3 people and 26 weeks at 6 per person leave 8 weeks"),
        ({"primary_rest_weeks": "6"}, "it takes 7 people to cover every week; the minimum is 6."),
        ({"holiday_dublin": "a half"}, "Write it as 0.5, with a point and two decimals at most."),
        ({"holiday_london": "11"}, "A load from 0 to 10.0."),
        ({"holiday_dublin": "11"}, "A load from 0 to 10.0."),
        ({"order_spread": "1"}, "“No week without anybody” has number 1 already."),
        ({"order_spread": "9"}, "Select a valid choice."),
        ({"order_spread": ""}, "Give it a number, or say “not at all”."),
        ({"order_gaps": "0"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_what_was_typed_is_kept(
    anna: Engineer, fields: dict[str, str], message: str
) -> None:
    page = _refused(anna, **{"cool_down_weeks": "7", **fields})

    assert message in page
    name = next(iter(fields))
    assert f'href="#id_{name}"' in page or "primary_shifts_per_term" in page
    assert 'name="cool_down_weeks" value="7"' in page
    assert PolicyVersion.objects.count() == 1


def test_saving_what_stands_already_makes_no_version(anna: Engineer) -> None:
    page = _refused(anna)

    assert "Every figure is as in policy 1 already." in page
    assert PolicyVersion.objects.count() == 1


def test_of_two_managers_the_second_is_told_what_the_first_changed(
    anna: Engineer, rotation: Rotation
) -> None:
    other = builders.make_engineer(name="Max Lund")
    builders.make_manager(engineer=other, team=rotation.team)
    _send(other, target_size="9", reason="We grow.")

    page = _refused(anna, minimum_size="5")

    assert "Policy 2 was made in the meantime by Max Lund: “We grow.”" in page
    assert PolicyVersion.objects.count() == 2
    assert 'name="seen" value="2"' in page
    assert 'name="minimum_size" value="5"' in page
    assert _send(anna, minimum_size="5", seen="2").status_code == 302


def test_holidays_of_several_offices_each_have_their_weight(anna: Engineer) -> None:
    _send(anna, holiday_london="0.25")

    page = page_of(anna, PAGE)

    assert PolicyVersion.objects.latest("number").holiday_weights == {"dublin": 50, "london": 25}
    assert "A public holiday adds 0.5 to a week’s load (Dublin calendar); London’s 0.25." in page
    assert "the rotation’s own calendar alone" in page
    assert "Dublin 0.5, London 0.25" in page
    form = page_of(anna, FORM)
    assert 'name="holiday_london" value="0.25"' in form


def test_without_any_weight_holidays_add_nothing(anna: Engineer) -> None:
    _send(anna, holiday_dublin="")

    latest = PolicyVersion.objects.latest("number")
    assert (latest.holiday_weights, latest.holiday_load_hundredths) == ({}, 0)
    assert "Public holidays add nothing to a week’s load." in page_of(anna, PAGE)


def test_only_later_drafts_follow_a_change(anna: Engineer, ben: Engineer) -> None:
    del ben
    rotation = Rotation.objects.get()
    before = drafts.request_draft(rotation_id=rotation.pk, weeks=4, actor=actor(anna), now=NOW)
    _send(anna, primary_rest_weeks="2")
    drafts.cancel_draft(draft_id=before.pk, actor=actor(anna), now=NOW)

    after = drafts.request_draft(rotation_id=rotation.pk, weeks=4, actor=actor(anna), now=NOW)

    before.refresh_from_db()
    assert (before.policy.number, after.policy.number) == (1, 2)
    rests = [planning.plan_of_draft(draft).levels[0].rest_weeks for draft in (before, after)]
    assert rests == [3, 2]


def test_a_published_schedule_stays_as_it_is(anna: Engineer, ben: Engineer) -> None:
    shift = builders.make_shift(level=builders.level_of(Rotation.objects.get()), holder=ben)

    _send(anna, primary_rest_weeks="2", order_changes="0")

    shift.refresh_from_db()
    assert (shift.holder, shift.policy.number) == (ben, 1)


def test_an_engineer_reads_the_policy_and_cannot_change_it(ben: Engineer) -> None:
    page = page_of(ben, FORM, status=403)

    assert "Only managers of Core and admins change how the team works." in page
    assert _send(ben, minimum_size="5").status_code == 403
    assert PolicyVersion.objects.count() == 1


@pytest.mark.usefixtures("rotation")
def test_an_admin_changes_it_too() -> None:
    assert _send(builders.make_admin(), minimum_size="5").status_code == 302


def test_the_way_from_the_page_to_the_form_and_back(anna: Engineer) -> None:
    assert f'href="{FORM}"' in page_of(anna, PAGE)
    form = page_of(anna, FORM)
    assert heading(form) == "Change how Core works"
    assert f'href="{PAGE}"' in form
    assert "Save as policy 2" in form


def test_many_versions_take_no_more_queries_than_one(anna: Engineer) -> None:
    _send(anna, cool_down_weeks="6", seen="")
    few = queries_of(anna, PAGE)
    for number in range(5, 0, -1):
        _send(anna, cool_down_weeks=str(number), seen="")

    assert PolicyVersion.objects.count() == 7
    assert queries_of(anna, PAGE) == few


@pytest.mark.usefixtures("ben")
def test_a_version_of_the_future_is_listed_but_not_in_force(
    rotation: Rotation, anna: Engineer
) -> None:
    builders.make_policy(rotation=rotation, effective_from=NOW + dt.timedelta(days=7))

    page = page_of(anna, PAGE)

    assert "Policy 1, in force since" in page
    assert "All 2 versions" in page
