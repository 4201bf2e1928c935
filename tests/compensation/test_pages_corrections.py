"""The pages of corrections and adjustments, for those who ask and those who decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from compensation.models import Adjustment, Correction, Entry
from tests import builders
from tests.compensation.rows import OCTOBER
from tests.compensation.test_corrections import Case

if TYPE_CHECKING:
    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
PART = {
    "from_day_1": "2026-10-06",
    "from_time_1": "17:30",
    "to_day_1": "2026-10-07",
    "to_time_1": "17:30",
    "reason": "Carla had Tuesday night.",
    "evidence": "incident 4711",
}


@pytest.fixture
def case() -> Case:
    """Ben and Carla serve in Anna's team."""
    made = Case()
    for engineer in (made.ben, made.carla):
        builders.make_escalation_term(
            team=made.money.rotation.team, engineer=engineer, starts_on=OCTOBER[0]
        )
    return made


def browser(engineer: Engineer) -> Client:
    client = Client()
    client.force_login(engineer)
    return client


def sent(case: Case, **changes: object) -> dict[str, Any]:
    return {**PART, "who_1": case.carla.pk, **changes}


def asked(case: Case, client: Client, **changes: object) -> Any:
    """The two clicks: the first shows what it changes, the second asks."""
    path = f"/shifts/{case.shift.pk}/correct/"
    look = client.post(path, sent(case, **changes))
    return client.post(path, {**sent(case, **changes), "seen": look.context["seen"]})


def test_the_first_click_shows_what_changes_and_asks_for_nothing(case: Case) -> None:
    answer = browser(case.anna).post(f"/shifts/{case.shift.pk}/correct/", sent(case))

    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Look at what it changes" in text
    assert text.count("Carla") >= 2
    assert not Correction.objects.exists()


def test_a_manager_asks_without_seeing_an_amount_and_finance_sees_every_one(case: Case) -> None:
    anna = browser(case.anna)
    answer = asked(case, anna)
    assert answer.status_code == 302
    page = anna.get(answer.url).content.decode()
    assert "incident 4711" in page
    assert "EUR" not in page

    for_finance = browser(case.grace).get(answer.url).content.decode()

    assert "What changes in pay" in for_finance
    assert "EUR" in for_finance


def test_who_is_concerned_sees_their_own_difference_alone(case: Case) -> None:
    answer = asked(case, browser(case.anna))

    page = browser(case.carla).get(answer.url)

    assert [one.name for one in page.context["differences"]] == ["Carla"]


def test_finance_approves_on_the_page_and_sees_the_pairs(case: Case) -> None:
    answer = asked(case, browser(case.anna))

    done = browser(case.grace).post(f"{answer.url}approve/", {"note": ""}, follow=True)

    text = done.content.decode()
    assert "Entries 2 to 5 are posted" in text
    assert "Takes back 1" in text
    assert Entry.objects.count() == 5


def test_declining_without_a_reason_says_so_beside_the_field(case: Case) -> None:
    answer = asked(case, browser(case.anna))

    refused = browser(case.grace).post(f"{answer.url}decline/", {"note": ""})

    assert refused.status_code == 422
    assert "Say why: whoever asked reads it." in refused.content.decode()
    assert Correction.objects.get().state == "proposed"


def test_who_asked_finds_taking_back_in_place_of_deciding(case: Case) -> None:
    grace = browser(case.grace)
    answer = asked(case, grace)
    page = grace.get(answer.url).content.decode()
    assert "Approve the correction" not in page

    refused = grace.post(f"{answer.url}approve/", {"note": ""})
    taken_back = grace.post(f"{answer.url}withdraw/", follow=True)

    assert refused.status_code == 403
    assert "another of finance approves it" in refused.content.decode()
    assert "Taken back. The week stays as it is paid." in taken_back.content.decode()


