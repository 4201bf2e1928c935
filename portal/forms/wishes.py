"""The form of wishes: one choice for each coming week."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from django import forms

from common import wording
from volunteers.operations.wishes import NO_WISH, Wished

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from django.forms import BoundField

    from portal.queries.own_wishes import OwnWishes, TeamWishes, WishWeek

CHOICES = ((NO_WISH, "No wish"), ("want", "Would like"), ("avoid", "Rather not"))


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class WeekChoice:
    """A week with its radio buttons."""

    week: WishWeek
    bound: BoundField


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class MonthChoices:
    """The weeks that begin in one month."""

    first: dt.date
    choices: tuple[WeekChoice, ...]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class TeamChoices:
    """The weeks of one on-call team, by month."""

    team: TeamWishes
    months: tuple[MonthChoices, ...]


class WishesForm(forms.Form):
    """A choice for each week that is offered; a week that is not sent stays as it is."""

    def __init__(self, data: Any = None, *, own: OwnWishes) -> None:
        """One field for each week of each team."""
        self._own = own
        super().__init__(data)
        for team, week in self._offered():
            period = week.period
            self.fields[_name(team, week)] = forms.ChoiceField(
                label=f"Week {wording.week(period.starts_at, period.ends_at, team.zone)}",
                choices=CHOICES,
                required=False,
                initial=week.wish,
                widget=forms.RadioSelect,
            )

    @property
    def teams(self) -> list[TeamChoices]:
        """Every team's weeks with their fields, in the order of the page."""
        return [
            TeamChoices(
                team=team,
                months=tuple(
                    MonthChoices(
                        first=month.first,
                        choices=tuple(
                            WeekChoice(week=week, bound=self[_name(team, week)])
                            for week in month.weeks
                        ),
                    )
                    for month in team.months
                ),
            )
            for team in self._own.teams
        ]

    @property
    def wished(self) -> list[Wished]:
        """What was sent, of a form that is valid."""
        return [
            Wished(
                team_id=team.team_id,
                week_date=week.week_date,
                wish=self.cleaned_data[_name(team, week)],
            )
            for team, week in self._offered()
            if _name(team, week) in self.data
        ]

    def _offered(self) -> Iterator[tuple[TeamWishes, WishWeek]]:
        return ((team, week) for team in self._own.teams for week in team.weeks)


def _name(team: TeamWishes, week: WishWeek) -> str:
    return f"wish-{team.team_id}-{week.week_date}"
