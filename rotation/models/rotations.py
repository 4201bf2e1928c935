"""A team's standing arrangement: hours, levels, policy."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

ENGINEER = "volunteers.Engineer"


class LevelName(models.TextChoices):
    """The order in which people are called."""

    PRIMARY = "primary", "Primary"
    ESCALATION = "escalation", "Level 2"


class Rotation(models.Model):
    """Hours, handover and levels of one on-call team.

    `pagerduty_released_refs` are schedules and policies that somebody gave back: they still carry
    Rota's marker there, and are not found again by it. A policy with a trouble is not written until
    a person decides.
    """

    class PolicyTrouble(models.TextChoices):
        """What only a person can mend."""

        NONE = "", "None"
        DELETED = "deleted", "Deleted in PagerDuty"

    team = models.OneToOneField(
        "volunteers.OnCallTeam", on_delete=models.PROTECT, related_name="rotation"
    )
    slug = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=100)
    time_zone = models.CharField(max_length=64)
    handover_weekday = models.PositiveSmallIntegerField(default=0)
    handover_time = models.TimeField()
    business_start = models.TimeField(null=True)
    business_end = models.TimeField(null=True)
    holiday_office = models.ForeignKey(
        "volunteers.Office", on_delete=models.PROTECT, null=True, related_name="rotations"
    )
    level2_paid = models.BooleanField(default=False)
    pagerduty_policy_ref = models.CharField(max_length=64, blank=True)
    pagerduty_policy_is_adopted = models.BooleanField(default=False)
    pagerduty_policy_since = models.DateTimeField(null=True)
    pagerduty_policy_trouble = models.CharField(
        max_length=16, choices=PolicyTrouble.choices, blank=True
    )
    pagerduty_policy_trouble_since = models.DateTimeField(null=True)
    pagerduty_released_refs = models.JSONField(default=list)
    schedule_version = models.PositiveIntegerField(default=0)
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(
        ENGINEER, on_delete=models.PROTECT, null=True, related_name="published_rotations"
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(handover_weekday__lte=6), name="rotation_handover_is_a_weekday"
            ),
            models.CheckConstraint(
                condition=Q(business_start__isnull=True, business_end__isnull=True)
                | Q(business_start__isnull=False, business_end__gt=F("business_start")),
                name="rotation_office_hours_start_before_they_end",
            ),
            models.CheckConstraint(
                condition=Q(pagerduty_policy_trouble__in=["", "deleted"]),
                name="rotation_policy_trouble_is_known",
            ),
            models.UniqueConstraint(
                fields=["pagerduty_policy_ref"],
                condition=~Q(pagerduty_policy_ref=""),
                name="rotation_has_a_policy_of_its_own",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Level(models.Model):
    """One line of people of a rotation, and its schedule in PagerDuty.

    A schedule with a trouble is not written until a person decides.
    """

    class Trouble(models.TextChoices):
        """What only a person can mend."""

        NONE = "", "None"
        DELETED = "deleted", "Deleted in PagerDuty"
        UPGRADED = "upgraded", "Upgraded to a kind that this API cannot write"

    rotation = models.ForeignKey(Rotation, on_delete=models.PROTECT, related_name="levels")
    name = models.CharField(max_length=16, choices=LevelName.choices)
    pagerduty_schedule_ref = models.CharField(max_length=64, blank=True)
    schedule_is_adopted = models.BooleanField(default=False)
    schedule_trouble = models.CharField(max_length=16, choices=Trouble.choices, blank=True)
    schedule_trouble_since = models.DateTimeField(null=True)
    in_pagerduty_since = models.DateTimeField(null=True)
    in_pagerduty_version = models.PositiveIntegerField(null=True)
    checked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["rotation", "name"], name="level_once_per_rotation"),
            models.UniqueConstraint(
                fields=["pagerduty_schedule_ref"],
                condition=~Q(pagerduty_schedule_ref=""),
                name="level_has_a_schedule_of_its_own",
            ),
            models.CheckConstraint(
                condition=Q(name__in=["primary", "escalation"]), name="level_name_is_known"
            ),
            models.CheckConstraint(
                condition=Q(schedule_trouble__in=["", "deleted", "upgraded"]),
                name="level_trouble_is_known",
            ),
        )

    def __str__(self) -> str:
        return self.get_name_display()


class DriftChoice(models.TextChoices):
    """What happens with a difference in PagerDuty that nobody has decided on."""

    ASK = "ask", "Ask a manager"
    RESTORE = "restore", "Put ours back"
    ADOPT = "adopt", "Adopt an override as a cover"


class PolicyVersion(models.Model):
    """Every figure of how the team works, from an instant on; never changed, only followed.

    `holiday_weights` gives hundredths of load for a public holiday by office (slug); empty means
    the rotation's own calendar at `holiday_load_hundredths`. `deduplicates_pay` holds for the weeks
    published under the version: who is on two rotations at once is paid for that time once.
    """

    rotation = models.ForeignKey(Rotation, on_delete=models.PROTECT, related_name="policies")
    number = models.PositiveIntegerField()
    term_weeks = models.PositiveIntegerField(default=26)
    cool_down_weeks = models.PositiveIntegerField(default=0)
    target_size = models.PositiveIntegerField(default=7)
    minimum_size = models.PositiveIntegerField(default=6)
    horizon_weeks = models.PositiveIntegerField(default=26)
    primary_rest_weeks = models.PositiveIntegerField(default=3)
    primary_shifts_per_term = models.PositiveIntegerField(default=6)
    escalation_rest_weeks = models.PositiveIntegerField(default=1)
    escalation_shifts_per_term = models.PositiveIntegerField(null=True)
    spacing_weeks = models.PositiveIntegerField(default=5)
    holiday_load_hundredths = models.PositiveIntegerField(default=50)
    holiday_weights = models.JSONField(default=dict)
    objectives = models.JSONField(default=list)
    escalation_delay_minutes = models.PositiveIntegerField(default=15)
    escalation_loops = models.PositiveIntegerField(default=2)
    drift_choice = models.CharField(
        max_length=16, choices=DriftChoice.choices, default=DriftChoice.ASK
    )
    deduplicates_pay = models.BooleanField(default=False)
    changed_by = models.CharField(max_length=254)
    changed_at = models.DateTimeField()
    effective_from = models.DateTimeField()
    reason = models.CharField(max_length=500)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["rotation", "number"], name="policy_number_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="policy_has_a_reason"),
            models.CheckConstraint(condition=Q(term_weeks__gte=1), name="policy_term_lasts"),
            models.CheckConstraint(
                condition=Q(horizon_weeks__gte=1, horizon_weeks__lte=53),
                name="policy_horizon_is_at_most_53_weeks",
            ),
            models.CheckConstraint(
                condition=Q(escalation_delay_minutes__gte=1, escalation_delay_minutes__lte=60),
                name="policy_escalates_within_the_hour",
            ),
            models.CheckConstraint(
                condition=Q(escalation_loops__lte=9), name="policy_loops_at_most_nine_times"
            ),
            models.CheckConstraint(
                condition=Q(drift_choice__in=["ask", "restore", "adopt"]),
                name="policy_drift_choice_is_known",
            ),
        )

    def __str__(self) -> str:
        return f"policy {self.number}"
