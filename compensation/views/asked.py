"""What several pages read off a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common import wording
from volunteers.queries import profiles

if TYPE_CHECKING:
    import datetime as dt

    from volunteers.access import SignedInRequest

LONGEST_NUMBER = 9


def page_number(request: SignedInRequest) -> int:
    """The page of a long list that is asked for; the first for anything that is no number."""
    text = request.GET.get("page", "")
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    return int(text) if is_number else 1


def today(request: SignedInRequest, now: dt.datetime) -> dt.date:
    """The calendar day where the viewer works."""
    zone = profiles.place(engineer_id=request.viewer.engineer_id, now=now).zone
    return wording.local(now, zone).date()
