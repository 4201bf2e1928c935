"""PagerDuty's account as Rota uses it: one caller at a time, pauses, and who is who."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

ENGINEER = "volunteers.Engineer"


class PagerDutyAccount(models.Model):
    """One token at one address: calls are made one after the other by whoever holds the lease.

    `key` is the SHA-256 of address and token, so a new token starts afresh. Nobody calls before
    `paused_until`; `failures` counts those in a row that made the pause longer. `refused_at` is
    since when PagerDuty does not accept the token. All instants are the machine's.
    """

    key = models.CharField(max_length=64, unique=True)
    leased_until = models.DateTimeField(null=True)
    lease_holder = models.CharField(max_length=64, blank=True)
    paused_until = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    said = models.CharField(max_length=500, blank=True)
    unreachable_since = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    minute = models.DateTimeField(null=True)
    calls = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"account {self.key[:8]}"


class PagerDutyPerson(models.Model):
    """An engineer as PagerDuty knows them, and what would keep a page from reaching them.

    `user_ref` is empty while no single user has their e-mail. `problems` are codes of
    `rotation.domain.readiness`, empty when a page at high urgency reaches them in time.
    """

    engineer = models.OneToOneField(
        ENGINEER, on_delete=models.CASCADE, related_name="pagerduty_person"
    )
    user_ref = models.CharField(max_length=64, blank=True)
    user_name = models.CharField(max_length=200, blank=True)
    problems = models.JSONField(default=list)
    checked_at = models.DateTimeField(null=True)
    problems_since = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user_ref"],
                condition=~Q(user_ref=""),
                name="pagerduty_user_is_one_engineer",
            ),
        )

    def __str__(self) -> str:
        return self.user_name or f"engineer {self.engineer_id}"
