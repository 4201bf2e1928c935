"""A function per row, keyword-only, with a value for everything that a test does not care about.

The cast: Anna decides, Ben serves, Carla is outside. `NOW` is a Wednesday morning; the default
handover is Monday 12:00 in Dublin, so the next one is on `NEXT_WEEK`.
"""

from __future__ import annotations

from tests.builders.forecasts import make_forecast
from tests.builders.moments import (
    LONG_AGO,
    LONG_AGO_DATE,
    NEXT_WEEK,
    NOW,
    THIS_WEEK,
    TODAY,
    WEEK,
)
from tests.builders.people import (
    CORRECT_HORSE,
    make_admin,
    make_anna,
    make_ben,
    make_carla,
    make_engineer,
    make_finance,
    make_holiday,
    make_home_team,
    make_manager,
    make_office,
    make_posting,
    make_role,
)
from tests.builders.schedule import (
    OFFICE_HOURS,
    level_of,
    make_cover,
    make_draft,
    make_draft_rule,
    make_draft_shift,
    make_history_week,
    make_policy,
    make_rotation,
    make_shift,
    pattern_of,
)
from tests.builders.service import (
    make_absence,
    make_application,
    make_application_draft,
    make_escalation_term,
    make_extension,
    make_team,
    make_term,
    make_wish,
)

__all__ = [
    "CORRECT_HORSE",
    "LONG_AGO",
    "LONG_AGO_DATE",
    "NEXT_WEEK",
    "NOW",
    "OFFICE_HOURS",
    "THIS_WEEK",
    "TODAY",
    "WEEK",
    "level_of",
    "make_absence",
    "make_admin",
    "make_anna",
    "make_application",
    "make_application_draft",
    "make_ben",
    "make_carla",
    "make_cover",
    "make_draft",
    "make_draft_rule",
    "make_draft_shift",
    "make_engineer",
    "make_escalation_term",
    "make_extension",
    "make_finance",
    "make_forecast",
    "make_history_week",
    "make_holiday",
    "make_home_team",
    "make_manager",
    "make_office",
    "make_policy",
    "make_posting",
    "make_role",
    "make_rotation",
    "make_shift",
    "make_team",
    "make_term",
    "make_wish",
    "pattern_of",
]
