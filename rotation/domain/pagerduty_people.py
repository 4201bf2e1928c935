"""Who is who: Rota's engineers among PagerDuty's users, by e-mail and by nothing else."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rotation.domain.pagerduty_state import PagerDutyUser


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Directory:
    """PagerDuty's users who can be on call: ids by e-mail, names by id.

    An e-mail that two users have stands for nobody, so that nobody is paged in another's place.
    """

    refs: Mapping[str, str]
    names: Mapping[str, str]

    @classmethod
    def of(cls, users: Iterable[PagerDutyUser]) -> Directory:
        """The directory of these users; stakeholders are left out."""
        found: dict[str, list[PagerDutyUser]] = {}
        for user in users:
            if user.can_be_on_call and user.email.strip():
                found.setdefault(_key(user.email), []).append(user)
        single = {email: same[0] for email, same in found.items() if len(same) == 1}
        return cls(
            refs={email: user.ref for email, user in single.items()},
            names={user.ref: user.name for same in found.values() for user in same},
        )

    def refs_of(self, emails: Mapping[int, str]) -> dict[int, str]:
        """PagerDuty's ids of those engineers whom it knows, by engineer."""
        return {
            engineer_id: self.refs[_key(email)]
            for engineer_id, email in emails.items()
            if _key(email) in self.refs
        }


def _key(email: str) -> str:
    return email.strip().casefold()
