from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command

from rotation.models import Level, SyncRun
from rotation.operations import syncing as operations
from tests.rotation.syncs import NOW, Published, know_people, make_published

if TYPE_CHECKING:
    from pytest_django import Settings

    from tests.simulator.running import RunningSimulator

PREVIEW_OF_NOBODY: dict[str, Any] = {
    "schedule": {"final_schedule": {"rendered_schedule_entries": []}}
}
pytestmark = [pytest.mark.django_db, pytest.mark.real_parts]


@pytest.fixture
def published(
    simulator: RunningSimulator,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    time_machine: Any,
) -> Published:
    published = make_published(weeks=6)
    know_people(simulator, published.people)
    settings.PAGERDUTY_API_URL = simulator.base_url
    monkeypatch.setenv("PAGERDUTY_API_TOKEN", simulator.token)
    time_machine.move_to(NOW)
    return published


def _run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("sync_pagerduty", *arguments, stdout=out)
    return out.getvalue()


def test_a_dry_run_prints_each_step_and_writes_nothing(
    published: Published, simulator: RunningSimulator
) -> None:
    told = _run("--dry-run")

    assert told.splitlines()[0] == "core: 5 writes"
    assert "  primary: POST /schedules: The level has no schedule in PagerDuty yet." in told
    assert simulator.state()["schedules"] == []
    assert SyncRun.objects.get(rotation=published.rotation).tries == 0


def test_a_dry_run_says_week_by_week_who_is_shown_before_and_after(
    published: Published, simulator: RunningSimulator
) -> None:
    before = json.loads(_run("--dry-run", "--json"))
    told = _run("--dry-run")
    _run()
    after = json.loads(_run("--dry-run", "--json"))

    weeks = before["levels"][0]["weeks"]
    assert [len(level["weeks"]) for level in before["levels"]] == [6, 6]
    assert all(week["changes"] and week["before"] == [] for week in weeks)
    assert weeks[0]["after"][0]["who"] in {person.name for person in published.people}
    assert f"  primary, week of {weeks[0]['week']}: nobody -> {weeks[0]['after'][0]['who']}" in told
    assert (after["steps"], after["policy"]["further_rules"]) == ([], 0)
    assert [week["before"] for week in after["levels"][0]["weeks"]] == [
        week["after"] for week in weeks
    ]
    assert not any(week["changes"] for level in after["levels"] for week in level["weeks"])
    assert len(simulator.state()["schedules"]) == 2


def test_a_dry_run_names_the_weeks_that_the_preview_would_show_otherwise(
    published: Published, simulator: RunningSimulator
) -> None:
    simulator.faults(method="POST", path="/schedules/preview", body=PREVIEW_OF_NOBODY, status=200)

    told = _run("--dry-run", "--json")
    words = _run("--dry-run")

    weeks = json.loads(told)["levels"][0]["weeks"]
    assert json.loads(told)["levels"][0]["differs"] == [week["week"] for week in weeks]
    assert f"  primary: the preview differs in the week of {weeks[0]['week']}" in words
    assert published.rotation.slug == "core"


def test_it_syncs_says_what_it_did_and_then_has_nothing_to_do(
    published: Published, simulator: RunningSimulator
) -> None:
    first = _run("--rotation", "core")
    second = _run("--rotation", "core")

    assert first.splitlines()[0] == "core: 5 writes"
    assert second == "core: no writes\n"
    assert published.shown(simulator, "primary") == published.wanted("primary")


@pytest.mark.usefixtures("published")
def test_json_has_one_object_a_rotation() -> None:
    planned = json.loads(_run("--dry-run", "--json"))
    done = json.loads(_run("--json"))

    assert [step["action"] for step in planned["steps"]] == [
        "create_schedule",
        "create_overrides",
        "create_schedule",
        "create_overrides",
        "create_policy",
    ]
    assert planned["steps"][0]["body"]["schedule"]["time_zone"] == "Europe/Dublin"
    assert (done["rotation"], done["failure"], done["unmatched"]) == ("core", "", [])
    assert {step["state"] for step in done["steps"]} == {"done"}
    levels = [step["level"] for step in done["steps"]]
    assert levels == ["primary"] * 2 + ["escalation"] * 2 + [None]


@pytest.mark.usefixtures("published")
def test_somebody_without_an_account_is_named(simulator: RunningSimulator) -> None:
    state = simulator.state()
    simulator.put_state({"users": [user for user in state["users"] if user["name"] != "Gil"]})

    assert "not in PagerDuty: Gil" in _run("--dry-run")


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("arguments", [(), ("--dry-run",)])
def test_a_failure_is_one_line_and_exit_1(
    simulator: RunningSimulator, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    simulator.faults(status=503)

    with pytest.raises(SystemExit) as ended:
        call_command("sync_pagerduty", *arguments)

    assert ended.value.code == 1
    assert "  failed: PagerDuty answered 503" in capsys.readouterr().out


@pytest.mark.usefixtures("published")
def test_an_unknown_rotation_is_bad_input() -> None:
    with pytest.raises(CommandError, match="no rotation 'nights'") as refused:
        _run("--rotation", "nights")

    assert refused.value.returncode == 2


def test_it_waits_for_the_worker_that_was_faster(
    published: Published, simulator: RunningSimulator
) -> None:
    run = SyncRun.objects.get(rotation=published.rotation)
    operations.claim_run(run_id=run.pk, now=NOW, real_now=NOW, holder="worker")
    operations.finish_run(run_id=run.pk, holder="worker", unmatched=[], now=NOW)

    told = _run()

    assert told.startswith("core: 5 writes")
    assert Level.objects.exclude(pagerduty_schedule_ref="").count() == 2
    assert len(simulator.state()["schedules"]) == 2


def _edit_layers(published: Published, simulator: RunningSimulator) -> None:
    level = Level.objects.get(rotation=published.rotation, name="primary")
    path = f"/schedules/{level.pagerduty_schedule_ref}"
    schedule = simulator.call("GET", path).body["schedule"]
    users = schedule["schedule_layers"][0]["users"]
    users[1], users[2] = users[2], users[1]
    assert simulator.call("PUT", path, {"schedule": schedule}).status == 200


def test_it_keeps_an_edit_that_nobody_decided_on_and_says_so(
    published: Published, simulator: RunningSimulator
) -> None:
    _run()
    _edit_layers(published, simulator)
    edited = published.shown(simulator, "primary")

    dry, told = _run("--dry-run"), _run()

    assert dry.splitlines()[0] == "core: no writes"
    assert told.splitlines()[0] == "core: no writes"
    assert "primary: still differs: " in told
    assert "because somebody edited the schedule in PagerDuty" in told
    assert published.shown(simulator, "primary") == edited != published.wanted("primary")


def test_it_writes_over_an_edit_when_that_is_ordered(
    published: Published, simulator: RunningSimulator
) -> None:
    _run()
    _edit_layers(published, simulator)

    dry, told = _run("--dry-run", "--write-over"), _run("--write-over")

    assert dry.splitlines()[0] == told.splitlines()[0] == "core: 1 writes"
    assert "still differs" not in told
    assert published.shown(simulator, "primary") == published.wanted("primary")
