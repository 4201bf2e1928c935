"""The API's answers about users, teams and abilities."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pagerduty_simulator import references, refusals, seeds, times
from pagerduty_simulator.exchange import Call, Page, Reply, named, page

if TYPE_CHECKING:
    from pagerduty_simulator.state import Account, Json

STAKEHOLDERS = frozenset({"read_only_user", "read_only_limited_user"})

_ROLES = STAKEHOLDERS | {
    "admin",
    "limited_user",
    "observer",
    "owner",
    "restricted_access",
    "user",
}
_LONGEST = 100
_SHORTEST_EMAIL = 6
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_ABILITIES = ["teams", "read_only_users", "service_support_hours", "urgencies"]


def list_users(account: Account, call: Call) -> Reply:
    """GET /users."""
    wanted = call.text("query")
    found = named(account.users, wanted)
    if wanted and account.switches.text("user_query") == "name_and_email":
        found = [user for user in account.users if _mentions(user, wanted)]
    asked: Page = page(call)
    answer = asked.of("users", found)
    answer["users"] = [shown(account, user, call) for user in answer["users"]]
    return Reply(status=200, body=answer)


def _mentions(user: Json, wanted: str) -> bool:
    text = wanted.casefold()
    return text in user["name"].casefold() or text in user["email"].casefold()


def get_user(account: Account, call: Call, user_id: str) -> Reply:
    """GET /users/{id}."""
    return Reply(status=200, body={"user": shown(account, _known(account, user_id), call)})


def me(_account: Account, _call: Call) -> Reply:
    """GET /users/me: an account's key belongs to nobody."""
    raise refusals.invalid("The current user can only be asked for with a user's own token")


def create_user(account: Account, call: Call) -> Reply:
    """POST /users: needs the From header, a name, an e-mail address and the type."""
    senders = {user["email"].casefold() for user in account.users}
    if call.sender.casefold() not in senders:
        raise refusals.invalid(code=refusals.REQUESTER_NOT_FOUND)
    wanted = call.document("user")
    problems = _problems(account, wanted)
    if problems:
        raise refusals.invalid(*problems)
    # No contact methods may be sent: PagerDuty gives the e-mail address as the first one.
    fields = {name: wanted.get(name) for name in ("name", "email", "time_zone", "color", "role")}
    fields |= {name: wanted.get(name) for name in ("job_title", "description")}
    user = seeds.new_user(account, {**fields, "invitation_sent": True})
    account.users.put(user)
    return Reply(status=201, body={"user": shown(account, user, call)})


def _problems(account: Account, wanted: Json) -> list[str]:
    found = []
    name, email = wanted.get("name"), wanted.get("email")
    if wanted.get("type") != "user":
        found.append("Type must be user")
    if not isinstance(name, str) or not 0 < len(name.strip()) <= _LONGEST:
        found.append(f"Name must have 1 to {_LONGEST} characters")
    if not _is_email(email):
        found.append(f"Email must be an address of {_SHORTEST_EMAIL} to {_LONGEST} characters")
    elif any(user["email"].casefold() == str(email).casefold() for user in account.users):
        found.append("Email has already been taken")
    if wanted.get("role") not in {None, *_ROLES}:
        found.append("Role is not known")
    if wanted.get("time_zone") is not None and not times.is_zone(wanted["time_zone"]):
        found.append("Time zone is not a known time zone")
    return found


def _is_email(value: object) -> bool:
    return (
        isinstance(value, str)
        and _SHORTEST_EMAIL <= len(value) <= _LONGEST
        and _EMAIL.fullmatch(value) is not None
    )


def list_contact_methods(account: Account, call: Call, user_id: str) -> Reply:
    """GET /users/{id}/contact_methods."""
    methods = contact_methods(_known(account, user_id), call.base_url)
    return Reply(status=200, body={"contact_methods": methods})


def list_notification_rules(account: Account, call: Call, user_id: str) -> Reply:
    """GET /users/{id}/notification_rules."""
    rules = notification_rules(_known(account, user_id), call.base_url)
    urgency = call.text("urgency") or "high"
    chosen = [rule for rule in rules if urgency in {"all", rule["urgency"]}]
    return Reply(status=200, body={"notification_rules": chosen})


