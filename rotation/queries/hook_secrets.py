"""The secrets that PagerDuty may sign with now."""

from __future__ import annotations

import datetime as dt
import logging

from django.conf import settings
from django.db.models import Q

from common import sealing
from rotation.models import WebhookSubscription

# PagerDuty tries for two days to deliver what it signed with a secret that was changed since.
STILL_GOOD = dt.timedelta(days=3)

log = logging.getLogger(__name__)


def secrets_in_force(*, now: dt.datetime) -> list[str]:
    """The secrets of the subscription and of those that it replaced lately, never an empty one.

    One that no key of ROTA_WEBHOOK_KEY opens is left out.
    """
    rows = WebhookSubscription.objects.filter(
        Q(retired_at__isnull=True) | Q(retired_at__gt=now - STILL_GOOD)
    )
    found = []
    for ref, sealed in rows.order_by("-created_at", "-pk").values_list("ref", "secret"):
        try:
            found.append(sealing.unseal(sealed, settings.ROTA_WEBHOOK_KEYS))
        except sealing.SealingError as error:
            log.warning("the secret of subscription %s cannot be used: %s", ref, error)
    return [secret for secret in found if secret]
