"""An admin anonymises somebody who has left, after seeing what goes and what stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from common import clock
from common.forms import add_refusal
from common.refusals import RefusedError
from portal.forms.anonymising import AnonymiseForm
from portal.operations.anonymising import anonymise_engineer
from portal.queries.anonymising import ONLY_ADMINS, hindrances
from volunteers import access
from volunteers.queries.former import pseudonym, pseudonym_email

if TYPE_CHECKING:
    from django.http import HttpResponse

    from volunteers.access import SignedInRequest

UNPROCESSABLE = 422


@require_http_methods(["GET", "POST"])
def anonymise(request: SignedInRequest, engineer_id: int) -> HttpResponse:
    """What would go and what would stay; done once the e-mail is typed."""
    if not request.viewer.is_admin:
        raise PermissionDenied(ONLY_ADMINS)
    person = get_object_or_404(access.visible_people(viewer=request.viewer), pk=engineer_id)
    now = clock.now()
    form = AnonymiseForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                done = anonymise_engineer(
                    engineer_id=person.pk,
                    typed_email=form.cleaned_data["email"],
                    actor=request.viewer.actor,
                    now=now,
                )
            except RefusedError as refusal:
                add_refusal(form, refusal)
            else:
                messages.success(request, f"Anonymised. The account is {done.name} from now on.")
                return redirect("person-detail", engineer_id=person.pk)
    context = {
        "person": person,
        "form": form,
        "reasons": hindrances(engineer=person, now=now),
        "name": pseudonym(person),
        "email": pseudonym_email(person),
        "back": reverse("person-detail", args=[person.pk]),
    }
    return render(request, "portal/anonymise.html", context, status=status)
