"""When tests happen. The default handover is Monday 12:00 in Dublin."""

from __future__ import annotations

import datetime as dt

NOW = dt.datetime(2026, 11, 25, 10, 0, tzinfo=dt.UTC)
TODAY = NOW.date()
THIS_WEEK = dt.date(2026, 11, 23)
NEXT_WEEK = dt.date(2026, 11, 30)
LONG_AGO = dt.datetime(2026, 1, 5, 9, 0, tzinfo=dt.UTC)
LONG_AGO_DATE = dt.date(2026, 1, 5)
WEEK = dt.timedelta(weeks=1)
