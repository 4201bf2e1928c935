"""What two people decide about money: one asks, and only when another approves is it posted.

A decided request never changes again (`invariants`).
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

ENGINEER = "volunteers.Engineer"
_LEVELS = ["primary", "escalation"]
_CURRENCY = r"^[A-Z]{3}$"


class RequestState(models.TextChoices):
    """From proposed to one of three ends."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


def _decided(prefix: str) -> tuple[models.CheckConstraint, ...]:
    """A state, who decided and when agree; nobody approves or declines what they proposed."""
    waits = Q(state="proposed", decided_by__isnull=True, decided_at__isnull=True)
    decided = Q(decided_by__isnull=False, decided_at__isnull=False)
    return (
        models.CheckConstraint(
            condition=waits | (Q(state__in=["approved", "declined", "withdrawn"]) & decided),
            name=f"{prefix}_decision_says_who_and_when",
        ),
        models.CheckConstraint(
            condition=~Q(state__in=["approved", "declined"]) | ~Q(decided_by=F("proposed_by")),
            name=f"{prefix}_is_decided_by_another",
        ),
        models.CheckConstraint(condition=~Q(reason=""), name=f"{prefix}_says_why"),
    )


class TwoPeople(models.Model):
    """Who asked, why, and who decided."""

    State = RequestState

    state = models.CharField(
        max_length=9, choices=RequestState.choices, default=RequestState.PROPOSED
    )
    reason = models.CharField(max_length=1000)
    proposed_by = models.ForeignKey(ENGINEER, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(ENGINEER, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=1000, blank=True)

    class Meta:
        abstract = True


class Correction(TwoPeople):
    """Who really worked an ended shift: its covers are the full list, in place of the shift's.

    Approving posts reversals and new entries, numbered `posted_from` to `posted_to`; both are null
    while nothing was posted, also when the amounts turned out equal.
    """

    shift = models.ForeignKey(
        "rotation.Shift", on_delete=models.PROTECT, related_name="corrections"
    )
    evidence = models.CharField(max_length=1000)
    posted_from = models.BigIntegerField(null=True)
    posted_to = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            *_decided("correction"),
            models.CheckConstraint(condition=~Q(evidence=""), name="correction_has_evidence"),
            models.UniqueConstraint(
                fields=["shift"], condition=Q(state="proposed"), name="correction_one_waits_a_shift"
            ),
            models.CheckConstraint(
                condition=Q(posted_from__isnull=True, posted_to__isnull=True)
                | Q(state="approved", posted_to__gte=F("posted_from")),
                name="correction_posts_only_when_approved",
            ),
        )
        indexes = (models.Index(fields=["shift", "-decided_at"], name="correction_by_shift"),)

    def __str__(self) -> str:
        return f"correction {self.pk}"


class CorrectionCover(models.Model):
    """One cover of a correction, in order: who really had that time; null is nobody."""

    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, related_name="covers")
    position = models.PositiveSmallIntegerField()
    engineer = models.ForeignKey(ENGINEER, on_delete=models.PROTECT, null=True, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["correction", "position"], name="correction_cover_in_order"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="correction_cover_starts_before_it_ends",
            ),
        )

    def __str__(self) -> str:
        return f"cover {self.position}"


class Adjustment(TwoPeople):
    """An amount by hand for one person, signed; `document` names the paper that grounds it.

    With `reverses` it takes back the entry of an earlier adjustment, whose opposite it is.
    """

    engineer = models.ForeignKey(ENGINEER, on_delete=models.PROTECT, related_name="adjustments")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    earned_on = models.DateField()
    document = models.CharField(max_length=300)
    reverses = models.ForeignKey(
        "compensation.Entry", on_delete=models.PROTECT, null=True, related_name="taken_back_by"
    )
    entry = models.OneToOneField(
        "compensation.Entry", on_delete=models.PROTECT, null=True, related_name="adjustment"
    )

    class Meta:
        constraints = (
            *_decided("adjustment"),
            models.CheckConstraint(condition=~Q(document=""), name="adjustment_names_a_document"),
            models.CheckConstraint(condition=~Q(amount_minor=0), name="adjustment_is_not_zero"),
            models.CheckConstraint(
                condition=Q(currency__regex=_CURRENCY), name="adjustment_currency_is_iso"
            ),
            models.CheckConstraint(
                condition=~Q(proposed_by=F("engineer")), name="adjustment_is_not_for_its_proposer"
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | ~Q(decided_by=F("engineer")),
                name="adjustment_is_not_approved_by_its_payee",
            ),
            models.CheckConstraint(
                condition=Q(state="approved", entry__isnull=False)
                | (~Q(state="approved") & Q(entry__isnull=True)),
                name="adjustment_has_an_entry_once_approved",
            ),
        )

    def __str__(self) -> str:
        return f"adjustment {self.pk}"


