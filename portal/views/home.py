"""Home: what each role came for, one part after the other on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.views.decorators.http import require_GET

from common import clock
from compensation.queries import attention
from portal.context import shell_of
from portal.queries import admin_home, engineer_home, manager_home, outside, own_agreements
from rotation.queries import paged_now

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.queries.engineer_home import EngineerHome
    from volunteers.access import SignedInRequest, Viewer


@require_GET
def home(request: SignedInRequest) -> HttpResponse:
    """The parts of the viewer's roles: manager, engineer, finance, admin."""
    viewer, now = request.viewer, clock.now()
    place = shell_of(request, now=now).place
    own = engineer_home.engineer_home(
        viewer=viewer, place=place, with_duties=not viewer.is_manager, now=now
    )
    context: dict[str, Any] = {"own": own, "shows_own": _shows_own(viewer, own)}
    if own.is_serving:
        context["agreements"] = own_agreements.own_agreements(
            engineer_id=viewer.engineer_id, weeks=[row.week for row in own.rows], now=now
        )
    if own.is_carrying:
        context["paged_instead"] = paged_now.paged_instead(
            engineer_id=viewer.engineer_id,
            rotation_ids=[rotation.pk for rotation in own.rotations],
            now=now,
        )
    if viewer.is_manager:
        context["manager"] = manager_home.manager_home(viewer=viewer, now=now)
    elif context["shows_own"] and not own.is_serving:
        context["outside"] = outside.outside(viewer=viewer, now=now)
    if viewer.is_finance:
        context["finance"] = attention.finance_attention(now=now, today=own.today)
    if viewer.is_admin:
        context["setup"] = admin_home.admin_home(viewer=viewer, date=own.today, now=now)
    return render(request, "portal/home.html", context)


def _shows_own(viewer: Viewer, own: EngineerHome) -> bool:
    """Those with another role and nothing of their own are not asked to join."""
    has_other_role = viewer.is_manager or viewer.is_finance or viewer.is_admin
    return own.is_serving or bool(own.applications) or not has_other_role
