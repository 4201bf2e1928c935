from __future__ import annotations

import inspect

import pytest

from config.celery import app

app.loader.import_default_modules()
OURS = sorted(name for name in app.tasks if not name.startswith("celery."))


def test_every_sweep_that_beat_starts_exists() -> None:
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert scheduled <= set(OURS)


@pytest.mark.parametrize("name", OURS)
def test_a_task_takes_ids_by_keyword(name: str) -> None:
    parameters = inspect.signature(app.tasks[name].run).parameters.values()

    for parameter in parameters:
        assert parameter.kind is inspect.Parameter.KEYWORD_ONLY
        assert parameter.annotation in {"int", "str"}


@pytest.mark.parametrize("name", OURS)
def test_a_task_is_named_by_its_app_and_operation(name: str) -> None:
    app_name, operation = name.split(".")

    assert app.tasks[name].__module__ == f"{app_name}.tasks"
    assert app.tasks[name].__name__ == operation


def test_a_lost_worker_gives_its_tasks_back() -> None:
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
