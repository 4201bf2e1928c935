"""What a page asks of PagerDuty: a worker reads, keeps the answer, and writes nothing there."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

ENGINEER = "volunteers.Engineer"


class Lookup(models.Model):
    """One question that a manager asked; waits for a worker.

    A `plan` is what a sync would write, a `search` finds schedules (or escalation policies, without
    a level) by name, an `adoption` is what would become of the one whose id is in `query`.
    `adopted_at` is when somebody confirmed that.
    """

    class Kind(models.TextChoices):
        PLAN = "plan"
        SEARCH = "search"
        ADOPTION = "adoption"

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    rotation = models.ForeignKey(
        "rotation.Rotation", on_delete=models.PROTECT, related_name="lookups"
    )
    level = models.ForeignKey(
        "rotation.Level", on_delete=models.PROTECT, null=True, related_name="lookups"
    )
    kind = models.CharField(max_length=16, choices=Kind.choices)
    query = models.CharField(max_length=255, blank=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.QUEUED)
    asked_by = models.ForeignKey(ENGINEER, on_delete=models.PROTECT, null=True, related_name="+")
    queued_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    progress = models.CharField(max_length=200, blank=True)
    failure = models.CharField(max_length=500, blank=True)
    schedule_version = models.PositiveIntegerField(null=True)
    result = models.JSONField(null=True)
    adopted_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    lease_holder = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["rotation"],
                condition=Q(kind="plan", state__in=["queued", "running"]),
                name="lookup_one_plan_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["plan", "search", "adoption"]), name="lookup_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "done", "failed"]),
                name="lookup_state_is_known",
            ),
        )
        indexes = (models.Index(fields=["rotation", "-queued_at"], name="lookup_by_rotation"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
