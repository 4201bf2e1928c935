"""What a completed week is worth, to the last minor unit: plain data and integers only."""

from __future__ import annotations
