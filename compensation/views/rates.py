"""Rates: those in force, those to come, what lacks one, and adding one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from common import clock
from common.forms import add_refusal
from common.refusals import RefusedError
from compensation import access
from compensation.forms import RateForm
from compensation.operations import rate_proposals as proposing
from compensation.operations import rates as adding
from compensation.operations import rights
from compensation.queries import rate_page, rate_requests, retroactive
from compensation.views import asked
from volunteers.queries.places import office_lines

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpResponse

    from volunteers.access import SignedInRequest

Function = access.MoneyFunction
PREFILLED = ("office", "level", "effective_from")


@require_GET
def rates(request: SignedInRequest) -> HttpResponse:
    """What a week is worth everywhere, from when, and who said so."""
    access.require(viewer=request.viewer, function=Function.READ_RATES)
    now = clock.now()
    page = rate_page.rate_page(
        now=now, today=asked.today(request, now), number=asked.page_number(request)
    )
    context = {"page": page, "proposals": rate_requests.waiting_proposals()}
    return render(request, "compensation/rates.html", context)


@require_http_methods(["GET", "POST"])
def rate_add(request: SignedInRequest) -> HttpResponse:
    """Ask for a rate, show what it changes, add it when that was seen."""
    if request.method == "POST":
        return _sent(request)
    access.require(viewer=request.viewer, function=Function.ADD_RATE)
    known = {name: request.GET[name] for name in PREFILLED if name in request.GET}
    return _form(request, RateForm(initial=known, offices=office_lines()))


def _sent(request: SignedInRequest) -> HttpResponse:
    """Refuse, show the effect, or add the rate once its effect was seen."""
    now = clock.now()
    rights.require_finance(
        viewer=request.viewer, function=Function.ADD_RATE, attempt="adding a rate", now=now
    )
    form = RateForm(request.POST, offices=office_lines())
    if not form.is_valid():
        return _form(request, form, status=422)
    was_seen = request.POST.get("seen") == form.digest and "look" not in request.POST
    try:
        if form.is_retroactive:
            return _proposed(request, form, now) if was_seen else _impact(request, form, now)
        return _added(request, form, now) if was_seen else _preview(request, form, now)
    except RefusedError as refusal:
        add_refusal(form, refusal)
        return _form(request, form, status=422)


def _added(request: SignedInRequest, form: RateForm, now: dt.datetime) -> HttpResponse:
    """Add the rate; of two clicks the second only says that it is there."""
    try:
        version = adding.add_rate(rate=form.rate(), actor=request.viewer.actor, now=now)
    except adding.RateKnownError as known:
        messages.info(request, known.message)
    else:
        messages.success(request, f"Added as {version}. It counts for weeks from its first day on.")
    return redirect("rates")


def _proposed(request: SignedInRequest, form: RateForm, now: dt.datetime) -> HttpResponse:
    """Ask another of finance; of two clicks the second only says that it waits."""
    try:
        made = proposing.propose_rate(
            rate=form.rate(),
            reason=form.cleaned_data["reason"],
            actor=request.viewer.actor,
            now=now,
        )
    except proposing.ProposalWaitsError as waits:
        messages.info(request, waits.message)
        return redirect("rates")
    messages.success(
        request, "Proposed. The others of finance got a mail; nothing changes until one approves."
    )
    return redirect("rate-proposal", proposal_id=made)


def _preview(request: SignedInRequest, form: RateForm, now: dt.datetime) -> HttpResponse:
    """The form again with what the rate would change; the second click adds it."""
    adding.check_rate(rate=form.rate(), now=now)
    context = {"form": form, "preview": _shown(form, now), "seen": form.digest}
    return render(request, "compensation/rate_add.html", context)


def _impact(request: SignedInRequest, form: RateForm, now: dt.datetime) -> HttpResponse:
    """The form again with the ended weeks that it would change; the second click proposes it."""
    rate = form.rate()
    office = proposing.check_proposal(rate=rate, now=now)
    asked_for = retroactive.RateInQuestion(
        office_id=rate.office_id,
        office_slug=office.slug,
        level=rate.level,
        effective_from=rate.effective_from,
        weekly_minor=rate.weekly_minor,
        holiday_minor=rate.holiday_minor,
        currency=office.currency,
    )
    context = {
        "form": form,
        "preview": _shown(form, now),
        "impact": retroactive.rate_impact(rate=asked_for),
        "seen": form.digest,
    }
    return render(request, "compensation/rate_add.html", context)


def _shown(form: RateForm, now: dt.datetime) -> rate_page.RatePreview:
    rate = form.rate()
    return rate_page.rate_preview(
        office_id=rate.office_id,
        level=rate.level,
        effective_from=rate.effective_from,
        weekly_minor=rate.weekly_minor,
        holiday_minor=rate.holiday_minor,
        now=now,
    )


def _form(request: SignedInRequest, form: RateForm, *, status: int = 200) -> HttpResponse:
    return render(request, "compensation/rate_add.html", {"form": form}, status=status)
