"""What stops a start with one line for the person at the terminal."""

from __future__ import annotations


class LaunchError(Exception):
    """Rota cannot start here; the message is one line and says what to do."""
