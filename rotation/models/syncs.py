"""What PagerDuty was told, and what it answered."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class SyncRun(models.Model):
    """One attempt to make PagerDuty show the published stints of a rotation.

    `first_change_at` is the first instant, in business time, that it may change; null when nothing
    is known to have changed. `rests` is what PagerDuty shows otherwise after all that could be
    written was: for each level a sentence, and the edits as start, end and whom Rota wants. With
    `writes_over` somebody ordered that edits of layers are written over.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    rotation = models.ForeignKey(
        "rotation.Rotation", on_delete=models.PROTECT, related_name="sync_runs"
    )
    state = models.CharField(max_length=16, choices=State.choices, default=State.QUEUED)
    cause = models.CharField(max_length=200)
    queued_at = models.DateTimeField()
    first_change_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    schedule_version = models.PositiveIntegerField(null=True)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=500, blank=True)
    unmatched = models.JSONField(default=list)
    rests = models.JSONField(default=list)
    writes_over = models.BooleanField(default=False)
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
    level = models.ForeignKey(
        "rotation.Level", on_delete=models.PROTECT, null=True, related_name="sync_steps"
    )
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
