"""The cast of the API's tests as a world, and many rows of everything that a page can list."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from knox.models import AuthToken

from audit.models import AuditEvent
from compensation.models import Entry, PayQuestion
from outbox.models import Message
from rotation.models import (
    CalendarEntry,
    CalendarFeed,
    Cover,
    CoverAsk,
    Draft,
    HandoverNote,
    Incident,
    Page,
    PolicyVersion,
    Rotation,
    Service,
    Shift,
    SyncRun,
    WebhookEvent,
    WeekQuestion,
)
from rotation.operations import calendar_feeds
from tests import builders
from tests.api.people import Cast, make_cast
from tests.api.rows import grow
from tests.guards.crowd_of_pay import arguments_of_pay, grow_pay
from tests.guards.world import World, make_calendar, make_drift, make_lookup, signed
from tests.guards.world_of_covers import make_offer
from volunteers.models import (
    Absence,
    Application,
    Engineer,
    ManagerGrant,
    Office,
    PublicHoliday,
    RoleGrant,
    Team,
    TermExtension,
    WeekWish,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)


def make_cast_and_crowd(number: int) -> Cast:
    """The cast with that many rows of each kind."""
    cast = make_cast()
    grow_crowd(cast, first=0, until=number)
    return cast


def grow_crowd(cast: Cast, *, first: int, until: int) -> None:
    """Rows number `first` to `until` of each kind."""
    grow(cast, first=first, until=until)
    numbers = range(first, until)
    people = list(Engineer.objects.filter(email__startswith="eva").order_by("pk"))[first:until]
    _rights(cast, people)
    _own(cast, numbers)
    _waiting(cast, people)
    _schedule(cast, numbers)
    _paged(cast, numbers)
    _calendars(cast, numbers)
    _asked(cast, numbers)
    grow_pay(cast, numbers)
    _questions(people)
    _records(numbers)


def _note(cast: Cast, shift: Shift) -> HandoverNote:
    return HandoverNote.objects.create(
        shift=shift, author=cast.anna, text="Watch the queue.", written_at=builders.NOW
    )


def world_of(cast: Cast) -> World:
    """The cast's people and rows by the names that routes know."""
    people = {
        "engineer": cast.ben,
        "other engineer": cast.carla,
        "manager": cast.anna,
        "other manager": cast.max,
        "finance": cast.finn,
        "admin": cast.ada,
    }
    level2 = builders.make_escalation_term(team=cast.team, engineer=cast.anna)
    builders.make_application_draft(team=cast.team, engineer=cast.ben)
    shift = Shift.objects.order_by("pk")[0]
    eva = Engineer.objects.get(email="eva1@example.com")
    cover = builders.make_cover(shift=shift, from_engineer=shift.holder, to_engineer=eva)
    request = _request(cast, shift, eva)
    question = WeekQuestion.objects.create(
        rotation=cast.rotation,
        level=shift.level,
        week_date=shift.week_date,
        asked_by=cast.anna,
        asked_at=builders.NOW,
        schedule_version=cast.rotation.schedule_version,
    )
    escalation = builders.level_of(cast.rotation, "escalation")
    offer = make_offer(request, escalation, by=cast.anna)
    return World(
        rotation=cast.rotation,
        people={**people, "deactivated": builders.make_engineer(name="Gone")},
        tokens={name: AuthToken.objects.create(user=one)[1] for name, one in people.items()},
        arguments=make_calendar(cast.rotation, cast.ben)
        | {
            "slug": cast.rotation.slug,
            "engineer_id": cast.ben.pk,
            "application_id": cast.ben.applications.order_by("pk")[0].pk,
            "absence_id": cast.ben.absences.order_by("pk")[0].pk,
            "term_id": level2.pk,
            "extension_id": _extension(cast).pk,
            "draft_id": Draft.objects.order_by("pk")[0].pk,
            "shift_id": shift.pk,
            "question_id": question.pk,
            "lookup_id": make_lookup(cast.rotation).pk,
            "cover_id": cover.pk,
            "request_id": request.pk,
            "signed": signed(request.pk, cast.anna),
            **offer,
            "drift_id": make_drift(shift, by=eva).pk,
            "note_id": _note(cast, shift).pk,
            "run_id": SyncRun.objects.order_by("pk")[0].pk,
            "level": "primary",
            "week": str(builders.NEXT_WEEK),
            "month": "2026-10",
            **arguments_of_pay(cast, shift, eva),
        },
        special={
            "swap-by-mail": {"signed": signed(offer["offer_id"], cast.ben, purpose="swap-by-mail")}
        },
    )


