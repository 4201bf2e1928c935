from __future__ import annotations

import ast
import pathlib
from typing import TYPE_CHECKING, TypeGuard

import pytest

from outbox import operations, queries
from outbox.domain import kinds
from outbox.models import Message, TurnedOff
from tests import builders
from tests.builders import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = pathlib.Path(__file__).resolve().parents[2]
APPS = ("volunteers", "rotation", "compensation", "portal", "config")


def _kinds_written() -> Iterator[tuple[str, str]]:
    """Each kind that the product's code names where it imports the outbox, with its file."""
    for path in sorted(found for app in APPS for found in (ROOT / app).rglob("*.py")):
        text = path.read_text()
        if "from outbox" not in text:
            continue
        tree = ast.parse(text)
        for node in ast.walk(tree):
            if _names_a_kind(node) and isinstance(node.value, ast.Constant):
                yield path.name, str(node.value.value)


def _names_a_kind(node: ast.AST) -> TypeGuard[ast.keyword | ast.Assign]:
    if isinstance(node, ast.keyword):
        return node.arg == "kind"
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "KIND"


WRITTEN = sorted(set(_kinds_written()))


def test_the_code_names_kinds() -> None:
    assert ("published_mails.py", "weeks_published") in WRITTEN
    assert ("hook_care.py", "web-hooks disabled") in WRITTEN


@pytest.mark.parametrize(("file", "kind"), WRITTEN)
def test_every_kind_that_is_sent_has_words_by_which_it_can_be_turned_off(
    file: str, kind: str
) -> None:
    assert kinds.kind_of(kind).words, file


def test_only_what_concerns_a_shift_of_tomorrow_is_always_sent() -> None:
    assert [kind.name for kind in kinds.ALL if kind.always] == ["shift_tomorrow"]


def test_no_kind_stands_there_twice() -> None:
    names = [kind.name for kind in kinds.ALL]

    assert len(names) == len(set(names))


@pytest.mark.django_db
def test_a_mail_of_an_unknown_kind_is_a_mistake() -> None:
    with pytest.raises(kinds.UnknownKindError, match=r"outbox\.domain\.kinds"):
        _queue("ben@example.com", kind="surprise")


@pytest.mark.django_db
def test_what_a_reader_turned_off_is_not_written_to_them_but_to_others() -> None:
    ben, anna = builders.make_engineer(name="Ben"), builders.make_engineer(name="Anna")
    TurnedOff.objects.create(engineer=ben, kind="weeks_published")

    told = [_queue(one.email) for one in (ben, anna)]

    assert [one is not None for one in told] == [False, True]
    assert Message.objects.get().to == anna.email
    assert queries.turned_off(engineer_id=ben.pk) == {"weeks_published"}


@pytest.mark.django_db
def test_what_concerns_a_shift_tomorrow_comes_whatever_was_turned_off() -> None:
    ben = builders.make_engineer(name="Ben")
    for kind in ("weeks_published", "shift_tomorrow"):
        TurnedOff.objects.create(engineer=ben, kind=kind)

    far = _queue(ben.email, shift_at=NOW + 3 * operations.TOMORROW)
    near = _queue(ben.email, shift_at=NOW + operations.TOMORROW / 2)
    always = _queue(ben.email, kind="shift_tomorrow")

    assert far is None
    assert near is not None
    assert always is not None


def _queue(to: str, *, kind: str = "weeks_published", **more: object) -> Message | None:
    return operations.queue_message(
        to=to,
        kind=kind,
        subject="x",
        body="y",
        now=NOW,
        **more,  # type: ignore[arg-type]
    )
