"""From the layers that a request sends to the layers that are kept, or the reasons against them."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pagerduty_simulator import refusals, shapes, times
from pagerduty_simulator.users import STAKEHOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pagerduty_simulator.state import Account, Json

_SHORTEST_TURN = 3600
_LONGEST_TURN = 365 * times.DAY
_TIME_OF_DAY = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d")
_SUNDAY = 7
_LONGEST_NAME = 255


@dataclass(slots=True, kw_only=True)
class Reading:
    """What reading one request's layers needs to know, and what it finds wrong."""

    account: Account
    zone: dt.tzinfo
    now: int
    problems: list[str] = field(default_factory=list)
    unknown_users: list[str] = field(default_factory=list)

    def instant(self, raw: Json, name: str, where: str) -> int | None:
        """The field as an instant; None with a problem noted when it is none."""
        try:
            return times.instant(raw.get(name), zone=self.zone)
        except times.UnreadableTimeError:
            self.problems.append(f"{where}: {name} must be a date-time")
            return None

    def refuse_problems(self) -> None:
        """Refuse the request if anything was wrong.

        Raises:
            RefusedError: 400 with every reason.
        """
        if self.problems:
            raise refusals.invalid(*self.problems)
        if self.unknown_users:
            code = self.account.switches.number("unknown_layer_user")
            raise refusals.invalid(*self.unknown_users, code=code)


def read(
    account: Account, raw: object, *, old: list[Json], zone: dt.tzinfo, now: int
) -> list[Json]:
    """The layers to keep, lowest precedence first; a new one has the id None.

    Args:
        account: whose users the layers may name, and whose switches hold.
        raw: `schedule_layers` as it was sent.
        old: the schedule's layers until now; empty for a new schedule.
        zone: the schedule's zone, for instants without an offset.
        now: the instant of the request.

    Raises:
        RefusedError: 400 with every reason.
    """
    reading = Reading(account=account, zone=zone, now=now)
    if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
        raise refusals.invalid("Schedule layers must be a list of layers")
    by_id = {layer["id"]: layer for layer in old}
    sent = raw
    if account.switches.text("request_layer_order") == "highest_first":
        sent = list(reversed(raw))
    kept = [_layer(reading, item, by_id, number) for number, item in enumerate(sent, start=1)]
    left_out = [layer for layer in old if layer["id"] not in {item["id"] for item in kept}]
    if not raw and not old and account.switches.text("empty_layers") == "refused":
        reading.problems.append("Schedule layers can't be empty")
    result = [*_left_out(reading, left_out), *kept]
    reading.refuse_problems()
    return result


def _left_out(reading: Reading, layers: list[Json]) -> list[Json]:
    answer = reading.account.switches.text("left_out_layers")
    if answer == "kept" or not layers:
        return layers
    if answer == "refused":
        reading.problems.append("A schedule layer can't be removed, only ended")
    return [
        layer if _ended(layer, reading.now) else {**layer, "end": times.written_utc(reading.now)}
        for layer in layers
    ]


def _ended(layer: Json, now: int) -> bool:
    return layer["end"] is not None and times.instant(layer["end"], zone=dt.UTC) <= now


def _layer(reading: Reading, raw: Json, by_id: dict[str, Json], number: int) -> Json:
    where = f"Schedule layer {number}"
    old = by_id.get(raw["id"]) if isinstance(raw.get("id"), str) else None
    if raw.get("id") and by_id and old is None:
        reading.problems.append(f"{where}: there is no layer {raw['id']!r} in this schedule")
    name = raw.get("name") or (old["name"] if old else f"Layer {number}")
    if not isinstance(name, str) or len(name) > _LONGEST_NAME:
        reading.problems.append(f"{where}: name must have at most {_LONGEST_NAME} characters")
    start, end = _bounds(reading, raw, old, where)
    return {
        "id": old["id"] if old else None,
        "name": name,
        "start": start,
        "end": end,
        "rotation_virtual_start": _virtual_start(reading, raw, where),
        "rotation_turn_length_seconds": _turn_length(reading, raw, where),
        "users": _users(reading, raw, where),
        "restrictions": _restrictions(reading, raw.get("restrictions"), where),
    }


def _bounds(
    reading: Reading, raw: Json, old: Json | None, where: str
) -> tuple[str | None, str | None]:
    """Start and end as they are kept: neither reaches back into the past."""
    start = reading.instant(raw, "start", where)
    end = None if raw.get("end") is None else reading.instant(raw, "end", where)
    if start is None or (end is None and raw.get("end") is not None):
        return None, None
    start = _kept_start(reading, start, old)
    if end is None:
        return times.written_utc(start), None
    if old and end <= reading.now:
        # Ending is what a client does instead of removing, even before the layer has begun.
        ended: str = old["end"] if _ended(old, reading.now) else times.written_utc(reading.now)
        return times.written_utc(start), ended
    if end <= start:
        reading.problems.append(f"{where}: end must be after the start")
    return times.written_utc(start), times.written_utc(end)


def _kept_start(reading: Reading, start: int, old: Json | None) -> int:
    if old and times.instant(old["start"], zone=dt.UTC) <= reading.now:
        return times.instant(old["start"], zone=dt.UTC)
    if reading.account.switches.text("past_layer_start") == "now":
        return max(start, reading.now)
    return start


