"""What disturbs the published schedule, so that each cause is told of once."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

ENGINEER = "volunteers.Engineer"


class Disturbance(models.Model):
    """A published week whose holder can no longer carry it, or that somebody new could fill.

    It is noticed once, with the draft that was proposed for it, and cleared when it is no longer
    so; a discarded proposal is not made again for what was noticed already.
    """

    class Kind(models.TextChoices):
        AWAY = "away"
        OUT_OF_TERM = "out_of_term"
        DEACTIVATED = "deactivated"
        FILLABLE = "fillable"

    level = models.ForeignKey(
        "rotation.Level", on_delete=models.PROTECT, related_name="disturbances"
    )
    week_date = models.DateField()
    engineer = models.ForeignKey(ENGINEER, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    cause = models.CharField(max_length=300)
    draft = models.ForeignKey(
        "rotation.Draft", on_delete=models.PROTECT, related_name="disturbances"
    )
    noticed_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["level", "week_date", "engineer", "kind"],
                condition=Q(cleared_at__isnull=True),
                name="disturbance_noticed_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["away", "out_of_term", "deactivated", "fillable"]),
                name="disturbance_kind_is_known",
            ),
        )

    def __str__(self) -> str:
        return self.cause
