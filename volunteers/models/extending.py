"""How a term becomes a little longer."""

from __future__ import annotations

from django.db import models

from volunteers.models.people import Engineer
from volunteers.models.service import Term

MOST_EXTENSION_WEEKS = 8


class TermExtension(models.Model):
    """A few weeks more that somebody asks for, or that a manager gives; a manager decides.

    `engineer` is the term's own, so that the database can refuse who decides about themselves.
    """

    class State(models.TextChoices):
        ASKED = "asked"
        CONFIRMED = "confirmed"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"

    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="extensions")
    engineer = models.ForeignKey(Engineer, on_delete=models.PROTECT, related_name="term_extensions")
    weeks = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.ASKED)
    asked_by = models.CharField(max_length=254)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        Engineer, on_delete=models.PROTECT, null=True, related_name="decided_extensions"
    )
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["term"],
                condition=models.Q(state="asked"),
                name="extension_one_open_per_term",
            ),
            models.CheckConstraint(
                condition=models.Q(weeks__gte=1, weeks__lte=MOST_EXTENSION_WEEKS),
                name="extension_is_short",
            ),
            models.CheckConstraint(
                condition=models.Q(state="asked", decided_at__isnull=True)
                | (~models.Q(state="asked") & models.Q(decided_at__isnull=False)),
                name="extension_decided_has_its_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["confirmed", "declined"])
                | models.Q(decided_by__isnull=False),
                name="extension_decided_has_a_decider",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="confirmed") | ~models.Q(decided_by=models.F("engineer")),
                name="extension_not_confirmed_by_oneself",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="declined") | ~models.Q(reason=""),
                name="extension_declined_has_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["asked", "confirmed", "declined", "withdrawn"]),
                name="extension_state_is_known",
            ),
        )

    def __str__(self) -> str:
        return f"{self.weeks} weeks of {self.term_id}: {self.state}"