def list_teams(account: Account, call: Call) -> Reply:
    """GET /teams."""
    answer = page(call).of("teams", named(account.teams, call.text("query")))
    answer["teams"] = [
        {
            **references.identity(team, "team", call.base_url),
            "name": team["name"],
            "description": team["description"],
        }
        for team in answer["teams"]
    ]
    return Reply(status=200, body=answer)


def list_abilities(_account: Account, _call: Call) -> Reply:
    """GET /abilities."""
    return Reply(status=200, body={"abilities": _ABILITIES})


def _known(account: Account, user_id: str) -> Json:
    user = account.users.get(user_id)
    if user is None:
        raise refusals.missing()
    return user


def shown(account: Account, user: Json, call: Call) -> Json:
    """A user as the API answers it; `include[]` turns references into whole objects."""
    included = call.texts("include[]")
    whole_types = account.switches.text("included_types") == "whole"

    def inside(items: list[Json], name: str) -> list[Json]:
        if name not in included:
            return [_as_reference(item) for item in items]
        return items if whole_types else [{**item, **_as_reference(item)} for item in items]

    plain = ("name", "email", "time_zone", "color", "role", "job_title", "description")
    return {
        **references.identity(user, "user", call.base_url),
        **{name: user[name] for name in plain},
        "avatar_url": None,
        "invitation_sent": user["invitation_sent"],
        "created_via_sso": False,
        "teams": [
            references.reference(account, "team", team["id"], call.base_url)
            for team in user.get("teams", [])
        ],
        "contact_methods": inside(contact_methods(user, call.base_url), "contact_methods"),
        "notification_rules": inside(notification_rules(user, call.base_url), "notification_rules"),
    }


def _as_reference(item: Json) -> Json:
    kept = {name: item[name] for name in ("id", "summary", "self", "html_url")}
    return {**kept, "type": f"{item['type']}_reference"}


def contact_methods(user: Json, base_url: str) -> list[Json]:
    """The user's contact methods: those given with the user, else an e-mail and a phone."""
    given = user.get("contact_methods")
    if given is None:
        given = [
            {"id": f"{user['id']}E", "type": "email_contact_method", "address": user["email"]},
            {"id": f"{user['id']}T", "type": "phone_contact_method", "address": "7700900000"},
        ]
    return [_contact_method(user, method, base_url) for method in given]


def _contact_method(user: Json, method: Json, base_url: str) -> Json:
    kind = method.get("type", "phone_contact_method")
    usual: dict[str, Any] = {"label": "Default", "address": "", "enabled": True}
    if kind in {"phone_contact_method", "sms_contact_method"}:
        usual |= {"country_code": 44, "blacklisted": False}
    if kind == "email_contact_method":
        usual["send_short_email"] = False
    filled = {**usual, **method}
    return {
        **filled,
        "type": kind,
        "summary": filled["label"],
        "self": f"{base_url}/users/{user['id']}/contact_methods/{method['id']}",
        "html_url": None,
    }


def notification_rules(user: Json, base_url: str) -> list[Json]:
    """The user's notification rules: those given, else each method at once for high urgency."""
    methods = contact_methods(user, base_url)
    given = user.get("notification_rules")
    if given is None:
        given = [
            {"id": f"{method['id']}R", "contact_method": {"id": method["id"]}} for method in methods
        ]
    by_id = {method["id"]: method for method in methods}
    return [_notification_rule(user, rule, by_id, base_url) for rule in given]


def _notification_rule(user: Json, rule: Json, methods: dict[str, Json], base_url: str) -> Json:
    method = methods.get(str((rule.get("contact_method") or {}).get("id")))
    minutes = rule.get("start_delay_in_minutes", 0)
    return {
        "id": rule["id"],
        "type": "assignment_notification_rule",
        "summary": f"{minutes} minutes: {method['summary'] if method else 'unknown'}",
        "self": f"{base_url}/users/{user['id']}/notification_rules/{rule['id']}",
        "html_url": None,
        "start_delay_in_minutes": minutes,
        "urgency": rule.get("urgency", "high"),
        "contact_method": _as_reference(method) if method else rule.get("contact_method"),
    }
