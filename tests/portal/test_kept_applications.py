"""An application before it is decided: kept while it is typed, changed, and what became of it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine

from tests import builders
from tests.builders import NEXT_WEEK, NOW, WEEK
from tests.rotation.pages import actor, heading, page_of, signed_in
from volunteers.models import Application, ApplicationDraft
from volunteers.operations import application_decisions, waiting_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

    from rotation.models import Rotation
    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
PAGE = "/rotations/core/apply/"
KEEP = f"{PAGE}keep/"
CHANGE = f"{PAGE}change/"
TYPED = {
    "earliest_start_on": "2027-01-04",
    "unsuitable_weeks": ["2026-12-21"],
    "motivation": "Half a sen",
    "experience": "Two years on Inbox.",
    "told_own_manager": "yes",
}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def rotation() -> Rotation:
    rotation = builders.make_rotation(holiday_office=builders.make_office())
    builders.make_anna(team=rotation.team)
    return rotation


@pytest.fixture
def carla(rotation: Rotation) -> Engineer:
    assert rotation.pk
    return builders.make_carla()


@pytest.fixture
def sent(rotation: Rotation, carla: Engineer) -> Application:
    return builders.make_application(team=rotation.team, engineer=carla)


def _text(answer: Answer) -> str:
    return " ".join(answer.content.decode().split())


def _anna() -> Engineer:
    return Application.objects.get().team.manager_grants.get().engineer


# ------------------------------------------------------------------ kept while typed
def test_what_is_typed_is_kept_and_stands_in_the_form_again(carla: Engineer) -> None:
    answer = signed_in(carla).post(KEEP, TYPED, follow=True)

    page = _text(answer)
    assert "Kept. Nothing is sent yet, and only you can read it" in page
    for words in [
        "Half a sen</textarea>",
        "Two years on Inbox.</textarea>",
        '<option value="2027-01-04" selected>',
        'value="2026-12-21" checked',
        'value="yes" checked',
    ]:
        assert words in page
    assert not Application.objects.exists()


def test_nothing_has_to_be_answered_to_be_kept(carla: Engineer) -> None:
    answer = signed_in(carla).post(KEEP, {"motivation": "Ha"})

    assert answer.status_code == 302
    draft = ApplicationDraft.objects.get()
    assert (draft.motivation, draft.earliest_start_on, draft.told_own_manager) == ("Ha", None, "")


def test_while_typing_the_page_is_told_in_a_line_that_it_is_kept(carla: Engineer) -> None:
    page = page_of(carla, PAGE)
    answer = signed_in(carla).post(KEEP, TYPED, headers={"HX-Request": "true"})

    assert f'hx-post="{KEEP}"' in page
    assert answer.status_code == 200
    assert "<html" not in _text(answer)
    assert "; only you can read it." in _text(answer)
    assert ApplicationDraft.objects.get().saved_at == NOW


def test_each_keeping_takes_the_place_of_the_last(carla: Engineer) -> None:
    signed_in(carla).post(KEEP, TYPED)
    signed_in(carla).post(KEEP, {"motivation": "Another"})

    draft = ApplicationDraft.objects.get()
    assert (draft.motivation, draft.experience, draft.unsuitable_weeks) == ("Another", "", [])


def test_what_cannot_be_kept_is_said_and_what_was_kept_stays(carla: Engineer) -> None:
    signed_in(carla).post(KEEP, TYPED)

    far = signed_in(carla).post(KEEP, {"motivation": "x" * 8001})
    nul = signed_in(carla).post(KEEP, {"motivation": "a\x00b"}, headers={"HX-Request": "true"})

    assert (far.status_code, nul.status_code) == (422, 422)
    assert "At most 8000 characters are kept; this has 8001." in _text(far)
    assert "Not kept: Null characters are not allowed." in _text(nul)
    assert ApplicationDraft.objects.get().motivation == "Half a sen"


def test_nobody_else_reads_what_is_kept(rotation: Rotation, carla: Engineer) -> None:
    signed_in(carla).post(KEEP, TYPED)
    others = [rotation.team.manager_grants.get().engineer, builders.make_admin()]

    for other in others:
        for path in (PAGE, "/applications/"):
            assert "Half a sen" not in page_of(other, path)


def test_sending_forgets_what_was_kept(carla: Engineer) -> None:
    signed_in(carla).post(KEEP, TYPED)
    signed_in(carla).post(PAGE, TYPED)

    sent = Application.objects.get()
    assert (sent.motivation, sent.experience) == ("Half a sen", "Two years on Inbox.")
    assert not ApplicationDraft.objects.exists()


def test_one_can_start_afresh(carla: Engineer) -> None:
    signed_in(carla).post(KEEP, TYPED)
    answer = signed_in(carla).post(KEEP, {**TYPED, "discard": "1"}, follow=True)

    assert "What you had typed is gone. Nothing was sent." in _text(answer)
    assert "Half a sen" not in _text(answer)
    assert not ApplicationDraft.objects.exists()


def test_the_form_repeats_the_essentials_before_it_asks(carla: Engineer) -> None:
    page = page_of(carla, PAGE)

    before = page[: page.index('<form method="post" action="/rotations/core/apply/"')]
    for words in ["17:30 to 09:00", "26 weeks", "A week pays", "Nobody has to"]:
        assert words in before


# ------------------------------------------------------------------ changed until decided
@pytest.mark.usefixtures("sent")
def test_what_was_sent_can_be_changed_and_managers_see_that_it_was(carla: Engineer) -> None:
    page = page_of(carla, CHANGE)
    answer = signed_in(carla).post(CHANGE, {**TYPED, "version": "1"}, follow=True)

    assert "I want to know how it runs at night.</textarea>" in page
    assert "Your application is changed. Its place in line stays." in _text(answer)
    changed = Application.objects.get()
    assert (changed.motivation, changed.version) == ("Half a sen", 2)
    assert changed.earliest_start_on == dt.date(2027, 1, 4)
    assert "Changed by the applicant after it was sent." in page_of(_anna(), "/applications/")


@pytest.mark.usefixtures("sent")
def test_of_two_windows_the_older_one_is_told_and_writes_nothing(carla: Engineer) -> None:
    signed_in(carla).post(CHANGE, {**TYPED, "motivation": "The newer one.", "version": "1"})

    answer = signed_in(carla).post(CHANGE, {**TYPED, "version": "1"})

    assert answer.status_code == 409
    assert "You have changed this application in another window since." in _text(answer)
    assert Application.objects.get().motivation == "The newer one."


def test_what_was_decided_meanwhile_is_not_changed(sent: Application, carla: Engineer) -> None:
    application_decisions.decline_application(
        application_id=sent.pk, reason="Full.", actor=actor(_anna()), now=NOW
    )

    answer = signed_in(carla).post(CHANGE, {**TYPED, "version": "1"})

    assert answer.status_code == 409
    assert "This application was declined in the meantime." in _text(answer)


@pytest.mark.usefixtures("sent")
def test_a_change_is_checked_like_an_application(carla: Engineer) -> None:
    answer = signed_in(carla).post(CHANGE, {**TYPED, "motivation": " ", "version": "1"})

    assert answer.status_code == 422
    assert "Say in a line or two why you would like to join." in _text(answer)


def test_a_start_that_has_passed_while_it_waited_may_stay(
    sent: Application, carla: Engineer
) -> None:
    later = NOW + 3 * WEEK
    with time_machine.travel(later, tick=False):
        page = page_of(carla, CHANGE)
        answer = signed_in(carla).post(
            CHANGE, {**TYPED, "earliest_start_on": str(NEXT_WEEK), "version": "1"}
        )

    assert f'<option value="{NEXT_WEEK}" selected>' in page
    assert answer.status_code == 302
    sent.refresh_from_db()
    assert sent.motivation == "Half a sen"


@pytest.mark.usefixtures("sent")
def test_nobody_changes_anothers() -> None:
    dora = builders.make_engineer(name="Dora")

    assert signed_in(dora).get(CHANGE).status_code == 404
    assert signed_in(dora).post(CHANGE, {**TYPED, "version": "1"}).status_code == 404


# ------------------------------------------------------------------ what became of it
def test_the_applicant_reads_what_became_of_it_and_how_many_are_ahead(
    sent: Application, rotation: Rotation, carla: Engineer
) -> None:
    anna = _anna()
    signed_in(carla).post(CHANGE, {**TYPED, "version": "1"})
    for name in ("Dora", "Eve", "Finn"):
        builders.make_application(
            team=rotation.team, engineer=builders.make_engineer(name=name), state="waitlisted"
        )
    waiting_list.put_on_waiting_list(application_id=sent.pk, actor=actor(anna), now=NOW)

    page, home = page_of(carla, PAGE), page_of(carla, "/")

    assert heading(page) == "You are on the waiting list: 3 are ahead of you"
    assert "3 are ahead of you." in home
    assert "Put on the waiting list</b>, number 4<small>Anna," in page
    assert "Changed</b><small>Carla," in page


def test_a_declined_application_shows_its_history_beside_the_form(
    sent: Application, carla: Engineer
) -> None:
    application_decisions.decline_application(
        application_id=sent.pk, reason="Full until May.", actor=actor(_anna()), now=NOW
    )

    page = page_of(carla, PAGE)

    assert "Full until May." in page
    assert "Declined</b><small>Anna," in page
    assert "What became of your application" in page
