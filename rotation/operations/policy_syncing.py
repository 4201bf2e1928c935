"""Which escalation policy in PagerDuty joins a rotation's levels, and since when it is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from audit.operations import Area, record
from rotation.models import Rotation
from rotation.operations.syncing import SYNC, queue_sync

if TYPE_CHECKING:
    import datetime as dt

    from audit.operations import Actor


def remember_policy(*, rotation_id: int, before: str, ref: str, now: dt.datetime) -> bool:
    """Note which of PagerDuty's escalation policies is the rotation's.

    False, and nothing noted, when it is not the one `before` any more: what somebody chose while
    the run was under way stands.
    """
    with transaction.atomic():
        rotation = Rotation.objects.select_related("team").get(pk=rotation_id)
        unchanged = Rotation.objects.filter(pk=rotation_id, pagerduty_policy_ref=before)
        if not unchanged.update(pagerduty_policy_ref=ref):
            return False
        record(
            actor=SYNC,
            now=now,
            area=Area.SCHEDULE,
            verb="linked",
            subject=f"{rotation.name} to escalation policy {ref} in PagerDuty",
            team=rotation.team.slug,
            before={"policy": before},
            after={"policy": ref},
        )
    return True


def unlink_policy(*, rotation_id: int, actor: Actor, now: dt.datetime) -> None:
    """Forget which policy is the rotation's; the next run finds or makes one.

    One that carries Rota's marker is found again, so nothing is doubled. Nothing is deleted in
    PagerDuty.
    """
    with transaction.atomic():
        rotation = Rotation.objects.select_related("team").get(pk=rotation_id)
        Rotation.objects.filter(pk=rotation_id).update(
            pagerduty_policy_ref="", pagerduty_policy_is_adopted=False, pagerduty_policy_since=None
        )
        queue_sync(rotation_id=rotation_id, cause="the escalation policy was unlinked", now=now)
        record(
            actor=actor,
            now=now,
            area=Area.SCHEDULE,
            verb="unlinked",
            subject=f"{rotation.name} from its escalation policy in PagerDuty",
            team=rotation.team.slug,
            before={"policy": rotation.pagerduty_policy_ref},
            after={"policy": ""},
        )


def policy_in_line(*, rotation_id: int, ref: str, now: dt.datetime) -> None:
    """Note that PagerDuty was read and the policy `ref`, if it still is the one, is right."""
    unknown = Rotation.objects.filter(
        pk=rotation_id, pagerduty_policy_ref=ref, pagerduty_policy_since=None
    )
    unknown.update(pagerduty_policy_since=now)


def policy_out_of_line(*, rotation_id: int) -> None:
    """Note that PagerDuty does not hold the policy as it should."""
    Rotation.objects.filter(pk=rotation_id).update(pagerduty_policy_since=None)
