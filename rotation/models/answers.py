"""What workers compute beside drafts: answers about a week, and the coverage forecast."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

ENGINEER = "volunteers.Engineer"


class WeekQuestion(models.Model):
    """Who else could have taken a week, and what that would have cost; waits for a worker.

    It is asked of a draft, or of the published schedule where `draft` is null. `answer` is
    `{"people": [{"engineer", "holds", "why" | null, "costs": {objective: change}, "proven"}]}`.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        WORKING = "working"
        ANSWERED = "answered"
        FAILED = "failed"

    rotation = models.ForeignKey(
        "rotation.Rotation", on_delete=models.PROTECT, related_name="questions"
    )
    draft = models.ForeignKey(
        "rotation.Draft", on_delete=models.CASCADE, null=True, related_name="questions"
    )
    level = models.ForeignKey("rotation.Level", on_delete=models.PROTECT, related_name="+")
    week_date = models.DateField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.QUEUED)
    asked_by = models.ForeignKey(ENGINEER, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    inputs_digest = models.CharField(max_length=64, blank=True)
    schedule_version = models.PositiveIntegerField()
    answer = models.JSONField(default=dict)
    failure = models.CharField(max_length=500, blank=True)
    tries = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    lease_holder = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=["queued", "working", "answered", "failed"]),
                name="week_question_state_is_known",
            ),
        )
        indexes = (
            models.Index(
                fields=["leased_until"],
                condition=Q(state__in=["queued", "working"]),
                name="week_question_waiting",
            ),
        )

    def __str__(self) -> str:
        return f"question about {self.week_date}"


class Forecast(models.Model):
    """When terms end, which week is the first gap, and how many volunteers by when close it.

    One for each rotation, computed again whenever its facts have another digest.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        WORKING = "working"
        READY = "ready"
        FAILED = "failed"

    rotation = models.OneToOneField(
        "rotation.Rotation", on_delete=models.PROTECT, related_name="forecast"
    )
    state = models.CharField(max_length=16, choices=State.choices, default=State.QUEUED)
    inputs_digest = models.CharField(max_length=64, blank=True)
    queued_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    figures = models.JSONField(default=dict)
    failure = models.CharField(max_length=500, blank=True)
    told_below_minimum_on = models.DateField(null=True)
    tries = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    lease_holder = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=["queued", "working", "ready", "failed"]),
                name="forecast_state_is_known",
            ),
        )

    def __str__(self) -> str:
        return f"forecast of {self.rotation_id}"
