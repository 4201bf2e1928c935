"""Cleaning of what was sent; nothing here writes."""

from __future__ import annotations
