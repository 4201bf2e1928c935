"""Rates from a past day that somebody proposed: the list, and one with what it changes."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from compensation.models import RateProposal, Recalculation
from compensation.queries.corrections import RequestLine
from compensation.queries.pages import Page, page_of
from compensation.queries.rates import RateLine, rate_history
from compensation.queries.retroactive import RateImpact, RateInQuestion, rate_impact
from compensation.queries.shifts import level_words

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from django.db.models import QuerySet


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ProposalLine:
    """One proposal; `request` says who asked and decided, `version` is empty until approved."""

    request: RequestLine
    office: str
    office_slug: str
    level: str
    effective_from: dt.date
    weekly_minor: int
    holiday_minor: int
    currency: str
    version: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far pricing anew is; `failures` say why a week still waits."""

    done: int
    waiting: int
    failures: tuple[str, ...]

    @property
    def total(self) -> int:
        """All weeks that the rate changes."""
        return self.done + self.waiting


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ProposalPage:
    """A proposal: the rate until now, the effect while it waits, progress once it is approved."""

    line: ProposalLine
    note: str
    proposer_id: int
    replaces: RateLine | None
    impact: RateImpact | None
    progress: Progress | None


def waiting_proposals() -> list[ProposalLine]:
    """Proposals that wait for another of finance, the longest waiting first; one query."""
    rows = RateProposal.objects.filter(state=RateProposal.State.PROPOSED)
    return _lines(rows.order_by("proposed_at", "pk").select_related(*_JOINED))


def proposal_list(*, number: int) -> Page[ProposalLine]:
    """Every proposal, the newest first; two queries."""
    rows = RateProposal.objects.select_related(*_JOINED).order_by("-proposed_at", "-pk")
    return page_of(rows, number=number, lines=_lines)


def proposal_lines(rows: QuerySet[RateProposal]) -> list[ProposalLine]:
    """These proposals, in their order; one query."""
    return _lines(rows.select_related(*_JOINED))


def proposal_line(*, proposal_id: int) -> ProposalLine | None:
    """One proposal, or None."""
    rows = RateProposal.objects.filter(pk=proposal_id).select_related(*_JOINED)
    return next(iter(_lines(rows)), None)


def proposal_page(*, proposal_id: int) -> ProposalPage | None:
    """One proposal with what it changes, or None; every week that it changes is priced."""
    rows = RateProposal.objects.select_related(*_JOINED)
    row = rows.filter(pk=proposal_id).first()
    if row is None:
        return None
    waits = row.state == RateProposal.State.PROPOSED
    return ProposalPage(
        line=_line(row),
        note=row.decision_note,
        proposer_id=row.proposed_by_id,
        replaces=_replaces(row),
        impact=rate_impact(rate=in_question(row)) if waits else None,
        progress=None if row.rate_id is None else _progress(row.rate_id),
    )


def in_question(row: RateProposal) -> RateInQuestion:
    """The proposal as the effect is asked for."""
    return RateInQuestion(
        office_id=row.office_id,
        office_slug=row.office.slug,
        level=row.level,
        effective_from=row.effective_from,
        weekly_minor=row.weekly_minor,
        holiday_minor=row.holiday_minor,
        currency=row.currency,
        rate_id=row.rate_id,
    )


_JOINED = ("office", "proposed_by", "decided_by", "rate")


def _replaces(row: RateProposal) -> RateLine | None:
    """What counts on its first day without it."""
    return next(
        (
            line
            for line in rate_history(office_id=row.office_id)
            if line.level == row.level
            and line.effective_from <= row.effective_from
            and line.rate_id != row.rate_id
        ),
        None,
    )


def _progress(rate_id: int) -> Progress:
    rows = Recalculation.objects.filter(rate_id=rate_id)
    sums = rows.aggregate(
        done=Count("pk", filter=Q(state=Recalculation.State.DONE)),
        waiting=Count("pk", filter=Q(state=Recalculation.State.WAITING)),
    )
    failed = rows.filter(state=Recalculation.State.WAITING).exclude(failure="")
    failures = failed.order_by("failure").values_list("failure", flat=True).distinct()[:5]
    return Progress(done=sums["done"], waiting=sums["waiting"], failures=tuple(failures))


def _lines(rows: Iterable[RateProposal]) -> list[ProposalLine]:
    return [_line(row) for row in rows]


def _line(row: RateProposal) -> ProposalLine:
    return ProposalLine(
        request=RequestLine(
            request_id=row.pk,
            title=f"{row.office.name}, {level_words(row.level)}",
            state=row.state,
            reason=row.reason,
            asked_by=row.proposed_by.name,
            asked_at=row.proposed_at,
            decided_by=row.decided_by.name if row.decided_by else "",
            decided_at=row.decided_at,
        ),
        office=row.office.name,
        office_slug=row.office.slug,
        level=row.level,
        effective_from=row.effective_from,
        weekly_minor=row.weekly_minor,
        holiday_minor=row.holiday_minor,
        currency=row.currency,
        version=row.rate.version if row.rate else "",
    )
