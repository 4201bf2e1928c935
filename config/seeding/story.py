"""The demo company's last months, replayed through the operations that people would have used.

Every call gets the instant at which it would have happened. Weeks count from the running one,
which is week 0: ten weeks are completed, the draft that waits looks half a year ahead.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

from audit.operations import Actor
from common.clocks import Clocks
from compensation.operations import layouts, periods, rates, weeks
from compensation.queries import closing
from config.seeding import company, covering, handovers, paging, swapping
from rotation import generation
from rotation.domain import slots
from rotation.models import Draft, Rotation
from rotation.operations import drafts, policies, publishing, rotations
from volunteers.operations import (
    absences,
    application_decisions,
    applications,
    calendars,
    offices,
    people,
    postings,
    roles,
    teams,
    terms,
    waiting_list,
    wishes,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from volunteers.models import Engineer, Office

WEEK = dt.timedelta(days=7)
COMPLETED_WEEKS = 10
FOUNDED = -22
# The first week of each volunteer's term; four began before the first published week.
JOINED = {
    "Aoife Brennan": -16,
    "Tom Whitfield": -14,
    "Priya Nair": -12,
    "Cian Doyle": -10,
    "Maya Okafor": -7,
    "Daniel Reyes": -4,
    "Sofia Lindqvist": 0,
}
KNOWS = {
    "Ruairí Walsh": "The message queue and its runbooks; a little of the databases.",
    "Hana Novak": "Search from end to end. Nothing of payments yet.",
}
# Who looks on for the first weeks of the term.
SHADOWS = {"Sofia Lindqvist": 2}
# Whose term is shorter than the others: it ends in the week, and they are asked how it goes on.
ENDS = {"Tom Whitfield": 7}
WHY = {
    "Aoife Brennan": "I was on call for Inbox alone and would rather share it with people I trust.",
    "Tom Whitfield": "Payments taught me what a good runbook is worth. I want to write more.",
    "Priya Nair": "I like incidents, and I like sleeping. A week now and then is a fair deal.",
    "Cian Doyle": "I have been on the other end of the pager long enough to help.",
    "Maya Okafor": "San Francisco should carry its share of the nights.",
    "Daniel Reyes": "I know the databases, and they page most.",
    "Sofia Lindqvist": "I would like to see how the other teams' services behave at night.",
}


@dataclasses.dataclass(kw_only=True)
class Story:
    """The company in the making: its rows so far, and the calendar that it is told by."""

    now: dt.datetime
    pattern: slots.WeekPattern
    this_week: dt.date
    people: dict[str, Engineer] = dataclasses.field(default_factory=dict)
    offices: dict[str, Office] = dataclasses.field(default_factory=dict)
    team_id: int = 0
    rotation: Rotation = dataclasses.field(default_factory=Rotation)

    @classmethod
    def until(cls, now: dt.datetime) -> Story:
        """A story that ends at `now`."""
        pattern = slots.WeekPattern(
            zone=company.OFFICES[0].time_zone,
            handover_weekday=0,
            handover_time=dt.time(12, 0),
            business_start=dt.time(9, 0),
            business_end=dt.time(17, 30),
        )
        return cls(now=now, pattern=pattern, this_week=slots.week_at(pattern, now).week_date)

    def monday(self, week: int) -> dt.date:
        """The handover's date of a week."""
        return self.this_week + week * WEEK

    def at(self, week: int, days: float = 0) -> dt.datetime:
        """Some days after a week's handover, never later than now."""
        handover = slots.week_of(self.pattern, self.monday(week)).period.starts_at
        return min(handover + dt.timedelta(days=days), self.now)

    def actor(self, name: str) -> Actor:
        """That person, acting."""
        engineer = self.people[name]
        return Actor(name=engineer.email, engineer_id=engineer.pk)


def tell(now: dt.datetime) -> Story:
    """Make the whole company, up to `now`."""
    story = Story.until(now)
    _found(story)
    _set_up(story)
    _open_level_2(story)
    for event_at, name in sorted(_happenings(story)):
        _HAPPENINGS[name](story, event_at)
    paging.tell(story)
    handovers.tell(story)
    covering.tell(story)
    swapping.tell(story)
    return story


def _found(story: Story) -> None:
    """Offices with their holidays, teams and people, and who may do what."""
    at, shell = story.at(FOUNDED), Actor.shell()
    years = range(at.year, story.now.year + 3)
    for office in company.OFFICES:
        details = offices.OfficeDetails(
            name=office.name,
            time_zone=office.time_zone,
            country=office.country,
            subdivision=office.subdivision,
            currency=office.currency,
        )
        made = offices.create_office(details=details, actor=shell, now=at)
        calendars.load_holidays(office_id=made.pk, years=years, actor=shell, now=at)
        story.offices[office.name] = made
    home = {name: teams.create_team(name=name, actor=shell, now=at).pk for name in company.TEAMS}
    for each in (*company.ENGINEERS, *company.STAFF):
        _hire(story, each, home, at)
    for role, names in (("admin", company.ADMINS), ("finance", company.FINANCE)):
        for name in names:
            roles.give_role_from_shell(engineer_id=story.people[name].pk, role=role, now=at)


