"""Files for payroll and for readers: how they are laid out, and the bytes themselves."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

ENGINEER = "volunteers.Engineer"
_FINGERPRINT = r"^[0-9a-f]{64}$"


class Export(models.Model):
    """A file of a closed period: the bytes themselves, which never change (`invariants`).

    `layout` is detail, summary or the slug of an `ExportLayout`. `totals` maps a currency to minor
    units. A later version supersedes the earlier one.
    """

    class Layout(models.TextChoices):
        DETAIL = "detail"
        SUMMARY = "summary"

    period = models.ForeignKey(
        "compensation.PayPeriod", on_delete=models.PROTECT, related_name="exports"
    )
    version = models.PositiveIntegerField()
    layout = models.CharField(max_length=60)
    format = models.CharField(max_length=8)
    file_name = models.CharField(max_length=200)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    row_count = models.PositiveIntegerField()
    totals = models.JSONField()
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=254)
    sent_at = models.DateTimeField(null=True)
    sent_by = models.CharField(max_length=254, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["period", "version", "layout", "format"], name="export_once_per_version"
            ),
            models.CheckConstraint(
                condition=Q(layout__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"),
                name="export_layout_is_a_slug",
            ),
            models.CheckConstraint(
                condition=Q(format__in=["csv", "xlsx"]), name="export_format_is_known"
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1), name="export_versions_start_at_one"
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=_FINGERPRINT), name="export_has_a_fingerprint"
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True, sent_by="")
                | (Q(sent_at__isnull=False) & ~Q(sent_by="")),
                name="export_sent_says_when_and_by_whom",
            ),
        )

    def __str__(self) -> str:
        return self.file_name


class ExportLayout(models.Model):
    """How a payroll system or an office wants its file; what it says is in its newest version.

    `office` null: for every office. An archived one is offered no more; its files stay.
    """

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    office = models.ForeignKey(
        "volunteers.Office", on_delete=models.PROTECT, null=True, related_name="export_layouts"
    )
    is_ready_made = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(slug__in=["detail", "summary", ""]), name="export_layout_slug_is_free"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="export_layout_has_a_name"),
        )

    def __str__(self) -> str:
        return self.name


class ExportLayoutVersion(models.Model):
    """What a layout says from a moment on: never changed (`invariants`), the newest one counts.

    `content` is checked by `compensation.domain`: columns in order with heading and source, date
    format, pay codes.
    """

    layout = models.ForeignKey(ExportLayout, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    made_by = models.CharField(max_length=254)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["layout", "number"], name="layout_version_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="layout_versions_start_at_one"),
            models.CheckConstraint(condition=~Q(made_by=""), name="layout_version_says_by_whom"),
        )

    def __str__(self) -> str:
        return f"{self.layout}, version {self.number}"


class ReportFile(models.Model):
    """A report that a worker makes, waits for its reader, and is thrown away when it expires.

    `asked` holds the report's filter as plain data; `done` of `total` rows are written.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        READY = "ready"
        FAILED = "failed"
        EXPIRED = "expired"

    report = models.CharField(max_length=60)
    format = models.CharField(max_length=8)
    asked = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    asked_by = models.ForeignKey(ENGINEER, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    file_name = models.CharField(max_length=200, blank=True)
    content = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    failure = models.CharField(max_length=500, blank=True)
    tries = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    lease_holder = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "ready", "failed", "expired"]),
                name="report_file_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(format__in=["csv", "xlsx"]), name="report_file_format_is_known"
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="ready", content__isnull=False, expires_at__isnull=False)
                    & Q(sha256__regex=_FINGERPRINT)
                )
                | (~Q(state="ready") & Q(content__isnull=True)),
                name="report_file_has_bytes_only_when_ready",
            ),
            models.CheckConstraint(
                condition=Q(done__lte=F("total")), name="report_file_progress_has_an_end"
            ),
        )
        indexes = (
            models.Index(
                fields=["leased_until"],
                condition=Q(state__in=["queued", "running"]),
                name="report_file_waiting",
            ),
            models.Index(fields=["asked_by", "-asked_at"], name="report_file_by_reader"),
        )

    def __str__(self) -> str:
        return f"report {self.report}"
