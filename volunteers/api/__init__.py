"""The API of people, on-call teams and absences, and the base that all routes stand on."""

from __future__ import annotations
