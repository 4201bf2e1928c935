"""What the one going off leaves to the one coming on."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

ENGINEER = "volunteers.Engineer"


class HandoverNote(models.Model):
    """One person's note about a shift, for whoever is on call after them.

    It can be changed until somebody has confirmed it; `version` tells a reader's page from a newer
    text.
    """

    shift = models.ForeignKey(
        "rotation.Shift", on_delete=models.PROTECT, related_name="handover_notes"
    )
    author = models.ForeignKey(ENGINEER, on_delete=models.PROTECT, related_name="handover_notes")
    text = models.TextField()
    version = models.PositiveIntegerField(default=1)
    written_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        ENGINEER, on_delete=models.PROTECT, null=True, related_name="confirmed_handovers"
    )
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["shift", "author"], name="handover_note_one_by_each_author"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="handover_note_says_something"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="handover_note_confirmed_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=models.F("author")),
                name="handover_note_not_confirmed_by_its_author",
            ),
        )

    def __str__(self) -> str:
        return f"{self.author_id} about {self.shift_id}"
