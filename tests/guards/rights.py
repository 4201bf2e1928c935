"""Who may ask which route with which method: one line for each route name.

Whoever may not gets 404 where an object is not theirs to see, 403 where a function is not theirs
to use; strangers and closed accounts meet the door; a method that no line names is 405.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from tests.guards.asking import API, Outcome
from tests.guards.world import VIEWERS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from config.routes import Route

OUTSIDE = frozenset({"nobody", "deactivated"})
ALL = frozenset(VIEWERS) - OUTSIDE
NO_ONE: frozenset[str] = frozenset()
OWNER = frozenset({"engineer"})
TEAM = frozenset({"manager"})
MANAGERS = frozenset({"manager", "other manager"})
FINANCE = frozenset({"finance"})
ADMIN = frozenset({"admin"})


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """Who is let in by method; what the other people with an account get; whom it is open to."""

    let_in: Mapping[str, Collection[str]]
    others: Outcome = Outcome.ABSENT
    is_public: bool = False

    def outcome(self, viewer: str, method: str, route: Route) -> Outcome:
        """What the viewer must get; HEAD is as GET wherever the route answers it."""
        if viewer in OUTSIDE and not self.is_public:
            return Outcome.DOOR
        asked = "GET" if method == "HEAD" and "HEAD" in route.methods else method
        if asked not in self.let_in:
            return Outcome.METHOD
        return Outcome.OK if viewer in self.let_in[asked] else self.others


def reads(who: Collection[str], others: Outcome = Outcome.ABSENT) -> Rule:
    """A page or a list to read."""
    return Rule(let_in={"GET": who}, others=others)


def does(who: Collection[str], others: Outcome = Outcome.ABSENT) -> Rule:
    """Something that is done."""
    return Rule(let_in={"POST": who}, others=others)


def form(who: Collection[str], others: Outcome = Outcome.ABSENT) -> Rule:
    """A page whose form is sent to itself, or an API's list that is added to."""
    return Rule(let_in={"GET": who, "POST": who}, others=others)


def public(*methods: str) -> Rule:
    """For everybody, strangers too."""
    return Rule(let_in=dict.fromkeys(methods, VIEWERS), is_public=True)


def hidden() -> Rule:
    """Not there outside a demo."""
    return Rule(let_in={"POST": NO_ONE}, is_public=True)


def leaving() -> Rule:
    """Those inside are asked; whoever leaves, or is outside already, stands at the door."""
    return Rule(let_in={"GET": ALL, "POST": NO_ONE}, others=Outcome.DOOR, is_public=True)


FORBIDDEN = Outcome.FORBIDDEN

