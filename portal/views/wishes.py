"""A person's own wishes for coming weeks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from common import clock, wording
from common.forms import add_refusal
from common.refusals import RefusedError
from portal.forms.wishes import WishesForm
from portal.queries import own_wishes
from volunteers.operations import wishes as operations

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.queries.own_wishes import OwnWishes
    from volunteers.access import SignedInRequest

UNPROCESSABLE = 422


@require_http_methods(["GET", "POST"])
def wishes(request: SignedInRequest) -> HttpResponse:
    """The viewer's coming weeks in term: would like, would rather not, or no wish."""
    now = clock.now()
    own = own_wishes.own_wishes(viewer=request.viewer, now=now)
    if request.method != "POST":
        return _page(request, WishesForm(own=own), own)
    form = WishesForm(request.POST, own=own)
    if not form.is_valid():
        return _page(request, form, own, status=UNPROCESSABLE)
    try:
        changed = operations.set_wishes(
            wished=form.wished, actor=request.viewer.actor, now=clock.now()
        )
    except RefusedError as refusal:
        add_refusal(form, refusal)
        return _page(request, form, own, status=UNPROCESSABLE)
    if changed:
        said = f"Saved: {wording.counted(changed, 'wish', 'wishes')} changed."
        messages.success(request, f"{said} Drafts made from now on read them.")
    else:
        messages.success(request, "Nothing has changed: your wishes stand as they are.")
    return redirect("wishes")


def _page(
    request: SignedInRequest, form: WishesForm, own: OwnWishes, *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "own": own,
        "liked": own.count("want"),
        "avoided": own.count("avoid"),
    }
    return render(request, "portal/wishes.html", context, status=status)
