"""Which mails a person gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from common import clock
from outbox import queries
from outbox.domain import kinds
from volunteers.operations import messages as operations

if TYPE_CHECKING:
    from django.http import HttpResponse

    from volunteers.access import SignedInRequest


@require_http_methods(["GET", "POST"])
def mail_choices(request: SignedInRequest) -> HttpResponse:
    """A tick for each kind of mail; what concerns a shift tomorrow has none."""
    viewer = request.viewer
    groups = kinds.choosable(manages=viewer.is_manager, runs=viewer.is_admin or viewer.is_finance)
    if request.method == "POST":
        operations.choose_mails(
            wanted=request.POST.getlist("wanted"),
            among=[kind.name for _group, found in groups for kind in found],
            actor=viewer.actor,
            now=clock.now(),
        )
        messages.success(request, "Saved. It holds for every mail from now on.")
        return redirect("settings-mails")
    off = queries.turned_off(engineer_id=viewer.engineer_id)
    return render(request, "portal/mail_choices.html", {"groups": groups, "off": off})
