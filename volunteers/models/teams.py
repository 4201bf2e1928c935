"""On-call teams and who manages them."""

from __future__ import annotations

from django.db import models

from volunteers.models.people import Engineer


class OnCallTeam(models.Model):
    """The virtual team that engineers volunteer for: why it exists and how it is judged."""

    slug = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=100, unique=True)
    problem = models.TextField(blank=True)
    success_criteria = models.TextField(blank=True)
    owner = models.ForeignKey(
        Engineer, on_delete=models.PROTECT, null=True, related_name="owned_teams"
    )
    next_review_on = models.DateField(null=True)
    people_on_call_before = models.PositiveIntegerField(null=True)

    def __str__(self) -> str:
        return self.name


class ManagerGrant(models.Model):
    """The right to manage one on-call team."""

    team = models.ForeignKey(OnCallTeam, on_delete=models.PROTECT, related_name="manager_grants")
    engineer = models.ForeignKey(Engineer, on_delete=models.PROTECT, related_name="manager_grants")
    granted_by = models.CharField(max_length=254)
    granted_from = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["team", "engineer"],
                condition=models.Q(until__isnull=True),
                name="manager_grant_once_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.engineer_id} manages {self.team_id}"
