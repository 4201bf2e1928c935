"""For each route that changes something: who does it, what they send, what must be so before."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from knox.models import AuthToken

from rotation.domain import planning
from rotation.models import Draft, DraftShift, Level, Rotation
from rotation.models.incidents import WebhookSubscription
from rotation.models.lookups import Lookup
from rotation.operations.policies import OBJECTIVES
from rotation.queries import question_facts
from tests import builders
from tests.guards.world import NEXT_TERM, World
from volunteers.models import Application, Engineer, Office

if TYPE_CHECKING:
    from collections.abc import Callable

    Fields = dict[str, Any]

SOON = str(builders.NEXT_WEEK)
LATER = str(NEXT_TERM)
LATER_IN_THE_DRAFT = str(builders.NEXT_WEEK + 3 * builders.WEEK)


def _nothing(_world: World) -> None:
    """All is as it must be."""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """A good request of the route: by whom, with which fields; `typed` are those of free text."""

    viewer: str
    fields: Callable[[World], Fields] = lambda _world: {}
    before: Callable[[World], None] = _nothing
    typed: tuple[str, ...] = ()
    records: int = 1

    def prepared(self, world: World) -> Post:
        """The same once all is as it must be."""
        self.before(world)
        return dataclasses.replace(self, before=_nothing)


def _post(viewer: str, *typed: str, **fields: object) -> Post:
    return Post(viewer=viewer, fields=lambda _world: dict(fields), typed=typed)


def _own_token(world: World) -> Fields:
    return {"token": AuthToken.objects.get(user=world.people["engineer"]).token_key}


def _gone(world: World) -> None:
    Engineer.objects.filter(pk=world.people["deactivated"].pk).update(is_active=False)


def _email_of_the_gone(world: World) -> Fields:
    return {"email": world.people["deactivated"].email}


def _no_draft_waits(_world: World) -> None:
    Draft.objects.filter(state=Draft.State.QUEUED).update(state=Draft.State.CANCELLED)


def _schedule_deleted(world: World) -> None:
    levels = Level.objects.filter(rotation=world.rotation, name="primary")
    levels.update(schedule_trouble=Level.Trouble.DELETED, schedule_trouble_since=builders.NOW)


def _policy_deleted(world: World) -> None:
    Rotation.objects.filter(pk=world.rotation.pk).update(
        pagerduty_policy_trouble=Rotation.PolicyTrouble.DELETED,
        pagerduty_policy_trouble_since=builders.NOW,
    )


def _subscribed(_world: World) -> None:
    WebhookSubscription.objects.create(
        ref="PSUB1", url="https://rota.example/hooks/pagerduty/", created_at=builders.NOW
    )


def _published(world: World) -> None:
    Rotation.objects.filter(pk=world.rotation.pk).update(schedule_version=1)


def _looked_up(world: World) -> None:
    Lookup.objects.update(
        state=Lookup.State.DONE,
        finished_at=builders.NOW,
        schedule_version=world.rotation.schedule_version,
        result={"refusal": "", "object": {"ref": "PSCHED9", "name": "Nights"}},
    )


def _facts_stand(_world: World) -> None:
    for draft in Draft.objects.filter(state=Draft.State.READY):
        Draft.objects.filter(pk=draft.pk).update(
            inputs_digest=planning.digest(question_facts.draft_facts(draft))
        )


def _waits_behind(world: World) -> None:
    """The application stands second on the waiting list, behind Diana's."""
    listed = Application.objects.filter(team=world.rotation.team, engineer=_diana())
    listed.update(state="waitlisted", waiting_position=1)
    own = Application.objects.filter(pk=int(str(world.arguments["application_id"])))
    own.update(state="waitlisted", waiting_position=2)


def _nobody_rests(_world: World) -> None:
    DraftShift.objects.update(holder=None)


def _cover(world: World) -> Fields:
    return {"to_engineer": world.people["manager"].pk}


def _diana() -> Engineer:
    """Somebody who applied and is none of the viewers."""
    return Engineer.objects.get(email="diana@example.com")


def _rule(world: World) -> Fields:
    return {
        "level": "primary",
        "week_date": LATER_IN_THE_DRAFT,
        "engineer": world.people["engineer"].pk,
        "kind": "forbid",
    }


def _rate(_world: World) -> Fields:
    office = Office.objects.get().pk
    return {
        "office": office,
        "level": "primary",
        "effective_from": SOON,
        "weekly": "650.00",
        "holiday": "90",
        "seen": f"{office}|primary|{SOON}|65000|9000|False",
    }


def _policy(_world: World) -> Fields:
    order = {f"order_{name}": str(place) for place, name in enumerate(OBJECTIVES, start=1)}
    return {
        "target_size": "8",
        "minimum_size": "6",
        "term_weeks": "26",
        "cool_down_weeks": "0",
        "horizon_weeks": "26",
        "primary_rest_weeks": "3",
        "primary_shifts_per_term": "6",
        "spacing_weeks": "5",
        "escalation_rest_weeks": "1",
        "escalation_shifts_per_term": "",
        "escalation_delay_minutes": "15",
        "escalation_loops": "2",
        "drift_choice": "ask",
        "holiday_dublin": "0.5",
        "reason": "One more.",
        "seen": "1",
        **order,
    }


