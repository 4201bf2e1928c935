"""Whether a page reaches somebody in time, and what they do in PagerDuty if it does not.

A page reaches a person by phone, SMS or push that is not blocked, on a rule for high urgency that
fires before the level escalates. Source: PagerDuty's REST API (users, contact methods,
notification rules) and its knowledge base on who may be on a schedule.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from rotation.domain import pagerduty_people

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rotation.domain.pagerduty_state import NotificationRule, UserWithContacts

INVITED = "invited"
NO_CONTACT = "no_contact"
ONLY_EMAIL = "only_email"
BLOCKED = "blocked"
NO_RULE = "no_rule"
LATE = "late"

LOUD = frozenset({"phone_contact_method", "sms_contact_method", "push_notification_contact_method"})
HIGH = "high"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """A problem told of somebody, told to themselves, and what mends it.

    `about` ends a sentence that begins with the name; `own` and `to_do` are sentences to the
    person.
    """

    about: str
    own: str
    to_do: str


WORDS = {
    pagerduty_people.UNKNOWN: Words(
        about="has no PagerDuty user with their e-mail",
        own="PagerDuty has no user with your e-mail.",
        to_do="Ask for a PagerDuty user with the same e-mail as here, or change your e-mail there.",
    ),
    pagerduty_people.DUPLICATE: Words(
        about="has an e-mail that several PagerDuty users share",
        own="Several PagerDuty users have your e-mail, so none can be told to be you.",
        to_do="Have all but one of them deleted, or given another e-mail.",
    ),
    pagerduty_people.STAKEHOLDER: Words(
        about="is a stakeholder in PagerDuty, who cannot be on call",
        own="You are a stakeholder in PagerDuty, who cannot be on call.",
        to_do="Ask for the role “responder” or “user” there.",
    ),
    pagerduty_people.DELETED: Words(
        about="had a PagerDuty user that was deleted",
        own="Your PagerDuty user was deleted.",
        to_do="Ask for a new PagerDuty user with the same e-mail as here.",
    ),
    pagerduty_people.HANDED_ON: Words(
        about="had a PagerDuty user that now bears another name and e-mail",
        own="The PagerDuty user that was yours now bears another name and e-mail.",
        to_do="Have your e-mail put back there, or ask for a PagerDuty user with it.",
    ),
    INVITED: Words(
        about="has not accepted their invitation to PagerDuty",
        own="You have not accepted your invitation to PagerDuty.",
        to_do="Follow the link in PagerDuty’s e-mail, or ask to be invited again.",
    ),
    NO_CONTACT: Words(
        about="has no phone, SMS or push in PagerDuty",
        own="PagerDuty has no phone, SMS or push for you.",
        to_do="Add one in PagerDuty: My Profile, Contact Information.",
    ),
    ONLY_EMAIL: Words(
        about="is told by e-mail only",
        own="PagerDuty would tell you by e-mail only, which wakes nobody.",
        to_do="Add a phone, SMS or push in PagerDuty, and a rule for high urgency that uses it: "
        "My Profile, Contact Information and Notification Rules.",
    ),
    BLOCKED: Words(
        about="has a phone, SMS or push that is blocked or switched off",
        own="Your phone, SMS and push are blocked or switched off in PagerDuty.",
        to_do="Switch one on again in PagerDuty, or add another number: My Profile, Contact "
        "Information.",
    ),
    NO_RULE: Words(
        about="has no notification rule for high urgency",
        own="You have no notification rule for high urgency in PagerDuty.",
        to_do="Add one that fires at once by phone, SMS or push: My Profile, Notification Rules.",
    ),
    LATE: Words(
        about="is told only after the incident has gone on to somebody else",
        own="Your first rule for high urgency fires after an incident has gone on to somebody "
        "else.",
        to_do="Have one fire at once in PagerDuty: My Profile, Notification Rules.",
    ),
}
OTHER = Words(
    about="cannot be paged",
    own="PagerDuty cannot reach you.",
    to_do="Look at your contacts and notification rules in PagerDuty.",
)


def words_of(code: str) -> Words:
    """The words of a problem; of one that this version does not know, general ones."""
    return WORDS.get(code, OTHER)


def sentence(codes: Sequence[str]) -> str:
    """What is said of somebody, to follow their name: `has no …, and is told …`."""
    return ", and ".join(words_of(code).about for code in codes)


def problems(user: UserWithContacts, *, escalation_minutes: int) -> tuple[str, ...]:
    """Codes of what keeps a page at high urgency from the user; empty when it reaches them.

    `escalation_minutes` is after how long the level goes on to the next one.
    """
    found = [INVITED] if user.is_invited else []
    loud = [contact for contact in user.contacts if contact.kind in LOUD]
    usable = {contact.ref for contact in loud if not contact.is_blocked}
    if not usable:
        return (*found, _without(user, has_loud=bool(loud)))
    high = [rule for rule in user.rules if rule.urgency == HIGH]
    code = _of_rules(
        high,
        [rule for rule in high if rule.contact_ref in usable],
        {contact.ref for contact in loud},
        escalation_minutes,
    )
    return (*found, code) if code else tuple(found)


def _without(user: UserWithContacts, *, has_loud: bool) -> str:
    if has_loud:
        return BLOCKED
    return ONLY_EMAIL if user.contacts else NO_CONTACT


def _of_rules(
    high: Sequence[NotificationRule],
    heard: Sequence[NotificationRule],
    loud: set[str],
    escalation_minutes: int,
) -> str:
    """What is wrong with the rules for high urgency, `heard` being those that wake somebody."""
    if not high:
        return NO_RULE
    if not heard:
        return BLOCKED if any(rule.contact_ref in loud for rule in high) else ONLY_EMAIL
    return LATE if min(rule.delay_minutes for rule in heard) >= escalation_minutes else ""