def _hire(
    story: Story, each: company.DemoEngineer, home: Mapping[str, int], at: dt.datetime
) -> None:
    shell = Actor.shell()
    person = people.Person(name=each.name, email=each.email, employee_number=each.number)
    engineer = people.create_engineer(person=person, actor=shell, now=at)
    place = postings.Place(
        office_id=story.offices[each.office].pk,
        team_id=home[each.team] if each.team else None,
        cost_centre=each.cost_centre,
        starts_on=at.date().replace(month=1, day=1),
    )
    postings.set_posting(engineer_id=engineer.pk, place=place, actor=shell, now=at)
    story.people[each.name] = engineer


def _set_up(story: Story) -> None:
    """The on-call team, its rotation and policy, its managers, and what its weeks are worth."""
    at, admin = story.at(FOUNDED, 1), story.actor(company.ADMINS[0])
    statement = teams.Statement(
        name=company.ON_CALL_TEAM,
        problem=company.PROBLEM,
        success_criteria=company.SUCCESS,
        owner_id=story.people[company.MANAGERS[0]].pk,
        next_review_on=story.monday(9),
        people_on_call_before=34,
    )
    team = teams.create_on_call_team(statement=statement, actor=admin, now=at)
    story.team_id = team.pk
    hours = rotations.Hours(
        time_zone=story.pattern.zone,
        handover_weekday=story.pattern.handover_weekday,
        handover_time=story.pattern.handover_time,
        business_start=story.pattern.business_start,
        business_end=story.pattern.business_end,
        holiday_office_id=story.offices[company.DUBLIN].pk,
    )
    story.rotation = rotations.create_rotation(
        team_id=team.pk,
        hours=hours,
        figures=policies.Figures(minimum_size=5),
        reason="How the team agreed to begin",
        actor=admin,
        now=at,
    )
    for name in company.MANAGERS:
        roles.grant_manager(engineer_id=story.people[name].pk, team_id=team.pk, actor=admin, now=at)
    for office in company.OFFICES:
        rate = rates.NewRate(
            office_id=story.offices[office.name].pk,
            level="primary",
            effective_from=at.date() + dt.timedelta(days=1),
            weekly_minor=office.weekly_minor,
            holiday_minor=office.holiday_minor,
        )
        rates.add_rate(rate=rate, actor=story.actor(company.FINANCE[0]), now=at)
    for layout in company.LAYOUTS:
        layouts.use_ready_made(slug=layout, actor=story.actor(company.FINANCE[0]), now=at)


def _open_level_2(story: Story) -> None:
    """The managers put themselves on level 2, with no end."""
    at = story.at(-12, 1)
    for name in company.MANAGERS:
        terms.enter_escalation_term(
            team_id=story.team_id,
            engineer_id=story.people[name].pk,
            starts_on=story.monday(-10),
            ends_on=None,
            actor=story.actor(company.MANAGERS[0]),
            today=at.date(),
            now=at,
        )


def _happenings(story: Story) -> Iterator[tuple[dt.datetime, str]]:
    """Everything that happens over the months, by name, at its instant."""
    for name, week in JOINED.items():
        yield story.at(week - 3, 2.1), f"join:{name}"
    for week, days in ((-11, 2.0), (-5, 1.2)):
        yield story.at(week, days), "publish"
    for week in range(-COMPLETED_WEEKS + 1, 1):
        yield story.at(week, 0.01), "complete"
    yield story.at(-6, 2.2), "policy"
    yield story.at(-2, 1.3), "away"
    yield story.at(-2, 1.4), "wish"
    for month in _ended_months(story):
        yield month, "close"
    yield min(story.at(0, 0.8), story.now - dt.timedelta(minutes=90)), "apply"
    yield story.now - dt.timedelta(minutes=20), "draft"


def _ended_months(story: Story) -> Iterator[dt.datetime]:
    """Two working hours into the third day of each month since the first paid week."""
    first = story.at(-COMPLETED_WEEKS + 1)
    month = (first.replace(day=1) + dt.timedelta(days=32)).replace(day=3, hour=10)
    while month <= story.now:
        yield month
        month = (month.replace(day=1) + dt.timedelta(days=32)).replace(day=3, hour=10)


