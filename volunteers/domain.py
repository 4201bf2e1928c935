"""Rules about people: how pages tell them apart, and how many a team has at once."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# The pattern of each colour: two people with the same pattern never come closer than a
# difference of 18 (delta E) for any eye; two neighbours of different pattern may look alike.
PATTERNS = (
    "stripe",
    "split",
    "dots",
    "dots",
    "solid",
    "stripe",
    "dots",
    "solid",
    "split",
    "split",
    "stripe",
    "solid",
)
NO_NUMBER = 0


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class PersonMark:
    """One person on pages. `number` is 1 to 12, or 0 for people who serve in no rotation."""

    engineer_id: int
    name: str
    initials: str
    number: int
    pattern: str

    @property
    def classes(self) -> str:
        """The style classes that draw the mark: `p1 stripe`."""
        return f"p{self.number} {self.pattern}"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """One person's time in a rotation, first day to the day after the last; None is open."""

    engineer_id: int
    name: str
    starts_on: dt.date
    ends_on: dt.date | None


def unmarked(*, engineer_id: int, name: str) -> PersonMark:
    """The mark of somebody who serves in no rotation: initials without a colour of their own."""
    return PersonMark(
        engineer_id=engineer_id,
        name=name,
        initials=initials_of(name),
        number=NO_NUMBER,
        pattern="solid",
    )


def initials_of(name: str) -> str:
    """First letters of the first and the last word, `AB`; a single word gives its first two."""
    words = [letters for word in name.split() if (letters := _letters(word))]
    if not words:
        return "?"
    if len(words) == 1:
        return words[0][:2].upper()[:2]
    return f"{words[0][0]}{words[-1][0]}".upper()[:2]


def deal_marks(services: Iterable[Service]) -> dict[int, PersonMark]:
    """One mark for each engineer, by id.

    `services` stand in order of joining; somebody who returns keeps their number. Numbers run
    from 1 to 12; later ones go to the number that has been free for longest, so that one is used
    again only after a term has ended. Only when all twelve serve at once do two people share one.
    Equal initials are told apart as AB, AB2, AB3.
    """
    people = _people(services)
    holders: dict[int, Service] = {}
    seen: dict[str, int] = {}
    marks: dict[int, PersonMark] = {}
    for person in people:
        number = _free_number(holders, person)
        holders[number] = person
        letters = initials_of(person.name)
        seen[letters] = seen.get(letters, 0) + 1
        marks[person.engineer_id] = PersonMark(
            engineer_id=person.engineer_id,
            name=person.name,
            initials=letters if seen[letters] == 1 else f"{letters}{seen[letters]}",
            number=number,
            pattern=PATTERNS[number - 1],
        )
    return marks


def people_on(spans: Iterable[Service], day: dt.date) -> int:
    """How many people serve on a day."""
    return len({span.engineer_id for span in spans if _holds(span, day)})


def most_at_once(spans: Sequence[Service], *, starts_on: dt.date, ends_on: dt.date) -> int:
    """The most people who serve on any day of `[starts_on, ends_on)`."""
    joined = [span.starts_on for span in spans if starts_on < span.starts_on < ends_on]
    return max(people_on(spans, day) for day in (starts_on, *joined))


def free_from(
    spans: Sequence[Service], *, target_size: int, weeks: int, not_before: dt.date
) -> dt.date | None:
    """The first day from which one more could serve that long within the target size.

    It is `not_before` or the end of somebody's term; None when those with no end leave no place.
    """
    length = dt.timedelta(weeks=weeks)
    ends = {span.ends_on for span in spans if span.ends_on and span.ends_on > not_before}
    days = (not_before, *sorted(ends))
    return next(
        (
            day
            for day in days
            if most_at_once(spans, starts_on=day, ends_on=day + length) < target_size
        ),
        None,
    )


def _holds(span: Service, day: dt.date) -> bool:
    return span.starts_on <= day and (span.ends_on is None or day < span.ends_on)


def _letters(word: str) -> str:
    return "".join(character for character in word if character.isalpha())


def _people(services: Iterable[Service]) -> Sequence[Service]:
    """Each engineer once, in the order given, from their first day to their last."""
    people: dict[int, Service] = {}
    for service in services:
        known = people.setdefault(service.engineer_id, service)
        people[service.engineer_id] = dataclasses.replace(
            known,
            starts_on=min(known.starts_on, service.starts_on),
            ends_on=_later(known.ends_on, service.ends_on),
        )
    return list(people.values())


def _later(first: dt.date | None, second: dt.date | None) -> dt.date | None:
    return None if first is None or second is None else max(first, second)


def _free_number(holders: dict[int, Service], person: Service) -> int:
    """The lowest number never used, else the one whose holder leaves first."""
    for number in range(1, len(PATTERNS) + 1):
        if number not in holders:
            return number
    return min(
        holders,
        key=lambda number: (
            holders[number].ends_on is None,
            holders[number].ends_on or person.starts_on,
            number,
        ),
    )
