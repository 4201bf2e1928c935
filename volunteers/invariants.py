"""What the database keeps about terms and calendars beyond `Meta.constraints`."""

from __future__ import annotations

from common.invariants import Invariant, exclusion, postgresql_triggers, sqlite_triggers

# min() of SQLite with a null is null, so an open end is written as the last day of all. The last
# two lines leave out terms that were left before they began: they hold no day.
_OTHER_TERM_MEETS_NEW = """
EXISTS (
  SELECT 1 FROM volunteers_term t
  WHERE t.team_id = NEW.team_id AND t.engineer_id = NEW.engineer_id AND t.id IS NOT NEW.id
  AND t.starts_on < min(coalesce(NEW.ends_on, '9999-12-31'), coalesce(NEW.left_on, '9999-12-31'))
  AND NEW.starts_on < min(coalesce(t.ends_on, '9999-12-31'), coalesce(t.left_on, '9999-12-31'))
  AND t.starts_on < min(coalesce(t.ends_on, '9999-12-31'), coalesce(t.left_on, '9999-12-31'))
  AND NEW.starts_on
    < min(coalesce(NEW.ends_on, '9999-12-31'), coalesce(NEW.left_on, '9999-12-31'))
)
"""

# Pay follows from these; who and why stay open to the erasing of somebody who left.
_CALENDAR_CHANGES = " OR ".join(
    f"NEW.{column} IS DISTINCT FROM OLD.{column}"
    for column in ("id", "office_id", "number", "added", "removed", "made_at")
)
_REPLACES_CALENDAR = """
EXISTS (
  SELECT 1 FROM volunteers_calendarversion old
  WHERE old.id = NEW.id OR (old.office_id = NEW.office_id AND old.number = NEW.number)
)
"""
_CALENDAR_IS_KEPT = "a version of a calendar is never changed"

INVARIANTS = [
    Invariant(
        name="term_does_not_overlap",
        postgresql=exclusion(
            "term_does_not_overlap",
            table="volunteers_term",
            using=(
                "team_id WITH =, engineer_id WITH =, "
                "daterange(starts_on, least(ends_on, left_on)) WITH &&"
            ),
        ),
        sqlite=sqlite_triggers(
            "term_does_not_overlap",
            table="volunteers_term",
            events={"INSERT": _OTHER_TERM_MEETS_NEW, "UPDATE": _OTHER_TERM_MEETS_NEW},
            message="term_does_not_overlap",
        ),
    ),
    Invariant(
        name="calendar_version_is_kept",
        postgresql=postgresql_triggers(
            "calendar_version_is_kept",
            table="volunteers_calendarversion",
            events={"UPDATE": _CALENDAR_CHANGES, "DELETE": "true", "TRUNCATE": ""},
            message=_CALENDAR_IS_KEPT,
        ),
        sqlite=sqlite_triggers(
            "calendar_version_is_kept",
            table="volunteers_calendarversion",
            events={
                "INSERT": _REPLACES_CALENDAR,
                "UPDATE": _CALENDAR_CHANGES.replace("IS DISTINCT FROM", "IS NOT"),
                "DELETE": "true",
            },
            message=_CALENDAR_IS_KEPT,
        ),
    ),
]
