"""Corrections of who worked a week, as the list and the page show them."""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING

from django.db.models import Case, Value, When

from common.periods import Period
from compensation.models import Correction, Entry
from compensation.queries import correction_facts
from compensation.queries.corrected import covers_before
from compensation.queries.entries import entry_lines
from compensation.queries.pages import Page, page_of
from compensation.queries.repricing import repriced
from compensation.queries.shifts import payable_shift, shift_title, supposed_shift, worked_by
from rotation.domain.stints import CoverSpan
from rotation.queries import worked
from volunteers.queries import contacts, service

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet

    from compensation.domain.shifts import Stint
    from compensation.queries.entries import EntryLine
    from compensation.queries.shifts import PayableShift
    from volunteers.queries.contacts import Contact

NOBODY = "Nobody"
WAITING_FIRST = Case(When(state="proposed", then=Value(0)), default=Value(1))


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class RequestLine:
    """What every request about money says of itself; `decided_by` is empty while it waits."""

    request_id: int
    title: str
    state: str
    reason: str
    asked_by: str
    asked_at: dt.datetime
    decided_by: str
    decided_at: dt.datetime | None

    @property
    def waits(self) -> bool:
        """Whether nobody has decided yet."""
        return self.state == Correction.State.PROPOSED


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Worked:
    """Who had some time; `is_new` says that not all of it is theirs in the other list."""

    name: str
    period: Period
    is_new: bool


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """What somebody is paid more or less, in minor units of one currency."""

    engineer_id: int
    name: str
    amount_minor: int
    currency: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """A week as it counts and as it would, stint by stint, and what that does to pay.

    `concerned` are the ids of those whose time or pay moves. `lacks_rate` says that somebody in it
    has no office or no rate. `is_paid` is false for a week whose pay is not posted yet.
    """

    zone: str
    before: tuple[Worked, ...]
    after: tuple[Worked, ...]
    differences: tuple[Difference, ...]
    concerned: frozenset[int]
    lacks_rate: bool
    is_paid: bool

    def own(self, engineer_id: int) -> list[Difference]:
        """The differences of one person."""
        return [one for one in self.differences if one.engineer_id == engineer_id]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class CorrectionPage:
    """One correction with everything about it; `entries` are those that it posted, in order."""

    line: RequestLine
    shift_id: int
    proposer_id: int
    evidence: str
    note: str
    compared: Comparison
    named: frozenset[int]
    entries: tuple[EntryLine, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """Somebody who may have worked the week."""

    engineer_id: int
    name: str


def correction_list(corrections: QuerySet[Correction], *, number: int) -> Page[RequestLine]:
    """Those that wait first, the longest waiting on top, then the latest decided; 100 on a page."""
    ordered = corrections.order_by(WAITING_FIRST, "-decided_at", "proposed_at", "pk")
    return page_of(ordered, number=number, lines=correction_lines)


def correction_lines(corrections: QuerySet[Correction]) -> list[RequestLine]:
    """The corrections in their order; one query."""
    rows = corrections.select_related("proposed_by", "decided_by", "shift__level__rotation")
    return [_line(row) for row in rows]


def correction_page(corrections: QuerySet[Correction], *, correction_id: int) -> CorrectionPage:
    """One of the corrections, which is there.

    What is decided is compared with what counted before it; its differences are those posted.
    """
    row = corrections.select_related("proposed_by", "decided_by", "shift__level__rotation").get(
        pk=correction_id
    )
    spans = _spans(row)
    earlier = covers_before(correction_id=row.pk, shift_id=row.shift_id)
    before = payable_shift(shift_id=row.shift_id)
    if row.state != Correction.State.PROPOSED:
        before = supposed_shift(shift_id=row.shift_id, covers=earlier)
    entries = _entries(row)
    after = supposed_shift(shift_id=row.shift_id, covers=spans)
    is_decided = row.state != Correction.State.PROPOSED
    return CorrectionPage(
        line=_line(row),
        shift_id=row.shift_id,
        proposer_id=row.proposed_by_id,
        evidence=row.evidence,
        note=row.decision_note,
        compared=_compared(before, after, posted=entries if is_decided else None),
        named=frozenset(span.person for span in spans if span.person is not None),
        entries=entries,
    )


def compared(*, shift_id: int, covers: Iterable[CoverSpan]) -> Comparison:
    """The week as it counts now beside the week with these covers; writes nothing."""
    after = supposed_shift(shift_id=shift_id, covers=covers)
    return _compared(payable_shift(shift_id=shift_id), after, posted=None)


def covers_now(*, shift_id: int) -> list[CoverSpan]:
    """The week as it counts now as a list of covers over its holder: a correction starts from it.

    Neighbouring time of one person is one cover, whatever was agreed.
    """
    holder = worked.worked_shift(shift_id=shift_id).holder_id
    return [
        CoverSpan(person=None if stint.person is None else int(stint.person), period=stint.period)
        for stint in worked_by(shift_id=shift_id)
        if stint.person != (None if holder is None else str(holder))
    ]


def worked_lines(payable: PayableShift) -> tuple[Worked, ...]:
    """Who had which part of the week, as it counts."""
    people = contacts.contacts(engineer_ids=payable.people)
    return _worked(payable, payable, people)


def candidates(*, shift_id: int) -> list[Candidate]:
    """Who has or had a part in the week, or a term in its team then; in order of name."""
    shift = worked.worked_shift(shift_id=shift_id)
    payable = payable_shift(shift_id=shift_id)
    terms = service.services_of(team_id=shift.team_id, from_date=shift.week_date)
    ids = {each.engineer_id for each in terms if each.starts_on <= payable.earned_on}
    holder = set() if shift.holder_id is None else {shift.holder_id}
    people = contacts.contacts(engineer_ids={*ids, *payable.people, *holder})
    found = [Candidate(engineer_id=one, name=person.name) for one, person in people.items()]
    return sorted(found, key=lambda one: (one.name, one.engineer_id))


def _line(row: Correction) -> RequestLine:
    level = row.shift.level
    return RequestLine(
        request_id=row.pk,
        title=shift_title(
            rotation=level.rotation.name, level=level.name, week_date=row.shift.week_date
        ),
        state=row.state,
        reason=row.reason,
        asked_by=row.proposed_by.name,
        asked_at=row.proposed_at,
        decided_by=row.decided_by.name if row.decided_by else "",
        decided_at=row.decided_at,
    )


def _spans(row: Correction) -> list[CoverSpan]:
    return [
        CoverSpan(
            person=cover.engineer_id,
            period=Period(starts_at=cover.starts_at, ends_at=cover.ends_at),
        )
        for cover in row.covers.order_by("position")
    ]


def _entries(row: Correction) -> tuple[EntryLine, ...]:
    if row.posted_from is None:
        return ()
    posted = Entry.objects.filter(
        shift_id=row.shift_id, number__gte=row.posted_from, number__lte=row.posted_to
    )
    return tuple(entry_lines(posted.order_by("number")))


def _compared(
    before: PayableShift, after: PayableShift, *, posted: tuple[EntryLine, ...] | None
) -> Comparison:
    """What moves; the differences are those of the posted entries, or of pricing while it waits."""
    sums: dict[tuple[int, str], int] = {}
    lacks_rate = False
    if posted is not None:
        sums = _posted_sums(posted)
    elif before.is_completed:
        found = repriced([after])[0]
        lacks_rate = found.blocked is not None
        sums = {
            (int(person), currency): minor
            for (person, currency), minor in found.changes.differences.items()
        }
    moved = correction_facts.moved(before, after)
    people = contacts.contacts(
        engineer_ids={*before.people, *after.people, *(person for person, _currency in sums)}
    )
    return Comparison(
        zone=after.shift.time_zone,
        before=_worked(before, after, people),
        after=_worked(after, before, people),
        differences=tuple(_differences(sums, people)),
        concerned=frozenset(moved | {person for (person, _), minor in sums.items() if minor}),
        lacks_rate=lacks_rate,
        is_paid=before.is_completed,
    )


def _posted_sums(entries: tuple[EntryLine, ...]) -> dict[tuple[int, str], int]:
    sums: collections.Counter[tuple[int, str]] = collections.Counter()
    for entry in entries:
        sums[entry.engineer_id, entry.currency] += entry.amount_minor
    return dict(sums)


def _differences(
    sums: Mapping[tuple[int, str], int], people: Mapping[int, Contact]
) -> list[Difference]:
    found = [
        Difference(
            engineer_id=person, name=people[person].name, amount_minor=minor, currency=currency
        )
        for (person, currency), minor in sums.items()
    ]
    return sorted(found, key=lambda one: (one.currency, one.name, one.engineer_id))


def _worked(
    payable: PayableShift, other: PayableShift, people: Mapping[int, Contact]
) -> tuple[Worked, ...]:
    return tuple(
        Worked(
            name=NOBODY if stint.person is None else people[int(stint.person)].name,
            period=stint.period,
            is_new=not any(_holds(known, stint) for known in other.shift.stints),
        )
        for stint in payable.shift.stints
    )


def _holds(known: Stint, stint: Stint) -> bool:
    """Whether the stint is the same person's, perhaps of a longer time."""
    return (
        known.person == stint.person
        and known.period.starts_at <= stint.period.starts_at
        and stint.period.ends_at <= known.period.ends_at
    )
