"""Plans what brings PagerDuty in line with the published schedule, and carries it out."""

from __future__ import annotations

import json
import sys
import time
import uuid
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from common import clock
from common.clocks import Clocks
from rotation import door, planned, syncing
from rotation.models import Rotation, SyncRun
from rotation.operations import account
from rotation.operations import syncing as operations
from rotation.pagerduty.gateway import GatewayError

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from rotation.pagerduty.gateway import Gateway

BAD_INPUT = 2
PATIENCE = 120
UNFINISHED = [SyncRun.State.QUEUED, SyncRun.State.RUNNING]
ON_ITS_WAY = "a worker is on it; look again in a minute"


class Command(BaseCommand):
    help = (
        "Makes PagerDuty show the published stints. What somebody edited in the layers there stays "
        "until a manager decides, unless --write-over is given; --dry-run only says what it would "
        "write."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which rotation, and whether to write."""
        parser.add_argument("--rotation", metavar="SLUG", help="only this one; else all")
        parser.add_argument("--dry-run", action="store_true", help="plan and print, write nothing")
        parser.add_argument(
            "--write-over",
            action="store_true",
            help="also over edits of the layers that nobody decided on",
        )
        parser.add_argument("--json", action="store_true", help="one JSON object a rotation")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Plan or sync each rotation; exit 1 when one of them failed."""
        failed = False
        for rotation in _rotations(options["rotation"]):
            act = self._dry_run if options["dry_run"] else self._sync
            told = act(rotation, writes_over=options["write_over"])
            failed = failed or bool(told["failure"])
            self.stdout.write(json.dumps(told) if options["json"] else _words(told))
        if failed:
            sys.exit(1)

    def _dry_run(self, rotation: Rotation, *, writes_over: bool) -> dict[str, Any]:
        told: dict[str, Any] = {"rotation": rotation.slug, "failure": "", "steps": []}
        asking = planned.Asking(gateway=_gateway(), now=clock.now(), writes_over=writes_over)
        try:
            return told | planned.as_json(planned.plan_rotation(rotation=rotation, asking=asking))
        except GatewayError as error:
            return told | {"failure": str(error)}

    def _sync(self, rotation: Rotation, *, writes_over: bool) -> dict[str, Any]:
        account.ask_again()
        operations.queue_sync(
            rotation_id=rotation.pk, cause="by command", now=clock.now(), writes_over=writes_over
        )
        run = SyncRun.objects.filter(rotation=rotation).latest("pk")
        _carry_out(run)
        steps = run.steps.select_related("level").order_by("position")
        return {
            "rotation": rotation.slug,
            "failure": run.failure or (ON_ITS_WAY if run.state in UNFINISHED else ""),
            "unmatched": run.unmatched,
            "rests": run.rests,
            "steps": [
                {
                    "level": step.level.name if step.level else None,
                    "action": step.action,
                    "reason": step.reason,
                    "method": step.method,
                    "path": step.path,
                    "state": step.state,
                }
                for step in steps
            ],
        }


def _carry_out(run: SyncRun) -> None:
    """Do it here, or wait for the worker that was faster, as long as PagerDuty may be asked."""
    for _second in range(PATIENCE):
        _try(_before(run))
        run.refresh_from_db()
        is_over = run.state not in UNFINISHED
        if is_over or door.is_resting(real_now=clock.real_now()):
            return
        time.sleep(1)


def _before(run: SyncRun) -> SyncRun:
    """The rotation's run whose worker died, which comes first, or else the run itself."""
    died = SyncRun.objects.filter(
        rotation_id=run.rotation_id,
        state=SyncRun.State.RUNNING,
        leased_until__lte=clock.real_now(),
    )
    return died.first() or run


def _try(run: SyncRun) -> None:
    syncing.sync_rotation(
        run_id=run.pk,
        gateway=_gateway(),
        clocks=Clocks(now=clock.now, real_now=clock.real_now),
        holder=uuid.uuid4().hex,
    )


def _gateway() -> Gateway:
    return door.gateway(holder=uuid.uuid4().hex, patience_seconds=PATIENCE)


def _rotations(slug: str | None) -> list[Rotation]:
    rotations = Rotation.objects.order_by("slug", "pk")
    if slug is None:
        return list(rotations)
    found = list(rotations.filter(slug=slug))
    if not found:
        raise CommandError(f"There is no rotation {slug!r}.", returncode=BAD_INPUT)
    return found


def _words(told: dict[str, Any]) -> str:
    lines = [f"{told['rotation']}: {len(told['steps']) or 'no'} writes"]
    lines += [
        f"  {step['level'] or 'policy'}: {step['method']} {step['path']}: {step['reason']}"
        for step in told["steps"]
    ]
    lines += [line for level in told.get("levels", []) for line in _week_lines(level)]
    if told.get("unmatched"):
        lines.append(f"  not in PagerDuty: {', '.join(told['unmatched'])}")
    lines += [f"  {rest['level']}: still differs: {rest['what']}" for rest in told.get("rests", [])]
    if told["failure"]:
        lines.append(f"  failed: {told['failure']}")
    return "\n".join(lines)


def _week_lines(level: dict[str, Any]) -> list[str]:
    """Each week that changes, before and after, and how many stay."""
    changed = [week for week in level["weeks"] if week["changes"]]
    lines = [
        f"  {level['level']}, week of {week['week']}: {_people(week['before'])} -> "
        f"{_people(week['after'])}"
        for week in changed
    ]
    if stay := len(level["weeks"]) - len(changed):
        lines.append(f"  {level['level']}: {stay} weeks stay as they are")
    lines += [
        f"  {level['level']}: left alone: {one['who']} from {one['starts_at']} by an override"
        for one in level["left"]
    ]
    lines += [
        f"  {level['level']}: the preview differs in the week of {week}, so nothing is written"
        for week in level["differs"]
    ]
    return lines


def _people(turns: list[dict[str, Any]]) -> str:
    return ", ".join(turn["who"] for turn in turns) or "nobody"
