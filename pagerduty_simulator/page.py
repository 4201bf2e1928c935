"""The pages for people: who is on call now, what comes, what was asked last."""

from __future__ import annotations

import datetime as dt
import html
import itertools
import urllib.parse
from typing import TYPE_CHECKING, NamedTuple

from pagerduty_simulator import forms, rendering, timeline, times
from pagerduty_simulator.page_frame import (
    HOME,
    NOTICE,
    SCHEDULE_PATH,
    link,
    moment,
    page,
    person,
    said,
)
from pagerduty_simulator.rendering import Entry, Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pagerduty_simulator.simulator import Simulator
    from pagerduty_simulator.state import Account, Json
    from pagerduty_simulator.wire import Request, Response

_FEW_WEEKS = 2
_ALL_WEEKS = 26
_MOST_LISTED = 200
_MOST_DETAILED = 6
_LATEST_REQUESTS = 15


def overview(simulator: Simulator, request: Request) -> Response:
    """The first page: all schedules with who is on call, the coming weeks, the last requests."""
    now = simulator.clock.now()
    with simulator.lock:
        account = simulator.account
        schedules = list(account.schedules)
        parts = [
            f"<h1>{_count(len(schedules), 'schedule')} in this simulator</h1>",
            f'<p class="soft">It is {moment(now, dt.UTC)} UTC for the simulator.</p>',
            NOTICE,
            said(request),
            _on_call_now(account, schedules[:_MOST_LISTED], now),
        ]
        if len(schedules) > _MOST_LISTED:
            parts.append(f"<p>The first {_MOST_LISTED} are shown.</p>")
        parts.append(forms.incidents(account))
        parts += [
            _panel(account, schedule, now, _FEW_WEEKS) for schedule in schedules[:_MOST_DETAILED]
        ]
    parts.append(_requests(simulator))
    return page("PagerDuty simulator", "".join(parts))


def schedule_page(simulator: Simulator, request: Request) -> Response:
    """One schedule over half a year, with all its overrides that have not ended."""
    schedule_id = urllib.parse.unquote(request.path.removeprefix(SCHEDULE_PATH))
    now = simulator.clock.now()
    with simulator.lock:
        schedule = simulator.account.schedules.get(schedule_id)
        if schedule is None:
            body = f"<h1>There is no schedule {html.escape(schedule_id)}</h1>{NOTICE}{HOME}"
            return page("No such schedule", body, status=404)
        panel = _panel(simulator.account, schedule, now, _ALL_WEEKS)
        by_hand = forms.schedule(simulator.account, schedule, now)
    title = html.escape(schedule["name"])
    body = f"<h1><bdi>{title}</bdi></h1>{NOTICE}{said(request)}{by_hand}{panel}{HOME}"
    return page(f"{schedule['name']} – PagerDuty simulator", body)


def _count(number: int, noun: str) -> str:
    return f"{number or 'No'} {noun}{'' if number == 1 else 's'}"


def _on_call_now(account: Account, schedules: list[Json], now: int) -> str:
    rows = "".join(_on_call_row(account, schedule, now) for schedule in schedules)
    if not rows:
        rows = '<tr><td colspan="3">Nothing has been published here yet.</td></tr>'
    return (
        '<section class="panel"><h2>On call now</h2><table class="stack">'
        "<caption>Each schedule with the person who would be paged</caption>"
        '<thead><tr><th scope="col">Schedule</th><th scope="col">On call</th>'
        f'<th scope="col">Until</th></tr></thead><tbody>{rows}</tbody></table></section>'
    )


def _on_call_row(account: Account, schedule: Json, now: int) -> str:
    how = timeline.manner(account.switches)
    entry = timeline.on_call_at(schedule, now=now, how=how)
    zone = times.zone_named(schedule["time_zone"])
    who = person(account, entry.user) if entry else "nobody"
    until = f"{moment(entry.end, zone)} {schedule['time_zone']}" if entry else "–"
    return (
        f'<tr><th scope="row">{link(schedule)}</th><td>{who}</td><td>{html.escape(until)}</td></tr>'
    )


