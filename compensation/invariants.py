"""What the database keeps about money beyond `Meta.constraints`, on either engine.

On SQLite an INSERT OR REPLACE deletes without a DELETE trigger, so rows that are kept for ever
also refuse an INSERT in the place of one that exists.
"""

from __future__ import annotations

from common.invariants import EngineSql, Invariant, postgresql_triggers, sqlite_triggers

# Sharing the period's row makes an entry wait for a close that is under way, and see it.
_HOLD_PERIOD = "PERFORM 1 FROM compensation_payperiod p WHERE p.id = NEW.period_id FOR SHARE;"

_NO_OPEN_PERIOD = """
    NOT EXISTS (SELECT 1 FROM compensation_payperiod p
                WHERE p.id = NEW.period_id AND p.state = 'open')
"""
_NO_CLOSED_PERIOD = """
    NOT EXISTS (SELECT 1 FROM compensation_payperiod p
                WHERE p.id = NEW.period_id AND p.state = 'closed')
"""
_NOT_CHAINED = """
    (NEW.number = 1 AND NEW.previous_hash <>
        '0000000000000000000000000000000000000000000000000000000000000000')
    OR (NEW.number <> 1 AND NOT EXISTS (SELECT 1 FROM compensation_entry e
            WHERE e.number = NEW.number - 1 AND e.hash = NEW.previous_hash))
"""
_NO_TRUE_REVERSAL = """
    NEW.reverses_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM compensation_entry e
        WHERE e.id = NEW.reverses_id AND e.reverses_id IS NULL
          AND e.amount_minor = -NEW.amount_minor AND e.currency = NEW.currency
          AND e.engineer_id = NEW.engineer_id AND e.kind = NEW.kind
          AND coalesce(e.shift_id, 0) = coalesce(NEW.shift_id, 0)
          AND coalesce(e.rate_id, 0) = coalesce(NEW.rate_id, 0)
          AND NEW.key = 'REV|' || e.key)
"""
_OUT_OF_ORDER = """
    (NEW.state = 'open' AND EXISTS (SELECT 1 FROM compensation_payperiod p
        WHERE p.state = 'closed' AND p.month > NEW.month))
    OR (NEW.state = 'closed' AND EXISTS (SELECT 1 FROM compensation_payperiod p
        WHERE p.state = 'open' AND p.month < NEW.month))
"""
_REPLACES_RATE = """
    EXISTS (SELECT 1 FROM compensation_rate old
            WHERE old.id = NEW.id OR old.version = NEW.version)
"""
_REPLACES_ENTRY = """
    EXISTS (SELECT 1 FROM compensation_entry old
            WHERE old.id = NEW.id OR old.number = NEW.number OR old.key = NEW.key
               OR old.hash = NEW.hash OR old.reverses_id = NEW.reverses_id)
"""
_REPLACES_PERIOD = """
    EXISTS (SELECT 1 FROM compensation_payperiod old
            WHERE old.id = NEW.id OR old.month = NEW.month)
"""
_REPLACES_HEAD = "EXISTS (SELECT 1 FROM compensation_ledgerhead old WHERE old.id = NEW.id)"
_REPLACES_EXPORT = """
    EXISTS (SELECT 1 FROM compensation_export old
            WHERE old.id = NEW.id OR (old.period_id = NEW.period_id
              AND old.version = NEW.version AND old.layout = NEW.layout
              AND old.format = NEW.format))
"""
_EXPORT_COLUMNS = (
    *("id", "period_id", "version", "layout", "format", "file_name", "content", "sha256"),
    *("row_count", "totals", "created_at", "created_by"),
)
_EXPORT_CHANGES = " OR ".join(
    ["OLD.sent_at IS NOT NULL"]
    + [f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in _EXPORT_COLUMNS]
)
_PROPOSED_COLUMNS = ("id", "reason", "proposed_by_id", "proposed_at")
_REQUESTS = {
    "correction": ("shift_id", "evidence"),
    "adjustment": (
        *("engineer_id", "amount_minor", "currency", "earned_on", "document", "reverses_id"),
    ),
    "rateproposal": (
        *("office_id", "level", "effective_from", "weekly_minor", "holiday_minor", "currency"),
    ),
    "reopening": ("period_id",),
    "calendarreview": ("version_id",),
}
_WRITTEN_ONCE = {
    "correctioncover": "old.correction_id = NEW.correction_id AND old.position = NEW.position",
    "exportlayoutversion": "old.layout_id = NEW.layout_id AND old.number = NEW.number",
}


