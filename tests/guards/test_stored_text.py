from __future__ import annotations

import html
from functools import partial
from typing import TYPE_CHECKING

import pytest
from django.core import mail

from compensation.models import BlockedShift
from outbox import operations
from outbox.models import Message
from outbox.transports import mail as mail_server
from rotation.models import Draft, Drift, PolicyVersion, Rotation, Shift, SyncRun, SyncStep
from tests import builders
from tests.guards.asking import (
    ADMIN,
    Outcome,
    Visitor,
    pages,
    path_of,
    routes_below,
    text_of,
    tried,
)
from volunteers.models import (
    Absence,
    Application,
    Engineer,
    Office,
    OnCallTeam,
    Posting,
    PublicHoliday,
    Team,
)

if TYPE_CHECKING:
    from django.db.models import Model

    from tests.guards.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

NEEDLE = "\"'><svg onload=x>{{7*7}}{% now 'Y' %}"
SHARP = "<svg onload"
# Text that somebody typed, or that PagerDuty or a rule gave, by model.
TYPED: dict[type[Model], tuple[str, ...]] = {
    Engineer: ("name", "employee_id"),
    Office: ("name",),
    PublicHoliday: ("name",),
    Team: ("name",),
    Posting: ("cost_centre",),
    OnCallTeam: ("name", "problem", "success_criteria"),
    Application: ("motivation", "experience", "decline_reason"),
    Absence: ("note",),
    Rotation: ("name",),
    Draft: ("failure",),
    Drift: ("wanted_name", "written_name", "shown_name", "by"),
    SyncRun: ("cause", "failure"),
    SyncStep: ("reason", "path", "failure"),
    BlockedShift: ("reason",),
    Message: ("subject", "body", "failure"),
}
# Whoever is shown the most, and at least one page where each must have met the text.
SEEING = ("engineer", "other engineer", "manager", "finance", "admin")
SHOWN_ON = {
    "engineer": {"home", "rotation-detail", "shift-detail", "how", "settings", "absences", "pay"},
    "manager": {"applications", "people", "person-detail", "draft-detail", "rotation-pagerduty"},
    "finance": {"period-entries", "rates"},
    "admin": {"admin:volunteers_engineer_changelist", "people"},
}


@pytest.fixture(scope="module")
def typed(world: World) -> World:
    """The world with the needle wherever text was typed; two pages need another state for it."""
    shift = Shift.objects.filter(holder=None)[0]
    shift.gap_reasons = [{"engineer": world.people["engineer"].pk, "code": "away"}]
    shift.holidays = ["2026-12-08"]
    shift.save(update_fields=["gap_reasons", "holidays"])
    ended = Shift.objects.filter(completed_at=None)[0]
    BlockedShift.objects.create(shift=ended, reason="x", since=builders.NOW)
    office = Office.objects.get()
    builders.make_holiday(office=office, date=builders.NEXT_WEEK)
    Posting.objects.update(team=Team.objects.get())
    policy = PolicyVersion.objects.filter(rotation=world.rotation).latest("number")
    policy.pk, policy.number, policy.reason = None, policy.number + 1, NEEDLE
    policy.save()
    SyncRun.objects.update(state=SyncRun.State.FAILED)
    for model, columns in TYPED.items():
        for row in model._default_manager.all():
            for column in columns:
                setattr(row, column, f"{NEEDLE}{row.pk}")
            row.save(update_fields=columns)
    return world


@pytest.mark.parametrize("viewer", SEEING)
def test_what_was_typed_is_shown_as_text_and_as_nothing_else(
    viewer: str, typed: World, everybody: dict[str, Visitor]
) -> None:
    sharp, changed, met = [], [], set()

    for route in [*pages(), *routes_below(ADMIN)]:
        done = tried(partial(everybody[viewer].ask, "GET", path_of(route, typed)))
        assert done.outcome is not Outcome.BROKEN or route.name == "readyz", route.path
        page = text_of(done.answer)
        if SHARP in page and done.answer.headers["Content-Type"].startswith("text/html"):
            sharp.append(route.path)
        if html.escape(NEEDLE[:20]) in page:
            met.add(route.name)
            if page.count(html.escape(NEEDLE[:20])) != page.count(html.escape(NEEDLE)):
                changed.append(route.path)

    assert sharp == []
    assert changed == []
    assert SHOWN_ON.get(viewer, set()) - met == set()


def test_what_was_asked_for_in_vain_is_not_shown_as_anything_but_text(
    everybody: dict[str, Visitor],
) -> None:
    for address in (f"/{NEEDLE}/", f"/rotations/{NEEDLE}/", f"/sign-in/?next={NEEDLE}"):
        done = tried(partial(everybody["nobody"].ask, "GET", address))

        assert SHARP not in text_of(done.answer), address


def test_a_mail_goes_to_one_person_and_holds_no_markup_but_its_own_whatever_a_name_holds() -> None:
    subject = 'Accepted: "Ben\r\nBcc: all@evil.example\r\n\r\n<svg onload=x>'
    operations.queue_message(
        to="ben@example.com",
        kind="application_accepted",
        subject=subject,
        body=f"Hello {NEEDLE}\r\n.\r\nBcc: all@evil.example",
        now=builders.NOW,
    )
    row = Message.objects.latest("pk")

    mail_server.send_mail(row)

    sent = mail.outbox[-1].message()
    assert sent.get_content_type() == "multipart/alternative"
    text, page = sent.get_payload()
    assert (text.get_content_type(), page.get_content_type()) == ("text/plain", "text/html")
    assert SHARP not in page.get_payload(decode=True).decode()
    assert html.escape(NEEDLE) in page.get_payload(decode=True).decode()
    assert sent["Bcc"] is None
    assert sent["To"] == "ben@example.com"
    assert mail.outbox[-1].recipients() == ["ben@example.com"]
