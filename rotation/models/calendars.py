"""Calendar feeds by secret addresses, and what they have told so far."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

ENGINEER = "volunteers.Engineer"


class CalendarFeed(models.Model):
    """One person's secret address of a calendar; the secret itself is nowhere in the database.

    It is made from `nonce` with the server's key, so that its owner can read it again; whoever
    asks is known by its SHA-256 in `digest`.
    """

    class Kind(models.TextChoices):
        """What the calendar holds: its owner's shifts, both levels of a rotation, or one level."""

        MINE = "mine", "My shifts"
        ROTATION = "rotation", "A rotation"
        LEVEL = "level", "A level"

    engineer = models.ForeignKey(ENGINEER, on_delete=models.PROTECT, related_name="calendar_feeds")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    rotation = models.ForeignKey(
        "rotation.Rotation", on_delete=models.PROTECT, null=True, related_name="calendar_feeds"
    )
    level = models.ForeignKey(
        "rotation.Level", on_delete=models.PROTECT, null=True, related_name="calendar_feeds"
    )
    nonce = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind="mine", rotation__isnull=True, level__isnull=True)
                | Q(kind="rotation", rotation__isnull=False, level__isnull=True)
                | Q(kind="level", rotation__isnull=True, level__isnull=False),
                name="calendar_feed_names_what_it_holds",
            ),
            models.UniqueConstraint(
                fields=["engineer"],
                condition=Q(kind="mine", revoked_at__isnull=True),
                name="calendar_feed_one_of_ones_own",
            ),
            models.UniqueConstraint(
                fields=["engineer", "rotation"],
                condition=Q(kind="rotation", revoked_at__isnull=True),
                name="calendar_feed_one_of_a_rotation",
            ),
            models.UniqueConstraint(
                fields=["engineer", "level"],
                condition=Q(kind="level", revoked_at__isnull=True),
                name="calendar_feed_one_of_a_level",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} calendar of {self.engineer_id}"


class CalendarEntry(models.Model):
    """An event as calendars were last told of it, kept when it is called off.

    One for each stint of a shift, nobody's included, and for each week in which somebody shadows.
    `beside` is whom they cover for or shadow. Names stand as they were told.
    """

    class Kind(models.TextChoices):
        ON_CALL = "on_call"
        SHADOW = "shadow"

    uid = models.CharField(max_length=255, unique=True)
    shift = models.ForeignKey(
        "rotation.Shift", on_delete=models.PROTECT, related_name="calendar_entries"
    )
    level = models.ForeignKey(
        "rotation.Level", on_delete=models.PROTECT, related_name="calendar_entries"
    )
    engineer = models.ForeignKey(
        ENGINEER, on_delete=models.PROTECT, null=True, related_name="calendar_entries"
    )
    kind = models.CharField(max_length=16, choices=Kind.choices)
    number = models.PositiveIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    hours = models.JSONField(default=list)
    name = models.CharField(max_length=150, blank=True)
    beside = models.ForeignKey(ENGINEER, on_delete=models.PROTECT, null=True, related_name="+")
    beside_name = models.CharField(max_length=150, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    is_cancelled = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="calendar_entry_starts_before_it_ends",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["on_call", "shadow"]), name="calendar_entry_kind_is_known"
            ),
            models.UniqueConstraint(
                fields=["shift", "engineer", "kind", "number"],
                name="calendar_entry_once_for_each_piece",
            ),
        )
        indexes = (
            models.Index(fields=["engineer", "ends_at"], name="calendar_entry_by_engineer"),
            models.Index(fields=["level", "ends_at"], name="calendar_entry_by_level"),
        )

    def __str__(self) -> str:
        return self.uid


class CalendarState(models.Model):
    """How far a rotation's calendars have been told of its shifts.

    `wanted` grows with each change of its stints, `told` follows once the entries say the same.
    """

    rotation = models.OneToOneField(
        "rotation.Rotation", on_delete=models.PROTECT, related_name="calendar_state"
    )
    wanted = models.PositiveIntegerField(default=1)
    wanted_at = models.DateTimeField()
    told = models.PositiveIntegerField(default=0)
    looked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(told__lte=F("wanted")), name="calendar_state_tells_what_is_wanted"
            ),
        )

    def __str__(self) -> str:
        return f"{self.told} of {self.wanted}"
