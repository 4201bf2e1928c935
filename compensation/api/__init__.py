"""The API of money: rates, entries, pay periods and their files."""

from __future__ import annotations
