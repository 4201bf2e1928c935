"""Reads of people, applications, terms and absences; each says in which order it answers."""

from __future__ import annotations
