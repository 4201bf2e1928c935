"""The parent process of `make run`: prepares a data folder, starts every part, stops every part."""

from __future__ import annotations