PAGES = {
    # For machines and strangers
    "healthz": public("GET"),
    "how": public("GET"),
    "volunteer": public("GET"),
    "account_login": public("GET", "POST"),
    "sign-in-demo": hidden(),
    # Signed by PagerDuty, or refused: no session opens it.
    "hook-pagerduty": Rule(let_in={"POST": NO_ONE}, others=Outcome.FORBIDDEN, is_public=True),
    # For whoever knows its secret.
    "calendar-feed": public("GET"),
    # Everybody's own
    "account_logout": leaving(),
    "account_change_password": form(ALL),
    "demo-clock": does(NO_ONE),
    "calendar": form(ALL),
    "calendar-replace": does(OWNER),
    "calendar-stop": does(OWNER),
    "settings": reads(ALL),
    "own-data": reads(ALL),
    "own-data-json": reads(ALL),
    "own-data-zip": reads(ALL),
    "audit": reads(ALL),
    "audit-file": reads(ALL),
    "settings-mails": form(ALL),
    "settings-theme": does(ALL),
    "settings-token-make": form(ALL),
    "settings-token-revoke": does(NO_ONE),  # an empty form names no token of theirs
    "home": reads(ALL),
    "absences": form(ALL),
    "absences-busy-days": form(ALL),
    "absences-busy-days-add": does(ALL),
    "absence-cancel": does(OWNER),
    "wishes": form(ALL),
    "apply": reads(ALL),
    "apply-team": form(ALL),
    "apply-withdraw": does(OWNER),
    "apply-keep": does(ALL),
    "apply-change": form(OWNER),
    "pay": reads(ALL),
    "pay-period": reads(OWNER),
    # People
    "people": reads(MANAGERS | ADMIN, FORBIDDEN),
    "person-detail": reads(OWNER | TEAM | ADMIN),
    "person-anonymise": form(ADMIN, FORBIDDEN),
    "applications": reads(MANAGERS | ADMIN, FORBIDDEN),
    "application-of-rotation": reads(ALL),  # leads to `applications`
    "application-accept": form(TEAM),
    "application-decline": form(TEAM),
    "application-list": does(TEAM),
    "application-unlist": does(TEAM),
    "application-move": does(TEAM),
    "term-enter": form(TEAM),
    "term-leave": form(OWNER | TEAM),
    "term-stay": does(OWNER | TEAM),
    "term-roll-off": does(OWNER),
    "term-extend": form(OWNER | TEAM),
    "term-roll-off-by-mail": public("GET", "POST"),  # signed for one person and term
    "term-extend-by-mail": public("GET", "POST"),
    "extension-detail": reads(OWNER | TEAM | ADMIN),
    "extension-confirm": does(TEAM),
    "extension-decline": does(TEAM),
    "extension-withdraw": does(OWNER),
    "service-record": reads(ALL),
    # The schedule
    "rotations": reads(ALL),
    "rotation-detail": reads(ALL),
    "rotation-fairness": reads(OWNER | TEAM | ADMIN, FORBIDDEN),
    "rotation-pages": reads(ALL),
    "web-hooks": reads(MANAGERS | ADMIN, FORBIDDEN),
    "web-hooks-enable": does(MANAGERS | ADMIN, FORBIDDEN),
    "web-hooks-rotate": does(ADMIN, FORBIDDEN),
    "web-hooks-again": does(ADMIN, FORBIDDEN),
    "policy-detail": reads(ALL),
    "policy-change": form(TEAM | ADMIN, FORBIDDEN),
    "shift-detail": reads(ALL),
    "shift-handover": Rule(let_in={"GET": OWNER | TEAM | ADMIN, "POST": OWNER | TEAM}),
    "handover-confirm": does(OWNER),  # Ben comes on after Anna, who wrote it
    "rotation-chat": form(TEAM | ADMIN, FORBIDDEN),
    "rotation-chat-test": does(TEAM | ADMIN, FORBIDDEN),
    "rotation-chat-remove": does(TEAM | ADMIN, FORBIDDEN),
    "cover-enter": form(TEAM),
    "shift-cancel": form(TEAM),
    "shift-restore": form(TEAM),
    "cover-undo": form(OWNER | TEAM),  # Ben is relieved, Anna manages and took it
    "cover-ask": form(OWNER | TEAM),
    "cover-detail": reads(OWNER | TEAM | ADMIN),
    "cover-take": does(TEAM),  # Ben asks, Anna is asked
    "cover-decline": does(TEAM),
    "cover-withdraw": does(OWNER | TEAM),
    "cover-give-back": does(TEAM),
    "swap-offer": form(TEAM),  # Anna is asked
    "swap-propose": form(OWNER | TEAM),
    "swap-detail": reads(OWNER | TEAM | ADMIN),
    "swap-agree": does(OWNER | TEAM),  # Anna offers, Ben is to agree
    "swap-decline": does(OWNER | TEAM),
    "swap-withdraw": does(TEAM),
    "swap-by-mail": public("GET", "POST"),  # signed for one person and swap
    "swap-offer-by-mail": public("GET", "POST"),  # signed for one person and request
    "take-over": form(OWNER | TEAM),
    "take-over-offer": form(OWNER | TEAM),  # whoever serves in the team
    "take-over-agree": does(OWNER | TEAM),  # Anna offers, Ben is on call
    "take-over-close": does(OWNER | TEAM),
    "cover-by-mail": public("GET", "POST"),  # signed for one person and request
    "rotation-pagerduty": reads(TEAM | ADMIN),
    "rotation-sync": does(TEAM | ADMIN),
    "rotation-drift-check": does(TEAM | ADMIN),
    "drift-adopt": does(TEAM),
    "drift-restore": does(TEAM),
    "drift-leave": does(TEAM),
    "rotation-plan": does(TEAM | ADMIN),
    "rotation-existing": form(TEAM | ADMIN),
    "rotation-own": does(TEAM | ADMIN),
    "lookup-detail": reads(TEAM | ADMIN),
    "lookup-adopt": does(TEAM | ADMIN),
    "rotation-readiness": reads(TEAM | ADMIN),
    "rotation-readiness-check": does(TEAM | ADMIN),
    "readiness-check": does(ALL),
    "rotation-schedule-again": form(TEAM),
    "rotation-policy-again": form(TEAM),
    "drafts": reads(MANAGERS, FORBIDDEN),
    "draft-make": form(TEAM),
    "draft-detail": reads(TEAM),
    "draft-compare": reads(MANAGERS, FORBIDDEN),
    "draft-again": does(TEAM),
    "draft-rules": form(TEAM),
    "draft-rule-remove": does(TEAM),
    "draft-week": form(TEAM),
    "draft-week-ask": does(TEAM),
    "shift-ask": does(TEAM),
    "question-detail": reads(TEAM),
    "draft-publish": form(TEAM),
    "draft-discard": does(TEAM),
    "draft-cancel": does(TEAM),
    # Money
    "periods": reads(FINANCE, FORBIDDEN),
    "period-detail": reads(FINANCE, FORBIDDEN),
    "period-close": does(FINANCE, FORBIDDEN),
    "period-send": does(FINANCE, FORBIDDEN),
    "period-reopen": does(FINANCE, FORBIDDEN),
    "reopening-approve": does(FINANCE, FORBIDDEN),
    "reopening-decline": does(FINANCE, FORBIDDEN),
    "period-entries": reads(FINANCE, FORBIDDEN),
    "period-export": reads(FINANCE, FORBIDDEN),
    "period-workbook": reads(FINANCE, FORBIDDEN),
    "layouts": reads(FINANCE, FORBIDDEN),
    "layout-add": form(FINANCE, FORBIDDEN),
    "layout-detail": form(FINANCE, FORBIDDEN),
    "layout-use": does(FINANCE, FORBIDDEN),
    "layout-archive": does(FINANCE, FORBIDDEN),
    "layout-restore": does(FINANCE, FORBIDDEN),
    "corrections": reads(ALL),
    "correction-ask": form(OWNER | TEAM | FINANCE),
    "correction-detail": reads(OWNER | TEAM | FINANCE),
    "correction-approve": does(FINANCE, FORBIDDEN),
    "correction-decline": does(FINANCE, FORBIDDEN),
    "correction-withdraw": does(TEAM),
    "adjustments": reads(ALL),
    "adjustment-ask": form(MANAGERS | FINANCE, FORBIDDEN),
    "adjustment-detail": reads(TEAM | FINANCE),
    "adjustment-approve": does(FINANCE, FORBIDDEN),
    "adjustment-decline": does(FINANCE, FORBIDDEN),
    "adjustment-withdraw": does(TEAM),
    "adjustment-take-back": form(FINANCE, FORBIDDEN),
    "reports": reads(FINANCE, FORBIDDEN),
    "report-detail": reads(FINANCE, FORBIDDEN),
    "report-file-ask": does(FINANCE, FORBIDDEN),
    "report-files": reads(FINANCE, FORBIDDEN),
    "report-file": reads(FINANCE, FORBIDDEN),
    "rates": reads(FINANCE, FORBIDDEN),
    "pay-statement": reads(OWNER),
    "pay-year": reads(ALL),
    "pay-year-statement": reads(ALL),
    "entry-detail": reads(OWNER | FINANCE),
    "entry-ask": does(OWNER),
    "period-questions": reads(FINANCE, FORBIDDEN),
    "period-question": reads(FINANCE, FORBIDDEN),
    "period-question-answer": does(FINANCE, FORBIDDEN),
    "rotation-cost": reads(TEAM | FINANCE),
    "rate-add": form(FINANCE, FORBIDDEN),
}

