"""Where PagerDuty shows somebody else than the published stints, and what a person chose."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

ENGINEER = "volunteers.Engineer"


class DriftCheck(models.Model):
    """One comparison of a rotation's coming weeks with PagerDuty; waits for a worker."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    rotation = models.ForeignKey(
        "rotation.Rotation", on_delete=models.PROTECT, related_name="drift_checks"
    )
    state = models.CharField(max_length=16, choices=State.choices, default=State.QUEUED)
    asked_by = models.ForeignKey(ENGINEER, on_delete=models.PROTECT, null=True, related_name="+")
    queued_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=500, blank=True)
    found = models.PositiveIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    lease_holder = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["rotation"],
                condition=Q(state__in=["queued", "running"]),
                name="drift_check_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "done", "failed"]),
                name="drift_check_state_is_known",
            ),
        )
        indexes = (models.Index(fields=["rotation", "-queued_at"], name="drift_check_by_rotation"),)

    def __str__(self) -> str:
        return f"drift check {self.pk}"


class Drift(models.Model):
    """A span in which PagerDuty shows somebody else; open until it is gone.

    People are PagerDuty's user ids with the names they had; empty is nobody. `written` is whom
    Rota wrote there last. `cause` says what made it where that can be known, `by` who did it, and
    `engineer` who is shown, if it is somebody of ours. The span of an override is its own, which
    may reach beyond the drift's.
    A drift that somebody chose to leave stays noticed and is not mended; an adopted one has the
    cover that it became.
    """

    class Cause(models.TextChoices):
        OVERRIDE = "override", "An override that Rota did not make"
        REMOVED = "removed", "An override of Rota’s was removed"
        LAYER = "layer", "A layer was edited"
        ZONE = "zone", "The schedule has another zone"
        DELETED = "deleted", "The schedule was deleted"
        UPGRADED = "upgraded", "The schedule was upgraded"
        UNKNOWN = "unknown", "Unknown"

    class Choice(models.TextChoices):
        NONE = "", "Not decided"
        ADOPT = "adopt", "Adopt theirs as a cover"
        RESTORE = "restore", "Put ours back"
        LEAVE = "leave", "Leave and tell me"

    level = models.ForeignKey("rotation.Level", on_delete=models.PROTECT, related_name="drifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    wanted_ref = models.CharField(max_length=64, blank=True)
    wanted_name = models.CharField(max_length=200, blank=True)
    written_ref = models.CharField(max_length=64, blank=True)
    written_name = models.CharField(max_length=200, blank=True)
    shown_ref = models.CharField(max_length=64, blank=True)
    shown_name = models.CharField(max_length=200, blank=True)
    cause = models.CharField(max_length=16, choices=Cause.choices, default=Cause.UNKNOWN)
    override_ref = models.CharField(max_length=64, blank=True)
    override_starts_at = models.DateTimeField(null=True)
    override_ends_at = models.DateTimeField(null=True)
    engineer = models.ForeignKey(ENGINEER, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.CharField(max_length=200, blank=True)
    by_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    choice = models.CharField(max_length=16, choices=Choice.choices, blank=True)
    chosen_by = models.ForeignKey(ENGINEER, on_delete=models.PROTECT, null=True, related_name="+")
    chosen_at = models.DateTimeField(null=True)
    cover = models.OneToOneField(
        "rotation.Cover", on_delete=models.PROTECT, null=True, related_name="drift"
    )
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["level", "starts_at", "ends_at", "shown_ref"],
                condition=Q(gone_at__isnull=True),
                name="drift_is_open_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="drift_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(
                    cause__in=[
                        "override",
                        "removed",
                        "layer",
                        "zone",
                        "deleted",
                        "upgraded",
                        "unknown",
                    ]
                ),
                name="drift_cause_is_known",
            ),
            models.CheckConstraint(
                condition=Q(choice__in=["", "adopt", "restore", "leave"]),
                name="drift_choice_is_known",
            ),
        )

    def __str__(self) -> str:
        return f"drift of {self.level_id} at {self.starts_at:%Y-%m-%d}"