class RateProposal(TwoPeople):
    """A rate with a date in the past: it counts, and ended weeks follow it, once another agrees."""

    office = models.ForeignKey("volunteers.Office", on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=16)
    effective_from = models.DateField()
    weekly_minor = models.BigIntegerField()
    holiday_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    rate = models.OneToOneField(
        "compensation.Rate", on_delete=models.PROTECT, null=True, related_name="proposal"
    )

    class Meta:
        constraints = (
            *_decided("rate_proposal"),
            models.CheckConstraint(
                condition=Q(level__in=_LEVELS), name="rate_proposal_level_is_known"
            ),
            models.CheckConstraint(
                condition=Q(weekly_minor__gte=0, holiday_minor__gte=0),
                name="rate_proposal_amounts_are_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=_CURRENCY), name="rate_proposal_currency_is_iso"
            ),
            models.CheckConstraint(
                condition=Q(state="approved", rate__isnull=False)
                | (~Q(state="approved") & Q(rate__isnull=True)),
                name="rate_proposal_has_a_rate_once_approved",
            ),
        )

    def __str__(self) -> str:
        return f"rate proposal {self.pk}"


class CalendarReview(TwoPeople):
    """Pricing ended weeks by a calendar that changed after they began, once another agrees."""

    version = models.ForeignKey(
        "volunteers.CalendarVersion", on_delete=models.PROTECT, related_name="reviews"
    )

    class Meta:
        constraints = (
            *_decided("calendar_review"),
            models.UniqueConstraint(
                fields=["version"],
                condition=Q(state__in=["proposed", "approved"]),
                name="calendar_review_one_counts",
            ),
        )

    def __str__(self) -> str:
        return f"calendar review {self.pk}"


class Recalculation(models.Model):
    """A completed shift that is priced anew: by a retroactive rate, or a calendar changed since.

    A sweep takes those that wait; a period does not close while one that waits is earned in it.
    One of a calendar is offered first (finance may ask for it) or kept as it was paid.
    """

    class State(models.TextChoices):
        OFFERED = "offered"
        KEPT = "kept"
        WAITING = "waiting"
        DONE = "done"

    rate = models.ForeignKey(
        "compensation.Rate", on_delete=models.PROTECT, null=True, related_name="recalculations"
    )
    calendar = models.ForeignKey(
        "volunteers.CalendarVersion",
        on_delete=models.PROTECT,
        null=True,
        related_name="recalculations",
    )
    shift = models.ForeignKey(
        "rotation.Shift", on_delete=models.PROTECT, related_name="recalculations"
    )
    earned_on = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["rate", "shift"], name="recalculation_once"),
            models.UniqueConstraint(
                fields=["calendar", "shift"], name="recalculation_once_a_calendar"
            ),
            models.CheckConstraint(
                condition=Q(rate__isnull=False, calendar__isnull=True)
                | Q(rate__isnull=True, calendar__isnull=False),
                name="recalculation_has_one_cause",
            ),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False)
                | Q(state__in=["waiting", "offered", "kept"], done_at__isnull=True),
                name="recalculation_says_when_it_was_done",
            ),
            models.CheckConstraint(
                condition=Q(calendar__isnull=False) | Q(state__in=["waiting", "done"]),
                name="recalculation_of_a_rate_is_not_offered",
            ),
        )
        indexes = (
            models.Index(
                fields=["earned_on"], condition=Q(state="waiting"), name="recalculation_waiting"
            ),
        )

    def __str__(self) -> str:
        return f"recalculation {self.pk}"


class Reopening(TwoPeople):
    """Opening the last closed period again, before any of its files went to payroll."""

    period = models.ForeignKey(
        "compensation.PayPeriod", on_delete=models.PROTECT, related_name="reopenings"
    )

    class Meta:
        constraints = (
            *_decided("reopening"),
            models.UniqueConstraint(
                fields=["period"], condition=Q(state="proposed"), name="reopening_one_waits"
            ),
        )

    def __str__(self) -> str:
        return f"reopening {self.pk}"


class PayQuestion(models.Model):
    """What somebody asks finance about a line of their own, and the answer on record."""

    entry = models.ForeignKey(
        "compensation.Entry", on_delete=models.PROTECT, related_name="questions"
    )
    asked_by = models.ForeignKey(ENGINEER, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    question = models.CharField(max_length=2000)
    answered_by = models.ForeignKey(ENGINEER, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=2000, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(question=""), name="pay_question_asks_something"),
            models.CheckConstraint(
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="pay_question_answer_says_who_and_when",
            ),
            models.UniqueConstraint(
                fields=["entry"], condition=Q(answer=""), name="pay_question_one_open_an_entry"
            ),
        )
        indexes = (
            models.Index(fields=["asked_at"], condition=Q(answer=""), name="pay_question_waiting"),
        )

    def __str__(self) -> str:
        return f"question {self.pk}"
