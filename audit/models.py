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
        indexes = (
            models.Index(fields=["team", "-at"], name="audit_event_by_team"),
            models.Index(fields=["-at", "-id"], name="audit_event_by_time"),
            models.Index(fields=["area", "-at", "-id"], name="audit_event_by_area"),
            models.Index(fields=["actor", "-at", "-id"], name="audit_event_by_actor"),
        )

    def __str__(self) -> str:
        return f"{self.actor} {self.verb} {self.subject}"


class Mention(models.Model):
    """Whom or what an event names: `person:ben@example.com`, `shift:12`; for finding it again.

    `at` is the event's, so that one index gives what names a person or a row, newest first.
    """

    event = models.ForeignKey(AuditEvent, on_delete=models.PROTECT, related_name="mentions")
    key = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["event", "key"], name="audit_mention_once"),
            models.CheckConstraint(condition=~models.Q(key=""), name="audit_mention_has_a_key"),
        )
        indexes = (models.Index(fields=["key", "-at", "-event"], name="audit_mention_by_key"),)

    def __str__(self) -> str:
        return self.key


class Erasure(models.Model):
    """That somebody's name and e-mail were taken out of the trail, and how many events held them.

    While one has no end, the words of events may change and nothing else of them (`invariants`).
    It begins and ends in one transaction, so that nobody else ever meets it open.
    """

    pseudonym = models.CharField(max_length=254, unique=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    events = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(pseudonym=""), name="audit_erasure_has_a_pseudonym"
            ),
        )

    def __str__(self) -> str:
        return self.pseudonym
