"""Who carried which week before Rota: it counts for fairness and holidays, never for pay."""

from __future__ import annotations

from django.db import models


class HistoryWeek(models.Model):
    """One week of one level that somebody carried before the first published schedule."""

    level = models.ForeignKey("rotation.Level", on_delete=models.PROTECT, related_name="history")
    week_date = models.DateField()
    holder = models.ForeignKey(
        "volunteers.Engineer", on_delete=models.PROTECT, related_name="history_weeks"
    )
    load_hundredths = models.PositiveIntegerField()
    holidays = models.JSONField(default=list)
    imported_by = models.CharField(max_length=254)
    imported_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["level", "week_date"], name="history_one_per_level_and_week"
            ),
        )
        indexes = (models.Index(fields=["holder", "week_date"], name="history_by_holder"),)

    def __str__(self) -> str:
        return f"{self.level_id} {self.week_date}"
