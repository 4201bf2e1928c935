"""Who is who: Rota's engineers among PagerDuty's users, so that nobody is paged for another.

The e-mail decides: exactly one user who may be on call has it, whatever letters it is written in.
A stored id only keeps somebody whose e-mail was changed there, and only while nobody else has the
engineer's e-mail, the new one is nobody's here, and the account still has the person's name: an
account that was handed on to somebody else has another one.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from rotation.domain.pagerduty_state import PagerDutyUser

UNKNOWN = "unknown"
DUPLICATE = "duplicate"
STAKEHOLDER = "stakeholder"
DELETED = "deleted"
HANDED_ON = "handed_on"
NOBODY: frozenset[str] = frozenset()


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """How an engineer was last known in PagerDuty: the user's id, and the names they have there.

    `user_ref` is empty when nobody was matched; `lost` then says what became of the one before.
    """

    user_ref: str = ""
    names: tuple[str, ...] = ()
    lost: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """An engineer's user, or why there is none: exactly one of both."""

    user: PagerDutyUser | None = None
    problem: str = ""


STRANGER = Identity()


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Directory:
    """PagerDuty's users by e-mail and by id; `names` are those who may be on call, by id."""

    by_email: Mapping[str, tuple[PagerDutyUser, ...]]
    by_ref: Mapping[str, PagerDutyUser]
    names: Mapping[str, str]

    @classmethod
    def of(cls, users: Iterable[PagerDutyUser]) -> Directory:
        """The directory of these users."""
        everybody = list(users)
        found: dict[str, list[PagerDutyUser]] = {}
        for user in everybody:
            if user.email.strip():
                found.setdefault(key(user.email), []).append(user)
        return cls(
            by_email={email: tuple(same) for email, same in found.items()},
            by_ref={user.ref: user for user in everybody},
            names={user.ref: user.name for user in everybody if user.can_be_on_call},
        )

    def refs_of(
        self,
        emails: Mapping[int, str],
        known: Mapping[int, Identity] | None = None,
        taken: Collection[str] = NOBODY,
    ) -> dict[int, str]:
        """PagerDuty's ids of those engineers whom it knows, by engineer.

        `known` are those with a stored id, `taken` the e-mails of everybody here as `key` has them.
        """
        stored = known or {}
        matches = {
            engineer_id: self.match(email, stored.get(engineer_id, STRANGER), taken)
            for engineer_id, email in emails.items()
        }
        return {
            engineer_id: match.user.ref
            for engineer_id, match in matches.items()
            if match.user is not None
        }

    def match(self, email: str, known: Identity, taken: Collection[str]) -> Match:
        """The one user who is the engineer with this e-mail, or why nobody is."""
        same = self.by_email.get(key(email), ())
        able = [user for user in same if user.can_be_on_call]
        if len(able) == 1:
            return Match(user=able[0])
        if same:
            return Match(problem=DUPLICATE if able else STAKEHOLDER)
        if not known.user_ref:
            return Match(problem=known.lost or UNKNOWN)
        return self._kept(known, taken)

    def _kept(self, known: Identity, taken: Collection[str]) -> Match:
        """The user with the stored id, who has another e-mail by now."""
        user = self.by_ref.get(known.user_ref)
        if user is None:
            return Match(problem=DELETED)
        if key(user.email) in taken or _plain(user.name) not in map(_plain, known.names):
            return Match(problem=HANDED_ON)
        return Match(user=user) if user.can_be_on_call else Match(problem=STAKEHOLDER)


def key(email: str) -> str:
    """The e-mail as it is compared."""
    return email.strip().casefold()


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