def _virtual_start(reading: Reading, raw: Json, where: str) -> str | None:
    at = reading.instant(raw, "rotation_virtual_start", where)
    if at is None:
        return None
    if reading.account.switches.text("virtual_start_offset") == "shifted":
        at += times.offset_seconds(raw["rotation_virtual_start"])
    return times.written_utc(at)


def _turn_length(reading: Reading, raw: Json, where: str) -> int:
    length = raw.get("rotation_turn_length_seconds")
    if not shapes.is_whole(length) or not _SHORTEST_TURN <= length <= _LONGEST_TURN:
        reading.problems.append(
            f"{where}: rotation_turn_length_seconds must be "
            f"{_SHORTEST_TURN} to {_LONGEST_TURN} seconds"
        )
        return _SHORTEST_TURN
    return length


def _users(reading: Reading, raw: Json, where: str) -> list[str]:
    sent = raw.get("users")
    if not isinstance(sent, list) or not sent:
        reading.problems.append(f"{where}: users can't be empty")
        return []
    ids = [_user_id(item) for item in sent]
    for user_id in sorted({str(item) for item in ids}):
        reason = unusable_user(reading.account, user_id)
        if reason:
            reading.unknown_users.append(f"{where}: {reason}")
    _refuse_lists(reading, ids, where)
    return [str(item) for item in ids]


def _refuse_lists(reading: Reading, ids: list[object], where: str) -> None:
    """Note what the switches say about long lists and about one user twice."""
    switches = reading.account.switches
    limit = switches.number("layer_users_limit")
    if limit and len(ids) > limit:
        reading.problems.append(f"{where}: users must have at most {limit} entries")
    if switches.text("repeated_layer_users") == "refused" and len(ids) > len(set(map(str, ids))):
        reading.problems.append(f"{where}: users must not name a user twice")


def _user_id(item: object) -> object:
    user = item.get("user") if isinstance(item, dict) else None
    return user.get("id") if isinstance(user, dict) else None


def unusable_user(account: Account, user_id: object) -> str | None:
    """Why the user cannot be on call; None when nothing speaks against it."""
    user = account.users.get(user_id)
    if user is None:
        return f"User {user_id} not found"
    if user["role"] in STAKEHOLDERS and account.switches.text("stakeholders") == "refused":
        return f"User {user_id} is a stakeholder and cannot be on call"
    return None


def _restrictions(reading: Reading, sent: object, where: str) -> list[Json]:
    if sent is None:
        return []
    if not isinstance(sent, list):
        reading.problems.append(f"{where}: restrictions must be a list")
        return []
    kept = []
    for number, raw in enumerate(sent, start=1):
        place = f"{where}, restriction {number}"
        problems = list(_restriction_problems(raw, place))
        reading.problems += problems
        if not problems:
            names = ["type", "start_time_of_day", "duration_seconds"]
            if raw["type"] == "weekly_restriction":
                names.append("start_day_of_week")
            kept.append({name: raw[name] for name in names})
    refuses = reading.account.switches.text("overlapping_restrictions") == "refused"
    if refuses and _overlap(kept):
        reading.problems.append(f"{where}: restrictions must not overlap")
    return kept


def _overlap(restrictions: list[Json]) -> bool:
    """Whether any two share time in an ordinary week, which begins again where it ends."""
    spans = sorted(
        (start, start + restriction["duration_seconds"])
        for restriction in restrictions
        for start in _starts(restriction)
    )
    if not spans:
        return False
    around = [*spans, (spans[0][0] + times.WEEK, spans[0][1] + times.WEEK)]
    return any(before[1] > after[0] for before, after in itertools.pairwise(around))


def _starts(restriction: Json) -> list[int]:
    """The seconds of the week at which it begins."""
    opens = dt.time.fromisoformat(restriction["start_time_of_day"])
    second = opens.hour * 3600 + opens.minute * 60 + opens.second
    weekly = restriction["type"] == "weekly_restriction"
    days = [restriction["start_day_of_week"]] if weekly else range(1, _SUNDAY + 1)
    return [(day - 1) * times.DAY + second for day in days]


def _restriction_problems(raw: Any, where: str) -> Iterable[str]:
    if not isinstance(raw, dict):
        yield f"{where}: must be an object"
        return
    weekly = raw.get("type") == "weekly_restriction"
    if not weekly and raw.get("type") != "daily_restriction":
        yield f"{where}: type must be daily_restriction or weekly_restriction"
    opens = raw.get("start_time_of_day")
    if not isinstance(opens, str) or not _TIME_OF_DAY.fullmatch(opens):
        yield f"{where}: start_time_of_day must be HH:mm:ss"
    length = raw.get("duration_seconds")
    longest = (times.WEEK if weekly else times.DAY) - 1
    if not shapes.is_whole(length) or not 1 <= length <= longest:
        yield f"{where}: duration_seconds must be 1 to {longest}"
    day = raw.get("start_day_of_week")
    if weekly and (not shapes.is_whole(day) or not 1 <= day <= _SUNDAY):
        yield f"{where}: start_day_of_week must be 1 (Monday) to 7"
    if not weekly and day is not None:
        yield f"{where}: start_day_of_week is only for a weekly_restriction"
