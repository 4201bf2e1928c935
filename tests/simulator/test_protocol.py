from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.simulator.documents import ANNA, created, layer

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Callable

    from tests.simulator.running import RunningSimulator


@pytest.mark.parametrize("sent", ["", "Token", "Token token=", "Basic YTpi", "token-without-word"])
def test_nobody_is_let_in_without_a_token(simulator: RunningSimulator, sent: str) -> None:
    answer = simulator.call("GET", "/users", headers={"Authorization": sent})

    assert (answer.status, answer.body["error"]["code"]) == (401, 2006)


@pytest.mark.real_parts
def test_only_the_named_token_is_let_in(
    start: Callable[..., RunningSimulator], tmp_path: pathlib.Path
) -> None:
    running = start(tmp_path / "state.json", arguments=["--token", "right"])

    statuses = []
    for token in ("wrong", "right", ""):
        running.token = token
        statuses.append(running.call("GET", "/users").status)

    assert statuses == [401, 200, 401]


def test_each_answer_tells_what_is_left_of_the_minute(simulator: RunningSimulator) -> None:
    first = simulator.call("GET", "/users").headers
    second = simulator.call("GET", "/nowhere").headers

    assert first["ratelimit-limit"] == "960"
    assert (first["ratelimit-remaining"], second["ratelimit-remaining"]) == ("959", "958")
    assert 1 <= int(second["ratelimit-reset"]) <= 60


def test_past_the_limit_a_token_has_to_wait(simulator: RunningSimulator) -> None:
    simulator.set_switches(rate_limit=2)

    answers = [simulator.call("GET", "/abilities") for _ in range(3)]
    simulator.token += "-of-somebody-else"
    other = simulator.call("GET", "/abilities")

    assert [answer.status for answer in answers] == [200, 200, 429]
    assert answers[2].body == {"error": {"message": "Rate Limit Exceeded", "code": 2020}}
    assert answers[2].headers["ratelimit-remaining"] == "0"
    assert other.status == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nowhere"),
        ("GET", "/schedules/PNONE"),
        ("PUT", "/schedules/PNONE"),
        ("DELETE", "/users/PANNA01"),
        ("PATCH", "/users"),
        ("GET", "/v3/schedules"),
        ("GET", "/users/PNONE/contact_methods"),
    ],
)
def test_what_is_not_here_is_not_found_in_pagerduty_s_words(
    simulator: RunningSimulator, method: str, path: str
) -> None:
    answer = simulator.call(method, path)

    assert answer.status == 404
    assert answer.body == {"error": {"message": "Not Found", "code": 2100}}


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b'{"schedule": NaN}',
        b"\xff\xfe",
        b"[" * 100_000,
        b"[]",
        b"7",
        b'{"schedule": []}',
    ],
)
def test_a_body_that_is_no_document_is_refused(simulator: RunningSimulator, raw: bytes) -> None:
    answer = simulator.call("POST", "/schedules", raw)

    assert (answer.status, answer.body["error"]["code"]) == (400, 2001)
    assert simulator.call("GET", "/schedules").status == 200


def test_odd_names_come_back_as_they_were_sent(simulator: RunningSimulator) -> None:
    name = "é\u202e\U0001d518 \x00 \ud800 <b>"
    made = created(simulator, layer(ANNA), name=name)

    simulator.restart()

    shown = simulator.call("GET", f"/schedules/{made['id']}").body["schedule"]
    assert shown["name"] == name


def test_the_content_type_may_be_anything(simulator: RunningSimulator) -> None:
    headers = {"Content-Type": "text/plain", "Accept": "text/html"}

    answer = simulator.call("GET", "/schedules", headers=headers)

    assert answer.status == 200
    assert answer.headers["content-type"].startswith("application/json")


