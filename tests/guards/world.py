"""Eight viewers and rows of each kind that a route can name."""

from __future__ import annotations

import dataclasses
import datetime as dt

from django.conf import settings
from knox.models import AuthToken

from audit.operations import Actor
from common import links, sealing
from compensation.operations import periods, weeks
from outbox.models import ChatHook, Message
from rotation.domain.calendar_feeds import Held
from rotation.models import (
    Cover,
    CoverAsk,
    Draft,
    Drift,
    HandoverNote,
    Level,
    Lookup,
    Rotation,
    Service,
    Shift,
    SyncRun,
    SyncStep,
    WeekQuestion,
)
from rotation.operations import calendar_feeds, calendars
from rotation.queries import calendar_feeds as feed_queries
from tests import builders
from tests.compensation.rows import make_rate
from tests.guards import (
    world_of_corrections,
    world_of_covers,
    world_of_layouts,
    world_of_pay,
    world_of_periods,
    world_of_rates,
    world_of_reports,
)
from volunteers.models import Engineer, ManagerGrant, RoleGrant, Term

VIEWERS = (
    "nobody",
    "engineer",
    "other engineer",
    "manager",
    "other manager",
    "finance",
    "admin",
    "deactivated",
)
AFTER_SEPTEMBER = dt.datetime(2026, 10, 2, 9, tzinfo=dt.UTC)
AFTER_OCTOBER = dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC)
CLOSED_MONTH = "2026-09"
OPEN_MONTH = "2026-10"
WORKED = [dt.date(2026, 9, 7), *(dt.date(2026, 10, day) for day in (5, 12, 19))]
PAID_MINOR = 61743
NUMBER = "PN-4711"
# After the weeks of the draft.
COVERED_WEEK = builders.NEXT_WEEK + 8 * builders.WEEK
ASKED_WEEK = COVERED_WEEK + builders.WEEK
CANCELLED_WEEK = COVERED_WEEK - builders.WEEK
# Ben's term began twelve weeks ago and ends when his next application wants to start.
TERM_START = builders.THIS_WEEK - 12 * builders.WEEK
NEXT_TERM = TERM_START + 26 * builders.WEEK


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """Ben serves in Anna's team and owns what is owned; Carla, Otto, Finn and Ada look on.

    `arguments` gives a value for each name that a route's path holds; `special` those that one
    route needs in another state, by the route's name.
    """

    rotation: Rotation
    people: dict[str, Engineer]
    tokens: dict[str, str]
    arguments: dict[str, object]
    special: dict[str, dict[str, object]]


_Special = dict[str, dict[str, object]]


def make_world(*, ben: str = "Ben", note: str = "A wedding.") -> World:
    """The rows, with a name for Ben and a note for his absence."""
    office = builders.make_office()
    team = builders.make_team()
    rotation = builders.make_rotation(team=team, holiday_office=office)
    people = _make_people(ben=ben, rotation=rotation)
    for person in people.values():
        builders.make_posting(engineer=person, office=office)
        person.set_password(builders.CORRECT_HORSE)
        person.save(update_fields=["password"])
    # What past weeks were paid is not what a week is worth now.
    make_rate(office=office, weekly_minor=PAID_MINOR)
    make_rate(office=office, weekly_minor=70000, effective_from=builders.NEXT_WEEK - builders.WEEK)
    arguments = _make_service(rotation, people, note=note) | _make_schedule(rotation, people)
    arguments |= make_calendar(rotation, people["engineer"])
    tokens = {name: AuthToken.objects.create(user=person)[1] for name, person in people.items()}
    queued = builders.make_draft(rotation=rotation, state=Draft.State.QUEUED)
    special: _Special = {
        "draft-cancel": {"draft_id": queued.pk},
        "api-draft-cancel": {"draft_id": queued.pk},
        "api-period-close": {"month": OPEN_MONTH},
        "api-term-end": {"term_id": people["manager"].terms.get().pk},
        "term-stay": {"term_id": arguments["left_term_id"]},
        "api-term-stay": {"term_id": arguments["left_term_id"]},
        "term-roll-off-by-mail": {
            "signed": signed(
                arguments["term_id"], people["engineer"], purpose="term-roll-off-by-mail"
            )
        },
        "term-extend-by-mail": {
            "signed": signed(
                arguments["term_id"], people["engineer"], purpose="term-extend-by-mail"
            )
        },
        "period-close": {"month": OPEN_MONTH},
        "shift-handover": {"shift_id": arguments["running_id"]},
        "api-shift-handover-notes": {"shift_id": arguments["running_id"]},
        "shift-restore": {"shift_id": arguments["cancelled_id"]},
        "api-shift-restore": {"shift_id": arguments["cancelled_id"]},
        "cover-give-back": {"request_id": arguments["cover_id"]},
        "api-cover-give-back": {"request_id": arguments["cover_id"]},
        "cover-by-mail": {"signed": signed(arguments["request_id"], people["manager"])},
        "swap-offer-by-mail": {"signed": signed(arguments["request_id"], people["manager"])},
        "swap-by-mail": {
            "signed": signed(arguments["offer_id"], people["engineer"], purpose="swap-by-mail")
        },
        **world_of_covers.of_the_running_week(arguments),
    }
    return World(
        rotation=rotation,
        people=people,
        tokens=tokens,
        arguments=arguments
        | _make_money(people)
        | world_of_layouts.make_layouts(people["finance"])
        | world_of_pay.make_question(people["engineer"])
        | world_of_reports.make_report(people["finance"])
        | world_of_corrections.make_corrections(people)
        | world_of_rates.make_rates(people)
        | {"slug": rotation.slug},
        special=special
        | _make_rows_of_the_admin(people)
        | world_of_layouts.special_of_layouts()
        | world_of_corrections.special_of_corrections(people)
        | world_of_rates.special_of_rates(people),
    )


