"""The API of what joins apps: applications and terms, whose dates are a rotation's handovers."""

from __future__ import annotations