def test_a_connection_serves_one_request_after_the_other(simulator: RunningSimulator) -> None:
    headers = {"Authorization": f"Token token={simulator.token}"}
    connection = http.client.HTTPConnection("127.0.0.1", simulator.port, timeout=10)

    statuses = []
    for method, path in [("GET", "/users"), ("DELETE", "/schedules/PNONE"), ("GET", "/users")]:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        response.read()
        statuses.append(response.status)
    connection.close()

    assert statuses == [200, 404, 200]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Length": "99999999999"}, 413),
        ({"Content-Length": "-5"}, 400),
        ({"Transfer-Encoding": "chunked"}, 411),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(
    simulator: RunningSimulator, headers: dict[str, str], status: int
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", simulator.port, timeout=10)
    connection.putrequest("POST", "/schedules")
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()

    response = connection.getresponse()

    assert response.status == status
    connection.close()


def test_the_journal_knows_each_exchange_but_no_token(simulator: RunningSimulator) -> None:
    query = {"include[]": ["contact_methods", "teams"], "limit": "1"}
    simulator.call("GET", "/users", query=query, headers={"From": "anna@example.org"})
    simulator.call("POST", "/schedules", {"schedule": 5})

    got, posted = simulator.requests()

    assert (got["method"], got["path"], got["query"]) == ("GET", "/users", query)
    assert (got["status"], got["answered"]) == (200, True)
    assert got["request_headers"]["from"] == "anna@example.org"
    assert got["at"].startswith("2026-12-01T10:00:")
    assert (posted["request_body"], posted["status"]) == ({"schedule": 5}, 400)
    assert posted["response_body"]["error"]["code"] == 2001
    assert simulator.token not in json.dumps([got, posted])


def test_the_journal_is_told_from_a_number_on_and_forgotten(simulator: RunningSimulator) -> None:
    for _ in range(3):
        simulator.call("GET", "/abilities")
    first = simulator.requests()[0]["number"]

    later = simulator.call("GET", f"/_sim/requests?after={first}").body["requests"]
    text = simulator.call("GET", "/_sim/requests?format=jsonl").text
    simulator.clear_requests()

    assert len(later) == 2
    assert len(text.splitlines()) == 3
    assert simulator.requests() == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/_sim/health", None, 200),
        ("POST", "/_sim/webhook", {}, 400),
        ("GET", "/_sim/nothing", None, 404),
        ("GET", "/_sim/requests?after=x", None, 400),
        ("PUT", "/_sim/state", [], 400),
        ("PUT", "/_sim/state", {"users": [{"name": "No address"}]}, 400),
        ("PUT", "/_sim/state", {"users": 5}, 400),
        ("PUT", "/_sim/state", {"schedules": [{"name": "x", "time_zone": "UTC"}]}, 400),
        ("PUT", "/_sim/state", {"schedules": [{"name": "x", "layers": [{}]}]}, 400),
        ("PUT", "/_sim/switches", {"turns": "sideways"}, 400),
        ("PUT", "/_sim/switches", {"no_such": 1}, 400),
        ("PUT", "/_sim/switches", {"rate_limit": True}, 400),
        ("PUT", "/_sim/switches", {"rate_limit": [1]}, 400),
        ("POST", "/_sim/faults", {"status": 99}, 400),
        ("POST", "/_sim/faults", {"stattus": 500}, 400),
        ("POST", "/_sim/faults", b"{", 400),
    ],
)
def test_hooks_say_what_they_do_not_take(
    simulator: RunningSimulator, method: str, path: str, body: Any, status: int
) -> None:
    before = simulator.state()

    answer = simulator.call(method, path, body)

    assert answer.status == status
    assert simulator.state() == before


def test_hooks_refuse_pages_of_another_origin(simulator: RunningSimulator) -> None:
    foreign = {"Origin": "http://evil.example"}
    own = {"Origin": simulator.base_url}

    refused = simulator.call("DELETE", "/_sim/faults", headers=foreign)
    taken = simulator.call("DELETE", "/_sim/faults", headers=own)

    assert (refused.status, taken.status) == (403, 204)


def test_every_switch_says_which_question_it_stands_for(simulator: RunningSimulator) -> None:
    simulator.set_switches(turns="fixed_seconds")

    switches = simulator.call("GET", "/_sim/switches").body["switches"]

    assert switches["turns"]["value"] == "fixed_seconds"
    assert switches["turns"]["default"] == "wall_clock"
    assert all(switch["question"].endswith((".)", "?")) for switch in switches.values())
