"""Reads of rotations, drafts, shifts and syncs; each says in which order it answers."""

from __future__ import annotations
