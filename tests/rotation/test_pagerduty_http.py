from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import responses

from common.periods import Period
from rotation.domain.pagerduty_plan import Action, WantedLevel, WantedWeek, plan_level
from rotation.domain.pagerduty_state import FinalEntry, Request
from rotation.pagerduty import answers
from rotation.pagerduty.gateway import (
    AuthenticationError,
    BadAnswerError,
    RefusedRequestError,
    UnreachableError,
)
from rotation.pagerduty.http import HttpGateway, token_from_environment
from tests.rotation.layers import holders, office
from tests.simulator.documents import ANNA, BEN, CARLA, OUT_OF_HOURS, created, layer, override

if TYPE_CHECKING:
    import pathlib

    from tests.simulator.running import Json, RunningSimulator

UTC = dt.UTC
WINTER = Period(
    starts_at=dt.datetime(2026, 12, 1, 10, tzinfo=UTC), ends_at=dt.datetime(2027, 2, 1, tzinfo=UTC)
)
A_SCHEDULE = Request(method="POST", path="/schedules", body={"schedule": {"name": "x"}})


def test_users_come_from_all_pages(gateway: HttpGateway, simulator: RunningSimulator) -> None:
    people = [
        {"name": f"Person {number}", "email": f"p{number}@example.org"} for number in range(230)
    ]
    simulator.put_state({"users": people})

    users = gateway.users()

    assert len({user.ref for user in users}) == 230
    assert {user.email for user in users} == {person["email"] for person in people}
    assert len(simulator.requests()) == 3


def test_a_stakeholder_is_told_apart(gateway: HttpGateway, simulator: RunningSimulator) -> None:
    looking_on = {"name": "Carla", "email": "c@example.org", "role": "read_only_user"}
    serving = {"name": "Ben", "email": "b@example.org", "role": "user"}
    simulator.put_state({"users": [looking_on, serving]})

    assert {user.name: user.can_be_on_call for user in gateway.users()} == {
        "Ben": True,
        "Carla": False,
    }


def test_schedules_are_found_by_a_part_of_their_name(
    gateway: HttpGateway, simulator: RunningSimulator
) -> None:
    made = created(simulator, layer(ANNA), name="Core: primary", description="(rota:core:primary)")
    created(simulator, layer(ANNA), name="Another")

    [found] = gateway.find_schedules(query="core")

    assert (found.ref, found.name) == (made["id"], "Core: primary")
    assert found.description == "(rota:core:primary)"


def test_a_schedule_has_its_layers_lowest_first_and_in_utc(
    gateway: HttpGateway, simulator: RunningSimulator
) -> None:
    summer = "2027-04-05T11:00:00Z"
    low = layer(ANNA, BEN, restrictions=OUT_OF_HOURS, end="2027-04-05T11:00:00Z")
    made = created(simulator, low, layer(CARLA, start=summer, name="Summer"))

    state = gateway.schedule(ref=made["id"])

    first, second = state.layers
    assert (first.name, first.user_refs, second.user_refs) == ("Weeks", (ANNA, BEN), (CARLA,))
    assert first.ends_at == second.virtual_start == dt.datetime(2027, 4, 5, 11, tzinfo=UTC)
    assert second.ends_at is None
    assert [(each.weekday, each.seconds) for each in first.restrictions][-1] == (5, 223_200)
    assert state.time_zone == "Europe/London"


def test_the_final_schedule_is_cut_to_the_time_asked_for(
    gateway: HttpGateway, simulator: RunningSimulator
) -> None:
    made = created(simulator, layer(ANNA, end="2027-01-04T12:00:00Z"))

    entries = gateway.final_schedule(ref=made["id"], within=WINTER)

    ends = (dt.datetime(2026, 12, 7, 12, tzinfo=UTC), dt.datetime(2027, 1, 4, 12, tzinfo=UTC))
    assert entries == [FinalEntry(user_ref=ANNA, period=Period(starts_at=ends[0], ends_at=ends[1]))]


@pytest.mark.parametrize("ids", ["editable_only", "always"])
def test_overrides_carry_the_ids_of_those_that_can_be_removed(
    gateway: HttpGateway, simulator: RunningSimulator, ids: str
) -> None:
    simulator.set_switches(override_ids=ids)
    made = created(simulator, layer(ANNA))
    coming = override(BEN, "2026-12-08T18:00:00Z", "2026-12-09T08:00:00Z")
    answer = gateway.send(
        Request(
            method="POST",
            path=f"/schedules/{made['id']}/overrides",
            body={"overrides": [coming]},
        )
    )

    [found] = gateway.overrides(ref=made["id"], within=WINTER)

    [result] = answers.override_results(answer, [answers.asked_override(coming)])
    assert result.override == found
    assert found.ref is not None
    assert found.user_ref == BEN


def test_an_item_that_was_refused_says_why(
    gateway: HttpGateway, simulator: RunningSimulator
) -> None:
    made = created(simulator, layer(ANNA))
    right = override(BEN, "2026-12-08T18:00:00Z", "2026-12-09T08:00:00Z")
    simulator.faults(method="POST", path="/schedules/*/overrides", partial=[1], count=1)

    answer = gateway.send(_batch(made, right, right))

    one, two = answers.override_results(answer, [answers.asked_override(right)] * 2)
    assert (one.status, one.errors) == (201, ())
    assert two.status == 400
    assert two.errors


def test_an_answer_that_leaves_an_override_out_is_no_answer() -> None:
    asked = [answers.asked_override(override(BEN, "2026-12-08T18:00:00Z", "2026-12-09T08:00:00Z"))]

    with pytest.raises(BadAnswerError):
        answers.override_results([], asked)
    with pytest.raises(BadAnswerError):
        answers.override_results({"overrides": []}, asked)


