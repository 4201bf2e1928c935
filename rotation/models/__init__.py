"""The rows of a rotation: arrangement, drafts, published schedule, PagerDuty's side."""

from __future__ import annotations

from rotation.models.answers import Forecast, WeekQuestion
from rotation.models.drafts import Draft, DraftRule, DraftShift
from rotation.models.history import HistoryWeek
from rotation.models.repairs import Disturbance
from rotation.models.rotations import Level, LevelName, PolicyVersion, Rotation
from rotation.models.schedule import Cover, Shift
from rotation.models.syncs import SyncRun, SyncStep

__all__ = [
    "Cover",
    "Disturbance",
    "Draft",
    "DraftRule",
    "DraftShift",
    "Forecast",
    "HistoryWeek",
    "Level",
    "LevelName",
    "PolicyVersion",
    "Rotation",
    "Shift",
    "SyncRun",
    "SyncStep",
    "WeekQuestion",
]
