"""All that Rota holds about one person, as tables, for that person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F, Q

from audit.models import AuditEvent
from audit.queries import key_of_person
from compensation.models import Adjustment, Correction, Entry, PayQuestion
from outbox.models import Message, TurnedOff
from rotation.models import CalendarFeed, Cover, HandoverNote, Page, PagerDutyPerson, Shift
from volunteers.models import (
    Absence,
    Application,
    ApplicationDraft,
    Engineer,
    ManagerGrant,
    Posting,
    RoleGrant,
    Term,
    WeekWish,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

Table = list[dict[str, Any]]


def own_data(*, engineer_id: int, email: str) -> dict[str, Table]:
    """Each kind of row that is about the person, oldest first; one query for each kind.

    What others wrote of it is there as they may read it; pay is their own; secrets are not.
    """
    tables = {
        **_person(engineer_id, email),
        **_volunteering(engineer_id),
        **_duty(engineer_id),
        **_records(engineer_id, email),
    }
    return {name: list(rows) for name, rows in tables.items()}


def _person(engineer_id: int, email: str) -> dict[str, Iterable[Any]]:
    return {
        "profile": Engineer.objects.filter(pk=engineer_id).values(
            "id", "name", "email", "employee_id", "is_active", "theme", "created_at", "last_login"
        ),
        "postings": _of(Posting.objects.all(), engineer_id, "starts_on").values(
            "starts_on", "cost_centre", office_name=F("office__name"), team_name=F("team__name")
        ),
        "roles": _of(RoleGrant.objects.all(), engineer_id).values(
            "role", "proposed_by", "proposed_at", "confirmed_by", "granted_from", "until"
        ),
        "manager_of": _of(ManagerGrant.objects.all(), engineer_id).values(
            "granted_by", "granted_from", "until", team_name=F("team__name")
        ),
        "messages": Message.objects.filter(to=email)
        .order_by("created_at", "pk")
        .values("kind", "subject", "body", "state", "created_at", "sent_at"),
        "mails_turned_off": _of(TurnedOff.objects.all(), engineer_id).values("kind"),
    }


def _volunteering(engineer_id: int) -> dict[str, Iterable[Any]]:
    words = ("motivation", "experience", "earliest_start_on", "unsuitable_weeks")
    return {
        "applications": _of(Application.objects.all(), engineer_id).values(
            *words, "state", "submitted_at", "decided_at", "decline_reason", on=F("team__name")
        ),
        "application_drafts": _of(ApplicationDraft.objects.all(), engineer_id).values(
            "motivation", "experience", on=F("team__name")
        ),
        "terms": _of(Term.objects.all(), engineer_id, "starts_on").values(
            "level", "starts_on", "ends_on", "left_on", "shadow_weeks", on=F("team__name")
        ),
        "absences": _of(Absence.objects.all(), engineer_id, "starts_on").values(
            "starts_on", "ends_on", "note", "created_at", "cancelled_at"
        ),
        "wishes": _of(WeekWish.objects.all(), engineer_id, "week_date").values(
            "week_date", "wish", on=F("team__name")
        ),
    }


def _duty(engineer_id: int) -> dict[str, Iterable[Any]]:
    week = {"week": F("shift__week_date"), "level": F("shift__level__name")}
    return {
        "shifts": Shift.objects.filter(holder_id=engineer_id)
        .order_by("starts_at", "pk")
        .values(
            *("id", "week_date", "starts_at", "ends_at", "load_hundredths", "cancelled_at"),
            level_name=F("level__name"),
            on=F("level__rotation__name"),
        ),
        "covers": Cover.objects.filter(
            Q(from_engineer_id=engineer_id) | Q(to_engineer_id=engineer_id)
        )
        .order_by("starts_at", "pk")
        .values(
            *("id", "starts_at", "ends_at", "state", "message", "asked_at", "accepted_at"),
            "closed_at",
            given_by=F("from_engineer__name"),
            taken_by=F("to_engineer__name"),
            **week,
        ),
        "handover_notes": HandoverNote.objects.filter(author_id=engineer_id)
        .order_by("written_at", "pk")
        .values("text", "version", "written_at", "confirmed_at", **week),
        "pages": _of(Page.objects.all(), engineer_id, "paged_at").values(
            "paged_at", "acknowledged_at", "in_on_call_hours", "in_sleep_hours"
        ),
        "pagerduty": _of(PagerDutyPerson.objects.all(), engineer_id).values(
            "user_ref", "user_name", "problems"
        ),
        "calendar_addresses": _of(CalendarFeed.objects.all(), engineer_id).values(
            "kind", "created_at", "revoked_at", "fetched_at"
        ),
    }


def _records(engineer_id: int, email: str) -> dict[str, Iterable[Any]]:
    named = AuditEvent.objects.filter(mentions__key=key_of_person(email))
    return {
        "pay_entries": _of(Entry.objects.all(), engineer_id, "number").values(
            *("number", "kind", "segment_start", "segment_end", "seconds", "amount_minor"),
            *("currency", "earned_on", "posted_at"),
            month=F("period__month"),
            rate_version=F("rate__version"),
        ),
        "pay_questions": PayQuestion.objects.filter(asked_by_id=engineer_id)
        .order_by("asked_at", "pk")
        .values(
            *("question", "asked_at", "answer", "answered_at"),
            entry_number=F("entry__number"),
            answer_by=F("answered_by__name"),
        ),
        "pay_adjustments": Adjustment.objects.filter(
            engineer_id=engineer_id, state=Adjustment.State.APPROVED
        )
        .order_by("decided_at", "pk")
        .values(
            *("amount_minor", "currency", "earned_on", "reason", "document", "decided_at"),
            entry_number=F("entry__number"),
        ),
        "corrections_asked": Correction.objects.filter(proposed_by_id=engineer_id)
        .order_by("proposed_at", "pk")
        .values(
            *("reason", "evidence", "state", "proposed_at", "decided_at", "decision_note"),
            week_date=F("shift__week_date"),
        ),
        "audit_log": named.order_by("at", "pk").values(
            *("at", "actor", "on_behalf_of", "verb", "subject", "area", "team"),
            *("before", "after"),
        ),
    }


def _of(rows: QuerySet[Any], engineer_id: int, order: str = "pk") -> QuerySet[Any]:
    return rows.filter(engineer_id=engineer_id).order_by(order, "pk")
