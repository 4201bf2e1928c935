from __future__ import annotations

import pathlib
import re
import shlex
from typing import Any

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
OURS = {"migrate", "web", "worker", "beat"}
SECRETS = {
    "ROTA_SECRET_KEY",
    "ROTA_WEBHOOK_KEY",
    "POSTGRES_PASSWORD",
    "REDIS_PASSWORD",
    "PAGERDUTY_API_TOKEN",
    "EMAIL_HOST_PASSWORD",
}


@pytest.fixture(scope="module")
def text() -> str:
    return (ROOT / "docker-compose.yml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def services(text: str) -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = yaml.safe_load(text)["services"]
    return loaded


@pytest.fixture(scope="module")
def example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#")]
    return {name: value for name, _equals, value in pairs}


def test_every_part_of_the_product_is_a_service(services: dict[str, dict[str, Any]]) -> None:
    assert set(services) == {*OURS, "postgresql", "redis"}


def test_the_database_is_migrated_once_before_anything_uses_it(
    services: dict[str, dict[str, Any]],
) -> None:
    migrate = services["migrate"]
    waiting = {
        name: services[name]["depends_on"]["migrate"]["condition"] for name in OURS - {"migrate"}
    }

    assert migrate["command"] == ["python", "manage.py", "migrate", "--noinput"]
    assert migrate["restart"] == "no"
    assert migrate["depends_on"] == {"postgresql": {"condition": "service_healthy"}}
    assert set(waiting.values()) == {"service_completed_successfully"}


def test_what_runs_on_has_a_health_check(services: dict[str, dict[str, Any]]) -> None:
    checked = {name for name, service in services.items() if "test" in service["healthcheck"]}

    assert checked == set(services) - {"migrate"}


def test_our_services_run_as_nobody_special_and_write_nowhere(
    services: dict[str, dict[str, Any]],
) -> None:
    for name in OURS:
        service = services[name]
        assert service["user"] == "10001:10001"
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_only_the_web_port_is_published_and_only_on_the_loopback_address(
    services: dict[str, dict[str, Any]],
) -> None:
    ports = {name: service["ports"] for name, service in services.items() if "ports" in service}

    assert ports == {"web": ["127.0.0.1:${ROTA_PORT:-8000}:8000"]}


def test_redis_asks_for_a_password_and_evicts_nothing(
    services: dict[str, dict[str, Any]],
) -> None:
    script = services["redis"]["command"][2]

    assert "requirepass" in script
    assert "maxmemory-policy noeviction" in script
    assert "--requirepass" not in script  # the list of processes would show it


def test_no_secret_stands_in_the_file_and_a_missing_one_stops_the_start(
    text: str, example: dict[str, str]
) -> None:
    optional = {"EMAIL_HOST_PASSWORD", "ROTA_WEBHOOK_KEY"}
    uses = re.findall(r"\$\{(\w+)(:[-?])?([^}]*)\}", text)

    assert {name for name, mark, _word in uses if mark == ":?"} >= SECRETS - optional
    assert not [
        name for name, mark, word in uses if name in optional and (mark, word) != (":-", "")
    ]
    assert {name: example[name] for name in SECRETS} == dict.fromkeys(SECRETS, "")


def test_the_example_lists_exactly_the_variables_that_the_file_reads(
    text: str, example: dict[str, str]
) -> None:
    read = set(re.findall(r"(?<!\$)\$\{(\w+)", text))

    assert set(example) == read


def test_the_example_has_no_value_for_what_must_be_given(
    text: str, example: dict[str, str]
) -> None:
    required = set(re.findall(r"\$\{(\w+):\?", text))

    assert {name for name in required if example[name]} == set()


def test_the_image_runs_as_nobody_special_on_locked_requirements() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    bases = [line.split()[1] for line in lines if line.startswith("FROM")]
    user = [line for line in lines if line.startswith("USER")]
    installs = [line for line in lines if "pip install" in line]

    assert set(bases) == {"python:3.12-slim"}
    assert user == ["USER rota"]
    assert len(installs) == 1
    assert "--require-hashes" in installs[0]


def test_the_image_takes_in_nothing_but_what_it_runs() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    taken = {line.removeprefix("!") for line in lines if line.startswith("!")}

    assert "*" in lines
    assert all((ROOT / name).exists() for name in taken)
    assert taken.isdisjoint({"tests", ".env", ".git", ".data", "pagerduty_simulator"})


def test_ci_calls_the_test_command_and_nothing_else() -> None:
    script = ROOT / ".ci" / "run"
    words = [shlex.split(line, comments=True) for line in script.read_text().splitlines()]

    assert [line for line in words if line][-1] == ["make", "test"]
    assert script.stat().st_mode & 0o111
