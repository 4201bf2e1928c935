"""What a rotation costs, for its managers and finance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from compensation import access
from compensation.queries import costs

if TYPE_CHECKING:
    from django.http import HttpResponse

    from volunteers.access import SignedInRequest


@require_GET
def rotation_cost(request: SignedInRequest, slug: str) -> HttpResponse:
    """Totals by month and currency; a total that would tell one person's pay is not told."""
    rotation = get_object_or_404(access.costed_rotations(viewer=request.viewer), slug=slug)
    tells_all = request.viewer.is_finance
    cost = costs.rotation_cost(rotation_id=rotation.pk, tells_all=tells_all)
    context = {"rotation": rotation, "cost": cost, "tells_all": tells_all}
    return render(request, "compensation/rotation_cost.html", context)
