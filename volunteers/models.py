"""People and what they have agreed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

if TYPE_CHECKING:
    import datetime as dt

OPEN_STATES = ["submitted", "waitlisted"]


class TermLevel(models.TextChoices):
    """The order in which people are called."""

    PRIMARY = "primary", "Primary"
    ESCALATION = "escalation", "Level 2"


class Office(models.Model):
    """A place of work: its zone, its public holidays, the currency it pays in."""

    slug = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=100, unique=True)
    time_zone = models.CharField(max_length=64)
    country = models.CharField(max_length=2)
    subdivision = models.CharField(max_length=8, blank=True)
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="office_currency_is_iso"
            ),
        )

    def __str__(self) -> str:
        return self.name


class PublicHoliday(models.Model):
    """A day off in one office; kept as rows so that an upgrade of a library moves no past day."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="holidays")
    date = models.DateField()
    name = models.CharField(max_length=200)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["office", "date"], name="holiday_once_per_office"),
        )

    def __str__(self) -> str:
        return f"{self.name}, {self.date}"


class Team(models.Model):
    """A home team, where an engineer works in office hours."""

    name = models.CharField(max_length=100, unique=True)

    def __str__(self) -> str:
        return self.name


class Engineer(AbstractBaseUser):
    """Everybody who can sign in. Rights come from grants alone."""

    class Theme(models.TextChoices):
        AUTO = "auto"
        LIGHT = "light"
        DARK = "dark"

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=150)
    employee_id = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 - unique where given
    is_active = models.BooleanField(default=True)
    theme = models.CharField(max_length=8, choices=Theme.choices, default=Theme.AUTO)
    created_at = models.DateTimeField()

    objects = BaseUserManager["Engineer"]()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []  # noqa: RUF012 - typed by the base class

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="engineer_email_is_lower_case"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="engineer_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(employee_id__isnull=True) | ~models.Q(employee_id=""),
                name="engineer_number_is_not_empty",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Posting(models.Model):
    """Where an engineer works and who pays for them, from a date on."""

    engineer = models.ForeignKey(Engineer, on_delete=models.PROTECT, related_name="postings")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="postings")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="postings")
    cost_centre = models.CharField(max_length=64, blank=True)
    starts_on = models.DateField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["engineer", "starts_on"], name="posting_one_start_per_day"
            ),
        )

    def __str__(self) -> str:
        return f"{self.engineer_id} from {self.starts_on}"


def in_force(now: dt.datetime) -> models.Q:
    """The condition on a grant that it has begun and has not been taken away."""
    return models.Q(granted_from__lte=now) & (
        models.Q(until__isnull=True) | models.Q(until__gt=now)
    )


class RoleGrant(models.Model):
    """Finance or admin; in force once a second person has confirmed it, until it is taken away."""

    class Role(models.TextChoices):
        FINANCE = "finance"
        ADMIN = "admin"

    engineer = models.ForeignKey(Engineer, on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField(max_length=16, choices=Role.choices)
    proposed_by = models.CharField(max_length=254)
    proposed_at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=254, blank=True)
    granted_from = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["engineer", "role"],
                condition=models.Q(until__isnull=True),
                name="role_grant_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by="", granted_from__isnull=True)
                | (~models.Q(confirmed_by="") & models.Q(granted_from__isnull=False)),
                name="role_grant_starts_when_confirmed",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by="shell")
                | ~models.Q(confirmed_by=models.F("proposed_by")),
                name="role_grant_needs_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=["finance", "admin"]), name="role_grant_role_is_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} for {self.engineer_id}"


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


class Application(models.Model):
    """A request to join; it waits, is accepted or declined, or is withdrawn."""

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
    earliest_start_on = models.DateField()
    unsuitable_weeks = models.JSONField(default=list)
    told_own_manager = models.CharField(max_length=8, choices=Told.choices, default=Told.SOON)
    state = models.CharField(max_length=16, choices=State.choices, default=State.SUBMITTED)
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
        )

    def __str__(self) -> str:
        return f"{self.engineer_id} to {self.team_id}: {self.state}"


class Term(models.Model):
    """Service at one level over `[starts_on, ends_on)`, both days being handovers.

    `left_on` cuts it short. Upcoming, active or ended follow from the dates. No two terms of one
    engineer in one on-call team overlap (`invariants`).
    """

    team = models.ForeignKey(OnCallTeam, on_delete=models.PROTECT, related_name="terms")
    engineer = models.ForeignKey(Engineer, on_delete=models.PROTECT, related_name="terms")
    level = models.CharField(max_length=16, choices=TermLevel.choices)
    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, null=True, related_name="term"
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    left_on = models.DateField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gt=models.F("starts_on")),
                name="term_starts_before_it_ends",
            ),
            models.CheckConstraint(
                condition=models.Q(left_on__isnull=True)
                | models.Q(left_on__gte=models.F("starts_on")),
                name="term_is_left_after_its_start",
            ),
            models.CheckConstraint(
                condition=~models.Q(level="primary")
                | models.Q(application__isnull=False, ends_on__isnull=False),
                name="term_primary_is_applied_for_and_ends",
            ),
            models.CheckConstraint(
                condition=models.Q(level__in=["primary", "escalation"]),
                name="term_level_is_known",
            ),
        )
        indexes = (models.Index(fields=["team", "level", "starts_on"], name="term_by_team"),)

    def __str__(self) -> str:
        return f"{self.engineer_id} {self.level} from {self.starts_on}"


class Absence(models.Model):
    """Days on which an engineer cannot be on call, in the zone of their office; end excluded."""

    engineer = models.ForeignKey(Engineer, on_delete=models.PROTECT, related_name="absences")
    starts_on = models.DateField()
    ends_on = models.DateField()
    note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends_on__gt=models.F("starts_on")),
                name="absence_starts_before_it_ends",
            ),
        )
        indexes = (models.Index(fields=["engineer", "ends_on"], name="absence_by_engineer"),)

    def __str__(self) -> str:
        return f"{self.engineer_id} away from {self.starts_on}"


class WeekWish(models.Model):
    """A week that an engineer would like, or would rather not have."""

    class Wish(models.TextChoices):
        WANT = "want"
        AVOID = "avoid"

    engineer = models.ForeignKey(Engineer, on_delete=models.PROTECT, related_name="wishes")
    team = models.ForeignKey(OnCallTeam, on_delete=models.PROTECT, related_name="wishes")
    week_date = models.DateField()
    wish = models.CharField(max_length=8, choices=Wish.choices)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["engineer", "team", "week_date"], name="wish_one_per_week"
            ),
            models.CheckConstraint(
                condition=models.Q(wish__in=["want", "avoid"]), name="wish_is_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.engineer_id} {self.wish} {self.week_date}"
