"""A team's standing arrangement, its drafts, its published schedule, and its PagerDuty side."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

ENGINEER = "volunteers.Engineer"


class LevelName(models.TextChoices):
    """The order in which people are called."""

    PRIMARY = "primary", "Primary"
    ESCALATION = "escalation", "Level 2"


class Rotation(models.Model):
    """Hours, handover and levels of one on-call team."""

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
        )

    def __str__(self) -> str:
        return self.name


class Level(models.Model):
    """One line of people of a rotation, and its schedule in PagerDuty."""

    rotation = models.ForeignKey(Rotation, on_delete=models.PROTECT, related_name="levels")
    name = models.CharField(max_length=16, choices=LevelName.choices)
    pagerduty_schedule_ref = models.CharField(max_length=64, blank=True)
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
        )

    def __str__(self) -> str:
        return self.get_name_display()


class PolicyVersion(models.Model):
    """Every figure of how the team works, from an instant on; never changed, only followed."""

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
    objectives = models.JSONField(default=list)
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
        )

    def __str__(self) -> str:
        return f"policy {self.number}"


class Draft(models.Model):
    """A generated proposal for a horizon of weeks. It waits in a state; a sweep moves it on."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SOLVING = "solving"
        READY = "ready"
        PUBLISHED = "published"
        DISCARDED = "discarded"
        FAILED = "failed"
        CANCELLED = "cancelled"

    rotation = models.ForeignKey(Rotation, on_delete=models.PROTECT, related_name="drafts")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.QUEUED)
    first_week_date = models.DateField()
    weeks = models.PositiveIntegerField()
    policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="drafts")
    base_version = models.PositiveIntegerField()
    inputs_digest = models.CharField(max_length=64, blank=True)
    requested_by = models.ForeignKey(
        ENGINEER, on_delete=models.PROTECT, null=True, related_name="requested_drafts"
    )
    requested_at = models.DateTimeField()
    solving_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    proven = models.BooleanField(default=False)
    solve_milliseconds = models.PositiveIntegerField(null=True)
    figures = models.JSONField(default=dict)
    failure = models.CharField(max_length=500, blank=True)
    tries = models.PositiveIntegerField(default=0)
    closed_by = models.ForeignKey(
        ENGINEER, on_delete=models.PROTECT, null=True, related_name="closed_drafts"
    )
    closed_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    lease_holder = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["rotation", "number"], name="draft_number_once"),
            models.CheckConstraint(
                condition=Q(weeks__gte=1, weeks__lte=53), name="draft_is_at_most_53_weeks"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "queued",
                        "solving",
                        "ready",
                        "published",
                        "discarded",
                        "failed",
                        "cancelled",
                    ]
                ),
                name="draft_state_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["published", "discarded"]) | Q(closed_at__isnull=False),
                name="draft_closed_has_its_time",
            ),
        )
        indexes = (
            models.Index(
                fields=["leased_until"],
                condition=Q(state__in=["queued", "solving"]),
                name="draft_waiting",
            ),
        )

    def __str__(self) -> str:
        return f"draft {self.number}"


class DraftShift(models.Model):
    """One week of one level in a draft; a null holder is a gap, with the reasons for it.

    `reasons` is a list of `{"engineer": id | null, "code": text}`, one for each person of the
    level, in the codes of the solver.
    """

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="shifts")
    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="draft_shifts")
    week_date = models.DateField()
    holder = models.ForeignKey(
        ENGINEER, on_delete=models.PROTECT, null=True, related_name="draft_shifts"
    )
    load_hundredths = models.PositiveIntegerField()
    holidays = models.JSONField(default=list)
    reasons = models.JSONField(default=list)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["draft", "level", "week_date"], name="draft_shift_one_per_level_and_week"
            ),
        )

    def __str__(self) -> str:
        return f"{self.level_id} {self.week_date}"


class Shift(models.Model):
    """One published week of one level; unique, never deleted. A null holder is a gap.

    `day_windows` holds the on-call time of each whole local day that the shift touches, as
    `[start, end]` pairs in UTC, frozen at publication; on call is what of it lies in the shift.
    """

    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="shifts")
    week_date = models.DateField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    time_zone = models.CharField(max_length=64)
    day_windows = models.JSONField()
    holder = models.ForeignKey(ENGINEER, on_delete=models.PROTECT, null=True, related_name="shifts")
    policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="shifts")
    load_hundredths = models.PositiveIntegerField()
    holidays = models.JSONField(default=list)
    gap_reasons = models.JSONField(default=list)
    version = models.PositiveIntegerField()
    cancelled_at = models.DateTimeField(null=True)
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


class SyncRun(models.Model):
    """One attempt to make PagerDuty show the published stints of a rotation."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    rotation = models.ForeignKey(Rotation, on_delete=models.PROTECT, related_name="sync_runs")
    state = models.CharField(max_length=16, choices=State.choices, default=State.QUEUED)
    cause = models.CharField(max_length=200)
    queued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    schedule_version = models.PositiveIntegerField(null=True)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=500, blank=True)
    unmatched = models.JSONField(default=list)
    leased_until = models.DateTimeField(null=True)
    lease_holder = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["rotation"], condition=Q(state="queued"), name="sync_run_one_waits"
            ),
            models.UniqueConstraint(
                fields=["rotation"], condition=Q(state="running"), name="sync_run_one_runs"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "done", "failed"]),
                name="sync_run_state_is_known",
            ),
        )
        indexes = (models.Index(fields=["rotation", "-queued_at"], name="sync_run_by_rotation"),)

    def __str__(self) -> str:
        return f"sync {self.pk}"


class SyncStep(models.Model):
    """One request of a run: what, why, and PagerDuty's answer."""

    class State(models.TextChoices):
        PLANNED = "planned"
        DONE = "done"
        FAILED = "failed"

    run = models.ForeignKey(SyncRun, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveIntegerField()
    level = models.ForeignKey(Level, on_delete=models.PROTECT, null=True, related_name="sync_steps")
    action = models.CharField(max_length=32)
    reason = models.CharField(max_length=300)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=300)
    request = models.JSONField(null=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.PLANNED)
    answer = models.JSONField(null=True)
    failure = models.CharField(max_length=500, blank=True)
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["run", "position"], name="sync_step_position_once"),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "done", "failed"]),
                name="sync_step_state_is_known",
            ),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.path}"
