"""The record of every decision. It names people as text, so that it outlives their rows."""

from __future__ import annotations

from django.db import models


class AuditEvent(models.Model):
    """One thing that somebody or a sweep did; written in the transaction of the change."""

    class Area(models.TextChoices):
        PEOPLE = "people"
        SCHEDULE = "schedule"
        MONEY = "money"
        ACCESS = "access"

    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=254, db_index=True)
    on_behalf_of = models.CharField(max_length=254, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    team = models.CharField(max_length=64, blank=True, db_index=True)
    concerned = models.JSONField(default=list)
    area = models.CharField(max_length=16, choices=Area.choices)
    verb = models.CharField(max_length=64)
    subject = models.CharField(max_length=200)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(area__in=["people", "schedule", "money", "access"]),
                name="audit_event_area_is_known",
            ),
            models.CheckConstraint(condition=~models.Q(actor=""), name="audit_event_has_an_actor"),
        )
        indexes = (models.Index(fields=["team", "-at"], name="audit_event_by_team"),)

    def __str__(self) -> str:
        return f"{self.actor} {self.verb} {self.subject}"
