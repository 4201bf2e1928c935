"""Taking a person's words out of every text that the database holds.

It walks over all columns of all models, so that a column that is added later is erased as well;
what has to keep such words is named by whoever asks.
"""

from __future__ import annotations

import dataclasses
import json
import re
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

BATCH = 500
_TEXT = (models.CharField, models.TextField)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What stands for what: each whole word on the left, whatever its case, for the right."""

    by: Mapping[str, str]

    def replaced(self, value: Any) -> Any:
        """The value with every word replaced; texts, and JSON down to its keys."""
        if isinstance(value, str):
            for old, new in self.by.items():
                # A backslash in it means nothing to re.
                value = _whole(old).sub(new.replace("\\", r"\\"), value)
            return value
        if isinstance(value, list):
            return [self.replaced(each) for each in value]
        if isinstance(value, dict):
            return {self.replaced(key): self.replaced(each) for key, each in value.items()}
        return value


def erase(words: Words, *, kept: Collection[str] = ()) -> dict[str, int]:
    """Replace the words in every row but in `kept` (`app.Model.column`); how many rows by model.

    Runs in the caller's transaction.
    """
    found = {}
    for model in apps.get_models():
        label = model._meta.label  # noqa: SLF001 - Django's documented API
        columns = [name for name in _columns(model) if f"{label}.{name}" not in kept]
        if columns and (changed := _erase_in(model, columns, words)):
            found[label] = changed
    return found


def places(words: Words) -> set[str]:
    """Every `app.Model.column` that still holds one of the words."""
    return {
        f"{model._meta.label}.{name}"  # noqa: SLF001 - Django's documented API
        for model in apps.get_models()
        for name in _columns(model)
        if any(
            words.replaced(value) != value
            for value in _holding(model, [name], words).values_list(name, flat=True)
        )
    }


def _columns(model: type[models.Model]) -> list[str]:
    """Columns with free text; one with choices holds none."""
    return [
        field.name
        for field in model._meta.concrete_fields  # noqa: SLF001 - Django's documented API
        if (isinstance(field, _TEXT) and not field.choices) or isinstance(field, models.JSONField)
    ]


def _erase_in(model: type[models.Model], columns: list[str], words: Words) -> int:
    keys = list(_holding(model, columns, words).values_list("pk", flat=True))
    rows = model._base_manager  # noqa: SLF001 - Django's documented API
    changed = 0
    for first in range(0, len(keys), BATCH):
        for row in rows.filter(pk__in=keys[first : first + BATCH]).values("pk", *columns):
            new = {name: _replaced(model, name, row[name], words) for name in columns}
            differs = {name: value for name, value in new.items() if value != row[name]}
            if differs:
                rows.filter(pk=row["pk"]).update(**differs)
                changed += 1
    return changed


def _replaced(model: type[models.Model], name: str, old: Any, words: Words) -> Any:
    """The new value, cut to what the column takes where it became longer."""
    new = words.replaced(old)
    longest = getattr(model._meta.get_field(name), "max_length", None)  # noqa: SLF001 - as above
    return new[:longest] if new != old and longest and isinstance(new, str) else new


def _holding(
    model: type[models.Model], columns: list[str], words: Words
) -> models.QuerySet[Any, Any]:
    """Rows in which one of the columns has one of the words, or a longer one with it inside."""
    casts = {f"text_of_{name}": Cast(name, models.TextField()) for name in columns}
    holds = Q()
    for name in casts:
        for form in _forms(words):
            holds |= Q(**{f"{name}__icontains": form})
    rows: Any = model._base_manager.all()  # noqa: SLF001 - as above
    found: models.QuerySet[Any, Any] = rows.annotate(**casts).filter(holds)
    return found


def _forms(words: Words) -> Iterator[str]:
    """Each word as it stands in a text and, where that differs, as JSON is kept on SQLite."""
    for old in words.by:
        yield old
        escaped = json.dumps(old)[1:-1]
        if escaped != old:
            yield escaped


def _whole(word: str) -> re.Pattern[str]:
    """The word where no letter, nor what goes on with an address, stands beside it."""
    return re.compile(rf"(?<![\w+%-])(?<!\w\.){re.escape(word)}(?![\w-]|\.\w)", re.IGNORECASE)
