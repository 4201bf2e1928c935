"""What the database keeps about shifts, covers and policies beyond `Meta.constraints`."""

from __future__ import annotations

from audit.invariants import reworded_by_erasing
from common.invariants import EngineSql, Invariant, postgresql_triggers, sqlite_triggers

_NEVER_DELETED = "a published shift is never deleted"
_IMMUTABLE = "a policy version is never changed"
_POLICY_FACTS = (
    *("id", "rotation_id", "number", "term_weeks", "cool_down_weeks", "target_size"),
    *("minimum_size", "horizon_weeks", "primary_rest_weeks", "primary_shifts_per_term"),
    *("escalation_rest_weeks", "escalation_shifts_per_term", "spacing_weeks"),
    *("holiday_load_hundredths", "holiday_weights", "objectives", "escalation_delay_minutes"),
    *("escalation_loops", "drift_choice", "deduplicates_pay", "changed_at", "effective_from"),
)
_OUTSIDE = "a cover lies inside its shift"
_COVER_OUTSIDE_SQLITE = (
    "NOT EXISTS (SELECT 1 FROM rotation_shift s WHERE s.id = NEW.shift_id "
    "AND s.starts_at <= NEW.starts_at AND NEW.ends_at <= s.ends_at)"
)

# A trigger's WHEN clause takes no subquery on PostgreSQL, so this one has a body of its own.
_COVER_FUNCTION = """
CREATE OR REPLACE FUNCTION cover_lies_in_its_shift_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM rotation_shift s WHERE s.id = NEW.shift_id
      AND s.starts_at <= NEW.starts_at AND NEW.ends_at <= s.ends_at) THEN
    RAISE EXCEPTION 'a cover lies inside its shift'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$
"""


def _cover_inside() -> Invariant:
    name = "cover_lies_in_its_shift"
    return Invariant(
        name=name,
        postgresql=EngineSql(
            objects=(name,),
            create=(
                _COVER_FUNCTION,
                (
                    f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON rotation_cover "
                    f"FOR EACH ROW EXECUTE FUNCTION {name}_refuses()"
                ),
            ),
            drop=(
                f"DROP TRIGGER IF EXISTS {name} ON rotation_cover",
                f"DROP FUNCTION IF EXISTS {name}_refuses()",
            ),
        ),
        sqlite=sqlite_triggers(
            name,
            table="rotation_cover",
            events={"INSERT": _COVER_OUTSIDE_SQLITE, "UPDATE": _COVER_OUTSIDE_SQLITE},
            message=_OUTSIDE,
        ),
    )


INVARIANTS = [
    Invariant(
        name="shift_is_kept",
        postgresql=postgresql_triggers(
            "shift_is_kept",
            table="rotation_shift",
            events={"DELETE": "true", "TRUNCATE": ""},
            message=_NEVER_DELETED,
        ),
        sqlite=sqlite_triggers(
            "shift_is_kept",
            table="rotation_shift",
            events={"DELETE": "true"},
            message=_NEVER_DELETED,
        ),
    ),
    # Who changed a policy and why may name a person who is erased; its figures stay.
    reworded_by_erasing(
        "policy_is_immutable",
        table="rotation_policyversion",
        facts=_POLICY_FACTS,
        message=_IMMUTABLE,
    ),
    _cover_inside(),
]
