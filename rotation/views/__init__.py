"""The pages of a rotation: its schedule, its drafts, its state in PagerDuty."""

from __future__ import annotations
