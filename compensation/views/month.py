"""The page of one month, shown by itself and again by whatever is sent from it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render

from common import clock
from common.forms import add_refusal
from compensation.forms import CloseForm, DeclineForm, ReopenForm, SendForm
from compensation.queries import month_page
from compensation.views import asked

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpResponse, QueryDict

    from common.refusals import RefusedError
    from compensation.queries.month_page import MonthPage
    from volunteers.access import SignedInRequest


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """What was sent from the page and does not go through: by which form, or why it is refused."""

    closing: QueryDict | None = None
    sending: QueryDict | None = None
    reopening: QueryDict | None = None
    declining: QueryDict | None = None
    refusal: RefusedError | None = None

    @property
    def status(self) -> int:
        """The refusal's own status, 422 for a form to put right, 200 when nothing was sent."""
        if self.refusal is not None:
            return self.refusal.status
        sent = (self.closing, self.sending, self.reopening, self.declining)
        return 422 if any(form is not None for form in sent) else 200


def show_month(request: SignedInRequest, month: str, sent: Sent = Sent()) -> HttpResponse:
    """The month's page with its forms.

    Raises:
        Http404: nothing is posted to the month, and it does not stand open.
    """
    now = clock.now()
    page = month_page.month_page(
        month=month,
        now=now,
        today=asked.today(request, now),
        people_page=asked.page_number(request),
    )
    if page is None:
        raise Http404
    shown = _forms(page, sent)
    if sent.refusal is not None:
        for form in shown.values():
            if form.is_bound and form.is_valid():
                add_refusal(form, sent.refusal)
    context = {"page": page, "refusal": sent.refusal, **shown}
    return render(request, "compensation/period_detail.html", context, status=sent.status)


def _forms(page: MonthPage, sent: Sent) -> dict[str, forms.Form]:
    """The page's forms, the one that was sent with what was written into it."""
    before = page.before_label if page.has_before else ""
    return {
        "close_form": CloseForm(sent.closing, compared_with=before),
        "send_form": SendForm(sent.sending, files=page.to_send),
        "reopen_form": ReopenForm(sent.reopening),
        "decline_form": DeclineForm(sent.declining),
    }
