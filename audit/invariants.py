"""The audit trail is written once; only erasing a name may reword it, and leaves its own row."""

from __future__ import annotations

from common.invariants import EngineSql, Invariant, postgresql_triggers, sqlite_triggers

_NONE_RUNS = "NOT EXISTS (SELECT 1 FROM audit_erasure WHERE ended_at IS NULL)"
# What happened, when and to whose team stays whatever is erased.
_FACTS = ("id", "at", "request_id", "team", "area", "verb")
_ERASURE_CHANGES = (
    "OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL "
    "OR NEW.id IS DISTINCT FROM OLD.id OR NEW.pseudonym IS DISTINCT FROM OLD.pseudonym "
    "OR NEW.began_at IS DISTINCT FROM OLD.began_at"
)


def _on_sqlite(condition: str) -> str:
    """IS NOT is how SQLite compares when one side may be null."""
    return condition.replace("IS DISTINCT FROM", "IS NOT")


def reworded_by_erasing(
    name: str, *, table: str, facts: tuple[str, ...], message: str
) -> Invariant:
    """Rows are neither deleted nor changed, but in other columns than `facts` while one is erased.

    A trigger's WHEN may not ask another table on PostgreSQL, so that the function asks.
    """
    changes = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in facts)
    refuses = f"({changes}) OR {_NONE_RUNS}"
    kept = postgresql_triggers(
        name, table=table, events={"DELETE": "true", "TRUNCATE": ""}, message=message
    )
    on_update = f"{name}_on_update"
    body = (
        f"CREATE OR REPLACE FUNCTION {on_update}_refuses() RETURNS trigger LANGUAGE plpgsql "
        f"AS $$ BEGIN IF {refuses} THEN RAISE EXCEPTION '{message}' "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
    )
    trigger = (
        f"CREATE TRIGGER {on_update} BEFORE UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {on_update}_refuses()"
    )
    return Invariant(
        name=name,
        postgresql=EngineSql(
            objects=(*kept.objects, on_update),
            create=(*kept.create, body, trigger),
            drop=(
                f"DROP TRIGGER IF EXISTS {on_update} ON {table}",
                f"DROP FUNCTION IF EXISTS {on_update}_refuses()",
                *kept.drop,
            ),
        ),
        sqlite=sqlite_triggers(
            name,
            table=table,
            events={"UPDATE": _on_sqlite(refuses), "DELETE": "true"},
            message=message,
        ),
    )


INVARIANTS = [
    reworded_by_erasing(
        "audit_event_is_kept",
        table="audit_auditevent",
        facts=_FACTS,
        message="an audit event is never changed",
    ),
    reworded_by_erasing(
        "audit_mention_is_kept",
        table="audit_mention",
        facts=("id", "event_id", "at"),
        message="a mention in an audit event is never changed",
    ),
    Invariant(
        name="audit_erasure_is_kept",
        postgresql=postgresql_triggers(
            "audit_erasure_is_kept",
            table="audit_erasure",
            events={"UPDATE": _ERASURE_CHANGES, "DELETE": "true", "TRUNCATE": ""},
            message="an erasure is ended once and kept",
        ),
        sqlite=sqlite_triggers(
            "audit_erasure_is_kept",
            table="audit_erasure",
            events={"UPDATE": _on_sqlite(_ERASURE_CHANGES), "DELETE": "true"},
            message="an erasure is ended once and kept",
        ),
    ),
]
