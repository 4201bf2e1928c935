"""What still differs after a sync, and is no failure of it: what waits for a choice, and what ends.

Whatever nothing here explains is wrong, and the sync has failed.
"""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING, Any

from common import wording
from common.periods import Period, difference

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from rotation.domain.pagerduty_plan import Difference, Plan, WantedLevel


class Kind(enum.StrEnum):
    """Why it differs: PagerDuty hides the id of an override that is to go, or nobody has chosen."""

    HIDDEN = "hidden"
    OVERRIDE = "override"
    EDIT = "edit"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Rest:
    """Time that shows somebody else, why, and until when what shows them lasts."""

    kind: Kind
    difference: Difference
    until: dt.datetime


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Reason:
    kind: Kind
    period: Period
    user_ref: str | None = None

    def explains(self, found: Difference) -> bool:
        return self.user_ref in (None, found.shown)


def told_apart(found: Sequence[Difference], plan: Plan) -> tuple[list[Rest], list[Difference]]:
    """What is explained, and what is wrong; both in order of time."""
    rests: list[Rest] = []
    wrong: list[Difference] = []
    for each in found:
        left = [each.period]
        for reason in _reasons(plan):
            if reason.explains(each):
                rests += [
                    Rest(
                        kind=reason.kind,
                        difference=dataclasses.replace(each, period=shared),
                        until=reason.period.ends_at,
                    )
                    for one in left
                    if (shared := one.overlap(reason.period)) is not None
                ]
                left = difference(left, [reason.period])
        wrong += [dataclasses.replace(each, period=one) for one in left]
    return sorted(rests, key=lambda rest: rest.difference.period), wrong


def _reasons(plan: Plan) -> Iterator[_Reason]:
    for one in plan.hidden:
        yield _Reason(kind=Kind.HIDDEN, period=one.period, user_ref=one.user_ref)
    for one in plan.unknown_overrides:
        yield _Reason(kind=Kind.OVERRIDE, period=one.period, user_ref=one.user_ref)
    for period in plan.kept:
        yield _Reason(kind=Kind.EDIT, period=period)


def as_json(
    level: str, wanted: WantedLevel, rests: Sequence[Rest], names: Mapping[str, str]
) -> dict[str, Any]:
    """What is kept of them with a run; `rests` is not empty."""
    return {"level": level, "what": words(wanted, rests, names), "edits": edits(rests)}


def edits(rests: Sequence[Rest]) -> list[tuple[str, str, str]]:
    """The edits among them as text: start, end, and the id of whom Rota wants there, if any."""
    return [
        (
            one.difference.period.starts_at.isoformat(),
            one.difference.period.ends_at.isoformat(),
            one.difference.wanted or "",
        )
        for one in rests
        if one.kind is Kind.EDIT
    ]


def words(wanted: WantedLevel, rests: Sequence[Rest], names: Mapping[str, str]) -> str:
    """What one level still shows and what a human can do, as sentences; `rests` is not empty.

    `names` gives PagerDuty's names by id.
    """
    by_kind = {kind: [one for one in rests if one.kind is kind] for kind in Kind}
    told = [_TOLD[kind](wanted, found, names) for kind, found in by_kind.items() if found]
    return " ".join(told)


def _hidden(wanted: WantedLevel, found: Sequence[Rest], names: Mapping[str, str]) -> str:
    first = found[0]
    who = _name(first.difference.shown, names)
    until = wording.moment(max(one.until for one in found), wanted.time_zone)
    return (
        f"“{wanted.name}” goes on showing {who} when {_name(first.difference.wanted, names)} "
        f"should be, until {until}: the override runs, PagerDuty does not tell its id, and so Rota "
        "cannot remove it. Whoever is published is on call by an override of Rota’s over it. To "
        "end it now, remove it from the schedule in PagerDuty."
    )


def _override(wanted: WantedLevel, found: Sequence[Rest], names: Mapping[str, str]) -> str:
    return _undecided(wanted, found, names, "by an override that Rota did not make")


def _edit(wanted: WantedLevel, found: Sequence[Rest], names: Mapping[str, str]) -> str:
    return _undecided(wanted, found, names, "because somebody edited the schedule in PagerDuty")


def _undecided(
    wanted: WantedLevel, found: Sequence[Rest], names: Mapping[str, str], why: str
) -> str:
    first = found[0].difference
    more = f" {len(found) - 1} more such times follow." if len(found) > 1 else ""
    return (
        f"“{wanted.name}” shows {_name(first.shown, names)} instead of "
        f"{_name(first.wanted, names)} from "
        f"{wording.moment(first.period.starts_at, wanted.time_zone)}, "
        f"{why}.{more} It stays until a manager decides."
    )


_TOLD = {Kind.HIDDEN: _hidden, Kind.OVERRIDE: _override, Kind.EDIT: _edit}


def _name(user_ref: str | None, names: Mapping[str, str]) -> str:
    if user_ref is None:
        return "nobody"
    return names.get(user_ref) or f"user {user_ref}"
