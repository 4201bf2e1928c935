from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Callable


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test sets here is gone after it."""
    monkeypatch.setattr(os, "environ", {})


def test_an_empty_variable_is_an_unset_one() -> None:
    os.environ["ROTA_X"] = "  "

    assert env.text("ROTA_X", "default") == "default"


@pytest.mark.parametrize(("value", "wanted"), [("yes", True), ("1", True), ("off", False)])
def test_yes_and_no_have_several_words(value: str, *, wanted: bool) -> None:
    os.environ["ROTA_X"] = value

    assert env.flag("ROTA_X", default=not wanted) is wanted


@pytest.mark.parametrize("read", [env.mode, lambda: env.number("ROTA_MODE", 1)])
def test_a_wrong_value_is_named(read: Callable[[], object]) -> None:
    os.environ["ROTA_MODE"] = "staging"

    with pytest.raises(ImproperlyConfigured, match=r"^ROTA_MODE is 'staging'"):
        read()


def test_production_is_the_mode_of_who_says_nothing() -> None:
    assert env.mode() is env.Mode.PRODUCTION


def test_a_secret_may_lie_in_a_file(tmp_path: pathlib.Path) -> None:
    (tmp_path / "token").write_text("s3cret\n", encoding="utf-8")
    os.environ["ROTA_X_FILE"] = str(tmp_path / "token")

    assert env.secret("ROTA_X") == "s3cret"


def test_a_secret_file_that_is_not_there_is_named() -> None:
    os.environ["ROTA_X_FILE"] = "/nowhere"

    with pytest.raises(ImproperlyConfigured, match=r"^ROTA_X_FILE cannot be read"):
        env.secret("ROTA_X")


def test_a_file_fills_in_what_nobody_set(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "demo.env"
    path.write_text("ROTA_PORT=8123\nREDIS_URL=unix://:a=b@/r.sock?db=0\n", encoding="utf-8")
    os.environ["ROTA_PORT"] = "9000"

    env.fill_from(path)
    env.fill_from(tmp_path / "not-there")

    assert os.environ["ROTA_PORT"] == "9000"
    assert os.environ["REDIS_URL"] == "unix://:a=b@/r.sock?db=0"
