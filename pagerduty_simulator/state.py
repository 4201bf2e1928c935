"""What the simulated account holds, and the file that keeps it."""

from __future__ import annotations

import json
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pagerduty_simulator import switches

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator

Json = dict[str, Any]

COLLECTIONS = (
    "users",
    "teams",
    "schedules",
    "escalation_policies",
    "services",
    "incidents",
    "log_entries",
    "audit_records",
    "webhook_subscriptions",
    "deliveries",
)

_MOST_EVENTS = 500
_MOST_VERSIONS = 8
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class UnreadableStateError(Exception):
    """The state file is not one that this program has written."""


@dataclass(slots=True)
class Collection:
    """Objects of one kind by id, in the order of their creation.

    Every change goes through `put` or `remove`: each object's JSON text is kept, so that writing
    the file costs as much as what has changed.
    """

    _objects: dict[str, Json] = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict)
    _before: dict[str, list[tuple[float, Json]]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Json]:
        return iter(self._objects.values())

    def __len__(self) -> int:
        return len(self._objects)

    def __contains__(self, object_id: object) -> bool:
        return object_id in self._objects

    def get(self, object_id: object) -> Json | None:
        """The object, to be read only; None when there is none."""
        return self._objects.get(object_id) if isinstance(object_id, str) else None

    def put(self, item: Json) -> None:
        """Add the object, or replace the one with its id where that stands."""
        old = self._objects.get(item["id"])
        if old is not None:
            versions = self._before.get(item["id"], [])[-_MOST_VERSIONS:]
            self._before[item["id"]] = [*versions, (time.monotonic(), old)]
        self._objects[item["id"]] = item
        self._texts[item["id"]] = json.dumps(item, separators=(",", ":"))

    def lagging(self, object_id: str, seconds: int) -> Json | None:
        """The object as it was so many seconds of the machine's time ago, or since it exists."""
        if seconds:
            since = time.monotonic() - seconds
            for replaced_at, version in self._before.get(object_id, []):
                if replaced_at > since:
                    return version
        return self.get(object_id)

    def settle(self) -> None:
        """Forget what was before: the objects count as having always been as they are."""
        self._before.clear()

    def remove(self, object_id: str) -> None:
        """Forget the object."""
        self._before.pop(object_id, None)
        del self._objects[object_id]
        del self._texts[object_id]

    def text(self) -> str:
        """The JSON list of all objects, one on each line."""
        return "[\n" + ",\n".join(self._texts.values()) + "\n]" if self._texts else "[]"


@dataclass(slots=True)
class Account:
    """One simulated PagerDuty account."""

    users: Collection = field(default_factory=Collection)
    teams: Collection = field(default_factory=Collection)
    schedules: Collection = field(default_factory=Collection)
    escalation_policies: Collection = field(default_factory=Collection)
    services: Collection = field(default_factory=Collection)
    incidents: Collection = field(default_factory=Collection)
    log_entries: Collection = field(default_factory=Collection)
    audit_records: Collection = field(default_factory=Collection)
    webhook_subscriptions: Collection = field(default_factory=Collection)
    deliveries: Collection = field(default_factory=Collection)
    switches: switches.Switches = field(default_factory=switches.Switches)
    issued: int = 0
    # Not in the file: where this account is reached, and the latest events for replays.
    address: str = ""
    events: deque[Json] = field(default_factory=lambda: deque(maxlen=_MOST_EVENTS))

    def collection(self, name: str) -> Collection:
        """The collection of that name, one of COLLECTIONS."""
        found: Collection = getattr(self, name)
        return found

    def new_id(self, *, prefix: str = "P", length: int = 7) -> str:
        """An id as PagerDuty's look (`PI7DH85`), never given before and used by no object."""
        while True:
            self.issued += 1
            candidate = prefix + _scattered(self.issued, length - len(prefix))
            if not any(candidate in self.collection(name) for name in COLLECTIONS):
                return candidate

    def text(self) -> str:
        """The whole state as JSON text."""
        parts = [f'"issued": {self.issued}', f'"switches": {json.dumps(self.switches.changed)}']
        parts += [f'"{name}": {self.collection(name).text()}' for name in COLLECTIONS]
        return "{\n" + ",\n".join(parts) + "\n}\n"


def _scattered(number: int, length: int) -> str:
    """The number as so many digits, each number another text, neighbours far apart."""
    span = 36**length
    # A step that shares no factor with 36 meets each text once before any comes again.
    step = span * 618 // 1000 // 6 * 6 + 1
    rest = number * step % span
    digits = []
    for _ in range(length):
        rest, digit = divmod(rest, 36)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))


def write(text: str, path: pathlib.Path) -> None:
    """Replace the file at once: whoever is killed leaves the old text or the new one.

    Not forced to the disk: a killed process loses nothing by that, and a power cut is not what
    a simulator has to survive.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def read(path: pathlib.Path) -> Json | None:
    """What the file holds; None when there is no file or an empty one.

    Raises:
        UnreadableStateError: the file is not a JSON object.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    if not text.strip():
        return None
    try:
        found = json.loads(text)
    except ValueError as error:
        raise UnreadableStateError(f"{path} is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise UnreadableStateError(f"{path} holds no JSON object")
    return found