def _extension(cast: Cast) -> TermExtension:
    return builders.make_extension(term=cast.ben.terms.order_by("pk")[0])


def _asked(cast: Cast, numbers: range) -> None:
    """Requests of Anna's for hours of the first week, each of which asks Ben."""
    shift = Shift.objects.order_by("pk")[0]
    rows = Cover.objects.bulk_create(
        Cover(
            shift=shift,
            from_engineer=cast.anna,
            starts_at=shift.starts_at + number * MINUTE,
            ends_at=shift.starts_at + (number + 1) * MINUTE,
            asked_by=cast.anna.email,
            asked_at=builders.NOW,
            is_urgent=True,
        )
        for number in numbers
    )
    CoverAsk.objects.bulk_create(
        CoverAsk(cover=row, engineer=cast.ben, asked_at=builders.NOW) for row in rows
    )


def _request(cast: Cast, shift: Shift, eva: Engineer) -> Cover:
    """A request of Ben's that asks Eva and Anna."""
    row = builders.make_cover(shift=shift, from_engineer=cast.ben, to_engineer=None)
    CoverAsk.objects.bulk_create(
        CoverAsk(cover=row, engineer=one, asked_at=builders.NOW) for one in (eva, cast.anna)
    )
    return row


def _rights(cast: Cast, people: Iterable[Engineer]) -> None:
    for one in people:
        ManagerGrant.objects.create(
            team=cast.team, engineer=one, granted_by="shell", granted_from=builders.LONG_AGO
        )
    RoleGrant.objects.bulk_create(
        RoleGrant(engineer=one, role="finance", proposed_by="shell", proposed_at=builders.LONG_AGO)
        for one in people
    )


def _own(cast: Cast, numbers: range) -> None:
    """Ben's days away and wishes, and applications that he took back."""
    Absence.objects.bulk_create(
        Absence(
            engineer=cast.ben,
            starts_on=builders.TODAY + 2 * number * DAY,
            ends_on=builders.TODAY + (2 * number + 1) * DAY,
            created_at=builders.NOW,
        )
        for number in numbers
    )
    WeekWish.objects.bulk_create(
        WeekWish(
            engineer=cast.ben,
            team=cast.team,
            week_date=builders.NEXT_WEEK + number * builders.WEEK,
            wish="avoid",
        )
        for number in numbers
    )
    Application.objects.bulk_create(
        _application(cast, cast.ben, number, state="withdrawn", decided_at=builders.NOW)
        for number in numbers
    )


def _waiting(cast: Cast, people: list[Engineer]) -> None:
    Application.objects.bulk_create(
        _application(cast, one, number) for number, one in enumerate(people)
    )


def _application(
    cast: Cast,
    engineer: Engineer,
    number: int,
    *,
    state: str = "submitted",
    decided_at: dt.datetime | None = None,
) -> Application:
    return Application(
        team=cast.team,
        engineer=engineer,
        motivation="Nights.",
        earliest_start_on=builders.NEXT_WEEK + 26 * builders.WEEK,
        state=state,
        submitted_at=builders.NOW - number * MINUTE,
        decided_at=decided_at,
    )


