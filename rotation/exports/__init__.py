"""Files for other programs: calendars, and codes for a phone's camera."""

from __future__ import annotations
