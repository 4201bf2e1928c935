"""Messages that wait until a sweep has handed them over, and who wants which."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class ChatHook(models.Model):
    """A team's incoming web-hook of a chat, Slack's form.

    Whoever has the address may write into the channel, so it is stored sealed; an empty one means
    that the chat was taken away again.
    """

    team = models.OneToOneField(
        "volunteers.OnCallTeam", on_delete=models.PROTECT, related_name="chat_hook"
    )
    address = models.TextField(blank=True)
    set_by = models.CharField(max_length=254)
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"chat of {self.team_id}"


class Message(models.Model):
    """One mail to one person, or one line for a chat; written in the transaction of what it tells.

    After `good_until` it tells nothing any more and is dropped, as is one whose cause is gone.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        FAILED = "failed"
        DROPPED = "dropped"

    to = models.CharField(max_length=254)
    chat = models.ForeignKey(ChatHook, on_delete=models.PROTECT, null=True, related_name="messages")
    kind = models.CharField(max_length=64)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.QUEUED)
    created_at = models.DateTimeField()
    good_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, blank=True)
    leased_until = models.DateTimeField(null=True)
    lease_holder = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "sent", "failed", "dropped"]),
                name="message_state_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state="sent", sent_at__isnull=False)
                | (~models.Q(state="sent") & models.Q(sent_at__isnull=True)),
                name="message_sent_has_its_time",
            ),
        )
        indexes = (
            models.Index(
                fields=["created_at"],
                condition=models.Q(state="queued"),
                name="message_waiting",
            ),
            models.Index(
                fields=["created_at"],
                condition=models.Q(state="failed"),
                name="message_given_up",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"


class Notice(models.Model):
    """Something that is told once: the key says what, about what and to whom.

    The message is what told it, null for one that its reader had turned off.
    """

    key = models.CharField(max_length=160, unique=True)
    message = models.ForeignKey(
        Message, on_delete=models.SET_NULL, null=True, related_name="notices"
    )
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key


class TurnedOff(models.Model):
    """A kind of message that its reader does not want."""

    engineer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="mails_turned_off"
    )
    kind = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["engineer", "kind"], name="kind_turned_off_once_by_each_reader"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} for {self.engineer_id}"
