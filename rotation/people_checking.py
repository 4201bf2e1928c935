"""Looking people up in PagerDuty: who they are there, and whether a page reaches them in time.

Nothing here holds a transaction while PagerDuty is asked.
"""

from __future__ import annotations

import datetime as dt
import random
from typing import TYPE_CHECKING

from common.keeping import Keeper
from rotation.domain import readiness
from rotation.domain.pagerduty_people import STRANGER, Directory
from rotation.operations import people_checks
from rotation.operations.people_checks import Finding
from rotation.pagerduty.gateway import GatewayError, NotNowError
from rotation.queries import identities, people_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from common.clocks import Clocks
    from rotation.domain.pagerduty_state import UserWithContacts
    from rotation.pagerduty.gateway import Gateway
    from rotation.queries.people_facts import PersonToCheck

FIRST_WAIT_SECONDS = 60.0
LONGEST_WAIT_SECONDS = 3600.0


def check_people(*, check_id: int, gateway: Gateway, holder: str, clocks: Clocks) -> bool:
    """Claim, ask and record one waiting check; False when there was nothing to do for us."""
    check = people_checks.claim_check(
        check_id=check_id, now=clocks.now(), real_now=clocks.real_now(), holder=holder
    )
    if check is None:
        return False
    try:
        with _keeper(check_id=check_id, holder=holder, clocks=clocks):
            users = gateway.users_with_contacts()
    except GatewayError as error:
        return _note(error, check_id, check.tries, holder, clocks)
    found = findings(
        users,
        people_facts.people_to_check(now=clocks.now()),
        taken=identities.taken_emails(),
    )
    return people_checks.record_findings(
        check_id=check_id, holder=holder, findings=found, now=clocks.now()
    )


def findings(
    users: Sequence[UserWithContacts], people: Iterable[PersonToCheck], *, taken: frozenset[str]
) -> list[Finding]:
    """What PagerDuty's users mean for these people; `taken` are the e-mails of everybody here."""
    directory = Directory.of(each.user for each in users)
    by_ref = {each.user.ref: each for each in users}
    found = []
    for person in people:
        match = directory.match(person.email, person.known or STRANGER, taken)
        if match.user is None:
            codes: tuple[str, ...] = (match.problem,)
        else:
            codes = readiness.problems(
                by_ref[match.user.ref], escalation_minutes=person.escalation_minutes
            )
        found.append(
            Finding(
                engineer_id=person.engineer_id,
                user_ref=match.user.ref if match.user else "",
                user_name=match.user.name if match.user else "",
                problems=codes,
            )
        )
    return found


def _note(error: GatewayError, check_id: int, tries: int, holder: str, clocks: Clocks) -> bool:
    """What stood in the way; False when PagerDuty was only not to be asked now."""
    real_now = clocks.real_now()
    if isinstance(error, NotNowError):
        later = real_now + dt.timedelta(seconds=error.wait_seconds)
        people_checks.put_back_check(
            check_id=check_id, holder=holder, why=str(error), next_try_at=later
        )
        return False
    wait = min(FIRST_WAIT_SECONDS * 2 ** min(tries - 1, 8), LONGEST_WAIT_SECONDS)
    wait *= random.uniform(0.8, 1.2)  # noqa: S311 - jitter, no secret
    people_checks.fail_check(
        check_id=check_id,
        holder=holder,
        failure=str(error),
        next_try_at=real_now + dt.timedelta(seconds=wait),
        now=clocks.now(),
    )
    return True


def _keeper(*, check_id: int, holder: str, clocks: Clocks) -> Keeper:
    def ask() -> bool:
        return people_checks.is_held(check_id=check_id, holder=holder)

    def renew(real_now: dt.datetime) -> bool:
        return people_checks.renew_check(check_id=check_id, real_now=real_now, holder=holder)

    return Keeper(real_now=clocks.real_now, ask=ask, renew=renew)