def _schedule(cast: Cast, numbers: range) -> None:
    """Requests for cover, holidays, and versions of another rotation's policy."""
    shift = Shift.objects.filter(level__rotation=cast.rotation).order_by("pk")[0]
    Cover.objects.bulk_create(
        Cover(
            shift=shift,
            from_engineer=shift.holder,
            starts_at=shift.starts_at + number * MINUTE,
            ends_at=shift.starts_at + (number + 1) * MINUTE,
            asked_by="shell",
            asked_at=builders.NOW,
        )
        for number in numbers
    )
    office = Office.objects.get(slug="dublin")
    PublicHoliday.objects.bulk_create(
        PublicHoliday(office=office, date=builders.TODAY + number * DAY, name="A day off")
        for number in numbers
    )
    PolicyVersion.objects.bulk_create(
        PolicyVersion(
            rotation=Rotation.objects.get(slug="team-0"),
            number=number + 1,
            objectives=["gaps"],
            changed_by="shell",
            changed_at=builders.LONG_AGO,
            effective_from=builders.LONG_AGO,
            reason="Set up.",
        )
        for number in numbers
    )


def _paged(cast: Cast, numbers: range) -> None:
    """Incidents of a service each, pages of Ben in the first shift, events nobody could read."""
    shift = Shift.objects.filter(level__rotation=cast.rotation).order_by("pk")[0]
    services = Service.objects.bulk_create(
        Service(ref=f"P{number}", name="Inbox", seen_at=builders.NOW) for number in numbers
    )
    incidents = Incident.objects.bulk_create(
        Incident(
            ref=f"Q{service.ref}",
            title="It stands still",
            service=service,
            rotation=cast.rotation,
            triggered_at=builders.NOW,
        )
        for service in services
    )
    Page.objects.bulk_create(
        Page(
            incident=incident,
            user_ref="PBEN",
            engineer=cast.ben,
            level=shift.level,
            shift=shift,
            paged_at=builders.NOW,
            in_on_call_hours=True,
            in_sleep_hours=False,
        )
        for incident in incidents
    )
    WebhookEvent.objects.bulk_create(
        WebhookEvent(
            event_ref=f"event-{number}",
            event_type="incident.triggered",
            received_at=builders.NOW,
            body={},
            state=WebhookEvent.State.FAILED,
            failure="It lacks something.",
        )
        for number in numbers
    )


def _calendars(cast: Cast, numbers: range) -> None:
    """Events of Ben, and addresses that he has of other rotations: as many as anybody may have."""
    shift = Shift.objects.filter(level__rotation=cast.rotation).order_by("pk")[0]
    CalendarEntry.objects.bulk_create(
        CalendarEntry(
            uid=f"event-{number}",
            shift=shift,
            level=shift.level,
            engineer=cast.ben,
            kind=CalendarEntry.Kind.ON_CALL,
            number=number + 100,
            starts_at=shift.starts_at + number * MINUTE,
            ends_at=shift.starts_at + (number + 1) * MINUTE,
            name=cast.ben.name,
            created_at=builders.NOW,
            changed_at=builders.NOW,
        )
        for number in numbers
    )
    CalendarFeed.objects.bulk_create(
        CalendarFeed(
            engineer=cast.ben,
            kind=CalendarFeed.Kind.ROTATION,
            rotation=Rotation.objects.get(slug=f"team-{number}"),
            nonce=f"nonce {number}",
            digest=f"digest {number}",
            created_at=builders.NOW,
        )
        for number in numbers
        if number < calendar_feeds.MOST_FEEDS - 1
    )


def _questions(people: Iterable[Engineer]) -> None:
    """Each asked about their entry and got an answer."""
    rows = Entry.objects.filter(engineer__in=list(people)).order_by("number")
    finn = Engineer.objects.get(email="finn@example.com")
    PayQuestion.objects.bulk_create(
        PayQuestion(
            entry=row,
            asked_by_id=row.engineer_id,
            asked_at=builders.NOW,
            question="Why?",
            answer="So.",
            answered_by=finn,
            answered_at=builders.NOW,
        )
        for row in rows
    )


def _records(numbers: range) -> None:
    AuditEvent.objects.bulk_create(
        AuditEvent(
            at=builders.NOW,
            actor="ben@example.com",
            area="people",
            verb="did",
            subject=f"thing {number}",
        )
        for number in numbers
    )
    Message.objects.bulk_create(
        Message(
            to=f"eva{number}@example.com", kind="k", subject="s", body="b", created_at=builders.NOW
        )
        for number in numbers
    )
    Team.objects.bulk_create(Team(name=f"Home {number:04d}") for number in numbers)
