"""The rows of a rotation: arrangement, drafts, published schedule, PagerDuty's side."""

from __future__ import annotations

from rotation.models.account import (
    PagerDutyAccount,
    PagerDutyPerson,
    PeopleCheck,
    WithheldWeek,
)
from rotation.models.answers import Forecast, WeekQuestion
from rotation.models.asking import CoverAsk, SwapOffer
from rotation.models.calendars import CalendarEntry, CalendarFeed, CalendarState
from rotation.models.drafts import Draft, DraftRule, DraftShift
from rotation.models.drift import Drift, DriftCheck
from rotation.models.handovers import HandoverNote
from rotation.models.history import HistoryWeek
from rotation.models.incidents import (
    Incident,
    Page,
    Service,
    WebhookCare,
    WebhookEvent,
    WebhookRefusal,
    WebhookSubscription,
)
from rotation.models.lookups import Lookup
from rotation.models.repairs import Disturbance
from rotation.models.rotations import DriftChoice, Level, LevelName, PolicyVersion, Rotation
from rotation.models.schedule import Cover, Shift
from rotation.models.syncs import SyncRun, SyncStep

__all__ = [
    "CalendarEntry",
    "CalendarFeed",
    "CalendarState",
    "Cover",
    "CoverAsk",
    "Disturbance",
    "Draft",
    "DraftRule",
    "DraftShift",
    "Drift",
    "DriftCheck",
    "DriftChoice",
    "Forecast",
    "HandoverNote",
    "HistoryWeek",
    "Incident",
    "Level",
    "LevelName",
    "Lookup",
    "Page",
    "PagerDutyAccount",
    "PagerDutyPerson",
    "PeopleCheck",
    "PolicyVersion",
    "Rotation",
    "Service",
    "Shift",
    "SwapOffer",
    "SyncRun",
    "SyncStep",
    "WebhookCare",
    "WebhookEvent",
    "WebhookRefusal",
    "WebhookSubscription",
    "WeekQuestion",
    "WithheldWeek",
]
