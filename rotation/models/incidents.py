"""What PagerDuty tells by web-hook: events as they came, incidents, and the pages they made."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class WebhookEvent(models.Model):
    """One well-signed event as it was received; a sweep reads it once.

    `incident_ref` is the incident that it speaks of, empty for what is none of an incident. After a
    while the body is cut: what it told stays with the incident, and the id, by which a replay is
    known, for longer.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        IGNORED = "ignored"
        FAILED = "failed"

    event_ref = models.CharField(max_length=100, unique=True)
    webhook_ref = models.CharField(max_length=100, blank=True)
    event_type = models.CharField(max_length=64)
    incident_ref = models.CharField(max_length=64, blank=True)
    occurred_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    body = models.JSONField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    failure = models.CharField(max_length=500, blank=True)
    handled_at = models.DateTimeField(null=True)
    cut_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    lease_holder = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(cut_at__isnull=True) | Q(state__in=["done", "ignored"]),
                name="webhook_event_is_cut_when_read",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "done", "ignored", "failed"]),
                name="webhook_event_state_is_known",
            ),
            models.UniqueConstraint(
                fields=["webhook_ref"],
                condition=~Q(webhook_ref=""),
                name="webhook_event_once_per_delivery",
            ),
        )
        indexes = (
            models.Index(
                fields=["incident_ref"],
                condition=~Q(incident_ref=""),
                name="webhook_event_by_incident",
            ),
            models.Index(
                fields=["received_at"], condition=Q(state="waiting"), name="webhook_event_waiting"
            ),
            models.Index(
                fields=["handled_at"],
                condition=Q(cut_at__isnull=True, state__in=["done", "ignored"]),
                name="webhook_event_to_cut",
            ),
            models.Index(
                fields=["handled_at"],
                condition=Q(cut_at__isnull=False),
                name="webhook_event_to_forget",
            ),
        )

    def __str__(self) -> str:
        return f"{self.event_type} {self.event_ref}"


class WebhookSubscription(models.Model):
    """The subscription by which PagerDuty sends events here, with its secret.

    `secret` is encrypted with a key from the environment. Several stand beside each other while
    secrets rotate; `disabled_at` is since when PagerDuty sends nothing more.
    """

    ref = models.CharField(max_length=64, unique=True)
    url = models.CharField(max_length=300)
    secret = models.TextField()
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    filled_until = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.ref


class WebhookCare(models.Model):
    """The one row by which a worker looks after the subscription and what it missed.

    `asked` is what somebody ordered and no worker has done yet. `failure` says what stands in the
    way; nobody looks before `next_look_at`. Leases are on the machine's clock, the rest is not.
    What was before the subscription is read backwards: from `read_back_from` down to `read_back_to`
    it is read, until `read_back_until` it shall be; `read_back_for` are the adopted escalation
    policies that this was for.
    """

    class Order(models.TextChoices):
        NONE = "", "Nothing"
        ENABLE = "enable", "Send events again"
        ROTATE = "rotate", "Change the secret"

    name = models.CharField(max_length=16, unique=True, default="pagerduty")
    asked = models.CharField(max_length=16, choices=Order.choices, blank=True)
    asked_by = models.CharField(max_length=254, blank=True)
    asked_at = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=500, blank=True)
    failing_since = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    next_look_at = models.DateTimeField(null=True)
    read_back_from = models.DateTimeField(null=True)
    read_back_to = models.DateTimeField(null=True)
    read_back_until = models.DateTimeField(null=True)
    read_back_for = models.JSONField(default=list)
    leased_until = models.DateTimeField(null=True)
    lease_holder = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(asked__in=["", "enable", "rotate"]), name="webhook_order_is_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    read_back_from__isnull=True,
                    read_back_to__isnull=True,
                    read_back_until__isnull=True,
                )
                | Q(read_back_until__lte=F("read_back_to"), read_back_to__lte=F("read_back_from")),
                name="webhooks_are_read_back_in_order",
            ),
        )

    def __str__(self) -> str:
        return f"care of {self.name}"


class WebhookRefusal(models.Model):
    """How many events a day were refused, and why, for the notice to admins."""

    day = models.DateField()
    reason = models.CharField(max_length=32)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["day", "reason"], name="webhook_refusal_once_a_day"),
        )

    def __str__(self) -> str:
        return f"{self.count} refused on {self.day}"


class Service(models.Model):
    """A service of PagerDuty whose incidents page people here, and the team that owns it."""

    ref = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=255)
    owner = models.ForeignKey(
        "volunteers.Team", on_delete=models.PROTECT, null=True, related_name="services"
    )
    policy_ref = models.CharField(max_length=64, blank=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Incident(models.Model):
    """An incident; its rotation is found by its escalation policy, null while none has it.

    `record` is the log that PagerDuty keeps of it as it was read at `filled_at`, oldest first; what
    events told is read from the events, and from `told` once their bodies were cut.
    """

    ref = models.CharField(max_length=64, unique=True)
    number = models.PositiveIntegerField(null=True)
    title = models.CharField(max_length=500)
    service = models.ForeignKey(
        Service, on_delete=models.PROTECT, null=True, related_name="incidents"
    )
    rotation = models.ForeignKey(
        "rotation.Rotation", on_delete=models.PROTECT, null=True, related_name="incidents"
    )
    policy_ref = models.CharField(max_length=64, blank=True)
    urgency = models.CharField(max_length=16, blank=True)
    html_url = models.CharField(max_length=300, blank=True)
    triggered_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    escalations = models.PositiveIntegerField(default=0)
    record = models.JSONField(default=list)
    told = models.JSONField(default=list)
    filled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["rotation", "-triggered_at"], name="incident_by_rotation"),)

    def __str__(self) -> str:
        return self.title


class Page(models.Model):
    """A person notified of an incident, once for each of the two whatever was repeated.

    `engineer` is null while PagerDuty's user is nobody here; `shift` is the week of the level at
    that instant. Sleep is 23:00 to 07:00 in the person's own zone at that time.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="pages")
    user_ref = models.CharField(max_length=64)
    user_name = models.CharField(max_length=200, blank=True)
    engineer = models.ForeignKey(
        "volunteers.Engineer", on_delete=models.PROTECT, null=True, related_name="pages"
    )
    level = models.ForeignKey(
        "rotation.Level", on_delete=models.PROTECT, null=True, related_name="pages"
    )
    shift = models.ForeignKey(
        "rotation.Shift", on_delete=models.PROTECT, null=True, related_name="pages"
    )
    paged_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    in_on_call_hours = models.BooleanField()
    in_sleep_hours = models.BooleanField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["incident", "user_ref"], name="page_once_per_person"),
        )
        indexes = (models.Index(fields=["-paged_at"], name="page_by_time"),)

    def __str__(self) -> str:
        return f"page of {self.user_ref} for {self.incident_id}"
