"""Who was asked for a cover, and weeks offered in return."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

ENGINEER = "volunteers.Engineer"


class CoverAsk(models.Model):
    """One person asked to take an open cover; whoever is asked may say no once and for all."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DECLINED = "declined"

    cover = models.ForeignKey("rotation.Cover", on_delete=models.PROTECT, related_name="asks")
    engineer = models.ForeignKey(ENGINEER, on_delete=models.PROTECT, related_name="cover_asks")
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["cover", "engineer"], name="cover_ask_once_for_each_person"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", answered_at__isnull=True)
                | Q(state="declined", answered_at__isnull=False),
                name="cover_ask_answered_has_its_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.engineer_id} asked for cover {self.cover_id}"


class SwapOffer(models.Model):
    """Somebody would take an open cover if the one relieved takes time of theirs in return.

    Agreed, the cover and a second one for the returned time are accepted together
    (`Cover.swap_with`); until then nothing changes. Where whoever asks for the cover named the
    week (`by_asker`), `engineer` is who agrees; otherwise whoever asks for the cover agrees.
    """

    class State(models.TextChoices):
        OPEN = "open"
        AGREED = "agreed"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"
        LAPSED = "lapsed"

    cover = models.ForeignKey("rotation.Cover", on_delete=models.PROTECT, related_name="offers")
    engineer = models.ForeignKey(ENGINEER, on_delete=models.PROTECT, related_name="swap_offers")
    return_shift = models.ForeignKey(
        "rotation.Shift", on_delete=models.PROTECT, related_name="swap_offers"
    )
    return_starts_at = models.DateTimeField()
    return_ends_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.OPEN)
    by_asker = models.BooleanField(default=False)
    offered_by = models.CharField(max_length=254)
    offered_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["cover", "engineer"],
                condition=Q(state="open"),
                name="swap_offer_one_open_for_each_person",
            ),
            models.CheckConstraint(
                condition=Q(return_ends_at__gt=F("return_starts_at")),
                name="swap_offer_starts_before_it_ends",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "agreed", "declined", "withdrawn", "lapsed"]),
                name="swap_offer_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="swap_offer_closed_has_its_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.engineer_id} offers week {self.return_shift_id} for {self.cover_id}"
