"""Places and on-call teams by forms, people by what can be done with them, the rest to read."""

from __future__ import annotations

from volunteers.admin import messages, people, places, service

__all__ = ["messages", "people", "places", "service"]
