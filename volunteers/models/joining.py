"""How somebody asks to join an on-call team."""

from __future__ import annotations

from django.db import models

from volunteers.models.people import Engineer
from volunteers.models.teams import OnCallTeam

OPEN_STATES = ["submitted", "waitlisted"]


class Application(models.Model):
    """A request to join; it waits, is accepted or declined, or is withdrawn.

    `waiting_position` orders the waiting list of a team, the smallest first; positions have gaps
    once somebody has left the list. `version` grows with every change by the applicant, so that of
    two open pages the older one is told.
    """

    class State(models.TextChoices):
        SUBMITTED = "submitted"
        WAITLISTED = "waitlisted"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"

    class Told(models.TextChoices):
        YES = "yes", "Yes"
        SOON = "soon", "I will this week"

    team = models.ForeignKey(OnCallTeam, on_delete=models.PROTECT, related_name="applications")
    engineer = models.ForeignKey(Engineer, on_delete=models.PROTECT, related_name="applications")
    motivation = models.TextField()
    experience = models.TextField(blank=True, default="")
    earliest_start_on = models.DateField()
    unsuitable_weeks = models.JSONField(default=list)
    told_own_manager = models.CharField(max_length=8, choices=Told.choices, default=Told.SOON)
    state = models.CharField(max_length=16, choices=State.choices, default=State.SUBMITTED)
    waiting_position = models.PositiveIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)
    submitted_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        Engineer, on_delete=models.PROTECT, null=True, related_name="decided_applications"
    )
    decline_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["team", "engineer"],
                condition=models.Q(state__in=OPEN_STATES),
                name="application_one_open_per_team",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=OPEN_STATES, decided_at__isnull=True)
                | (~models.Q(state__in=OPEN_STATES) & models.Q(decided_at__isnull=False)),
                name="application_decided_has_its_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["accepted", "declined"])
                | models.Q(decided_by__isnull=False),
                name="application_decided_has_a_decider",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="accepted") | ~models.Q(decided_by=models.F("engineer")),
                name="application_not_accepted_by_oneself",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="declined") | ~models.Q(decline_reason=""),
                name="application_declined_has_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["submitted", "waitlisted", "accepted", "declined", "withdrawn"]
                ),
                name="application_state_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state="waitlisted", waiting_position__isnull=False)
                | (~models.Q(state="waitlisted") & models.Q(waiting_position__isnull=True)),
                name="application_on_waiting_list_has_a_position",
            ),
            models.UniqueConstraint(
                fields=["team", "waiting_position"],
                condition=models.Q(waiting_position__isnull=False),
                name="application_one_per_waiting_position",
            ),
        )

    def __str__(self) -> str:
        return f"{self.engineer_id} to {self.team_id}: {self.state}"


class ApplicationDraft(models.Model):
    """What an engineer has typed of an application to a team and not sent yet."""

    team = models.ForeignKey(
        OnCallTeam, on_delete=models.PROTECT, related_name="application_drafts"
    )
    engineer = models.ForeignKey(
        Engineer, on_delete=models.PROTECT, related_name="application_drafts"
    )
    motivation = models.TextField(blank=True)
    experience = models.TextField(blank=True)
    earliest_start_on = models.DateField(null=True)
    unsuitable_weeks = models.JSONField(default=list)
    told_own_manager = models.CharField(max_length=8, choices=Application.Told.choices, blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["team", "engineer"], name="application_draft_one_per_team"
            ),
        )

    def __str__(self) -> str:
        return f"{self.engineer_id} to {self.team_id}, not sent"