def test_a_removed_override_is_answered_without_a_body(
    gateway: HttpGateway, simulator: RunningSimulator
) -> None:
    made = created(simulator, layer(ANNA))
    gateway.send(_batch(made, override(BEN, "2026-12-08T18:00:00Z", "2026-12-09T08:00:00Z")))
    [found] = gateway.overrides(ref=made["id"], within=WINTER)

    answer = gateway.send(
        Request(method="DELETE", path=f"/schedules/{made['id']}/overrides/{found.ref}")
    )

    assert answer is None
    assert gateway.overrides(ref=made["id"], within=WINTER) == []


@pytest.mark.real_parts
def test_nobody_listens() -> None:
    deaf = HttpGateway(url="http://127.0.0.1:9", token=lambda: "made-up")

    with pytest.raises(UnreachableError, match="cannot be reached"):
        deaf.users()


def test_a_token_is_read_at_each_call_and_its_lack_asks_nobody(simulator: RunningSimulator) -> None:
    tokens = ["", simulator.token]
    gateway = HttpGateway(url=simulator.base_url, token=lambda: tokens.pop(0))

    with pytest.raises(AuthenticationError, match="No PagerDuty token is set"):
        gateway.users()
    users = gateway.users()

    assert len(users) == 3
    assert len(simulator.requests()) == 1


def test_the_token_may_stand_in_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    monkeypatch.setenv("PAGERDUTY_API_TOKEN", "from-the-variable")
    by_variable = token_from_environment()
    (tmp_path / "token").write_text("first\n", encoding="utf-8")
    monkeypatch.setenv("PAGERDUTY_API_TOKEN_FILE", str(tmp_path / "token"))
    first = token_from_environment()
    (tmp_path / "token").write_text("second\n", encoding="utf-8")

    assert (by_variable, first, token_from_environment()) == (
        "from-the-variable",
        "first",
        "second",
    )


def test_a_token_file_that_is_gone_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGERDUTY_API_TOKEN_FILE", "nowhere/token")

    with pytest.raises(AuthenticationError, match="The file with PagerDuty’s token cannot be read"):
        token_from_environment()


def test_a_proxy_of_the_surroundings_is_not_asked_for_this_machine(
    gateway: HttpGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)

    assert len(gateway.users()) == 3


def test_the_recorder_sees_each_exchange_without_the_token(
    gateway: HttpGateway, exchanges: list[Any], simulator: RunningSimulator
) -> None:
    with pytest.raises(RefusedRequestError):
        gateway.send(A_SCHEDULE)

    [exchange] = exchanges
    assert (exchange["method"], exchange["path"]) == ("POST", "/schedules")
    assert exchange["request_body"] == A_SCHEDULE.body
    assert exchange["status"] == 400
    assert simulator.token not in str(exchange)


@responses.activate
def test_a_page_that_says_more_and_holds_nothing_ends_the_list() -> None:
    responses.get("https://pd.example/users", json={"users": [], "more": True})
    gateway = HttpGateway(url="https://pd.example", token=lambda: "made-up")

    assert gateway.users() == []


@responses.activate
def test_pages_are_turned_no_further_than_pagerduty_lets() -> None:
    page = {"users": [{"id": "P1", "email": "a@example.org"}] * 100, "more": True}
    responses.get("https://pd.example/users", json=page)
    gateway = HttpGateway(url="https://pd.example", token=lambda: "made-up")

    assert len(gateway.users()) == 10_000
    assert len(responses.calls) == 100


def test_what_the_plan_writes_is_taken(gateway: HttpGateway, simulator: RunningSimulator) -> None:
    weeks = holders(office("Europe/London"), "2026-12-07", [ANNA, BEN, ANNA])
    wanted = WantedLevel(
        name="Core: primary",
        marker="rota:core:primary",
        time_zone="Europe/London",
        pattern=office("Europe/London"),
        weeks=tuple(WantedWeek(holder=week, on_call=()) for week in weeks),
    )
    now = WINTER.starts_at
    [step] = plan_level(wanted, None, [], [], now).steps

    ref = answers.created_ref(gateway.send(step.request))

    assert step.action is Action.CREATE_SCHEDULE
    held = gateway.schedule(ref=ref)
    assert plan_level(wanted, held, [], [], now).steps == ()
    assert simulator.state()["schedules"][0]["name"] == "Core: primary"


def test_an_answer_without_a_schedule_names_none() -> None:
    wrong: list[Any] = [None, [], {}, {"schedule": None}]
    for answer in wrong:
        with pytest.raises(BadAnswerError):
            answers.created_ref(answer)


def _batch(made: Json, *items: Json) -> Request:
    return Request(
        method="POST", path=f"/schedules/{made['id']}/overrides", body={"overrides": list(items)}
    )


def test_two_overrides_of_one_user_over_the_same_time_keep_their_own_ids(
    gateway: HttpGateway, simulator: RunningSimulator
) -> None:
    made = created(simulator, layer(ANNA))
    item = override(BEN, "2026-12-08T10:00:00Z", "2026-12-08T12:00:00Z")
    for _ in range(2):
        simulator.call("POST", f"/schedules/{made['id']}/overrides", {"overrides": [item]})

    held = gateway.overrides(ref=made["id"], within=WINTER)

    kept = [each["id"] for each in simulator.state()["schedules"][0]["overrides"]]
    assert [each.ref for each in held] == kept
