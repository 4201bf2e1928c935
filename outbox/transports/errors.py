"""What it means that a message was not taken."""

from __future__ import annotations


class TransportError(Exception):
    """The message was not taken.

    It is `permanent` when trying again cannot help, and `is_away` when the other side takes nothing
    at all now, so that no other message need be tried. `wait` is for how many seconds it asks.
    """

    def __init__(
        self, message: str, *, permanent: bool, is_away: bool = False, wait: int = 0
    ) -> None:
        """Keep the reason, whether it is final, whether it concerns all, and the wait."""
        super().__init__(message)
        self.permanent = permanent
        self.is_away = is_away
        self.wait = wait
