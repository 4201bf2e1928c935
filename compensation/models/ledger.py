"""Rates, the ledger and pay periods. Amounts are whole minor units."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

ENGINEER = "volunteers.Engineer"
_LEVELS = ["primary", "escalation"]
_ADJUSTMENT = Q(kind="ADJ")
_CURRENCY = r"^[A-Z]{3}$"
_FINGERPRINT = r"^[0-9a-f]{64}$"


class Rate(models.Model):
    """What a week and a whole public holiday are worth in an office at a level, from a date on.

    Rows are only ever added (`invariants`); of two for the same date the later one counts.
    """

    version = models.CharField(max_length=100, unique=True)
    office = models.ForeignKey("volunteers.Office", on_delete=models.PROTECT, related_name="rates")
    level = models.CharField(max_length=16)
    effective_from = models.DateField()
    weekly_minor = models.BigIntegerField()
    holiday_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    retroactive = models.BooleanField(default=False)
    added_by = models.CharField(max_length=254)
    added_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(level__in=_LEVELS), name="rate_level_is_known"),
            models.CheckConstraint(
                condition=Q(weekly_minor__gte=0, holiday_minor__gte=0),
                name="rate_amounts_are_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=_CURRENCY), name="rate_currency_is_iso"
            ),
            models.CheckConstraint(
                condition=~Q(version="") & ~Q(version__contains="|"),
                name="rate_version_fits_into_a_key",
            ),
            models.CheckConstraint(condition=~Q(added_by=""), name="rate_says_who_added_it"),
        )
        indexes = (
            models.Index(fields=["office", "level", "effective_from"], name="rate_by_office"),
        )

    def __str__(self) -> str:
        return self.version


class PayPeriod(models.Model):
    """A calendar month, `2026-11`. Closed ones take no entry; they close in order."""

    class State(models.TextChoices):
        OPEN = "open"
        CLOSED = "closed"

    month = models.CharField(max_length=7, unique=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=254, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(month__regex=r"^[0-9]{4}-(0[1-9]|1[0-2])$"),
                name="pay_period_is_a_month",
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True, closed_by="")
                | (Q(state="closed", closed_at__isnull=False) & ~Q(closed_by="")),
                name="pay_period_closed_says_when_and_by_whom",
            ),
        )

    def __str__(self) -> str:
        return self.month


class LedgerHead(models.Model):
    """The one row that says where the ledger ends; whoever posts holds it until the commit."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    last_number = models.BigIntegerField(default=0)
    last_hash = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(id=1), name="ledger_has_one_head"),
            models.CheckConstraint(
                condition=Q(last_number__gte=0), name="ledger_head_is_not_negative"
            ),
        )

    def __str__(self) -> str:
        return f"entry {self.last_number}"


class Entry(models.Model):
    """One line of compensation for one person, with a number in order of commit.

    Written once, never changed (`invariants`). `hash` covers the fields and `previous_hash`.
    Entries of a shift have its segment and rate; an adjustment has none.
    """

    number = models.BigIntegerField(unique=True)
    # What would index period and engineer alone is in the indexes below.
    period = models.ForeignKey(
        PayPeriod, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    engineer = models.ForeignKey(
        ENGINEER, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    shift = models.ForeignKey(
        "rotation.Shift", on_delete=models.PROTECT, null=True, related_name="entries"
    )
    kind = models.CharField(max_length=16)
    segment_start = models.DateTimeField(null=True)
    segment_end = models.DateTimeField(null=True)
    seconds = models.BigIntegerField()
    rate = models.ForeignKey(Rate, on_delete=models.PROTECT, null=True, related_name="entries")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    earned_on = models.DateField()
    key = models.CharField(max_length=300)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversed_by"
    )
    posted_at = models.DateTimeField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        # Named constraints, since unique columns of text get a second index on PostgreSQL.
        constraints = (
            models.UniqueConstraint(fields=["key"], name="entry_key_once"),
            models.UniqueConstraint(fields=["previous_hash"], name="entry_followed_once"),
            models.UniqueConstraint(fields=["hash"], name="entry_hash_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="entry_numbers_start_at_one"),
            models.CheckConstraint(
                condition=Q(kind__regex=r"^(BASE|ADJ|HOL:[0-9]{4}-[0-9]{2}-[0-9]{2})$"),
                name="entry_kind_is_known",
            ),
            models.CheckConstraint(
                condition=_ADJUSTMENT
                | Q(
                    shift__isnull=False,
                    segment_start__isnull=False,
                    segment_end__isnull=False,
                    rate__isnull=False,
                ),
                name="entry_of_a_shift_has_segment_and_rate",
            ),
            models.CheckConstraint(
                condition=Q(segment_start__isnull=True, segment_end__isnull=True)
                | Q(segment_end__gt=F("segment_start")),
                name="entry_segment_starts_before_it_ends",
            ),
            models.CheckConstraint(
                condition=_ADJUSTMENT
                | Q(reverses__isnull=False)
                | Q(amount_minor__gte=0, seconds__gte=0),
                name="entry_is_negative_only_as_reversal",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=_CURRENCY), name="entry_currency_is_iso"
            ),
            models.CheckConstraint(condition=~Q(key=""), name="entry_has_a_key"),
            models.CheckConstraint(
                condition=Q(hash__regex=_FINGERPRINT, previous_hash__regex=_FINGERPRINT),
                name="entry_has_fingerprints",
            ),
        )
        indexes = (
            models.Index(fields=["engineer", "-number"], name="entry_by_engineer"),
            models.Index(fields=["period", "number"], name="entry_by_period"),
            models.Index(fields=["period", "currency", "amount_minor"], name="entry_totals"),
            models.Index(fields=["posted_at", "number"], name="entry_by_posting"),
        )

    def __str__(self) -> str:
        return f"entry {self.number}"


class BlockedShift(models.Model):
    """An ended shift that no rate prices; it waits, and is never paid 0 silently."""

    shift = models.OneToOneField(
        "rotation.Shift", on_delete=models.PROTECT, related_name="pay_block"
    )
    reason = models.CharField(max_length=500)
    since = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="blocked_shift_says_why"),
        )

    def __str__(self) -> str:
        return self.reason