def _join(story: Story, name: str, at: dt.datetime) -> None:
    application = _apply(story, name, WHY[name], at, week=JOINED[name])
    later = at + dt.timedelta(hours=20)
    application_decisions.accept_application(
        application_id=application,
        starts_on=story.monday(JOINED[name]),
        term_weeks=26,
        ends_on=story.monday(ENDS[name]) if name in ENDS else None,
        shadow_weeks=SHADOWS.get(name, 0),
        actor=story.actor(company.MANAGERS[0]),
        today=later.date(),
        now=later,
    )


def _apply(story: Story, name: str, motivation: str, at: dt.datetime, *, week: int) -> int:
    application = applications.apply_for_term(
        team_id=story.team_id,
        motivation=motivation,
        earliest_start_on=story.monday(week),
        unsuitable_weeks=[story.monday(week + 5), story.monday(week + 6)],
        told_own_manager="yes",
        experience=KNOWS.get(name, ""),
        actor=story.actor(name),
        today=at.date(),
        now=at,
    )
    return application.pk


def _publish(story: Story, at: dt.datetime) -> None:
    draft = _draft(story, at)
    publishing.publish_draft(
        draft_id=draft.pk,
        escalation_gaps_confirmed=True,
        actor=story.actor(company.MANAGERS[0]),
        now=at + dt.timedelta(minutes=12),
    )


def _draft(story: Story, at: dt.datetime) -> Draft:
    manager = story.actor(company.MANAGERS[0])
    draft = drafts.request_draft(rotation_id=story.rotation.pk, weeks=None, actor=manager, now=at)
    done_at = at + dt.timedelta(seconds=2)
    generation.generate_draft(
        draft_id=draft.pk,
        holder="seed",
        clocks=Clocks(now=lambda: done_at, real_now=lambda: done_at),
    )
    return draft


def _complete(story: Story, at: dt.datetime) -> None:
    del story
    weeks.complete_weeks(actor=Actor.sweep("complete_weeks"), now=at)


def _close(story: Story, at: dt.datetime) -> None:
    month = f"{at.replace(day=1) - dt.timedelta(days=1):%Y-%m}"
    if all(check.passes for check in closing.closing_checks(month=month, now=at)):
        periods.close_period(month=month, actor=story.actor(company.FINANCE[0]), now=at)


def _away(story: Story, at: dt.datetime) -> None:
    for name, week, days in (
        ("Aoife Brennan", 9, 6),
        ("Cian Doyle", 4, 13),
        ("Victor Osei", 5, 6),
        ("Maya Okafor", 13, 9),
    ):
        first = story.monday(week)
        absences.add_absence(
            first_day=first,
            last_day=first + dt.timedelta(days=days),
            note="Holiday",
            actor=story.actor(name),
            now=at,
        )


def _wish(story: Story, at: dt.datetime) -> None:
    for name, wishes_by_week in (
        ("Aoife Brennan", {5: "avoid", 6: "want"}),
        ("Tom Whitfield", {4: "avoid"}),
        ("Priya Nair", {4: "want", 10: "avoid"}),
        ("Niamh Kelly", {4: "avoid"}),
    ):
        wishes.set_wishes(
            wished=[
                wishes.Wished(team_id=story.team_id, week_date=story.monday(week), wish=wish)
                for week, wish in wishes_by_week.items()
            ],
            actor=story.actor(name),
            now=at,
        )


def _decide(story: Story, at: dt.datetime) -> None:
    """Five volunteers turned out to be too few."""
    policies.change_policy(
        rotation_id=story.rotation.pk,
        figures=policies.Figures(),
        reason="Five were on call every fifth week; six make it a week in six.",
        actor=story.actor(company.MANAGERS[0]),
        now=at,
    )


def _three_apply(story: Story, at: dt.datetime) -> None:
    """Two wait for an answer; one was put on the waiting list, as the team is full until later."""
    ruairi = "Two years on Inbox; I know the message queue well and the databases a little."
    hana = "I moved here from a place where I was on call every second week. This looks better."
    _apply(story, "Ruairí Walsh", ruairi, at - dt.timedelta(hours=3), week=2)
    _apply(story, "Hana Novak", hana, at, week=5)
    oisin = "Payments is never paged at night. I would like to know what the others live with."
    listed = _apply(story, "Oisín Murray", oisin, at - dt.timedelta(hours=5), week=1)
    waiting_list.put_on_waiting_list(
        application_id=listed, actor=story.actor(company.MANAGERS[0]), now=at
    )


_HAPPENINGS = {
    "publish": _publish,
    "complete": _complete,
    "close": _close,
    "away": _away,
    "wish": _wish,
    "policy": _decide,
    "apply": _three_apply,
    "draft": _draft,
} | {f"join:{name}": (lambda story, at, name=name: _join(story, name, at)) for name in JOINED}
