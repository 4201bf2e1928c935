"""Adjustments of people's pay, as the list and the page show them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from common import wording
from compensation.domain import periods
from compensation.models import Entry
from compensation.queries.corrections import WAITING_FIRST, RequestLine
from compensation.queries.pages import Page, page_of

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from compensation.models import Adjustment
    from volunteers.models import Engineer


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class AdjustmentLine:
    """One adjustment; `entry` is the number of its entry, `takes_back` of the one it reverses.

    `can_be_taken_back` says that it is posted, no reversal itself, and that nobody has asked yet.
    """

    line: RequestLine
    engineer_id: int
    proposer_id: int
    amount_minor: int
    currency: str
    earned_on: dt.date
    document: str
    note: str
    entry: int | None
    month: str
    takes_back: int | None
    can_be_taken_back: bool

    @property
    def month_label(self) -> str:
        """The month to which it is posted, `November 2026`; empty before."""
        return wording.month(periods.first_day(self.month)) if self.month else ""

    @property
    def name(self) -> str:
        """Whose pay it is."""
        return self.line.title


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Payee:
    """Somebody for whom an adjustment can be asked."""

    engineer_id: int
    name: str
    employee_id: str


def adjustment_list(adjustments: QuerySet[Adjustment], *, number: int) -> Page[AdjustmentLine]:
    """Those that wait first, the longest waiting on top, then the latest decided; 100 on a page."""
    ordered = adjustments.order_by(WAITING_FIRST, "-decided_at", "proposed_at", "pk")
    return page_of(ordered, number=number, lines=adjustment_lines)


def adjustment_lines(adjustments: QuerySet[Adjustment]) -> list[AdjustmentLine]:
    """The adjustments in their order; three queries."""
    rows = list(
        adjustments.select_related(
            *("engineer", "proposed_by", "decided_by", "reverses", "entry__period")
        )
    )
    entries = [row.entry_id for row in rows if row.entry_id is not None]
    gone = set(Entry.objects.filter(reverses__in=entries).values_list("reverses_id", flat=True))
    asked = Entry.objects.filter(pk__in=entries, taken_back_by__state="proposed")
    gone |= set(asked.values_list("pk", flat=True))
    return [_line(row, is_gone=row.entry_id in gone) for row in rows]


def payees(people: QuerySet[Engineer], *, with_numbers: bool) -> list[Payee]:
    """The people in order of name; one query."""
    rows = people.order_by("name", "pk").values_list("pk", "name", "employee_id")
    return [
        Payee(engineer_id=pk, name=name, employee_id=(number or "") if with_numbers else "")
        for pk, name, number in rows
    ]


def _line(row: Adjustment, *, is_gone: bool) -> AdjustmentLine:
    return AdjustmentLine(
        line=RequestLine(
            request_id=row.pk,
            title=row.engineer.name,
            state=row.state,
            reason=row.reason,
            asked_by=row.proposed_by.name,
            asked_at=row.proposed_at,
            decided_by=row.decided_by.name if row.decided_by else "",
            decided_at=row.decided_at,
        ),
        engineer_id=row.engineer_id,
        proposer_id=row.proposed_by_id,
        amount_minor=row.amount_minor,
        currency=row.currency,
        earned_on=row.earned_on,
        document=row.document,
        note=row.decision_note,
        entry=row.entry.number if row.entry else None,
        month=row.entry.period.month if row.entry else "",
        takes_back=row.reverses.number if row.reverses else None,
        can_be_taken_back=row.entry is not None and row.reverses is None and not is_gone,
    )
