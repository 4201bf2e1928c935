"""Publishing writes what changed and tells those whom it concerns."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from audit.models import AuditEvent
from outbox.models import Message
from rotation import generation
from rotation.models import Draft, Level, Shift, SyncRun
from rotation.operations import publishing, repairs
from tests import builders
from tests.builders import NEXT_WEEK, NOW, WEEK
from tests.compensation.test_at_once import at_once
from tests.rotation.pages import CLOCKS, TeamAtWork, actor, publish, solved_draft, team_at_work

if TYPE_CHECKING:
    from volunteers.models import Engineer

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(minutes=5)
WEEKS = 12


def _published() -> TeamAtWork:
    """A team whose twelve published weeks PagerDuty shows."""
    team = team_at_work()
    publish(team, solved_draft(team, weeks=WEEKS))
    SyncRun.objects.update(state=SyncRun.State.DONE)
    for level in Level.objects.all():
        Level.objects.filter(pk=level.pk).update(
            pagerduty_schedule_ref=f"P{level.pk}", in_pagerduty_since=NOW, in_pagerduty_version=1
        )
    Message.objects.all().delete()
    return team


@pytest.fixture
def team() -> TeamAtWork:
    return _published()


def _repaired(team: TeamAtWork, *, by: Engineer | None = None) -> Draft:
    draft = repairs.request_repair(
        rotation_id=team.rotation.pk, actor=actor(by or team.anna), now=LATER
    )
    generation.generate_draft(draft_id=draft.pk, holder="test", clocks=CLOCKS)
    draft.refresh_from_db()
    assert draft.state == Draft.State.READY, draft.failure
    return draft


def _publish(team: TeamAtWork, draft: Draft, *, now: dt.datetime = LATER) -> int:
    return publishing.publish_draft(
        draft_id=draft.pk, escalation_gaps_confirmed=True, actor=actor(team.anna), now=now
    )


def _away(engineer: Engineer, *, weeks: int = 4) -> None:
    first = Shift.objects.filter(holder=engineer).earliest("week_date").week_date
    builders.make_absence(engineer=engineer, starts_on=first, ends_on=first + weeks * WEEK)


def _rows() -> dict[int, dict[str, Any]]:
    return {row["id"]: dict(row) for row in Shift.objects.values()}


def _mails() -> dict[str, str]:
    return {mail.to: mail.body for mail in Message.objects.filter(kind="weeks_published")}


# ------------------------------------------------------------------ what is written
def test_a_repair_of_an_undisturbed_schedule_writes_nothing(team: TeamAtWork) -> None:
    before = _rows()

    version = _publish(team, _repaired(team))

    assert version == 2
    assert _rows() == before
    assert not Message.objects.exists()


def test_nothing_changed_is_nothing_for_pagerduty_which_shows_the_new_version_at_once(
    team: TeamAtWork,
) -> None:
    _publish(team, _repaired(team))

    assert SyncRun.objects.get().state == SyncRun.State.DONE
    assert set(Level.objects.values_list("in_pagerduty_version", flat=True)) == {2}


def test_nothing_changed_still_syncs_a_schedule_that_pagerduty_does_not_show(
    team: TeamAtWork,
) -> None:
    Level.objects.filter(pk=team.primary.pk).update(in_pagerduty_since=None)

    _publish(team, _repaired(team))

    assert SyncRun.objects.filter(state=SyncRun.State.QUEUED).count() == 1
    assert set(Level.objects.values_list("in_pagerduty_version", flat=True)) == {1}


def test_a_repair_writes_exactly_the_weeks_that_change(team: TeamAtWork) -> None:
    _away(team.ben)
    before = _rows()
    draft = _repaired(team)

    _publish(team, draft)

    changed = {pk for pk, row in _rows().items() if row != before[pk]}
    proposed = {
        shift.pk
        for cell in draft.shifts.all()
        for shift in Shift.objects.filter(level=cell.level, week_date=cell.week_date)
        if before[shift.pk]["holder_id"] != cell.holder_id
    }
    assert changed == proposed
    assert changed
    assert {row["version"] for pk, row in _rows().items() if pk in changed} == {2}
    assert {row["version"] for pk, row in _rows().items() if pk not in changed} == {1}
    assert SyncRun.objects.filter(state=SyncRun.State.QUEUED).count() == 1
    event = AuditEvent.objects.filter(verb="published").latest("pk")
    assert event.after == {"version": 2, "shifts": 2 * WEEKS, "changed": len(changed)}


def test_other_reasons_of_a_gap_are_noted_without_a_new_version_of_the_week(
    team: TeamAtWork,
) -> None:
    draft = _repaired(team)
    cell = draft.shifts.filter(level=team.primary).earliest("week_date")
    shift = Shift.objects.get(level=team.primary, week_date=cell.week_date)
    Shift.objects.filter(pk=shift.pk).update(holder=None, gap_reasons=[])
    draft.shifts.filter(pk=cell.pk).update(
        holder=None, reasons=[{"engineer": team.ben.pk, "code": "rest"}]
    )

    _publish(team, draft)

    shift.refresh_from_db()
    assert shift.gap_reasons == [{"engineer": team.ben.pk, "code": "rest"}]
    assert shift.version == 1
    assert not Message.objects.exists()


def test_weeks_that_have_started_stay_as_they_are(team: TeamAtWork) -> None:
    draft = _repaired(team)
    started = Shift.objects.filter(level=team.primary, week_date=NEXT_WEEK)
    draft.shifts.filter(level=team.primary, week_date=NEXT_WEEK).update(holder=None)
    before = started.values().get()

    _publish(team, draft, now=NOW + WEEK)

    assert started.values().get() == before


# ------------------------------------------------------------------ who is told
def test_exactly_those_whose_weeks_changed_get_one_mail(team: TeamAtWork) -> None:
    _away(team.ben)
    before = _rows()

    _publish(team, _repaired(team))

    changed = [(before[pk], row) for pk, row in _rows().items() if row != before[pk]]
    concerned = {row["holder_id"] for pair in changed for row in pair}
    emails = {person.email for person in team.volunteers if person.pk in concerned}
    assert set(_mails()) == emails
    assert Message.objects.count() == len(emails)
    event = AuditEvent.objects.filter(verb="published").latest("pk")
    assert event.concerned == sorted(emails)


def test_the_mail_says_what_changes_for_its_reader_at_the_times_of_their_zone(
    team: TeamAtWork,
) -> None:
    week = Shift.objects.filter(level=team.primary).latest("week_date")
    draft = _repaired(team)
    rested = week.week_date - 4 * WEEK
    other = Shift.objects.get(level=team.primary, week_date=rested).holder
    assert other is not None
    paris = builders.make_office(name="Paris", time_zone="Europe/Paris", country="FR")
    other.postings.update(office=paris)
    draft.shifts.filter(level=team.primary, week_date=week.week_date).update(holder=other)
    assert week.holder is not None

    _publish(team, draft)

    mails = _mails()
    assert set(mails) == {week.holder.email, other.email}
    lost, new = mails[week.holder.email], mails[other.email]
    assert "No longer yours:\n  primary, Mon 15 Feb, 12:00 to Mon 22 Feb 2027, 12:00 GMT" in lost
    assert "New for you" not in lost
    assert "Times are those of Europe/Dublin." in lost
    assert "New for you:\n  primary, Mon 15 Feb, 13:00 to Mon 22 Feb 2027, 13:00 CET" in new
    assert "No longer yours" not in new
    assert "Times are those of Europe/Paris." in new


def test_a_first_publication_tells_everybody_their_weeks() -> None:
    team = team_at_work()

    publish(team, solved_draft(team, weeks=WEEKS))

    holders = {shift.holder_id for shift in Shift.objects.all()}
    assert Message.objects.filter(kind="weeks_published").count() == len(holders)
    for body in _mails().values():
        assert "New for you:" in body
        assert "No longer yours" not in body


def test_other_hours_of_a_week_are_told_to_its_holder(team: TeamAtWork) -> None:
    week = Shift.objects.filter(level=team.primary).earliest("week_date")
    Shift.objects.filter(pk=week.pk).update(day_windows=[])
    assert week.holder is not None

    _publish(team, _repaired(team))

    assert set(_mails()) == {week.holder.email}
    assert "Yours as before, at other times:" in _mails()[week.holder.email]


def test_somebody_who_was_deactivated_gets_no_mail(team: TeamAtWork) -> None:
    type(team.ben).objects.filter(pk=team.ben.pk).update(is_active=False)

    _publish(team, _repaired(team))

    assert _mails()
    assert team.ben.email not in _mails()


# ------------------------------------------------------------------ at once
@pytest.mark.django_db(transaction=True)
def test_of_two_repairs_published_at_once_one_is_written_whole_and_told_once() -> None:
    team = _published()
    _away(team.ben)
    drafts = [_repaired(team), _repaired(team, by=team.max)]

    raised = at_once(*[lambda draft=draft: _publish(team, draft) for draft in drafts])

    team.rotation.refresh_from_db()
    assert [type(error) for error in raised] == [publishing.ScheduleMovedOnError]
    assert team.rotation.schedule_version == 2
    assert Draft.objects.filter(state="published", kind="repair").count() == 1
    winner = Draft.objects.get(state="published", kind="repair")
    held = {(s.level_id, s.week_date): s.holder_id for s in Shift.objects.all()}
    assert held == {(c.level_id, c.week_date): c.holder_id for c in winner.shifts.all()}
    assert Message.objects.filter(kind="weeks_published").count() == len(_mails())
