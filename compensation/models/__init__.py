"""Rates, the ledger, pay periods, what two people decide, and the files made of it."""

from __future__ import annotations

from compensation.models.answers import KeptAnswer
from compensation.models.exports import Export, ExportLayout, ExportLayoutVersion, ReportFile
from compensation.models.ledger import BlockedShift, Entry, LedgerHead, PayPeriod, Rate
from compensation.models.requests import (
    Adjustment,
    CalendarReview,
    Correction,
    CorrectionCover,
    PayQuestion,
    RateProposal,
    Recalculation,
    Reopening,
    RequestState,
)

__all__ = [
    "Adjustment",
    "BlockedShift",
    "CalendarReview",
    "Correction",
    "CorrectionCover",
    "Entry",
    "Export",
    "ExportLayout",
    "ExportLayoutVersion",
    "KeptAnswer",
    "LedgerHead",
    "PayPeriod",
    "PayQuestion",
    "Rate",
    "RateProposal",
    "Recalculation",
    "Reopening",
    "ReportFile",
    "RequestState",
]