def test_the_weeks_page_leads_to_it_for_those_who_may_ask(case: Case) -> None:
    path = f"/shifts/{case.shift.pk}/"
    link = f"/shifts/{case.shift.pk}/correct/"

    found = {
        one.name: link in browser(one).get(path).content.decode()
        for one in (case.anna, case.ben, case.grace, case.carla)
    }

    assert found == {"Anna": True, "Ben": True, "Grace": True, "Carla": False}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"who_1": ""}, "Choose who had it."),
        ({"from_time_1": "5 pm"}, "Write the time as 17:30, in 24 hours."),
        ({"to_day_1": "2026-10-05", "to_time_1": "13:00"}, "The end is not after the start."),
        ({"evidence": ""}, "This field is required."),
    ],
)
def test_what_is_not_right_is_said_in_words(
    case: Case, changes: dict[str, object], words: str
) -> None:
    answer = browser(case.anna).post(f"/shifts/{case.shift.pk}/correct/", sent(case, **changes))

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_what_counts_already_cannot_be_asked_for(case: Case) -> None:
    answer = browser(case.anna).post(
        f"/shifts/{case.shift.pk}/correct/", sent(case, who_1=case.ben.pk)
    )

    text = answer.content.decode()
    assert "That is what counts already." in text
    assert "Ask for the correction" not in text


def test_a_second_correction_finds_the_one_that_waits(case: Case) -> None:
    asked(case, browser(case.anna))

    page = browser(case.grace).get(f"/shifts/{case.shift.pk}/correct/").content.decode()

    assert "A correction of this week waits already" in page


def test_the_list_shows_everybody_what_concerns_them(case: Case) -> None:
    asked(case, browser(case.anna))
    title = "Core, primary, week of Mon 5 Oct 2026"

    for engineer in (case.anna, case.ben, case.carla, case.grace):
        assert title in browser(engineer).get("/finance/corrections/").content.decode()
    stranger = browser(case.fay)
    assert title in stranger.get("/finance/corrections/").content.decode()


def ask_adjustment(case: Case, client: Client, **changes: object) -> Any:
    values = {
        "engineer": case.ben.pk,
        "amount": "-20.50",
        "earned_on": "2026-10-20",
        "reason": "Paid twice in cash.",
        "document": "HR-2026-17",
    }
    return client.post("/finance/adjustments/propose/", {**values, **changes})


def test_an_adjustment_goes_from_the_manager_over_finance_to_the_payee(case: Case) -> None:
    answer = ask_adjustment(case, browser(case.anna))
    assert answer.status_code == 302, answer.context["form"].errors
    assert browser(case.ben).get(answer.url).status_code == 404

    done = browser(case.grace).post(f"{answer.url}approve/", {"note": ""}, follow=True)

    assert "Approved and posted as entry 2." in done.content.decode()
    assert Entry.objects.get(kind="ADJ").amount_minor == -2050
    assert browser(case.ben).get(answer.url).status_code == 200
    assert browser(case.carla).get(answer.url).status_code == 404


def test_a_manager_finds_nobody_of_other_teams_and_an_engineer_no_form(case: Case) -> None:
    dora = builders.make_engineer(name="Dora")
    anna = browser(case.anna)
    names = anna.get("/finance/adjustments/propose/").content.decode()
    assert "Ben" in names
    assert "Dora" not in names

    assert ask_adjustment(case, anna, engineer=dora.pk).status_code == 422
    assert ask_adjustment(case, browser(case.ben)).status_code == 403
    assert not Adjustment.objects.exists()


def test_a_manager_who_asks_for_their_own_is_refused_in_words(case: Case) -> None:
    answer = ask_adjustment(case, browser(case.anna), engineer=case.anna.pk)

    assert answer.status_code == 403
    assert "Somebody else asks for what is added to your own pay." in answer.content.decode()


def test_a_paid_adjustment_is_taken_back_by_another_request(case: Case) -> None:
    answer = ask_adjustment(case, browser(case.fay))
    browser(case.grace).post(f"{answer.url}approve/", {"note": ""})
    grace = browser(case.grace)
    assert "Ask to take it back" in grace.get(answer.url).content.decode()

    back: Any = grace.post(
        f"{answer.url}take-back/", {"reason": "It was right.", "document": "HR-2026-18"}
    )
    browser(case.fay).post(f"{back.url}approve/", {"note": ""})

    assert sum(entry.amount_minor for entry in Entry.objects.filter(kind="ADJ")) == 0
    assert "Ask to take it back" not in grace.get(answer.url).content.decode()
