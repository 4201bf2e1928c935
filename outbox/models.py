"""Mail that waits until a sweep has handed it over."""

from __future__ import annotations

from django.db import models


class Message(models.Model):
    """One mail to one person; written in the transaction of what it tells."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        FAILED = "failed"

    to = models.CharField(max_length=254)
    kind = models.CharField(max_length=64)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.QUEUED)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, blank=True)
    leased_until = models.DateTimeField(null=True)
    lease_holder = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "sent", "failed"]),
                name="message_state_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state="sent", sent_at__isnull=False)
                | (~models.Q(state="sent") & models.Q(sent_at__isnull=True)),
                name="message_sent_has_its_time",
            ),
        )
        indexes = (
            models.Index(
                fields=["created_at"],
                condition=models.Q(state="queued"),
                name="message_waiting",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"
