"""Which escalation policy in PagerDuty joins a rotation's levels, and since when it is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from audit.operations import Area, record
from common.refusals import RefusedError
from rotation.models import Rotation
from rotation.operations.syncing import SYNC, queue_sync

if TYPE_CHECKING:
    import datetime as dt

    from audit.operations import Actor

Trouble = Rotation.PolicyTrouble
NO_TROUBLE = {
    "pagerduty_policy_trouble": Trouble.NONE,
    "pagerduty_policy_trouble_since": None,
}
FORGOTTEN = {
    **NO_TROUBLE,
    "pagerduty_policy_ref": "",
    "pagerduty_policy_is_adopted": False,
    "pagerduty_policy_since": None,
}


class PolicyNotDeletedError(RefusedError):
    """The policy is not known to be gone, so there is nothing to make again."""

    code = "POLICY_NOT_DELETED"
    status = 409


def remember_policy(*, rotation_id: int, before: str, ref: str, now: dt.datetime) -> bool:
    """Note which of PagerDuty's escalation policies is the rotation's.

    False, and nothing noted, when it is not the one `before` any more, or is another rotation's by
    now: what somebody chose while the run was under way stands.
    """
    with transaction.atomic():
        rotation = Rotation.objects.select_related("team").get(pk=rotation_id)
        unchanged = Rotation.objects.filter(pk=rotation_id, pagerduty_policy_ref=before)
        try:
            with transaction.atomic():
                is_linked = unchanged.update(pagerduty_policy_ref=ref)
        except IntegrityError:
            is_linked = 0
        if not is_linked:
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
        Rotation.objects.filter(pk=rotation_id).update(**FORGOTTEN)
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
    rows = Rotation.objects.filter(pk=rotation_id, pagerduty_policy_ref=ref)
    rows.filter(pagerduty_policy_since=None).update(pagerduty_policy_since=now)
    rows.exclude(pagerduty_policy_trouble=Trouble.NONE).update(**NO_TROUBLE)


def policy_out_of_line(*, rotation_id: int, is_gone: bool, now: dt.datetime) -> None:
    """Note that PagerDuty does not hold the policy as it should, or not at all any more.

    That it is gone is kept from when it was first seen.
    """
    rows = Rotation.objects.filter(pk=rotation_id)
    rows.update(pagerduty_policy_since=None)
    if is_gone:
        rows.exclude(pagerduty_policy_trouble=Trouble.DELETED).update(
            pagerduty_policy_trouble=Trouble.DELETED, pagerduty_policy_trouble_since=now
        )
    else:
        rows.update(**NO_TROUBLE)


def create_policy_again(*, rotation_id: int, actor: Actor, now: dt.datetime) -> None:
    """Forget the policy that was deleted and leave a run that makes a new one.

    Raises:
        PolicyNotDeletedError: nobody deleted it, or somebody has ordered a new one already.
    """
    with transaction.atomic():
        rotation = Rotation.objects.select_related("team").get(pk=rotation_id)
        deleted = Rotation.objects.filter(pk=rotation_id, pagerduty_policy_trouble=Trouble.DELETED)
        if not deleted.update(**FORGOTTEN):
            raise PolicyNotDeletedError(
                f"{rotation.name}’s escalation policy is not missing in PagerDuty any more."
            )
        queue_sync(
            rotation_id=rotation_id,
            cause=f"{actor.name} ordered a new escalation policy",
            now=now,
            starts_at=now,
        )
        record(
            actor=actor,
            now=now,
            area=Area.SCHEDULE,
            verb="ordered a new escalation policy",
            subject=f"{rotation.name}, instead of the one deleted in PagerDuty",
            team=rotation.team.slug,
            before={"policy": rotation.pagerduty_policy_ref},
            after={"policy": ""},
        )
