from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine

from rotation.models import Draft, DraftRule, LevelName, Shift
from tests import builders
from tests.builders import NEXT_WEEK, NOW, WEEK
from tests.rotation.pages import (
    TeamAtWork,
    heading,
    page_of,
    publish,
    queries_of,
    signed_in,
    solved_draft,
    team_at_work,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
SECOND_WEEK = NEXT_WEEK + WEEK


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team() -> TeamAtWork:
    return team_at_work()


def _text(answer: Answer) -> str:
    return " ".join(answer.content.decode().split())


def _week(draft: Draft, week_date: dt.date = NEXT_WEEK, level: str = "primary") -> str:
    return f"/drafts/{draft.pk}/weeks/{level}/{week_date}/"


def _holder(draft: Draft, week_date: dt.date = NEXT_WEEK) -> Engineer:
    holder = draft.shifts.get(level__name="primary", week_date=week_date).holder
    assert holder is not None
    return holder


def _add(team: TeamAtWork, draft: Draft, **sent: str) -> Answer:
    fields = {"who": f"primary-{team.ben.pk}", "week": str(NEXT_WEEK), "kind": "forbid", **sent}
    return signed_in(team.anna).post(f"/drafts/{draft.pk}/rules/", fields, follow=True)


# ------------------------------------------------------------------ rules
def test_a_rule_is_added_by_the_form_on_the_drafts_page_and_waits_to_be_solved(
    team: TeamAtWork,
) -> None:
    draft = solved_draft(team)

    page = _text(_add(team, draft))

    assert DraftRule.objects.get().engineer == team.ben
    assert "Ben must not carry the week of Mon 30 Nov 2026." in page
    assert "1 rule by hand" in page
    assert "Waits to be solved" in page
    assert "1 rule waits for it." in page


def test_people_stand_by_level_and_only_weeks_to_come_can_be_named(team: TeamAtWork) -> None:
    page = page_of(team.anna, f"/drafts/{solved_draft(team, weeks=2).pk}/rules/")

    assert f'<optgroup label="Primary"> <option value="primary-{team.ben.pk}">Ben' in page
    level_2 = page.split('<optgroup label="Level 2">', 1)[1].split("</optgroup>", 1)[0]
    assert f'<option value="escalation-{team.anna.pk}">Anna' in level_2
    assert "Ben" not in level_2
    assert page.count('<option value="2026-') == 2


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"who": ""}, "Choose a person."),
        ({"who": "primary-999999"}, "Choose a person of the list."),
        ({"week": ""}, "Choose a week."),
        ({"week": "2031-01-06"}, "Choose a week of the draft."),
        ({"kind": "maybe"}, "Choose one of the two."),
    ],
)
def test_what_names_no_rule_is_said_beside_the_field(
    team: TeamAtWork, sent: dict[str, str], words: str
) -> None:
    answer = _add(team, solved_draft(team), **sent)

    assert answer.status_code == 422
    assert f"<span>{words}</span>" in _text(answer)
    assert not DraftRule.objects.exists()


def test_somebody_who_is_away_cannot_be_fixed_and_the_page_says_why(team: TeamAtWork) -> None:
    builders.make_absence(engineer=team.ben, starts_on=NEXT_WEEK, ends_on=NEXT_WEEK + WEEK)

    answer = _add(team, solved_draft(team), kind="pin")

    assert answer.status_code == 422
    assert "<span>Ben is away in the week of Mon 30 Nov 2026.</span>" in _text(answer)
    assert f'value="primary-{team.ben.pk}" selected' in _text(answer)


