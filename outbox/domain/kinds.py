"""Every kind of message, in the words in which its reader chooses whether to get it."""

from __future__ import annotations

import dataclasses
import enum


class Group(enum.StrEnum):
    """Under which heading a kind stands on the page of choices."""

    SHIFTS = "Your shifts"
    COVERS = "Covers and swaps"
    PAY = "Your pay"
    JOINING = "Joining and leaving"
    MANAGING = "For managers of a team"
    RUNNING = "For admins and finance"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """One kind: `words` finish the sentence “Tell me …”.

    One that is `always` sent cannot be turned off. `in_chat` goes to the team's chat as well, or
    there alone.
    """

    name: str
    words: str
    group: Group
    always: bool = False
    in_chat: bool = False
    by_mail: bool = True


class UnknownKindError(LookupError):
    """A message of a kind that its reader could not turn off."""


def _kind(name: str, group: Group, words: str, **more: bool) -> Kind:
    return Kind(name=name, group=group, words=words, **more)


_SHIFTS, _COVERS, _JOINING = Group.SHIFTS, Group.COVERS, Group.JOINING
_MANAGING, _RUNNING = Group.MANAGING, Group.RUNNING
ALL = (
    _kind("shift_tomorrow", _SHIFTS, "the day before I am on call", always=True),
    _kind("shift_in_a_week", _SHIFTS, "a week before I am on call"),
    _kind(
        "handover",
        _SHIFTS,
        "when my time on call starts: open pages, notes, who is level 2",
        in_chat=True,
    ),
    _kind("handover_note", _SHIFTS, "when a handover note for me is written or confirmed"),
    _kind("handover_note_due", _SHIFTS, "when my time on call ends and my note is missing"),
    _kind("weeks_published", _SHIFTS, "when a new schedule changes my weeks", in_chat=True),
    _kind("week_cancelled", _SHIFTS, "when a week of mine is cancelled, or after all is not"),
    _kind("cannot_be_paged", _SHIFTS, "when PagerDuty cannot reach me"),
    _kind("cover_asked", _COVERS, "when somebody asks me for cover, or in my name", in_chat=True),
    _kind("cover_reminder", _COVERS, "again while a request for cover is open"),
    _kind(
        "take_over_asked",
        _COVERS,
        "when somebody on call cannot go on and asks to be relieved now",
        in_chat=True,
    ),
    _kind("take_over_offered", _COVERS, "when somebody offers to take over from me"),
    _kind("cover_swap", _COVERS, "when a week of mine is offered, asked for or swapped in return"),
    _kind("cover_taken", _COVERS, "when a cover that concerns me is taken", in_chat=True),
    _kind("cover_declined", _COVERS, "when everybody whom I asked said no"),
    _kind("cover_withdrawn", _COVERS, "when a request for cover is withdrawn"),
    _kind("cover_given_back", _COVERS, "when a cover is given back"),
    _kind("cover_expired", _COVERS, "when nobody took what I asked for"),
    _kind("cover_moved", _COVERS, "when the schedule changes under a request for cover"),
    _kind("cover_changed", _COVERS, "when a manager enters or undoes a cover of mine"),
    _kind("hours_changed", _SHIFTS, "when a public holiday changes the hours of a week of mine"),
    _kind("pay_recalculated", Group.PAY, "when weeks of mine are priced anew"),
    _kind("pay_question_answered", Group.PAY, "when finance answers what I asked about my pay"),
    _kind(
        "pay_change_decided",
        Group.PAY,
        "what became of a correction or an adjustment that concerns me or that I asked for",
    ),
    _kind("application_accepted", _JOINING, "when my application is accepted"),
    _kind("application_declined", _JOINING, "when my application is declined"),
    _kind("application_waitlisted", _JOINING, "when my application is put on the waiting list"),
    _kind("term_ending", _JOINING, "8 and 4 weeks before my term ends"),
    _kind("extension_decided", _JOINING, "when my term becomes longer, or does not"),
    _kind("term_cut_short", _JOINING, "when my term ends early, or after all does not"),
    _kind("term_over", _JOINING, "when my term is over: what I have carried"),
    _kind("extension_asked", _MANAGING, "when somebody asks to stay some weeks longer"),
    _kind("somebody_leaves", _MANAGING, "when somebody leaves early, or after all does not"),
    _kind("digest", _MANAGING, "each Monday: now, next, gaps, who is away, what waits"),
    _kind(
        "gap_ahead", _MANAGING, "8, 4, 2 and 1 weeks before a week without anybody", in_chat=True
    ),
    _kind("repair_proposed", _MANAGING, "when a repair of the schedule is proposed"),
    _kind("team_below_minimum", _MANAGING, "when the team becomes smaller than its minimum"),
    _kind("team_hours_changed", _MANAGING, "when a public holiday changes the hours of weeks"),
    _kind("drift_noticed", _MANAGING, "when PagerDuty shows somebody else"),
    _kind("team_cannot_be_paged", _MANAGING, "when PagerDuty cannot reach somebody on call soon"),
    _kind("cover_expiring", _MANAGING, "when a request for cover is about to end untaken"),
    _kind("shift-blocked", _RUNNING, "when a week waits for a rate"),
    _kind("pay_question_asked", _RUNNING, "when somebody asks finance about a line of their pay"),
    _kind("pay_change_asked", _RUNNING, "when a correction or an adjustment waits for finance"),
    _kind("reopening_asked", _RUNNING, "when somebody of finance asks to reopen a closed period"),
    _kind("reopening_decided", _RUNNING, "what became of my request to reopen a period"),
    _kind("rate_proposed", _RUNNING, "when somebody of finance proposes a rate from a past day"),
    _kind("rate_decided", _RUNNING, "what became of a rate that I proposed"),
    _kind("calendar_asked", _RUNNING, "when weeks shall be paid by a calendar changed since"),
    _kind("calendar_decided", _RUNNING, "what became of my request to pay by a changed calendar"),
    _kind("report_ready", _RUNNING, "when a report that took long is ready as a file"),
    _kind("pagerduty_token_refused", _RUNNING, "when PagerDuty refuses Rota’s token"),
    _kind("web-hook refused", _RUNNING, "when a web-hook is refused"),
    _kind("web-hooks disabled", _RUNNING, "when PagerDuty stops sending events"),
    _kind(
        "chat_test", _MANAGING, "in the chat when a manager tests it", in_chat=True, by_mail=False
    ),
)
_BY_NAME = {kind.name: kind for kind in ALL}


def kind_of(name: str) -> Kind:
    """The kind of that name.

    Raises:
        UnknownKindError: nobody has given it words yet; do so above.
    """
    found = _BY_NAME.get(name)
    if found is None:
        raise UnknownKindError(f"{name!r} stands not in outbox.domain.kinds: add it with its words")
    return found


def choosable(*, manages: bool = True, runs: bool = True) -> list[tuple[Group, list[Kind]]]:
    """What a reader of mails can choose from, by heading; some come to managers or admins alone."""
    hidden = {Group.MANAGING: not manages, Group.RUNNING: not runs}
    return [
        (group, [kind for kind in ALL if kind.group is group and kind.by_mail])
        for group in Group
        if not hidden.get(group)
    ]
