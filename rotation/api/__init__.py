"""The API of rotations: the schedule, drafts, and what PagerDuty shows."""

from __future__ import annotations
