"""The two buttons of the mail before a term ends: they work without sign-in, for one person.

Programs that look through mails follow links, so only the button changes anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from audit.operations import Actor
from common import clock, links
from common.forms import add_refusal
from common.refusals import RefusedError
from portal.forms.terms import ExtendForm
from rotation.operations.term_notices import EXTEND, ROLL_OFF
from rotation.queries import leaving, patterns
from volunteers import access
from volunteers.operations import extensions as operations
from volunteers.operations import term_moves
from volunteers.operations.terms import end_of
from volunteers.queries import extensions, service

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from volunteers.models import Term
    from volunteers.queries.service import Contact

UNPROCESSABLE = 422


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def roll_off(request: HttpRequest, signed: str) -> HttpResponse:
    """Say who acts; a button notes that the term ends as planned."""
    now = clock.now()
    term, person = _read(ROLL_OFF, signed, now)
    if request.method != "POST":
        return _page(request, term, person)
    try:
        term_moves.confirm_roll_off(
            term_id=term.pk,
            actor=Actor(name=person.email, engineer_id=person.engineer_id),
            today=patterns.today_in(term.team.rotation, now),
            now=now,
        )
    except RefusedError as refusal:
        return _page(request, term, person, refusal=refusal)
    return redirect(ROLL_OFF, signed=signed)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def extend(request: HttpRequest, signed: str) -> HttpResponse:
    """Say who acts; a button asks the managers for the chosen number of weeks."""
    now = clock.now()
    term, person = _read(EXTEND, signed, now)
    is_sent = request.method == "POST"
    form = ExtendForm(request.POST if is_sent else None, ends_on=term.ends_on or term.starts_on)
    if not is_sent:
        return _page(request, term, person, form=form)
    if not form.is_valid():
        return _page(request, term, person, form=form, status=UNPROCESSABLE)
    try:
        operations.ask_extension(
            term_id=term.pk,
            weeks=form.cleaned_data["weeks"],
            actor=Actor(name=person.email, engineer_id=person.engineer_id),
            today=patterns.today_in(term.team.rotation, now),
            now=now,
        )
    except RefusedError as refusal:
        add_refusal(form, refusal)
        return _page(request, term, person, form=form, status=refusal.status)
    return redirect(EXTEND, signed=signed)


def _read(purpose: str, signed: str, now: dt.datetime) -> tuple[Term, Contact]:
    """The term and whoever the link was made for, while their account is open.

    Raises:
        LinkBrokenError, LinkExpiredError: the link is of no use, with why.
    """
    named = links.read_signed(purpose=purpose, signed=signed, now=now)
    rows = access.linked_terms().select_related("engineer", "team__rotation")
    term = get_object_or_404(rows, pk=named.row, engineer_id=named.person)
    found = service.contacts_of(engineer_ids=[named.person])
    if not found:
        raise links.LinkExpiredError("This link belongs to an account that is closed.")
    return term, found[0]


def _page(
    request: HttpRequest,
    term: Term,
    person: Contact,
    *,
    form: ExtendForm | None = None,
    refusal: RefusedError | None = None,
    status: int = 200,
) -> HttpResponse:
    rotation, end = term.team.rotation, end_of(term)
    newest = extensions.newest_by_term(term_ids=[term.pk]).get(term.pk)
    context = {
        "term": term,
        "rotation": rotation,
        "person": person,
        "form": form,
        "end": end,
        "end_at": leaving.handover_at(rotation, end) if end else None,
        "waiting": newest if newest is not None and newest.is_waiting else None,
        "refusal": refusal,
    }
    status = status if refusal is None else refusal.status
    return render(request, "portal/term_by_mail.html", context, status=status)