def signed(row: object, person: Engineer, *, purpose: str = "cover-by-mail") -> str:
    """What the mail to that person carries."""
    until = builders.NOW + 10 * builders.WEEK
    link = links.signed_link(purpose=purpose, row=int(str(row)), person=person.pk, until=until)
    return link.rstrip("/").rpartition("/")[2]


def deactivate(world: World) -> None:
    """Close the account of the one who is to be outside; what they opened before stays open."""
    Engineer.objects.filter(pk=world.people["deactivated"].pk).update(is_active=False)


def _make_people(*, ben: str, rotation: Rotation) -> dict[str, Engineer]:
    otto = builders.make_engineer(name="Otto")
    other_team = builders.make_team(name="Other")
    builders.make_rotation(team=other_team)
    builders.make_manager(engineer=otto, team=other_team)
    return {
        "engineer": builders.make_engineer(name=ben, email="ben@example.com", employee_id=NUMBER),
        "other engineer": builders.make_carla(),
        "manager": builders.make_anna(team=rotation.team),
        "other manager": otto,
        "finance": builders.make_finance(),
        "admin": builders.make_admin(),
        "deactivated": builders.make_engineer(name="Gone"),
    }


def _make_service(
    rotation: Rotation, people: dict[str, Engineer], *, note: str
) -> dict[str, object]:
    """Terms, an application and an absence; Diana's application waits too."""
    ben, team = people["engineer"], rotation.team
    term = builders.make_term(team=team, engineer=ben, starts_on=TERM_START)
    extension = builders.make_extension(term=term)
    left = builders.make_term(team=team, engineer=ben, starts_on=NEXT_TERM + 60 * builders.WEEK)
    Term.objects.filter(pk=left.pk).update(left_on=left.starts_on + builders.WEEK, left_by=ben)
    builders.make_escalation_term(team=team, engineer=people["manager"], starts_on=TERM_START)
    builders.make_application(team=team, engineer=builders.make_engineer(name="Diana"))
    application = builders.make_application(team=team, engineer=ben, earliest_start_on=NEXT_TERM)
    builders.make_application_draft(team=team, engineer=ben)
    absence = builders.make_absence(
        engineer=ben,
        starts_on=dt.date(2027, 2, 1),
        ends_on=dt.date(2027, 2, 8),
        note=note,
    )
    return {
        "term_id": term.pk,
        "left_term_id": left.pk,
        "extension_id": extension.pk,
        "application_id": application.pk,
        "absence_id": absence.pk,
        "engineer_id": ben.pk,
        "person_id": ben.pk,
    }


