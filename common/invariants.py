"""Constraints that Django's models cannot say on both engines: SQL for each, applied after migrate.

A trigger made by a migration vanishes on SQLite when a later migration remakes its table, and an
exclusion constraint in a model is a syntax error there. So each app lists its own in
`invariants.py`, and every `migrate` drops and creates them again.
"""

from __future__ import annotations

import contextlib
import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class EngineSql:
    """One engine's statements; `objects` are the names that its catalogue then holds."""

    objects: tuple[str, ...]
    create: tuple[str, ...]
    drop: tuple[str, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Invariant:
    """A rule about rows that the database itself keeps, on either engine."""

    name: str
    postgresql: EngineSql
    sqlite: EngineSql

    def sql(self, vendor: str) -> EngineSql:
        """The statements for Django's name of the engine."""
        return self.postgresql if vendor == "postgresql" else self.sqlite


def sqlite_triggers(name: str, *, table: str, events: dict[str, str], message: str) -> EngineSql:
    """SQLite triggers that refuse an event when its condition holds.

    `events` maps "INSERT", "UPDATE" or "DELETE" to the SQL condition that is forbidden.
    """
    names = tuple(f"{name}_on_{event.lower()}" for event in events)
    create = tuple(
        f"CREATE TRIGGER {trigger} BEFORE {event} ON {table} FOR EACH ROW WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        for trigger, (event, condition) in zip(names, events.items(), strict=True)
    )
    drop = tuple(f"DROP TRIGGER IF EXISTS {trigger}" for trigger in names)
    return EngineSql(objects=names, create=create, drop=drop)


def postgresql_triggers(
    name: str, *, table: str, events: dict[str, str], message: str
) -> EngineSql:
    """PostgreSQL triggers that refuse an event when its condition holds.

    TRUNCATE is refused as a statement and takes no condition.
    """
    function = f"{name}_refuses"
    names = tuple(f"{name}_on_{event.lower()}" for event in events)
    create = [
        (
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
    ]
    for trigger, (event, condition) in zip(names, events.items(), strict=True):
        each = "FOR EACH STATEMENT" if event == "TRUNCATE" else f"FOR EACH ROW WHEN ({condition})"
        create.append(
            f"CREATE TRIGGER {trigger} BEFORE {event} ON {table} {each} "
            f"EXECUTE FUNCTION {function}()"
        )
    drop = tuple(f"DROP TRIGGER IF EXISTS {trigger} ON {table}" for trigger in names)
    return EngineSql(
        objects=names, create=tuple(create), drop=(*drop, f"DROP FUNCTION IF EXISTS {function}()")
    )


def exclusion(name: str, *, table: str, using: str) -> EngineSql:
    """A PostgreSQL exclusion constraint; `using` is what stands between its parentheses."""
    return EngineSql(
        objects=(name,),
        create=(
            "CREATE EXTENSION IF NOT EXISTS btree_gist",
            f"ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING gist ({using})",
        ),
        drop=(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}",),
    )


def apply(connection: BaseDatabaseWrapper, invariants: Iterable[Invariant]) -> None:
    """Drop and create every invariant again."""
    remove(connection, invariants := list(invariants))
    with connection.cursor() as cursor:
        for invariant in invariants:
            for statement in invariant.sql(connection.vendor).create:
                cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper, invariants: Iterable[Invariant]) -> None:
    """Drop every invariant that stands."""
    with connection.cursor() as cursor:
        for invariant in invariants:
            for statement in invariant.sql(connection.vendor).drop:
                cursor.execute(statement)


def missing(connection: BaseDatabaseWrapper, invariants: Iterable[Invariant]) -> list[str]:
    """Names that the engine's catalogue should hold and does not, in order of the list."""
    query = (
        "SELECT conname FROM pg_constraint UNION SELECT tgname FROM pg_trigger"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        present = {row[0] for row in cursor.fetchall()}
    wanted = [name for item in invariants for name in item.sql(connection.vendor).objects]
    return [name for name in wanted if name not in present]


@contextlib.contextmanager
def lifted(connection: BaseDatabaseWrapper, invariants: Iterable[Invariant]) -> Iterator[None]:
    """Without the invariants inside the block: for emptying a test's database, nothing else."""
    listed = list(invariants)
    remove(connection, listed)
    try:
        yield
    finally:
        apply(connection, listed)
