"""Reads of pages that join apps."""

from __future__ import annotations