def _wish(world: World) -> Fields:
    return {f"wish-{world.rotation.team_id}-{SOON}": "avoid"}


_ABSENCE = _post("engineer", "note", first_day="2026-12-24", last_day="2026-12-27", note="At home.")
_CHANGE = _post(
    "engineer",
    "motivation",
    "experience",
    version=1,
    motivation="Nights.",
    experience="Two years on Inbox.",
    earliest_start_on=LATER,
    told_own_manager="yes",
)
_MOVE = Post(
    viewer="manager",
    before=_waits_behind,
    fields=lambda _world: {"direction": "up", "seen_place": 2},
)
_DECLINE = _post("manager", "reason", reason="The team is full.")

PAGES = {
    "absences-busy-days-add": _post(
        "engineer",
        "notes",
        days="2026-12-24/2026-12-27",
        notes="2026-12-24/2026-12-27 At home.",
    ),
    "settings-mails": _post("engineer", "wanted", wanted="shift_in_a_week"),
    "shift-handover": _post("engineer", "text", text="It is quiet."),
    "handover-confirm": _post("engineer", "seen", seen="1"),
    "rotation-chat": _post("manager", "address", address="https://chat.example/hooks/1"),
    "rotation-chat-test": _post("manager"),
    "rotation-chat-remove": _post("manager"),
    "person-anonymise": Post(viewer="admin", fields=_email_of_the_gone, before=_gone),
    "settings-theme": _post("engineer", theme="dark"),
    "settings-token-make": _post("engineer"),
    "settings-token-revoke": Post(viewer="engineer", fields=_own_token, typed=("token",)),
    "account_change_password": _post(
        "engineer",
        oldpassword=builders.CORRECT_HORSE,
        password1="battery staple wrong horse",
        password2="battery staple wrong horse",
    ),
    "absences": _ABSENCE,
    "calendar": _post("manager", calendar="mine"),
    "calendar-replace": _post("engineer"),
    "calendar-stop": _post("engineer"),
    "wishes": Post(viewer="engineer", fields=_wish),
    "absence-cancel": _post("engineer"),
    "apply-team": _post(
        "other engineer",
        "motivation",
        earliest_start_on=SOON,
        motivation="I want to know how it runs at night.",
        told_own_manager="yes",
    ),
    "apply-withdraw": _post("engineer"),
    "application-accept": _post("manager", starts_on=LATER),
    "application-decline": _DECLINE,
    "apply-change": _CHANGE,
    "application-list": _post("manager"),
    "application-unlist": Post(viewer="manager", before=_waits_behind),
    "application-move": _MOVE,
    "cover-enter": Post(viewer="manager", fields=lambda world: {"part": "whole", **_cover(world)}),
    "shift-cancel": _post("manager", "reason", reason="No releases then."),
    "shift-restore": _post("manager"),
    "cover-undo": _post("manager"),
    "cover-ask": _post("engineer", "message", part="whole", message="Please."),
    "cover-take": _post("manager"),
    "cover-decline": _post("manager"),
    "cover-withdraw": _post("engineer"),
    "cover-give-back": _post("manager"),
    "cover-by-mail": _post("manager", answer="take"),
    "policy-change": Post(
        viewer="manager", fields=_policy, typed=("reason", "target_size", "holiday_dublin")
    ),
    "draft-make": Post(
        viewer="manager",
        fields=lambda _world: {"weeks": 4, "kind": "full"},
        before=_no_draft_waits,
    ),
    "draft-again": Post(viewer="manager", before=_no_draft_waits, records=2),
    "draft-rules": Post(
        viewer="manager",
        fields=lambda world: {
            "who": f"primary-{world.people['engineer'].pk}",
            "week": LATER_IN_THE_DRAFT,
            "kind": "forbid",
        },
    ),
    "draft-rule-remove": _post("manager"),
    "draft-week": Post(
        viewer="manager",
        fields=lambda world: {"who": world.people["engineer"].pk, "kind": "forbid"},
    ),
    "draft-week-ask": Post(viewer="manager", before=_facts_stand),
    "shift-ask": _post("manager"),
    "draft-publish": Post(
        viewer="manager",
        fields=lambda _world: {"escalation_gaps_confirmed": "on"},
        before=_nobody_rests,
    ),
    "draft-discard": _post("manager"),
    "draft-cancel": _post("manager"),
    "rotation-sync": Post(viewer="manager", before=_published),
    "rotation-drift-check": Post(viewer="manager", before=_published),
    "drift-adopt": Post(viewer="manager", records=2),
    "drift-restore": _post("manager"),
    "drift-leave": _post("manager"),
    "rotation-plan": Post(viewer="manager", before=_published),
    "rotation-existing": Post(
        viewer="manager",
        fields=lambda _world: {"what": "primary", "query": "nights"},
        before=_published,
        typed=("query",),
    ),
    "rotation-own": _post("admin", what="primary"),
    "lookup-adopt": Post(viewer="manager", before=_looked_up),
    "rotation-readiness-check": _post("manager"),
    "readiness-check": _post("engineer"),
    "rotation-schedule-again": Post(viewer="manager", before=_schedule_deleted),
    "rotation-policy-again": Post(viewer="manager", before=_policy_deleted),
    "web-hooks-enable": Post(viewer="manager", before=_subscribed),
    "web-hooks-rotate": Post(viewer="admin", before=_subscribed),
    "web-hooks-again": _post("admin"),
    "rate-add": Post(viewer="finance", fields=_rate, typed=("weekly",)),
}