def _make_schedule(rotation: Rotation, people: dict[str, Engineer]) -> dict[str, object]:
    """Worked, running and coming weeks of Ben's, a gap, a cover, a draft to publish, a sync run."""
    level, level2 = builders.level_of(rotation), builders.level_of(rotation, "escalation")
    ben, anna = people["engineer"], people["manager"]
    for week_date in [*WORKED, builders.THIS_WEEK]:
        builders.make_shift(level=level, week_date=week_date, holder=ben)
        builders.make_shift(level=level2, week_date=week_date, holder=anna)
    shift = builders.make_shift(level=level, holder=ben)
    builders.make_shift(level=level, week_date=builders.NEXT_WEEK + builders.WEEK)
    covered = builders.make_shift(level=level, week_date=COVERED_WEEK, holder=ben)
    cover = builders.make_cover(shift=covered, from_engineer=ben, to_engineer=anna)
    draft = builders.make_draft(rotation=rotation, requested_by=anna)
    for number in range(draft.weeks):
        week_date = draft.first_week_date + number * builders.WEEK
        builders.make_draft_shift(
            draft=draft, level=level, week_date=week_date, holder=None if number % 4 else ben
        )
        builders.make_draft_shift(
            draft=draft, level=level2, week_date=week_date, holder=None if number % 2 else anna
        )
    rule = builders.make_draft_rule(draft=draft, level=level, engineer=ben)
    run = SyncRun.objects.create(
        rotation=rotation,
        state=SyncRun.State.DONE,
        cause="version 1 published",
        queued_at=builders.NOW,
        finished_at=builders.NOW,
    )
    SyncStep.objects.create(
        run=run, position=1, level=level, action="create", reason="new", method="POST", path="/x"
    )
    drift = make_drift(shift, by=anna)
    question = WeekQuestion.objects.create(
        rotation=rotation,
        level=level,
        week_date=shift.week_date,
        asked_by=anna,
        asked_at=builders.NOW,
        schedule_version=rotation.schedule_version,
    )
    request = _make_request(level, ben, asked=anna)
    running = Shift.objects.get(level=level, week_date=builders.THIS_WEEK)
    return {
        **world_of_covers.make_offer(request, level2, by=anna),
        **world_of_covers.make_take_over(running, by=anna),
        "shift_id": shift.pk,
        "cancelled_id": _make_cancelled(level2, anna).pk,
        "question_id": question.pk,
        "lookup_id": make_lookup(rotation).pk,
        "cover_id": cover.pk,
        "request_id": request.pk,
        "drift_id": drift.pk,
        **_make_handover(level, by=anna),
        "draft_id": draft.pk,
        "rule_id": rule.pk,
        "run_id": run.pk,
        "level": "primary",
        "week": str(draft.first_week_date + 3 * builders.WEEK),
    }


def _make_cancelled(level: Level, holder: Engineer) -> Shift:
    """A week of hers that is cancelled and has not begun."""
    shift = builders.make_shift(level=level, week_date=CANCELLED_WEEK, holder=holder)
    shift.cancelled_at, shift.cancelled_by = builders.NOW, holder.email
    shift.cancel_reason = "No releases then."
    shift.save(update_fields=["cancelled_at", "cancelled_by", "cancel_reason"])
    return shift


def _make_handover(level: Level, *, by: Engineer) -> dict[str, object]:
    """A note about the running week, and a chat that hears of handovers."""
    running = Shift.objects.get(level=level, week_date=builders.THIS_WEEK)
    note = HandoverNote.objects.create(
        shift=running, author=by, text="Watch the queue.", written_at=builders.NOW
    )
    ChatHook.objects.create(
        team=level.rotation.team,
        address=sealing.seal("https://chat.example/hooks/1", settings.ROTA_WEBHOOK_KEYS),
        set_by=by.email,
        set_at=builders.NOW,
    )
    return {"note_id": note.pk, "running_id": running.pk}


def make_calendar(rotation: Rotation, owner: Engineer) -> dict[str, object]:
    """The owner's calendar with what they carry, by the secret that opens it."""
    calendars.watch_rotations(now=builders.NOW)
    calendars.tell_rotation(rotation_id=rotation.pk, now=builders.NOW)
    actor = Actor(name=owner.email, engineer_id=owner.pk)
    feed = calendar_feeds.make_feed(held=Held(), actor=actor, now=builders.NOW)
    address = feed_queries.own_feed(feed).address
    return {"feed_id": feed.pk, "secret": address.rpartition("/")[2].removesuffix(".ics")}


