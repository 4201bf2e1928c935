"""The notice that PagerDuty does not accept Rota's token any more."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q

from common import wording
from outbox.operations import queue_message
from rotation.models import PagerDutyAccount
from rotation.queries import account
from volunteers.queries import contacts, profiles

# However many tokens are refused, and however often the same one is.
AT_MOST_EVERY = dt.timedelta(hours=1)
AGAIN_AFTER = dt.timedelta(days=1)


def tell_of_refusal(*, now: dt.datetime, real_now: dt.datetime) -> int:
    """One mail to each admin when the token in use is refused; returns how many.

    At most one notice an hour, and of the same token one a day.
    """
    with transaction.atomic():
        current = account.current_account()
        if current is None or current.refused_at is None:
            return 0
        if PagerDutyAccount.objects.filter(told_at__gt=real_now - AT_MOST_EVERY).exists():
            return 0
        untold = Q(told_at__isnull=True) | Q(told_at__lte=real_now - AGAIN_AFTER)
        if not PagerDutyAccount.objects.filter(untold, pk=current.pk).update(told_at=real_now):
            return 0
        admins = contacts.admin_addresses(now=now)
        ids = contacts.ids_of(emails=admins)
        for address in admins:
            zone = profiles.place(engineer_id=ids[address], now=now).zone
            since = wording.moment(now - (real_now - current.refused_at), zone)
            _mail(address, current.said, since, now)
        return len(admins)


def _mail(address: str, said: str, since: str, now: dt.datetime) -> None:
    queue_message(
        to=address,
        kind="pagerduty_token_refused",
        subject="PagerDuty does not accept Rota’s token",
        body=(
            f"Hello,\n\nsince {since} PagerDuty refuses what Rota asks:\n\n"
            f"{said}\n\n"
            "Rota asks nothing more with this token. PagerDuty goes on paging for what it was "
            "told; what is published or covered from now on does not reach it.\n\n"
            "Put a token that PagerDuty accepts into PAGERDUTY_API_TOKEN, or into the file that "
            "PAGERDUTY_API_TOKEN_FILE names: Rota goes on by itself, a new file is read without "
            "a restart. If the rights of this token were put right instead, ask for a check on "
            "the PagerDuty page of any rotation.\n"
        ),
        now=now,
    )