API_ROUTES = {
    "api-absences": _ABSENCE,
    "api-me-calendar-feeds": _post("manager", "rotation", rotation="core"),
    "api-me-calendar-feed-replace": _post("engineer"),
    "api-me-calendar-feed-stop": _post("engineer"),
    "api-absence-cancel": _post("engineer"),
    "api-applications": _post(
        "other engineer",
        "motivation",
        team="core",
        earliest_start_on=SOON,
        motivation="I want to know how it runs at night.",
        told_own_manager="yes",
    ),
    "api-application-withdraw": _post("engineer"),
    "api-application-accept": _post("manager", starts_on=LATER),
    "api-application-decline": _DECLINE,
    "api-application-change": _CHANGE,
    "api-application-list": _post("manager"),
    "api-application-unlist": Post(viewer="manager", before=_waits_behind),
    "api-application-move": _MOVE,
    "api-shift-handover-notes": _post("engineer", "text", text="It is quiet."),
    "api-handover-note-confirm": _post("engineer", version=1),
    "api-rotation-chat": _post("manager"),
    "api-shift-covers": Post(viewer="manager", fields=_cover),
    "api-shift-cancel": _post("manager", "reason", reason="No releases then."),
    "api-shift-restore": _post("manager"),
    "api-cover-undo": _post("manager"),
    "api-shift-cover-requests": _post("engineer", "message", message="Please."),
    "api-cover-take": _post("manager"),
    "api-cover-decline": _post("manager"),
    "api-cover-withdraw": _post("engineer"),
    "api-cover-give-back": _post("manager"),
    "api-rotation-policies": _post("manager", "reason", target_size=8, reason="One more."),
    "api-rotation-drafts": Post(
        viewer="manager", fields=lambda _world: {"weeks": 4}, before=_no_draft_waits
    ),
    "api-draft-questions": Post(
        viewer="manager",
        fields=lambda _world: {"level": "primary", "week_date": SOON},
        before=_facts_stand,
    ),
    "api-shift-questions": _post("manager"),
    "api-draft-rules": Post(viewer="manager", fields=_rule),
    "api-draft-solve-again": Post(viewer="manager", before=_no_draft_waits, records=2),
    "api-draft-publish": Post(
        viewer="manager",
        fields=lambda _world: {"escalation_gaps_confirmed": True},
        before=_nobody_rests,
    ),
    "api-draft-discard": _post("manager"),
    "api-draft-cancel": _post("manager"),
    "api-rotation-readiness": _post("manager"),
    "api-me-readiness": _post("engineer"),
    "api-rotation-sync": Post(viewer="manager", before=_published),
    "api-rotation-drift-check": Post(viewer="manager", before=_published),
    "api-drift-adopt": Post(viewer="manager", records=2),
    "api-drift-restore": _post("manager"),
    "api-drift-leave": _post("manager"),
    "api-rotation-lookups": Post(
        viewer="manager",
        fields=lambda _world: {"kind": "search", "what": "policy", "query": "nights"},
        before=_published,
        typed=("query",),
    ),
    "api-rotation-own": _post("admin", what="policy"),
    "api-lookup-adopt": Post(viewer="manager", before=_looked_up),
    "api-rotation-schedule-again": Post(viewer="manager", before=_schedule_deleted),
    "api-rotation-policy-again": Post(viewer="manager", before=_policy_deleted),
    "api-web-hooks": Post(
        viewer="admin", before=_subscribed, fields=lambda _world: {"order": "rotate"}
    ),
    "api-person-anonymise": Post(viewer="admin", fields=_email_of_the_gone, before=_gone),
    "api-rates": _post(
        "finance",
        "office",
        "weekly",
        office="dublin",
        level="primary",
        effective_from=SOON,
        weekly="650.00",
        holiday="90.00",
    ),
}

# What changes nothing but who sits at a browser, or has its own test.
NOT_RECORDED = {
    "account_login": "signing in changes no row of the product",
    "account_logout": "nor does leaving",
    "sign-in-demo": "nor does the demo's one click",
    "demo-clock": "tests/portal/test_demo.py asks it in a demo",
    "absences-busy-days": "it reads and saves nothing: tests/portal/test_busy_days.py",
    "api-absences-busy-days": "as its page: tests/api/test_absences.py",
    "api-export-layout-preview": "it reads and saves nothing: tests/api/test_layouts.py",
    "apply-keep": "nothing is decided by it: tests/portal/test_apply.py",
    "hook-pagerduty": "it stores what PagerDuty says: tests/rotation/test_hooks_in.py",
}