def _make_request(level: Level, ben: Engineer, *, asked: Engineer) -> Cover:
    """Ben asks somebody for cover of a week of his."""
    shift = builders.make_shift(level=level, week_date=ASKED_WEEK, holder=ben)
    request = builders.make_cover(shift=shift, from_engineer=ben, to_engineer=None)
    CoverAsk.objects.create(cover=request, engineer=asked, asked_at=builders.NOW)
    return request


def make_drift(shift: Shift, *, by: Engineer) -> Drift:
    """A day of the shift that PagerDuty shows as somebody else's, by an override."""
    starts_at, ends_at = shift.starts_at + dt.timedelta(days=1), shift.starts_at + builders.WEEK / 3
    return Drift.objects.create(
        level=shift.level,
        starts_at=starts_at,
        ends_at=ends_at,
        wanted_ref="PWANTED",
        wanted_name="Somebody",
        shown_ref="PSHOWN",
        shown_name=by.name,
        engineer=by,
        cause=Drift.Cause.OVERRIDE,
        override_ref="PO1",
        override_starts_at=starts_at,
        override_ends_at=ends_at,
        by="Somebody in a browser",
        seen_at=builders.NOW,
        told_at=builders.NOW,
    )


def make_lookup(rotation: Rotation) -> Lookup:
    """A question about a schedule, which waits for a worker."""
    return Lookup.objects.create(
        rotation=rotation,
        level=builders.level_of(rotation),
        kind=Lookup.Kind.ADOPTION,
        query="PSCHED9",
        queued_at=builders.NOW,
    )


def _make_money(people: dict[str, Engineer]) -> dict[str, object]:
    """Entries of every worked week; September is closed, October can be."""
    finn = people["finance"]
    weeks.complete_weeks(actor=Actor.sweep("weeks"), now=AFTER_SEPTEMBER)
    actor = Actor(name=finn.email, engineer_id=finn.pk)
    periods.close_period(month=CLOSED_MONTH, actor=actor, now=AFTER_SEPTEMBER)
    weeks.complete_weeks(actor=Actor.sweep("weeks"), now=AFTER_OCTOBER)
    asked = world_of_periods.ask_to_reopen(CLOSED_MONTH, by=people["admin"])
    return {"month": CLOSED_MONTH, "layout": "detail", "reopening_id": asked.pk}


def _make_rows_of_the_admin(people: dict[str, Engineer]) -> dict[str, dict[str, object]]:
    """The rows that some forms there need, by the route's name."""
    builders.make_home_team()
    builders.make_team(name="Without rotation")
    proposed = builders.make_role(
        engineer=people["engineer"], role=RoleGrant.Role.FINANCE, granted_from=None
    )
    Service.objects.create(ref="PSVC1", name="Inbox", seen_at=builders.NOW)
    given_up = Message.objects.create(
        to="gone@example.com",
        kind="weeks_published",
        subject="Your weeks",
        body="They changed.",
        state=Message.State.FAILED,
        created_at=builders.NOW,
        failure="No such mailbox.",
    )
    level = Level.objects.latest("pk")
    level.pagerduty_schedule_ref = "PSCHED1"
    level.save(update_fields=["pagerduty_schedule_ref"])
    rows = {
        "volunteers_engineer_revoke-tokens": people["engineer"].pk,
        "volunteers_engineer_reactivate": people["deactivated"].pk,
        "volunteers_rolegrant_confirm": proposed.pk,
        "volunteers_managergrant_revoke": ManagerGrant.objects.latest("pk").pk,
        "rotation_rotation_hours": Rotation.objects.get(slug="other").pk,
        "rotation_level_unlink": level.pk,
        "outbox_message_send-again": given_up.pk,
    }
    gone = people["deactivated"].pk
    found: dict[str, dict[str, object]] = {
        "person-anonymise": {"engineer_id": gone},
        "api-person-anonymise": {"engineer_id": gone},
    }
    return found | {f"admin:{name}": {"row_id": pk} for name, pk in rows.items()}
