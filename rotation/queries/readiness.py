"""Whom PagerDuty can page, as the last people check found it; PagerDuty is not asked here."""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING

from rotation.domain import readiness
from rotation.models import LevelName, PagerDutyPerson, PeopleCheck, Shift
from rotation.queries import leavers, patterns, people_facts, worked
from volunteers import domain
from volunteers.queries import marks, service, serving

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from rotation.domain.readiness import Words
    from rotation.models import Rotation
    from rotation.queries.leavers import Withheld
    from volunteers.domain import PersonMark
    from volunteers.queries.serving import Serving

MOST_NAMES = 2
MOVING = [PeopleCheck.State.QUEUED, PeopleCheck.State.RUNNING]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing that keeps a page from somebody: its code and its words."""

    code: str
    words: Words


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """Whether a page reaches one person; not known before they were looked up."""

    problems: tuple[Problem, ...] = ()
    since: dt.datetime | None = None
    checked_at: dt.datetime | None = None
    user_ref: str = ""

    @property
    def is_known(self) -> bool:
        """Whether PagerDuty was asked about them."""
        return self.checked_at is not None

    @property
    def is_bad(self) -> bool:
        """Whether something keeps a page from them."""
        return bool(self.problems)

    @property
    def is_reachable(self) -> bool | None:
        """Whether a page reaches them; None while that is not known."""
        return not self.is_bad if self.is_known else None

    @property
    def about(self) -> str:
        """What is wrong, to follow the person's name."""
        return readiness.sentence([problem.code for problem in self.problems])


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class CheckState:
    """The last looks: when one ended well, whether one waits or runs, why the last one failed."""

    done_at: dt.datetime | None
    is_moving: bool
    failure: str


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """Those who cannot be paged, of how many people."""

    names: tuple[str, ...]
    people: int

    @property
    def unreached(self) -> int:
        """How many cannot be paged."""
        return len(self.names)

    @property
    def words(self) -> str:
        """`Ben and Eva cannot be paged`, `3 of 6 cannot be paged`; empty when all can."""
        if not self.names:
            return ""
        few = " and ".join(self.names)
        many = f"{self.unreached} of {self.people}"
        return f"{few if self.unreached <= MOST_NAMES else many} cannot be paged"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PersonReach:
    """Somebody of the team with their levels, and when their next stint begins or began."""

    engineer_id: int
    mark: PersonMark
    levels: tuple[str, ...]
    reach: Reach
    on_call_at: dt.datetime | None
    is_on_call: bool

    @property
    def name(self) -> str:
        """Their name."""
        return self.mark.name


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class TeamReach:
    """A rotation's people, those who cannot be paged first, and the weeks that page nobody.

    Those who cannot be paged come in order of their next stint, the others by name.
    """

    people: tuple[PersonReach, ...]
    check: CheckState
    withheld: tuple[Withheld, ...]

    @property
    def unreached(self) -> tuple[PersonReach, ...]:
        """Those who cannot be paged."""
        return tuple(person for person in self.people if person.reach.is_bad)

    @property
    def unknown(self) -> int:
        """How many were not looked up yet."""
        return sum(1 for person in self.people if not person.reach.is_known)

    @property
    def headline(self) -> str:
        """`Ben cannot be paged`, `3 of 6 cannot`, that all can, or that nobody was asked about."""
        count = len(self.people)
        if self.unreached:
            return Count(names=tuple(one.name for one in self.unreached), people=count).words
        if not count:
            return "Nobody serves yet"
        if self.unknown:
            who = "Nobody was" if self.unknown == count else f"{self.unknown} of {count} were not"
            return f"{who} looked up in PagerDuty yet"
        return f"PagerDuty can reach all {count}"


def reaches(*, engineer_ids: Iterable[int]) -> dict[int, Reach]:
    """The kept rows of those people, by id; one query."""
    rows = PagerDutyPerson.objects.filter(engineer_id__in=set(engineer_ids))
    return {
        row.engineer_id: Reach(
            problems=tuple(
                Problem(code=code, words=readiness.words_of(code)) for code in row.problems
            ),
            since=row.problems_since,
            checked_at=row.checked_at,
            user_ref=row.user_ref,
        )
        for row in rows.order_by("pk")
    }