def test_a_rule_against_another_is_refused_and_names_it(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    _add(team, draft)

    answer = _add(team, draft, kind="pin")

    assert answer.status_code == 409
    assert "Ben is kept from this week by hand. Take that back first." in _text(answer)


def test_a_rule_is_taken_back(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    rule = builders.make_draft_rule(draft=draft, level=team.primary, engineer=team.ben)

    answer = signed_in(team.anna).post(f"/draft-rules/{rule.pk}/remove/", follow=True)

    assert not DraftRule.objects.exists()
    assert "The rule about Ben is taken back." in _text(answer)
    assert "Decide a week by hand" in _text(answer)


def test_a_draft_that_is_being_made_takes_no_rules(team: TeamAtWork) -> None:
    draft = builders.make_draft(rotation=team.rotation, state=Draft.State.SOLVING)

    answer = _add(team, draft)

    assert heading(_text(answer)) == "Draft 1 is being solved"
    assert not DraftRule.objects.exists()


def test_a_failed_draft_shows_its_rules_so_that_one_can_go(team: TeamAtWork) -> None:
    draft = builders.make_draft(rotation=team.rotation, state=Draft.State.FAILED)
    builders.make_draft_rule(draft=draft, level=team.primary, engineer=team.ben)

    page = page_of(team.anna, f"/drafts/{draft.pk}/")

    assert "1 rule by hand" in page
    assert "Take back" in page
    assert "Solve again" in page


# ------------------------------------------------------------------ solving again
def test_solving_again_leaves_a_new_draft_with_the_rules_and_puts_the_old_one_aside(
    team: TeamAtWork,
) -> None:
    old = solved_draft(team)
    _add(team, old)

    answer = signed_in(team.anna).post(f"/drafts/{old.pk}/again/")

    new = Draft.objects.get(solved_again_from=old)
    old.refresh_from_db()
    assert answer.headers["Location"] == f"/drafts/{new.pk}/"
    assert (new.state, new.rules.get().engineer) == ("queued", team.ben)
    assert old.state == "discarded"


def test_ticked_weeks_are_kept_as_published(team: TeamAtWork) -> None:
    publish(team, solved_draft(team))
    shift = Shift.objects.get(level=team.primary, week_date=SECOND_WEEK)
    draft = _with_other_holders(team)

    page = page_of(team.anna, f"/drafts/{draft.pk}/")
    ticked = f"primary {SECOND_WEEK}"
    signed_in(team.anna).post(f"/drafts/{draft.pk}/again/", {"keep": [ticked]})

    assert f'name="keep" value="{ticked}"' in page
    rule = Draft.objects.get(solved_again_from=draft).rules.get()
    assert (rule.kind, rule.week_date, rule.engineer) == ("pin", SECOND_WEEK, shift.holder)


def test_a_week_whose_holder_is_away_by_now_offers_no_keeping(team: TeamAtWork) -> None:
    publish(team, solved_draft(team))
    shift = Shift.objects.get(level=team.primary, week_date=SECOND_WEEK)
    assert shift.holder is not None
    builders.make_absence(engineer=shift.holder, starts_on=SECOND_WEEK, ends_on=SECOND_WEEK + WEEK)
    draft = _with_other_holders(team)
    client = signed_in(team.anna)

    page = page_of(team.anna, f"/drafts/{draft.pk}/")
    answer = client.post(f"/drafts/{draft.pk}/again/", {"keep": [f"primary {SECOND_WEEK}"]})

    assert "cannot stay" in page
    assert answer.status_code == 422
    assert f"{shift.holder.name} is away in the week of Mon 7 Dec 2026." in _text(answer)
    draft.refresh_from_db()
    assert draft.state == "ready"


@pytest.mark.parametrize("keep", ["primary", "primary 2031-01-06", "first 2026-12-07"])
def test_weeks_that_the_draft_does_not_have_are_not_kept(team: TeamAtWork, keep: str) -> None:
    draft = solved_draft(team)

    answer = signed_in(team.anna).post(f"/drafts/{draft.pk}/again/", {"keep": [keep]})

    assert answer.status_code == 422
    assert "Choose weeks that the draft would change." in _text(answer)
    assert Draft.objects.count() == 1


def _with_other_holders(team: TeamAtWork) -> Draft:
    """A draft that gives every published week of primary to the next volunteer."""
    draft = builders.make_draft(rotation=team.rotation, weeks=8)
    order = list(team.volunteers)
    for shift in Shift.objects.select_related("level", "holder"):
        holder = shift.holder
        if shift.level.name == LevelName.PRIMARY and holder is not None:
            holder = order[(order.index(holder) + 1) % len(order)]
        builders.make_draft_shift(
            draft=draft, level=shift.level, week_date=shift.week_date, holder=holder
        )
    return draft


# ------------------------------------------------------------------ one week
def test_a_week_of_a_draft_says_who_carries_it_instead_of_whom(team: TeamAtWork) -> None:
    publish(team, solved_draft(team))
    was = Shift.objects.get(level=team.primary, week_date=SECOND_WEEK).holder
    assert was is not None
    draft = _with_other_holders(team)

    page = page_of(team.anna, _week(draft, SECOND_WEEK))

    who = _holder(draft, SECOND_WEEK)
    assert heading(page) == f"{who.name} carries primary from " + heading(page).split(" from ")[1]
    assert f"Published: {was.name}. Both are told when the draft is published." in page
    assert f'href="{_week(draft, NEXT_WEEK)}">Week before' in page
    assert f'href="{_week(draft, SECOND_WEEK, "escalation")}">Level 2' in page


def test_the_boards_cells_and_the_changes_lead_to_the_weeks_page(team: TeamAtWork) -> None:
    draft = solved_draft(team)

    page = page_of(team.anna, f"/drafts/{draft.pk}/")

    assert page.count(f'href="{_week(draft)}"') >= 1


def test_somebody_is_kept_from_a_week_on_its_own_page(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    who = _holder(draft)

    answer = signed_in(team.anna).post(
        _week(draft), {"who": str(who.pk), "kind": "forbid"}, follow=True
    )

    assert DraftRule.objects.get().week_date == NEXT_WEEK
    assert f"{who.name} must not carry the week of Mon 30 Nov 2026." in _text(answer)
    assert '<b class="strong">must not</b> carry primary' in _text(answer)


def test_a_gaps_page_says_why_and_what_closes_it(team: TeamAtWork) -> None:
    for volunteer in team.volunteers:
        builders.make_absence(engineer=volunteer, starts_on=NEXT_WEEK, ends_on=SECOND_WEEK)
    draft = solved_draft(team, weeks=2)

    page = page_of(team.anna, _week(draft))

    assert heading(page).startswith("Nobody carries primary")
    assert "Why nobody carries it" in page
    assert "are away." in page
    assert "being there closes it" in page


@pytest.mark.parametrize("address", ["primary/2031-01-06", "primary/soon", "third/2026-11-30"])
def test_a_week_that_a_draft_does_not_have_is_not_there(team: TeamAtWork, address: str) -> None:
    draft = solved_draft(team, weeks=2)

    page_of(team.anna, f"/drafts/{draft.pk}/weeks/{address}/", status=404)


@pytest.mark.parametrize("who", ["ben", "carla"])
def test_only_managers_see_a_week_of_a_draft_and_its_rules(team: TeamAtWork, who: str) -> None:
    draft = solved_draft(team, weeks=2)
    rule = builders.make_draft_rule(draft=draft, level=team.primary, engineer=team.ben)
    client = signed_in({"ben": team.ben, "carla": team.carla}[who])

    answers = [
        client.get(_week(draft)),
        client.post(_week(draft), {"who": str(team.ben.pk), "kind": "forbid"}),
        client.get(f"/drafts/{draft.pk}/rules/"),
        client.post(f"/drafts/{draft.pk}/again/"),
        client.post(f"/draft-rules/{rule.pk}/remove/"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5
    assert DraftRule.objects.count() == 1


def test_the_page_asks_as_much_for_many_rules_as_for_one(team: TeamAtWork) -> None:
    draft = solved_draft(team)
    builders.make_draft_rule(draft=draft, level=team.primary, engineer=team.ben)
    address = f"/drafts/{draft.pk}/"
    one = queries_of(team.anna, address)

    for number in range(1, 8):
        for volunteer in team.volunteers:
            builders.make_draft_rule(
                draft=draft,
                level=team.primary,
                engineer=volunteer,
                week_date=NEXT_WEEK + number * WEEK,
            )

    assert queries_of(team.anna, address) == one
