"""Which handler answers which method and path of the API."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from pagerduty_simulator import (
    audit,
    incidents,
    log_entries,
    oncalls,
    overrides,
    policies,
    refusals,
    schedules,
    services,
    users,
    webhook_subscriptions,
)
from pagerduty_simulator.exchange import Call, Reply

if TYPE_CHECKING:
    from pagerduty_simulator.state import Account

Handler = Callable[..., Reply]

# The fixed paths stand before the ones with an id that would match them too.
_TABLE: list[tuple[str, str, Handler]] = [
    ("GET", "/abilities", users.list_abilities),
    ("GET", "/teams", users.list_teams),
    ("GET", "/users", users.list_users),
    ("POST", "/users", users.create_user),
    ("GET", "/users/me", users.me),
    ("GET", "/users/{}", users.get_user),
    ("GET", "/users/{}/contact_methods", users.list_contact_methods),
    ("GET", "/users/{}/notification_rules", users.list_notification_rules),
    ("GET", "/schedules", schedules.list_schedules),
    ("POST", "/schedules", schedules.create_schedule),
    ("POST", "/schedules/preview", schedules.preview_schedule),
    ("GET", "/schedules/{}", schedules.get_schedule),
    ("PUT", "/schedules/{}", schedules.update_schedule),
    ("DELETE", "/schedules/{}", schedules.delete_schedule),
    ("GET", "/schedules/{}/users", schedules.list_users_on_call),
    ("GET", "/schedules/{}/audit/records", audit.list_of_schedule),
    ("GET", "/schedules/{}/overrides", overrides.list_overrides),
    ("POST", "/schedules/{}/overrides", overrides.create_overrides),
    ("DELETE", "/schedules/{}/overrides/{}", overrides.delete_override),
    ("GET", "/escalation_policies", policies.list_policies),
    ("POST", "/escalation_policies", policies.create_policy),
    ("GET", "/escalation_policies/{}", policies.get_policy),
    ("PUT", "/escalation_policies/{}", policies.update_policy),
    ("DELETE", "/escalation_policies/{}", policies.delete_policy),
    ("GET", "/oncalls", oncalls.list_oncalls),
    ("GET", "/services", services.list_services),
    ("POST", "/services", services.create_service),
    ("GET", "/services/{}", services.get_service),
    ("PUT", "/services/{}", services.update_service),
    ("GET", "/incidents", incidents.list_incidents),
    ("GET", "/incidents/{}", incidents.get_incident),
    ("PUT", "/incidents/{}", incidents.update_incident),
    ("GET", "/incidents/{}/log_entries", log_entries.list_of_incident),
    ("GET", "/log_entries", log_entries.list_all),
    ("GET", "/notifications", log_entries.list_notifications),
    ("GET", "/webhook_subscriptions", webhook_subscriptions.list_subscriptions),
    ("POST", "/webhook_subscriptions", webhook_subscriptions.create_subscription),
    ("GET", "/webhook_subscriptions/{}", webhook_subscriptions.get_subscription),
    ("PUT", "/webhook_subscriptions/{}", webhook_subscriptions.update_subscription),
    ("DELETE", "/webhook_subscriptions/{}", webhook_subscriptions.delete_subscription),
]

_ROUTES = [
    (method, re.compile(path.replace("{}", "([^/]+)") + "/?"), handler)
    for method, path, handler in _TABLE
]


def answer(account: Account, call: Call) -> Reply:
    """Carry the call out on the account.

    Raises:
        RefusedError: with what PagerDuty answers; 404 for a path or method that is not here.
    """
    for method, pattern, handler in _ROUTES:
        match = pattern.fullmatch(call.path)
        if match and method == call.method:
            return handler(account, call, *match.groups())
    raise refusals.missing()
