"""The published schedule and its covers."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

ENGINEER = "volunteers.Engineer"


class Shift(models.Model):
    """One published week of one level; unique, never deleted. A null holder is a gap.

    `day_windows` holds the on-call time of each whole local day that the shift touches, as
    `[start, end]` pairs in UTC, frozen at publication; on call is what of it lies in the shift.
    """

    level = models.ForeignKey("rotation.Level", on_delete=models.PROTECT, related_name="shifts")
    week_date = models.DateField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    time_zone = models.CharField(max_length=64)
    day_windows = models.JSONField()
    holder = models.ForeignKey(ENGINEER, on_delete=models.PROTECT, null=True, related_name="shifts")
    policy = models.ForeignKey(
        "rotation.PolicyVersion", on_delete=models.PROTECT, related_name="shifts"
    )
    load_hundredths = models.PositiveIntegerField()
    holidays = models.JSONField(default=list)
    gap_reasons = models.JSONField(default=list)
    version = models.PositiveIntegerField()
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.CharField(max_length=254, default="", blank=True)
    cancel_reason = models.CharField(max_length=500, default="", blank=True)
    completed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["level", "week_date"], name="shift_one_per_level_and_week"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="shift_starts_before_it_ends"
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True) | Q(cancelled_at__lt=F("ends_at")),
                name="shift_is_cancelled_before_its_end",
            ),
        )
        indexes = (
            models.Index(fields=["holder", "starts_at"], name="shift_by_holder"),
            models.Index(fields=["ends_at"], name="shift_by_end"),
            models.Index(
                fields=["ends_at"], condition=Q(completed_at__isnull=True), name="shift_incomplete"
            ),
        )

    def __str__(self) -> str:
        return f"{self.level_id} {self.week_date}"


class Cover(models.Model):
    """Somebody else takes part or all of a shift; `from_engineer` is null when it fills a gap."""

    class State(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        WITHDRAWN = "withdrawn"
        EXPIRED = "expired"
        UNDONE = "undone"

    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="covers")
    from_engineer = models.ForeignKey(
        ENGINEER, on_delete=models.PROTECT, null=True, related_name="covers_asked"
    )
    to_engineer = models.ForeignKey(
        ENGINEER, on_delete=models.PROTECT, null=True, related_name="covers_taken"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.OPEN)
    swap_with = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="swapped_by"
    )
    asked_by = models.CharField(max_length=254)
    asked_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    acceptance_number = models.PositiveIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)
    asks_everyone = models.BooleanField(default=False)
    is_urgent = models.BooleanField(default=False)
    reminded_at = models.DateTimeField(null=True)
    managers_told_at = models.DateTimeField(null=True)
    message = models.CharField(max_length=280, default="", blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="cover_starts_before_it_ends"
            ),
            models.CheckConstraint(
                condition=Q(from_engineer__isnull=True)
                | Q(to_engineer__isnull=True)
                | ~Q(from_engineer=F("to_engineer")),
                name="cover_joins_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted")
                | Q(
                    to_engineer__isnull=False,
                    accepted_at__isnull=False,
                    acceptance_number__isnull=False,
                ),
                name="cover_accepted_says_by_whom",
            ),
            models.UniqueConstraint(
                fields=["shift", "acceptance_number"], name="cover_accepted_in_one_order"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "accepted", "withdrawn", "expired", "undone"]),
                name="cover_state_is_known",
            ),
        )

    def __str__(self) -> str:
        return f"cover of {self.shift_id}"
