"""What the API answered to a write that carries an idempotency key."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

_FINGERPRINT = r"^[0-9a-f]{64}$"


class KeptAnswer(models.Model):
    """The first answer to a person's key, given again to whoever sends the same once more.

    `content` and `rights` are fingerprints of what was sent and of the person's rights. `status`
    is null only inside the transaction of the write itself, where nobody else sees the row.
    """

    engineer = models.ForeignKey("volunteers.Engineer", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    content = models.CharField(max_length=64)
    rights = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)
    kept_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["engineer", "key"], name="kept_answer_once_a_key"),
            models.CheckConstraint(condition=~Q(key=""), name="kept_answer_has_a_key"),
            models.CheckConstraint(
                condition=Q(content__regex=_FINGERPRINT, rights__regex=_FINGERPRINT),
                name="kept_answer_has_fingerprints",
            ),
        )

    def __str__(self) -> str:
        return f"answer {self.pk}"
