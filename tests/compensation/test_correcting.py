"""Correction after correction, on the pure rules: the live entries are what pricing gives."""

from __future__ import annotations

import dataclasses

from hypothesis import given, settings
from hypothesis import strategies as st

from compensation.domain import correcting, keys, pricing
from tests.compensation.test_pricing_properties import Case, cases, worked_stints


@dataclasses.dataclass(kw_only=True)
class Ledger:
    """A shift's entries in memory: what posting does, without a database."""

    live: list[correcting.LiveEntry] = dataclasses.field(default_factory=list)
    posted: list[tuple[str, int]] = dataclasses.field(default_factory=list)
    last_revision: int = 0

    def price(self, case: Case) -> correcting.Changes:
        """Post what the case lacks."""
        found = pricing.price(case.shift, case.terms)
        assert isinstance(found, pricing.Priced)
        changes = correcting.changes(self.live, found.entries, last_revision=self.last_revision)
        for entry in changes.taken_back:
            self.live.remove(entry)
            self.posted.append((keys.reversal_key(entry.key), -entry.amount_minor))
        for new in changes.added:
            self.posted.append((new.key, new.amount_minor))
            self.live.append(as_live(new, number=len(self.posted)))
            self.last_revision = keys.revision_of(new.key)
        return changes


def as_live(new: pricing.PricedEntry, *, number: int) -> correcting.LiveEntry:
    return correcting.LiveEntry(
        entry_id=number,
        number=number,
        key=new.key,
        person=new.person,
        kind=new.kind,
        segment=new.segment,
        seconds=new.seconds,
        rate_id=1,
        rate_version=new.rate_version,
        amount_minor=new.amount_minor,
        currency=new.currency,
        earned_on=new.earned_on,
    )


def content(entry: correcting.LiveEntry | pricing.PricedEntry) -> tuple[object, ...]:
    return (
        *(entry.person, entry.kind, entry.segment, entry.seconds),
        *(entry.rate_version, entry.amount_minor, entry.currency),
    )


@settings(max_examples=60, deadline=None)
@given(cases(), st.data())
def test_correction_after_correction_equals_pricing_afresh(case: Case, data: st.DataObject) -> None:
    ledger = Ledger()
    ledger.price(case)
    for _ in range(data.draw(st.integers(1, 4))):
        worked = data.draw(worked_stints(case.shift.period))
        case = dataclasses.replace(case, shift=dataclasses.replace(case.shift, stints=worked))
        ledger.price(case)

        assert ledger.price(case).is_nothing

    afresh = pricing.price(case.shift, case.terms)
    assert isinstance(afresh, pricing.Priced)
    live = sorted(content(entry) for entry in ledger.live)
    assert live == sorted(content(entry) for entry in afresh.entries)
    assert sum(minor for _key, minor in ledger.posted) == sum(
        entry.amount_minor for entry in afresh.entries
    )
    assert len({key for key, _minor in ledger.posted}) == len(ledger.posted)


@settings(max_examples=40, deadline=None)
@given(cases(), st.data())
def test_what_is_equal_stays_and_the_differences_are_what_was_posted(
    case: Case, data: st.DataObject
) -> None:
    ledger = Ledger()
    ledger.price(case)
    before = list(ledger.live)
    worked = data.draw(worked_stints(case.shift.period))
    changes = ledger.price(
        dataclasses.replace(case, shift=dataclasses.replace(case.shift, stints=worked))
    )

    kept = [entry for entry in before if entry not in changes.taken_back]
    assert {content(entry) for entry in changes.taken_back}.isdisjoint(
        content(new) for new in changes.added
    )
    assert all(entry in ledger.live for entry in kept)
    assert sum(changes.differences.values()) == sum(
        entry.amount_minor for entry in ledger.live
    ) - sum(entry.amount_minor for entry in before)


def test_every_new_entry_of_a_correction_has_the_next_revision() -> None:
    assert keys.at_revision("S1|ana|2026-06-08T08:00:00Z|v1|BASE|r1", 3).endswith("|BASE|r3")
    assert keys.revision_of("S1|ana|2026-06-08T08:00:00Z|v1|BASE|r12") == 12
    assert keys.revision_of(keys.adjustment_key(adjustment=4, person="7")) == 0
    assert keys.reversal_key("ADJ|4|7") == "REV|ADJ|4|7"
