"""Short names for addresses."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from django.utils.text import slugify

if TYPE_CHECKING:
    from django.db.models import Manager

LONGEST = 50
WITHOUT_LETTERS = "unnamed"


def free_slug(rows: Manager[Any], name: str) -> str:
    """The name in small ASCII letters with hyphens, and a number where another row has that."""
    slug = slugify(name)[:LONGEST].strip("-") or WITHOUT_LETTERS
    tried = itertools.chain([slug], (f"{slug}-{number}" for number in itertools.count(2)))
    return next(one for one in tried if not rows.filter(slug=one).exists())
