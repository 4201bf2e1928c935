"""What an operation says when it will not do what it was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping


class RefusedError(Exception):
    """An expected refusal, in words for the person who asked; nothing was written.

    Subclasses sit in the operations module that raises them and set `code` (stable, for programs)
    and `status` (the HTTP answer: 400 bad input, 403 not yours to do, 404 not yours to see, 409
    the state has moved on). `fields` maps form or JSON field names to their own messages.
    """

    code: ClassVar[str] = "REFUSED"
    status: ClassVar[int] = 400

    def __init__(self, message: str, *, fields: Mapping[str, str] | None = None) -> None:
        """Keep the sentence and the messages of single fields."""
        super().__init__(message)
        self.message = message
        self.fields = dict(fields or {})
