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
    `rotation.domain.readiness`, empty when a page at high urgency reaches them in time;
    `told_at` and `managers_told_at` say of what is wrong now that it was told.
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
    managers_told_at = models.DateTimeField(null=True)

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


class PeopleCheck(models.Model):
    """One look at PagerDuty's users and how each is reached; waits for a worker.

    One waits and one runs at a time. `failure` says why PagerDuty could not be asked.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    state = models.CharField(max_length=16, choices=State.choices, default=State.QUEUED)
    cause = models.CharField(max_length=200)
    queued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    people = models.PositiveIntegerField(default=0)
    unreached = models.PositiveIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=500, blank=True)
    leased_until = models.DateTimeField(null=True)
    lease_holder = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="queued"), name="people_check_one_waits"
            ),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="running"), name="people_check_one_runs"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "done", "failed"]),
                name="people_check_state_is_known",
            ),
        )
        indexes = (models.Index(fields=["-queued_at"], name="people_check_by_time"),)

    def __str__(self) -> str:
        return f"people check {self.pk}"


class WithheldWeek(models.Model):
    """A published week that PagerDuty does not get, since its person serves no more.

    A row stays open until the week has another holder or is over, so that one cause leads to one
    sync run. The person may hold the week or have taken a part of it.
    """

    class Why(models.TextChoices):
        OUT_OF_TERM = "out_of_term"
        DEACTIVATED = "deactivated"

    level = models.ForeignKey("rotation.Level", on_delete=models.PROTECT, related_name="withheld")
    week_date = models.DateField()
    engineer = models.ForeignKey(ENGINEER, on_delete=models.PROTECT, related_name="withheld_weeks")
    why = models.CharField(max_length=16, choices=Why.choices)
    noticed_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["level", "week_date", "engineer"],
                condition=Q(cleared_at__isnull=True),
                name="withheld_week_is_open_once",
            ),
            models.CheckConstraint(
                condition=Q(why__in=["out_of_term", "deactivated"]),
                name="withheld_week_why_is_known",
            ),
        )

    def __str__(self) -> str:
        return f"{self.level_id} {self.week_date} of {self.engineer_id}"