def _panel(account: Account, schedule: Json, now: int, weeks: int) -> str:
    """One schedule over so many weeks; on its own page overrides can be removed."""
    zone = times.zone_named(schedule["time_zone"])
    within = Window(now, now + weeks * times.WEEK)
    how = timeline.manner(account.switches)
    rendered = timeline.render(schedule, within=within, how=how, overflow="whole")
    share = rendering.coverage(rendered.final, within)
    description = html.escape(schedule["description"]) or "No description"
    people = _People(account, zone, now)
    removable = weeks == _ALL_WEEKS and schedule["type"] == "schedule"
    listed = _overrides(people, schedule, removable=removable)
    return (
        f'<section class="panel"><h2>{link(schedule)}</h2>'
        f'<p class="soft"><bdi>{description}</bdi></p><p class="soft">The next {weeks} weeks in '
        f"{html.escape(schedule['time_zone'])}, {share} % covered.</p>"
        f"{''.join(_weeks(people, rendered.final))}"
        f"<h3>Overrides</h3>{listed}</section>"
    )


class _People(NamedTuple):
    """Whose names are written, in which zone, and what is now."""

    account: Account
    zone: dt.tzinfo
    now: int

    def line(self, entry: Entry, *, dated: str, after: str = "") -> str:
        """One person's span; it is marked when it is running."""
        running = entry.start <= self.now < entry.end
        start = dt.datetime.fromtimestamp(entry.start, tz=self.zone)
        end = dt.datetime.fromtimestamp(entry.end, tz=self.zone)
        until = end.strftime("%H:%M" if start.date() == end.date() else "%a %-d %b %H:%M")
        return (
            f"<li>{start.strftime(dated)} – {until} "
            f"<strong>{person(self.account, entry.user)}</strong>"
            f"{' <em>now</em>' if running else ''}{after}</li>"
        )


def _weeks(people: _People, entries: Iterable[Entry]) -> Iterator[str]:
    """A heading for each local week, Monday to Sunday, and under it what begins in it."""
    by_week = itertools.groupby(entries, key=lambda entry: _monday(entry.start, people.zone))
    for monday, group in by_week:
        lines = "".join(people.line(entry, dated="%a %-d %b %H:%M") for entry in group)
        yield f"<h3>Week of {monday.strftime('%a %-d %b %Y')}</h3><ol>{lines}</ol>"


def _monday(at: int, zone: dt.tzinfo) -> dt.date:
    day = dt.datetime.fromtimestamp(at, tz=zone).date()
    return day - dt.timedelta(days=day.weekday())


def _overrides(people: _People, schedule: Json, *, removable: bool) -> str:
    entries = sorted(
        (
            Entry(
                times.instant(override["start"], zone=dt.UTC),
                times.instant(override["end"], zone=dt.UTC),
                override["user"],
            ),
            override["id"],
        )
        for override in schedule["overrides"]
    )
    lines = "".join(
        people.line(
            entry,
            dated="%a %-d %b %Y %H:%M",
            after=_removal(people, schedule, entry, override_id) if removable else "",
        )
        for entry, override_id in entries
        if entry.end > people.now
    )
    return f'<ul class="overrides">{lines}</ul>' if lines else "<p>None that has not ended.</p>"


def _removal(people: _People, schedule: Json, entry: Entry, override_id: str) -> str:
    user = people.account.users.get(entry.user)
    name = user["name"] if user else entry.user
    label = f"the override of {name} from {moment(entry.start, people.zone)}"
    return forms.remove_override(schedule, override_id, label)


def _requests(simulator: Simulator) -> str:
    rows = "".join(
        f"<tr><td>{html.escape(item.at)}</td><td>{html.escape(item.method)} "
        f"<code>{html.escape(item.path)}</code></td><td>{item.status}</td></tr>"
        for item in simulator.journal.latest(_LATEST_REQUESTS)
    )
    if not rows:
        rows = '<tr><td colspan="3">Nothing has been asked since the start.</td></tr>'
    return (
        '<section class="panel"><h2>Last requests</h2><table class="stack">'
        "<caption>Newest first, in UTC</caption>"
        '<thead><tr><th scope="col">At</th><th scope="col">Request</th>'
        f'<th scope="col">Status</th></tr></thead><tbody>{rows}</tbody></table></section>'
    )
