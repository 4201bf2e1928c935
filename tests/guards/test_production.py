from __future__ import annotations

import pytest

from tests.guards.production import outside_settings, run

CHECK = ("manage.py", "check")


def test_the_deployment_check_has_nothing_to_say_and_names_no_secret() -> None:
    secrets = dict.fromkeys(("PAGERDUTY_API_TOKEN", "EMAIL_HOST_PASSWORD"), "canary-7c1f")

    done = run(*CHECK, "--deploy", "--fail-level=WARNING", **secrets)

    assert done.code == 0, done.output
    assert "no issues (0 silenced)" in done.output
    assert "canary" not in done.output


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        pytest.param({"ROTA_SECRET_KEY": ""}, "ROTA_SECRET_KEY is unset", id="no secret key"),
        pytest.param({"ROTA_SECRET_KEY": "changeme"}, "at least 50", id="a short secret key"),
        pytest.param({"ROTA_CLOCK_FILE": "clock"}, "ROTA_CLOCK_FILE is set", id="a clock to move"),
        pytest.param({"ROTA_MODE": "prod"}, "ROTA_MODE is 'prod'", id="a mode that is none"),
    ],
)
def test_production_does_not_start_on_what_would_be_unsafe(
    environment: dict[str, str], said: str
) -> None:
    done = run(*CHECK, **environment)

    assert done.code == 2
    assert len(done.output.splitlines()) == 1
    assert said in done.output


def test_nobody_sees_an_error_s_insides_in_production() -> None:
    assert outside_settings()["DEBUG"] is False


def test_the_proxys_host_header_is_not_believed() -> None:
    assert outside_settings()["USE_X_FORWARDED_HOST"] is False


def test_production_does_not_tell_how_it_answers() -> None:
    assert not [name for name in outside_settings()["MIDDLEWARE"] if "QueryCount" in name]
