"""Looking after PagerDuty's web-hooks: the subscription, and what it did not deliver.

Nothing here holds a transaction while PagerDuty is asked. Each look starts from what PagerDuty
lists, so that an answer that was lost leads to no second subscription.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import random
from typing import TYPE_CHECKING, Any

from django.conf import settings

from common import sealing
from common.periods import Period
from rotation.domain import subscriptions
from rotation.models import WebhookCare
from rotation.operations import hook_care, incidents
from rotation.pagerduty import incident_reads
from rotation.pagerduty.gateway import GatewayError, NotFoundError, NotNowError
from rotation.pagerduty.kept import KeptGateway
from rotation.queries import hook_state, hook_work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from common.clocks import Clocks
    from rotation.domain.subscriptions import SubscriptionState
    from rotation.models import WebhookSubscription
    from rotation.pagerduty.gateway import Gateway

FIRST_WAIT_SECONDS = 60.0
LONGEST_WAIT_SECONDS = 3600.0
# PagerDuty answers at most six months; what happened while the last look ran is looked at again.
LONGEST_STRETCH = dt.timedelta(days=30)
OVERLAP = dt.timedelta(hours=1)
LOOKED_BACK = dt.timedelta(days=180)
# With a look every 15 seconds the past takes a fifth of what Rota asks PagerDuty at most.
MOST_PAST_CALLS = 30
PAGE = 100
Order = WebhookCare.Order


class NoKeyError(Exception):
    """There is nothing to encrypt a secret with."""


class TakenOverError(Exception):
    """The lease ran out and another worker looks."""


def look_after(*, gateway: Gateway, holder: str, clocks: Clocks) -> bool:
    """Make, check or mend the subscription and read what it missed; False if another does."""
    care = hook_care.claim(holder=holder, real_now=clocks.real_now())
    if care is None:
        return False
    work = _Work.on(care, gateway, clocks, holder)
    try:
        work.carry_out()
        work.read_back()
    except TakenOverError:
        return False
    except NotNowError as error:
        # A new token may be there long before an account that refused the old one has rested.
        wait = min(error.wait_seconds, FIRST_WAIT_SECONDS)
        later = clocks.real_now() + dt.timedelta(seconds=wait)
        hook_care.put_back(holder=holder, next_look_at=later)
        return False
    except (GatewayError, NoKeyError, sealing.SealingError) as error:
        later = clocks.real_now() + _wait(care.tries)
        hook_care.fail(holder=holder, failure=str(error), next_look_at=later, now=clocks.now())
    else:
        hook_care.finish(holder=holder, order_done=care.asked, now=clocks.now())
    return True


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Work:
    """One claimed look."""

    asked: str
    gateway: Gateway
    clocks: Clocks
    holder: str

    @classmethod
    def on(cls, care: WebhookCare, gateway: Gateway, clocks: Clocks, holder: str) -> _Work:
        def keep() -> None:
            if not hook_care.renew(holder=holder, real_now=clocks.real_now()):
                raise TakenOverError

        kept = KeptGateway(gateway=gateway, keep=keep)
        return cls(asked=care.asked, gateway=kept, clocks=clocks, holder=holder)

    def carry_out(self) -> None:
        """The subscription first, so that what comes from now on comes by itself."""
        if self.asked or hook_state.is_check_due(now=self.clocks.now()):
            self._fill_holes(self._subscription())
        for ref in hook_work.incidents_to_fill(now=self.clocks.now()):
            self._fill(ref)

    def _subscription(self) -> WebhookSubscription:
        """The subscription in use, made anew where it is gone, elsewhere, or its secret is to go.

        Raises:
            NoKeyError: its secret could not be kept.
        """
        if not settings.ROTA_WEBHOOK_KEYS:
            raise NoKeyError("ROTA_WEBHOOK_KEY is not set: the secret could not be encrypted.")
        listed = incident_reads.listed_subscriptions(self.gateway)
        live, url = hook_state.live_subscription(), hook_state.own_url()
        known = next((each for each in listed if live and each.ref == live.ref), None)
        self._clear(listed, url=url, ref=known.ref if known else "")
        if live is None or known is None:
            return self._make(url)
        if self.asked == Order.ROTATE or known.url != url or not _opens(live):
            return self._replace(known, url)
        if self.asked == Order.ENABLE and not known.sends:
            return self._enable(live, url)
        note = hook_care.sends if known.sends else hook_care.sends_nothing
        note(ref=live.ref, now=self.clocks.now())
        return live

    def _make(self, url: str) -> WebhookSubscription:
        ref, secret = incident_reads.created(self.gateway.send(subscriptions.creation(url)))
        return hook_care.subscribed(ref=ref, url=url, secret=secret, now=self.clocks.now())

    def _clear(self, listed: Sequence[SubscriptionState], *, url: str, ref: str) -> None:
        """Remove those whose making was not answered: nobody knows their secrets."""
        for state in listed:
            if subscriptions.is_left_over(state, url=url, ref=ref):
                self._remove(state.ref)

    def _remove(self, ref: str) -> None:
        with contextlib.suppress(NotFoundError):
            self.gateway.send(subscriptions.removal(ref))

    def _replace(self, known: SubscriptionState, url: str) -> WebhookSubscription:
        """A new one first, so that no event finds nobody; the old secret stays good for a while."""
        made = self._make(url)
        self._remove(known.ref)
        return made

    def _enable(self, live: WebhookSubscription, url: str) -> WebhookSubscription:
        """Ask PagerDuty to send again; one that it keeps disabled for a day all the same goes."""
        self.gateway.send(subscriptions.enabling(live.ref))
        listed = incident_reads.listed_subscriptions(self.gateway)
        state = next((each for each in listed if each.ref == live.ref), None)
        if state is None:
            return self._make(url)
        if not state.sends:
            return self._replace(state, url)
        hook_care.sends(ref=live.ref, now=self.clocks.now())
        return live

    def _fill_holes(self, live: WebhookSubscription) -> None:
        """Read what began since the last look, and what was open then."""
        until = self.clocks.now()
        since = max((live.filled_until or live.created_at) - OVERLAP, until - LOOKED_BACK)
        for ref in hook_work.open_incidents(before=since):
            self._fill(ref)
        while since < until:
            stretch = Period(starts_at=since, ends_at=min(since + LONGEST_STRETCH, until))
            for incident in incident_reads.incidents(self.gateway, within=stretch):
                if hook_work.is_ours(incident["id"], policy=incident.get("escalation_policy")):
                    self._fill(incident["id"], incident)
            hook_care.filled(ref=live.ref, until=stretch.ends_at)
            since = stretch.ends_at

    def read_back(self) -> None:
        """Read some of what was before the subscription, the latest first.

        It makes room as soon as a sync run waits; an incident that was read is not read again.
        """
        if hook_state.live_subscription() is None:
            return
        policies = hook_work.adopted_policies()
        hook_care.begin_reading_back(policies=policies, now=self.clocks.now())
        calls = MOST_PAST_CALLS
        while calls > 0 and (past := hook_work.past_to_read()) is not None:
            calls = self._read_past(past, calls)
            if calls < 0:
                return
            hook_care.has_read_back(holder=self.holder, to=past.starts_at)

    def _read_past(self, past: Period, calls: int) -> int:
        """How many calls are left after these incidents; less than none if some are unread."""
        if not self._is_quiet():
            return -1
        listed = incident_reads.incidents(self.gateway, within=past)
        calls -= 1 + len(listed) // PAGE
        for incident in sorted(listed, key=_began, reverse=True):
            if not hook_work.is_past_to_read(
                incident["id"], policy=incident.get("escalation_policy")
            ):
                continue
            if calls <= 0 or not self._is_quiet():
                return -1
            self._fill(incident["id"], incident)
            calls -= 1
        return max(calls, 0)

    def _is_quiet(self) -> bool:
        return hook_work.is_quiet(now=self.clocks.now(), real_now=self.clocks.real_now())

    def _fill(self, ref: str, incident: object | None = None) -> None:
        now = self.clocks.now()
        try:
            record = incident_reads.record(self.gateway, ref=ref, incident=incident, read_at=now)
        except NotFoundError:
            incidents.give_up_record(ref=ref, now=now)
            return
        incidents.keep_record(ref=ref, record=record, now=now)


def _began(incident: Any) -> str:
    return str(incident.get("created_at"))


def _opens(live: WebhookSubscription) -> bool:
    try:
        return bool(sealing.unseal(live.secret, settings.ROTA_WEBHOOK_KEYS))
    except sealing.SealingError:
        return False


def _wait(tries: int) -> dt.timedelta:
    wait = min(FIRST_WAIT_SECONDS * 2.0 ** min(tries - 1, 8), LONGEST_WAIT_SECONDS)
    return dt.timedelta(seconds=wait * random.uniform(0.8, 1.2))  # noqa: S311 - jitter, no secret