def own_reach(*, engineer_id: int) -> Reach:
    """One person's; one query."""
    return reaches(engineer_ids=[engineer_id]).get(engineer_id, Reach())


def check_state() -> CheckState:
    """How the last people checks went; two queries."""
    last = PeopleCheck.objects.order_by("-queued_at", "-pk").first()
    if last is None:
        return CheckState(done_at=None, is_moving=False, failure="")
    return CheckState(
        done_at=people_facts.last_done_at(),
        is_moving=last.state in MOVING,
        failure=last.failure if last.state == PeopleCheck.State.FAILED else "",
    )


def team_reach(*, rotation: Rotation, now: dt.datetime) -> TeamReach:
    """Everybody who serves in the rotation now or later; a fixed number of queries."""
    levels: dict[int, set[str]] = collections.defaultdict(set)
    names: dict[int, str] = {}
    for line in service.services_of(
        team_id=rotation.team_id, from_date=patterns.today_in(rotation, now)
    ):
        levels[line.engineer_id].add(line.level)
        names[line.engineer_id] = line.name
    marked = marks.team_marks(team_id=rotation.team_id)
    found = reaches(engineer_ids=levels)
    withheld = leavers.withheld(rotation=rotation, now=now)
    nexts = _next_stints(rotation, withheld, now)
    people = [
        PersonReach(
            engineer_id=pk,
            mark=marked.get(pk) or domain.unmarked(engineer_id=pk, name=name),
            levels=tuple(level for level in LevelName.values if level in levels[pk]),
            reach=found.get(pk, Reach()),
            on_call_at=nexts.get(pk),
            is_on_call=pk in nexts and nexts[pk] <= now,
        )
        for pk, name in names.items()
    ]
    return TeamReach(
        people=tuple(sorted(people, key=_order)),
        check=check_state(),
        withheld=tuple(withheld),
    )


def counts(*, rotations: Sequence[Rotation], now: dt.datetime) -> dict[int, Count]:
    """Who cannot be paged, of how many who serve now or later, by rotation; three queries."""
    people = serving.serving(from_date=now.date())
    found = reaches(engineer_ids=[each.engineer_id for each in people])
    bad = {pk for pk, reach in found.items() if reach.is_bad}
    by_team: dict[int, list[Serving]] = collections.defaultdict(list)
    for each in people:
        for team_id in each.team_ids:
            by_team[team_id].append(each)
    return {
        rotation.pk: Count(
            names=tuple(each.name for each in by_team[rotation.team_id] if each.engineer_id in bad),
            people=len(by_team[rotation.team_id]),
        )
        for rotation in rotations
    }


def _next_stints(
    rotation: Rotation, withheld: Iterable[Withheld], now: dt.datetime
) -> dict[int, dt.datetime]:
    """The start of each person's first stint that has not ended; weeks of leavers are left out."""
    lost = {(each.shift_id, each.engineer_id) for each in withheld}
    shifts = Shift.objects.filter(
        level__rotation=rotation, ends_at__gt=now, cancelled_at__isnull=True
    )
    found: dict[int, dt.datetime] = {}
    for line in worked.worked_shifts(shifts=shifts):
        for stint in line.stints:
            who, starts_at = stint.person, stint.period.starts_at
            if who is None or (line.shift_id, who) in lost or stint.period.ends_at <= now:
                continue
            found[who] = min(found.get(who, starts_at), starts_at)
    return found


def _order(person: PersonReach) -> tuple[bool, bool, float, str, int]:
    at = person.on_call_at.timestamp() if person.reach.is_bad and person.on_call_at else 0.0
    is_later = person.reach.is_bad and person.on_call_at is None
    return not person.reach.is_bad, is_later, at, person.name, person.engineer_id
