"""Terms, and the days and weeks in them that do not suit."""

from __future__ import annotations

from django.db import models

from volunteers.models.joining import Application
from volunteers.models.people import Engineer
from volunteers.models.teams import OnCallTeam

MOST_SHADOW_WEEKS = 4


class TermLevel(models.TextChoices):
    """The order in which people are called."""

    PRIMARY = "primary", "Primary"
    ESCALATION = "escalation", "Level 2"


class Term(models.Model):
    """Service at one level over `[starts_on, ends_on)`, both days being handovers.

    In its first `shadow_weeks` the person looks on beside whoever is on call and holds no shift.
    `left_on` cuts it short, by an act of `left_by`. Upcoming, active or ended follow from the
    dates. `roll_off_confirmed_at` says since when the person means to end as planned. No two terms
    of one engineer in one on-call team overlap (`invariants`).
    """

    team = models.ForeignKey(OnCallTeam, on_delete=models.PROTECT, related_name="terms")
    engineer = models.ForeignKey(Engineer, on_delete=models.PROTECT, related_name="terms")
    level = models.CharField(max_length=16, choices=TermLevel.choices)
    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, null=True, related_name="term"
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    left_on = models.DateField(null=True)
    left_by = models.ForeignKey(
        Engineer, on_delete=models.PROTECT, null=True, related_name="terms_cut_short"
    )
    roll_off_confirmed_at = models.DateTimeField(null=True)
    shadow_weeks = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(shadow_weeks=0)
                | models.Q(level="primary", shadow_weeks__lte=MOST_SHADOW_WEEKS),
                name="term_shadows_in_a_few_weeks_of_primary",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gt=models.F("starts_on")),
                name="term_starts_before_it_ends",
            ),
            models.CheckConstraint(
                condition=models.Q(left_on__isnull=True)
                | models.Q(left_on__gte=models.F("starts_on")),
                name="term_is_left_after_its_start",
            ),
            models.CheckConstraint(
                condition=models.Q(left_by__isnull=True) | models.Q(left_on__isnull=False),
                name="term_is_left_by_somebody_on_a_day",
            ),
            models.CheckConstraint(
                condition=~models.Q(level="primary")
                | models.Q(application__isnull=False, ends_on__isnull=False),
                name="term_primary_is_applied_for_and_ends",
            ),
            models.CheckConstraint(
                condition=models.Q(level__in=["primary", "escalation"]),
                name="term_level_is_known",
            ),
        )
        indexes = (models.Index(fields=["team", "level", "starts_on"], name="term_by_team"),)

    def __str__(self) -> str:
        return f"{self.engineer_id} {self.level} from {self.starts_on}"


class Absence(models.Model):
    """Days on which an engineer cannot be on call, in the zone of their office; end excluded."""

    engineer = models.ForeignKey(Engineer, on_delete=models.PROTECT, related_name="absences")
    starts_on = models.DateField()
    ends_on = models.DateField()
    note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends_on__gt=models.F("starts_on")),
                name="absence_starts_before_it_ends",
            ),
        )
        indexes = (models.Index(fields=["engineer", "ends_on"], name="absence_by_engineer"),)

    def __str__(self) -> str:
        return f"{self.engineer_id} away from {self.starts_on}"


class WeekWish(models.Model):
    """A week that an engineer would like, or would rather not have."""

    class Wish(models.TextChoices):
        WANT = "want"
        AVOID = "avoid"

    engineer = models.ForeignKey(Engineer, on_delete=models.PROTECT, related_name="wishes")
    team = models.ForeignKey(OnCallTeam, on_delete=models.PROTECT, related_name="wishes")
    week_date = models.DateField()
    wish = models.CharField(max_length=8, choices=Wish.choices)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["engineer", "team", "week_date"], name="wish_one_per_week"
            ),
            models.CheckConstraint(
                condition=models.Q(wish__in=["want", "avoid"]), name="wish_is_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.engineer_id} {self.wish} {self.week_date}"
