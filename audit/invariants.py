"""The audit trail is written once."""

from __future__ import annotations

from common.invariants import Invariant, postgresql_triggers, sqlite_triggers

_MESSAGE = "an audit event is never changed"

INVARIANTS = [
    Invariant(
        name="audit_event_is_kept",
        postgresql=postgresql_triggers(
            "audit_event_is_kept",
            table="audit_auditevent",
            events={"UPDATE": "true", "DELETE": "true", "TRUNCATE": ""},
            message=_MESSAGE,
        ),
        sqlite=sqlite_triggers(
            "audit_event_is_kept",
            table="audit_auditevent",
            events={"UPDATE": "true", "DELETE": "true"},
            message=_MESSAGE,
        ),
    ),
]
