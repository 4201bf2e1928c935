"""Generated proposals."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

ENGINEER = "volunteers.Engineer"


class Draft(models.Model):
    """A generated proposal for a horizon of weeks. It waits in a state; a sweep moves it on.

    A repair changes as few published weeks as possible; `cause` says in a sentence what made it
    necessary. `objectives` is the order that was solved for. `progress` is what the search has
    found so far, while it runs: `{"level", "objective", "best", "bound", "done": [names]}`.
    """

    class Kind(models.TextChoices):
        FULL = "full"
        REPAIR = "repair"

    class State(models.TextChoices):
        QUEUED = "queued"
        SOLVING = "solving"
        READY = "ready"
        PUBLISHED = "published"
        DISCARDED = "discarded"
        FAILED = "failed"
        CANCELLED = "cancelled"

    rotation = models.ForeignKey(
        "rotation.Rotation", on_delete=models.PROTECT, related_name="drafts"
    )
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.FULL)
    cause = models.CharField(max_length=300, blank=True)
    solved_again_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="solved_again"
    )
    state = models.CharField(max_length=16, choices=State.choices, default=State.QUEUED)
    first_week_date = models.DateField()
    weeks = models.PositiveIntegerField()
    policy = models.ForeignKey(
        "rotation.PolicyVersion", on_delete=models.PROTECT, related_name="drafts"
    )
    base_version = models.PositiveIntegerField()
    inputs_digest = models.CharField(max_length=64, blank=True)
    objectives = models.JSONField(default=list)
    progress = models.JSONField(default=dict)
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
                condition=Q(kind__in=["full", "repair"]), name="draft_kind_is_known"
            ),
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
    level = models.ForeignKey(
        "rotation.Level", on_delete=models.PROTECT, related_name="draft_shifts"
    )
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


class DraftRule(models.Model):
    """What a manager wants of one week by hand: this person, or not this person.

    It counts when the draft is solved; one added later (`added_at` after the draft's
    `requested_at`) waits until the draft is solved again, which copies it.
    """

    class Kind(models.TextChoices):
        PIN = "pin"
        FORBID = "forbid"

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="rules")
    level = models.ForeignKey("rotation.Level", on_delete=models.PROTECT, related_name="+")
    week_date = models.DateField()
    engineer = models.ForeignKey(ENGINEER, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    added_by = models.CharField(max_length=254)
    added_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["draft", "level", "week_date", "engineer"],
                name="draft_rule_once_per_person_and_week",
            ),
            models.UniqueConstraint(
                fields=["draft", "level", "week_date"],
                condition=Q(kind="pin"),
                name="draft_rule_pins_one_person",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["pin", "forbid"]), name="draft_rule_kind_is_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.engineer_id} {self.week_date}"
