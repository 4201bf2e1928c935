"""People: where they work, who pays for them, and what they may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

if TYPE_CHECKING:
    import datetime as dt


class Office(models.Model):
    """A place of work: its zone, its public holidays, the currency it pays in.

    `legal_entity` is the employer there as payroll knows it, empty while nobody has entered it.
    """

    slug = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=100, unique=True)
    time_zone = models.CharField(max_length=64)
    country = models.CharField(max_length=2)
    subdivision = models.CharField(max_length=8, blank=True)
    currency = models.CharField(max_length=3)
    legal_entity = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="office_currency_is_iso"
            ),
        )

    def __str__(self) -> str:
        return self.name


class PublicHoliday(models.Model):
    """A day off in one office; kept as rows so that an upgrade of a library moves no past day.

    These are the days as they are now; `CalendarVersion` says what they were at an earlier instant.
    A company day is one that the office gives of its own accord.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="holidays")
    date = models.DateField()
    name = models.CharField(max_length=200)
    is_company = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["office", "date"], name="holiday_once_per_office"),
        )

    def __str__(self) -> str:
        return f"{self.name}, {self.date}"


class CalendarVersion(models.Model):
    """A change of an office's calendar: who, when and why; only ever added (`invariants`).

    `added` and `removed` map days in ISO's form to their names. Undoing the versions since an
    instant gives the calendar as it was then: a week keeps the one that it started with. Days
    without a version were always there. `settled_at` says since when published weeks follow it.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="calendar_versions")
    number = models.PositiveIntegerField()
    added = models.JSONField(default=dict)
    removed = models.JSONField(default=dict)
    reason = models.CharField(max_length=500)
    made_by = models.CharField(max_length=254)
    made_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["office", "number"], name="calendar_version_once"),
            models.CheckConstraint(
                condition=models.Q(number__gte=1), name="calendar_versions_start_at_one"
            ),
            models.CheckConstraint(
                condition=~models.Q(reason="") & ~models.Q(made_by=""),
                name="calendar_version_says_who_and_why",
            ),
        )
        indexes = (
            models.Index(fields=["office", "made_at"], name="calendar_version_by_time"),
            models.Index(
                fields=["made_at"],
                condition=models.Q(settled_at__isnull=True),
                name="calendar_version_unsettled",
            ),
        )

    def __str__(self) -> str:
        return f"calendar {self.office_id}, version {self.number}"


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