API_ROUTES = {
    "api-schema": reads(ALL),
    "api-me": reads(ALL),
    "api-me-data": reads(ALL),
    "api-audit-events": reads(ALL),
    "api-me-calendar-feeds": form(ALL),
    "api-me-calendar-feed-replace": does(OWNER),
    "api-me-calendar-feed-stop": does(OWNER),
    "api-me-mails": Rule(let_in={"GET": ALL, "PUT": ALL}),
    "api-me-wishes": Rule(let_in={"GET": ALL, "PUT": ALL}),
    "api-people": reads(MANAGERS | ADMIN, FORBIDDEN),
    "api-person": reads(OWNER | TEAM | ADMIN),
    "api-person-anonymise": does(ADMIN, FORBIDDEN),
    "api-offices": reads(ALL),
    "api-on-call-teams": reads(ALL),
    "api-on-call-team": reads(ALL),
    "api-absences": form(ALL),
    "api-absences-effect": reads(ALL),
    "api-absences-busy-days": does(ALL),
    "api-absence-cancel": does(OWNER),
    "api-applications": form(ALL),
    "api-application": reads(OWNER | TEAM | ADMIN),
    "api-application-withdraw": does(OWNER),
    "api-application-accept": does(TEAM),
    "api-application-decline": does(TEAM),
    "api-application-change": does(OWNER),
    "api-application-history": reads(OWNER | TEAM | ADMIN),
    "api-application-effect": reads(TEAM),
    "api-application-list": does(TEAM),
    "api-application-unlist": does(TEAM),
    "api-application-move": does(TEAM),
    "api-rotation-places": reads(ALL),
    # The engineer alone has kept something.
    "api-me-application-draft": Rule(let_in={"GET": OWNER, "PUT": ALL, "DELETE": ALL}),
    "api-terms": form(ALL),
    "api-term-end": does(TEAM),
    "api-term-leave": form(OWNER | TEAM),
    "api-term-stay": does(OWNER | TEAM),
    "api-term-roll-off": does(OWNER),
    "api-term-extend": does(OWNER | TEAM),
    "api-term-extensions": reads(ALL),
    "api-term-extension-confirm": does(TEAM),
    "api-term-extension-decline": does(TEAM),
    "api-term-extension-withdraw": does(OWNER),
    "api-me-service": reads(ALL),
    "api-rotations": reads(ALL),
    "api-rotation": reads(ALL),
    "api-rotation-shifts": reads(ALL),
    "api-shift": reads(ALL),
    "api-shift-handover-notes": Rule(let_in={"GET": OWNER | TEAM | ADMIN, "POST": OWNER | TEAM}),
    "api-handover-note-confirm": does(OWNER),
    "api-rotation-chat": Rule(
        let_in=dict.fromkeys(("GET", "PUT", "POST", "DELETE"), TEAM | ADMIN), others=FORBIDDEN
    ),
    "api-shift-covers": Rule(let_in={"GET": ALL, "POST": TEAM}),
    "api-shift-cover-candidates": reads(OWNER | TEAM),
    "api-shift-cover-requests": Rule(let_in={"GET": ALL, "POST": OWNER | TEAM}),
    "api-me-cover-requests": reads(ALL),
    "api-cover-request": reads(OWNER | TEAM | ADMIN),
    "api-cover-take": does(TEAM),
    "api-cover-decline": does(TEAM),
    "api-cover-withdraw": does(OWNER | TEAM),
    "api-cover-give-back": does(TEAM),
    "api-me-swap-offers": reads(ALL),
    "api-cover-swap-offers": Rule(let_in={"GET": OWNER | TEAM | ADMIN, "POST": TEAM}),
    "api-shift-swap-proposals": does(OWNER | TEAM),
    "api-swap-offer": reads(OWNER | TEAM | ADMIN),
    "api-swap-agree": does(OWNER | TEAM),
    "api-swap-decline": does(OWNER | TEAM),
    "api-swap-withdraw": does(TEAM),
    "api-take-over": does(OWNER | TEAM),
    "api-take-over-offer": does(OWNER | TEAM),
    "api-take-over-agree": does(OWNER | TEAM),
    "api-take-over-close": does(OWNER | TEAM),
    "api-shift-cancel": does(TEAM),
    "api-shift-restore": does(TEAM),
    "api-cover-undo": does(OWNER | TEAM),
    "api-rotation-fairness": reads(OWNER | TEAM | ADMIN, FORBIDDEN),
    "api-rotation-on-call-now": reads(ALL),
    "api-rotation-forecast": reads(ALL),
    "api-rotation-handovers": reads(ALL),
    "api-rotation-policies": Rule(let_in={"GET": ALL, "POST": TEAM | ADMIN}, others=FORBIDDEN),
    "api-rotation-drafts": form(TEAM),
    "api-rotation-sync-runs": reads(TEAM | ADMIN),
    "api-rotation-sync": does(TEAM | ADMIN),
    "api-rotation-drift": reads(TEAM | ADMIN),
    "api-rotation-drift-check": does(TEAM | ADMIN),
    "api-drift-adopt": does(TEAM),
    "api-drift-restore": does(TEAM),
    "api-drift-leave": does(TEAM),
    "api-rotation-lookups": form(TEAM | ADMIN),
    "api-rotation-own": does(TEAM | ADMIN),
    "api-lookup": reads(TEAM | ADMIN),
    "api-lookup-adopt": does(TEAM | ADMIN),
    "api-rotation-readiness": form(TEAM | ADMIN),
    "api-me-readiness": form(ALL),
    "api-rotation-schedule-again": does(TEAM),
    "api-rotation-policy-again": does(TEAM),
    "api-rotation-pages": reads(ALL),
    "api-shift-pages": reads(ALL),
    "api-web-hooks": form(MANAGERS | ADMIN, FORBIDDEN),
    "api-sync-run": reads(TEAM | ADMIN),
    "api-drafts": reads(MANAGERS, FORBIDDEN),
    "api-draft": reads(TEAM),
    "api-draft-questions": does(TEAM),
    "api-shift-questions": does(TEAM),
    "api-question": reads(TEAM),
    "api-draft-rules": form(TEAM),
    "api-draft-rule": Rule(let_in={"DELETE": TEAM}),
    "api-draft-solve-again": does(TEAM),
    "api-draft-compare": reads(TEAM),
    "api-draft-publish": does(TEAM),
    "api-draft-discard": does(TEAM),
    "api-draft-cancel": does(TEAM),
    "api-rates": form(FINANCE, FORBIDDEN),
    "api-corrections": form(ALL),
    "api-correction": reads(OWNER | TEAM | FINANCE),
    "api-correction-approve": does(FINANCE, FORBIDDEN),
    "api-correction-decline": does(FINANCE, FORBIDDEN),
    "api-correction-withdraw": does(TEAM),
    "api-adjustments": Rule(let_in={"GET": ALL, "POST": MANAGERS | FINANCE}, others=FORBIDDEN),
    "api-adjustment": reads(TEAM | FINANCE),
    "api-adjustment-approve": does(FINANCE, FORBIDDEN),
    "api-adjustment-decline": does(FINANCE, FORBIDDEN),
    "api-adjustment-withdraw": does(TEAM),
    "api-adjustment-take-back": does(FINANCE, FORBIDDEN),
    "api-rates-in-force": reads(ALL),
    "api-entries": reads(ALL),
    "api-entry": reads(OWNER | FINANCE),
    "api-me-pay": reads(ALL),
    "api-me-pay-year": reads(ALL),
    "api-rotation-cost": reads(TEAM | FINANCE),
    "api-pay-questions": form(ALL),
    "api-pay-question-answer": does(FINANCE, FORBIDDEN),
    "api-periods": reads(FINANCE, FORBIDDEN),
    "api-period": reads(FINANCE, FORBIDDEN),
    "api-period-close": does(FINANCE, FORBIDDEN),
    "api-period-sent": does(FINANCE, FORBIDDEN),
    "api-period-reopenings": form(FINANCE, FORBIDDEN),
    "api-reopening-approve": does(FINANCE, FORBIDDEN),
    "api-reopening-decline": does(FINANCE, FORBIDDEN),
    "api-period-entries": reads(FINANCE, FORBIDDEN),
    "api-period-exports": reads(FINANCE, FORBIDDEN),
    "api-period-export": reads(FINANCE, FORBIDDEN),
    "api-export-layouts": form(FINANCE, FORBIDDEN),
    "api-export-layout": Rule(let_in={"GET": FINANCE, "PUT": FINANCE}, others=FORBIDDEN),
    "api-export-layout-archive": does(FINANCE, FORBIDDEN),
    "api-export-layout-restore": does(FINANCE, FORBIDDEN),
    "api-ready-made-layouts": reads(FINANCE, FORBIDDEN),
    "api-ready-made-layout-use": does(FINANCE, FORBIDDEN),
    "api-export-layout-preview": does(FINANCE, FORBIDDEN),
    "api-blocked-shifts": reads(FINANCE, FORBIDDEN),
    "api-reports": reads(FINANCE, FORBIDDEN),
    "api-report": reads(FINANCE, FORBIDDEN),
    "api-report-rows": reads(FINANCE, FORBIDDEN),
    "api-report-files": form(FINANCE, FORBIDDEN),
    "api-report-file": reads(FINANCE, FORBIDDEN),
    "api-report-file-content": reads(FINANCE, FORBIDDEN),
}


def rule_of(route: Route) -> Rule | None:
    """The route's line; None when nobody has written one."""
    rules = API_ROUTES if route.path.startswith(API) else PAGES
    return rules.get(route.name)
