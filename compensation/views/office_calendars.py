"""Offices' calendars: days off, changing them after seeing what follows, and weeks begun before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from common import clock, wording
from common.forms import add_refusal
from common.refusals import RefusedError
from compensation import access
from compensation.forms import DayAddForm, DayRemoveForm, YearsForm
from compensation.operations import office_calendars as changing
from compensation.operations import rights
from compensation.queries import calendar_page
from compensation.views import asked
from volunteers.queries import places

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpResponse

    from volunteers.access import SignedInRequest
    from volunteers.queries.places import OfficeLine

Function = access.MoneyFunction
Form = DayAddForm | DayRemoveForm | YearsForm
UNPROCESSABLE = 422
ADD, REMOVE, LOAD = "add", "remove", "load"
FORMS: dict[str, type[Form]] = {ADD: DayAddForm, REMOVE: DayRemoveForm, LOAD: YearsForm}
FIRST_YEAR, LAST_YEAR = 2000, 2100


@require_GET
def calendars(request: SignedInRequest) -> HttpResponse:
    """Every office with how far its days off reach, and what waits there."""
    access.require(viewer=request.viewer, function=Function.READ_CALENDARS)
    lines = calendar_page.calendar_lines()
    context = {
        "lines": lines,
        "waiting": sum(line.offered for line in lines),
        "this_year": asked.today(request, clock.now()).year,
    }
    return render(request, "compensation/calendars.html", context)


@require_GET
def calendar(request: SignedInRequest, office: str) -> HttpResponse:
    """One office: the days of a year, every change, and weeks that wait for a decision."""
    access.require(viewer=request.viewer, function=Function.READ_CALENDARS)
    return calendar_answer(request, office_of(office))


@require_http_methods(["GET", "POST"])
def change(request: SignedInRequest, office: str, what: str) -> HttpResponse:
    """Ask for a change, show what follows it, make it when that was seen."""
    if request.method == "POST":
        return _sent(request, office, what)
    access.require(viewer=request.viewer, function=Function.CHANGE_CALENDAR)
    line = office_of(office)
    today = asked.today(request, clock.now())
    known: dict[str, object] = {"first_year": today.year, "last_year": today.year + 1}
    if "date" in request.GET:
        known["date"] = request.GET["date"]
    return _form(request, line, what, FORMS[what](initial=known))


def office_of(slug: str) -> OfficeLine:
    """The office of an address.

    Raises:
        Http404: there is none.
    """
    line = places.office_of(slug=slug)
    if line is None:
        raise Http404
    return line


def calendar_answer(
    request: SignedInRequest,
    office: OfficeLine,
    *,
    refusal: RefusedError | None = None,
) -> HttpResponse:
    """The page of an office's calendar; with a refusal, as its status says."""
    today = asked.today(request, clock.now())
    page = calendar_page.calendar_page(office=office, year=_year(request, today.year))
    context = {
        "page": page,
        "today": today,
        "refusal": refusal,
        "me": request.viewer.engineer_id,
    }
    status = 200 if refusal is None else refusal.status
    return render(
        request,
        "compensation/calendar.html",
        context,
        status=UNPROCESSABLE if status == 400 else status,  # noqa: PLR2004 - HTTP's own
    )


def _year(request: SignedInRequest, this_year: int) -> int:
    text = request.GET.get("year", "")
    is_year = text.isascii() and text.isdigit() and FIRST_YEAR <= int(text[:9]) <= LAST_YEAR
    return int(text) if is_year else this_year


def _sent(request: SignedInRequest, office: str, what: str) -> HttpResponse:
    """Refuse, show the effect, or make the change once its effect was seen."""
    now = clock.now()
    rights.require_finance(
        viewer=request.viewer,
        function=Function.CHANGE_CALENDAR,
        attempt=f"changing the calendar of {office}",
        now=now,
    )
    line = office_of(office)
    form = FORMS[what](request.POST)
    if not form.is_valid():
        return _form(request, line, what, form, status=UNPROCESSABLE)
    was_seen = request.POST.get("seen") == form.digest and "look" not in request.POST
    try:
        return (
            _made(request, line, form, now) if was_seen else _look(request, line, what, form, now)
        )
    except RefusedError as refusal:
        add_refusal(form, refusal)
        return _form(request, line, what, form, status=UNPROCESSABLE)


def _made(
    request: SignedInRequest, office: OfficeLine, form: Form, now: dt.datetime
) -> HttpResponse:
    effect = changing.change_calendar(
        change=form.change(office_id=office.office_id), actor=request.viewer.actor, now=now
    )
    if effect.version is None:
        messages.info(request, "Every public holiday of these years was there already.")
        return redirect("office-calendar", office=office.slug)
    followed = wording.counted(len(effect.followed), "published week")
    text = f"Changed, as version {effect.version.number}. {followed} follow it."
    if effect.offered:
        weeks = wording.counted(len(effect.offered), "week")
        text += f" {weeks} had begun before and wait for your decision below."
    messages.success(request, text)
    return redirect("office-calendar", office=office.slug)


def _look(
    request: SignedInRequest, office: OfficeLine, what: str, form: Form, now: dt.datetime
) -> HttpResponse:
    """The form again with what would follow; the second click makes the change."""
    effect = changing.look_at_change(
        change=form.change(office_id=office.office_id), actor=request.viewer.actor, now=now
    )
    return _form(request, office, what, form, effect=effect)


def _form(
    request: SignedInRequest,
    office: OfficeLine,
    what: str,
    form: Form,
    *,
    effect: changing.Effect | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "office": office,
        "what": what,
        "form": form,
        "effect": effect,
        "seen": "" if effect is None else form.digest,
    }
    return render(request, "compensation/calendar_change.html", context, status=status)
