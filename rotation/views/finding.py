"""Rows that a page is about, or the page that says there is none."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404

from rotation import access

if TYPE_CHECKING:
    from rotation.models import Draft
    from volunteers.access import SignedInRequest


def draft_of(request: SignedInRequest, draft_id: int) -> Draft:
    """A draft of a team that the viewer manages, with what its pages name.

    Raises:
        Http404: there is none, or it is another team's.
    """
    rows = access.visible_drafts(viewer=request.viewer).select_related(
        "rotation__team",
        "rotation__published_by",
        "policy",
        "requested_by",
        "closed_by",
        "solved_again_from",
    )
    return get_object_or_404(rows, pk=draft_id)


def day_in_address(text: str) -> dt.date:
    """The day that an address names.

    Raises:
        Http404: it names none.
    """
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Http404 from None
