"""Two drafts side by side. Managers of the team only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.views.decorators.http import require_GET

from common import clock
from rotation import access
from rotation.forms.drafts import CompareForm
from rotation.queries import comparison, drafts

if TYPE_CHECKING:
    from django.http import HttpResponse

    from rotation.models import Draft
    from volunteers.access import SignedInRequest

UNPROCESSABLE = 422


@require_GET
def draft_compare(request: SignedInRequest) -> HttpResponse:
    """Two drafts of one rotation by their figures and the weeks that differ; or the choice."""
    viewer = request.viewer
    if not viewer.is_manager:
        raise PermissionDenied("Only the managers of an on-call team see its drafts.")
    lines = drafts.solved_lines(drafts=access.visible_drafts(viewer=viewer))
    is_asked = bool(request.GET.get("a") and request.GET.get("b"))
    form = CompareForm(
        request.GET if is_asked else None, lines=lines, initial=_initial(request, lines)
    )
    context: dict[str, Any] = {"form": form, "lines": lines}
    status = 200
    if is_asked:
        pair = _pair(request, form) if form.is_valid() else None
        if pair is None:
            status = UNPROCESSABLE
        else:
            found = comparison.compare(*pair, now=clock.now())
            context |= {"found": found, "one": pair[0], "other": pair[1]}
    return render(request, "rotation/draft_compare.html", context, status=status)


def _initial(request: SignedInRequest, lines: list[drafts.DraftLine]) -> dict[str, str]:
    """The draft that one comes from, or the newest, beside the newest other of its rotation."""
    one = next((each for each in lines if str(each.draft_id) == request.GET.get("a")), None)
    one = one or next(iter(lines), None)
    if one is None:
        return {}
    other = next(
        (
            each
            for each in lines
            if each.draft_id != one.draft_id and each.rotation_name == one.rotation_name
        ),
        None,
    )
    return {"a": str(one.draft_id), "b": str(other.draft_id) if other else ""}


def _pair(request: SignedInRequest, form: CompareForm) -> tuple[Draft, Draft] | None:
    """Both drafts; None, with a message beside the second, when there is nothing to compare."""
    rows = access.visible_drafts(viewer=request.viewer).select_related("rotation", "policy")
    found = {str(row.pk): row for row in rows.filter(pk__in=form.cleaned_data.values())}
    one, other = found[form.cleaned_data["a"]], found[form.cleaned_data["b"]]
    if one.pk == other.pk:
        form.add_error("b", "Choose another draft than the first.")
        return None
    if one.rotation_id != other.rotation_id:
        form.add_error("b", "Choose a draft of the same rotation.")
        return None
    return one, other
