"""Layouts that Rota brings along: one with everything, and those of some payroll systems.

Source: FIELD.md §4 rule 14, which names each system's own description.
"""

from __future__ import annotations

import dataclasses

from compensation.domain.keys import ADJUSTMENT, BASE, HOLIDAY
from compensation.domain.layout_content import (
    ENTRIES,
    EVERY_OFFICE,
    SUMS,
    Column,
    Content,
    PayCode,
)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class ReadyMade:
    """A layout to begin with, and what to know before using it."""

    slug: str
    name: str
    about: str
    content: Content


def _columns(**sources: str) -> tuple[Column, ...]:
    return tuple(Column(heading=heading, source=source) for heading, source in sources.items())


def _codes(week: str, holiday: str, adjustment: str) -> tuple[PayCode, ...]:
    codes = {BASE: week, HOLIDAY: holiday, ADJUSTMENT: adjustment}
    return tuple(PayCode(kind=kind, office=EVERY_OFFICE, code=code) for kind, code in codes.items())


_GENERIC = ReadyMade(
    slug="generic-long",
    name="Generic long format",
    about="A row for each entry with everything that payroll systems ask for. A unit is 1 and its "
    "rate the amount, so that a row multiplies to what the ledger says. The pay date stays empty: "
    "it is payroll’s to set.",
    content=Content(
        rows=ENTRIES,
        columns=(
            *_columns(
                batch_id="batch",
                row_id="entry",
                employee_number="employee_id",
                name="name",
                office="office",
                cost_centre="cost_centre",
                pay_code="pay_code",
                units="one",
                unit_rate="amount",
                amount="amount",
                currency="currency",
                service_from="service_from",
                service_to="service_to",
                pay_period="period",
            ),
            Column(heading="pay_date", source="text"),
            *_columns(kind="kind", corrects_row_id="corrects", note="note"),
        ),
        pay_codes=_codes("ONCALL", "ONCALL-HOL", "ONCALL-ADJ"),
    ),
)
_STAFFOLOGY = ReadyMade(
    slug="staffology",
    name="Staffology",
    about="Import of payments, United Kingdom: a sum for each person and pay code, in GBP.",
    content=Content(
        rows=SUMS,
        columns=(
            Column(heading="Payroll Code", source="employee_id"),
            Column(heading="Pay Code", source="pay_code"),
            Column(heading="Amount", source="amount"),
            Column(heading="Note", source="note"),
            Column(heading="Effective From", source="service_from"),
            Column(heading="Effective To", source="service_to"),
        ),
        date_format="DD/MM/YYYY",
        currency="GBP",
        pay_codes=_codes("ONCALL", "ONCALLHOL", "ONCALLADJ"),
    ),
)
_BRIGHTPAY = ReadyMade(
    slug="brightpay",
    name="BrightPay",
    about="Import of payments, Ireland: a sum for each person and description, in EUR. The works "
    "number is the employee number, the department the cost centre.",
    content=Content(
        rows=SUMS,
        columns=(
            Column(heading="Works Number", source="employee_id"),
            Column(heading="Description", source="pay_code"),
            Column(heading="Amount", source="amount"),
            Column(heading="Department", source="cost_centre"),
        ),
        date_format="DD/MM/YYYY",
        currency="EUR",
        pay_codes=_codes("On call", "On call, public holiday", "On call, adjustment"),
    ),
)
_ADP = ReadyMade(
    slug="adp",
    name="ADP",
    about="Paydata of earnings 3, United States: a sum for each person and code, in USD. Put your "
    "company code in place of ABC, in its column and in the file’s name.",
    content=Content(
        rows=SUMS,
        columns=(
            Column(heading="Co Code", source="text", text="ABC"),
            Column(heading="Batch ID", source="batch"),
            Column(heading="File #", source="employee_id"),
            Column(heading="Temp Dept", source="cost_centre"),
            Column(heading="Earnings 3 Code", source="pay_code"),
            Column(heading="Earnings 3 Amount", source="amount"),
        ),
        date_format="MM/DD/YYYY",
        currency="USD",
        pay_codes=_codes("ONC", "ONH", "ONA"),
        file_name="EPIABC{mm}",
    ),
)
_MICROKEEPER = ReadyMade(
    slug="microkeeper",
    name="Microkeeper",
    about="Bulk payments, Australia: a sum for each person and title, in AUD. One hour at the rate "
    "of the whole amount, so that nothing is rounded twice.",
    content=Content(
        rows=SUMS,
        columns=(
            Column(heading="Employee Identifier", source="employee_id"),
            Column(heading="Title", source="pay_code"),
            Column(heading="Rate", source="amount"),
            Column(heading="Hours", source="one"),
            Column(heading="Multiplier", source="one"),
        ),
        date_format="DD/MM/YYYY",
        currency="AUD",
        pay_codes=_codes("On call", "On call public holiday", "On call adjustment"),
    ),
)
READY_MADE = {one.slug: one for one in (_GENERIC, _STAFFOLOGY, _BRIGHTPAY, _ADP, _MICROKEEPER)}
