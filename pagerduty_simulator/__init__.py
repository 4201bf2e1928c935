"""A stand-in for PagerDuty's REST API, version 2: one process, one state file, no dependency."""

from __future__ import annotations