def _kept(name: str, *, table: str, message: str, replaces: str, update: str = "true") -> Invariant:
    """Rows stay as they are; an UPDATE is refused while `update` holds.

    `replaces` is true when NEW would take the place of another row.
    """
    # IS NOT is how SQLite compares when one side may be null.
    sqlite_update = update.replace("IS DISTINCT FROM", "IS NOT")
    return Invariant(
        name=name,
        postgresql=postgresql_triggers(
            name,
            table=table,
            events={"UPDATE": update, "DELETE": "true", "TRUNCATE": ""},
            message=message,
        ),
        sqlite=sqlite_triggers(
            name,
            table=table,
            events={"INSERT": replaces, "UPDATE": sqlite_update, "DELETE": "true"},
            message=message,
        ),
    )


def _checked(name: str, *, table: str, refuses: str, message: str, first: str = "") -> Invariant:
    """An INSERT or UPDATE is refused while `refuses`, a condition over other rows, is true of NEW.

    `first` runs before it on PostgreSQL, so that what it sees still holds at the commit.
    """
    body = (
        f"CREATE OR REPLACE FUNCTION {name}_refuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"{first} IF {refuses} THEN RAISE EXCEPTION '{message}' "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
    )
    trigger = (
        f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {name}_refuses()"
    )
    drop = (
        f"DROP TRIGGER IF EXISTS {name} ON {table}",
        f"DROP FUNCTION IF EXISTS {name}_refuses()",
    )
    return Invariant(
        name=name,
        postgresql=EngineSql(objects=(name,), create=(body, trigger), drop=drop),
        sqlite=sqlite_triggers(
            name, table=table, events={"INSERT": refuses, "UPDATE": refuses}, message=message
        ),
    )


def _request_is_kept(model: str, columns: tuple[str, ...]) -> Invariant:
    """What was asked stays as it was asked, and once it is decided nothing of it changes."""
    table = f"compensation_{model}"
    changes = [f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in (*_PROPOSED_COLUMNS, *columns)]
    return _kept(
        f"{model}_is_kept",
        table=table,
        message="a decided request is never changed",
        replaces=f"EXISTS (SELECT 1 FROM {table} old WHERE old.id = NEW.id)",  # noqa: S608 - ours
        update=" OR ".join(["OLD.state <> 'proposed'", *changes]),
    )


def _written_once(model: str, same: str) -> Invariant:
    table = f"compensation_{model}"
    return _kept(
        f"{model}_is_kept",
        table=table,
        message="what was written once is never changed",
        replaces=f"EXISTS (SELECT 1 FROM {table} old WHERE old.id = NEW.id OR ({same}))",  # noqa: S608 - ours
    )


INVARIANTS = [
    *(_request_is_kept(model, columns) for model, columns in _REQUESTS.items()),
    *(_written_once(model, same) for model, same in _WRITTEN_ONCE.items()),
    _kept(
        "rate_is_kept",
        table="compensation_rate",
        message="a rate is never changed",
        replaces=_REPLACES_RATE,
    ),
    _kept(
        "entry_is_kept",
        table="compensation_entry",
        message="an entry is never changed",
        replaces=_REPLACES_ENTRY,
    ),
    _checked(
        "closed_period_takes_no_entry",
        table="compensation_entry",
        refuses=_NO_OPEN_PERIOD,
        message="a closed period takes no entry",
        first=_HOLD_PERIOD,
    ),
    _checked(
        "entry_follows_the_one_before",
        table="compensation_entry",
        refuses=_NOT_CHAINED,
        message="an entry follows the one before",
    ),
    _checked(
        "reversal_is_the_exact_opposite",
        table="compensation_entry",
        refuses=_NO_TRUE_REVERSAL,
        message="a reversal is the exact opposite of one entry",
    ),
    _kept(
        "pay_period_is_kept",
        table="compensation_payperiod",
        message="a pay period is never deleted or renamed",
        replaces=_REPLACES_PERIOD,
        update="NEW.id <> OLD.id OR NEW.month <> OLD.month",
    ),
    _checked(
        "pay_periods_close_in_order",
        table="compensation_payperiod",
        refuses=_OUT_OF_ORDER,
        message="pay periods close in order",
    ),
    _kept(
        "ledger_head_moves_forward",
        table="compensation_ledgerhead",
        message="the ledger only grows",
        replaces=_REPLACES_HEAD,
        update="NEW.last_number <= OLD.last_number",
    ),
    _kept(
        "export_is_kept",
        table="compensation_export",
        message="an export is never changed",
        replaces=_REPLACES_EXPORT,
        update=_EXPORT_CHANGES,
    ),
    _checked(
        "export_is_of_a_closed_period",
        table="compensation_export",
        refuses=_NO_CLOSED_PERIOD,
        message="only a closed period has a stored export",
    ),
]
