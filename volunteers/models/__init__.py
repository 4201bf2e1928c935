"""People and what they have agreed to."""

from __future__ import annotations

from volunteers.models.extending import MOST_EXTENSION_WEEKS, TermExtension
from volunteers.models.joining import OPEN_STATES, Application, ApplicationDraft
from volunteers.models.people import (
    CalendarVersion,
    Engineer,
    Office,
    Posting,
    PublicHoliday,
    RoleGrant,
    Team,
    in_force,
)
from volunteers.models.service import MOST_SHADOW_WEEKS, Absence, Term, TermLevel, WeekWish
from volunteers.models.teams import ManagerGrant, OnCallTeam

__all__ = [
    "MOST_EXTENSION_WEEKS",
    "MOST_SHADOW_WEEKS",
    "OPEN_STATES",
    "Absence",
    "Application",
    "ApplicationDraft",
    "CalendarVersion",
    "Engineer",
    "ManagerGrant",
    "Office",
    "OnCallTeam",
    "Posting",
    "PublicHoliday",
    "RoleGrant",
    "Team",
    "Term",
    "TermExtension",
    "TermLevel",
    "WeekWish",
    "in_force",
]
