"""Export layouts: which there are, editing one with its preview, taking one out of use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock
from common.forms import add_refusal
from common.refusals import RefusedError
from compensation import access
from compensation.domain.ready_made import READY_MADE
from compensation.operations import layouts as keeping
from compensation.operations import rights
from compensation.operations.layouts import NewLayout
from compensation.queries import layouts as queries
from compensation.queries.layout_preview import layout_preview
from compensation.views import layout_form
from volunteers.queries.places import office_lines

if TYPE_CHECKING:
    import datetime as dt

    from compensation.queries.layouts import LayoutLine
    from compensation.views.layout_form import Editor
    from volunteers.access import SignedInRequest

Function = access.MoneyFunction
FIRST = "generic-long"


@require_GET
def layouts(request: SignedInRequest) -> HttpResponse:
    """Every layout, and those that Rota brings along."""
    access.require(viewer=request.viewer, function=Function.EDIT_LAYOUTS)
    lines = queries.layout_lines()
    taken = {line.slug for line in lines}
    context = {
        "in_use": [line for line in lines if line.is_in_use],
        "out_of_use": [line for line in lines if not line.is_in_use],
        "ready_made": [one for slug, one in READY_MADE.items() if slug not in taken],
    }
    return render(request, "compensation/layouts.html", context)


@require_http_methods(["GET", "POST"])
def layout_add(request: SignedInRequest) -> HttpResponse:
    """Make a layout of one's own, from the generic one."""
    offices = office_lines()
    if request.method == "POST":
        now = _required(request, "adding an export layout")
        editor = layout_form.editor_sent(post=request.POST, slug="", offices=offices)
        if request.POST.get("do") != layout_form.SAVE:
            return _editor(request, editor)
        try:
            slug = keeping.add_layout(layout=editor.wanted, actor=request.viewer.actor, now=now)
        except RefusedError as refusal:
            return _refused(request, editor, refusal)
        messages.success(request, "Added. Every month that closes from now on has its file.")
        return redirect("layout-detail", layout_slug=slug)
    access.require(viewer=request.viewer, function=Function.EDIT_LAYOUTS)
    begin = NewLayout(name="", office="", content=READY_MADE[FIRST].content)
    return _editor(request, layout_form.editor_of(layout=begin, slug="", offices=offices))


@require_http_methods(["GET", "POST"])
def layout_detail(request: SignedInRequest, layout_slug: str) -> HttpResponse:
    """A layout with its preview; saving makes its next version."""
    offices = office_lines()
    if request.method == "POST":
        now = _required(request, f"changing export layout {layout_slug}")
        line = _line(layout_slug)
        editor = layout_form.editor_sent(post=request.POST, slug=line.slug, offices=offices)
        if request.POST.get("do") != layout_form.SAVE:
            return _editor(request, editor, line)
        return _saved(request, editor, line, now)
    access.require(viewer=request.viewer, function=Function.EDIT_LAYOUTS)
    line = _line(layout_slug)
    known = NewLayout(name=line.name, office=line.office, content=line.content)
    editor = layout_form.editor_of(layout=known, slug=line.slug, offices=offices)
    return _editor(request, editor, line)


@require_POST
def layout_use(request: SignedInRequest, ready_made: str) -> HttpResponse:
    """Use a layout that Rota brings along."""
    now = _required(request, f"adding export layout {ready_made}")
    try:
        slug = keeping.use_ready_made(slug=ready_made, actor=request.viewer.actor, now=now)
    except keeping.LayoutKnownError:
        messages.info(request, "It is there already.")
        return redirect("layouts")
    messages.success(
        request, "In use: every month that closes from now on has its file. Check its pay codes."
    )
    return redirect("layout-detail", layout_slug=slug)


@require_POST
def layout_archive(request: SignedInRequest, layout_slug: str) -> HttpResponse:
    """Take the layout out of use; of two clicks the second changes nothing."""
    now = _required(request, f"taking export layout {layout_slug} out of use")
    keeping.archive_layout(slug=layout_slug, actor=request.viewer.actor, now=now)
    messages.success(request, "Out of use. Files that are stored stay where they are.")
    return redirect("layouts")


@require_POST
def layout_restore(request: SignedInRequest, layout_slug: str) -> HttpResponse:
    """Use the layout again."""
    now = _required(request, f"using export layout {layout_slug} again")
    keeping.restore_layout(slug=layout_slug, actor=request.viewer.actor, now=now)
    messages.success(request, "In use again, for months that close from now on.")
    return redirect("layouts")


def _required(request: SignedInRequest, attempt: str) -> dt.datetime:
    """Let finance pass, and say when it is."""
    now = clock.now()
    rights.require_finance(
        viewer=request.viewer, function=Function.EDIT_LAYOUTS, attempt=attempt, now=now
    )
    return now


def _line(slug: str) -> LayoutLine:
    line = queries.layout_line(slug=slug)
    if line is None:
        raise Http404
    return line


def _saved(
    request: SignedInRequest, editor: Editor, line: LayoutLine, now: dt.datetime
) -> HttpResponse:
    try:
        version = keeping.change_layout(
            slug=line.slug,
            layout=editor.wanted,
            seen_version=layout_form.number_of(request.POST.get("seen_version", "")),
            actor=request.viewer.actor,
            now=now,
        )
    except RefusedError as refusal:
        return _refused(request, editor, refusal, line)
    if version == line.version:
        messages.info(request, "Nothing was different: nothing was saved.")
    else:
        messages.success(request, f"Saved as version {version}. Stored files stay as they are.")
    return redirect("layout-detail", layout_slug=line.slug)


def _refused(
    request: SignedInRequest,
    editor: Editor,
    refusal: RefusedError,
    line: LayoutLine | None = None,
) -> HttpResponse:
    editor.form.full_clean()
    for name in refusal.fields:
        editor.form.errors.pop(name, None)
    add_refusal(editor.form, refusal)
    status = refusal.status if refusal.status == keeping.LayoutChangedError.status else 422
    return _editor(request, editor, line, status=status)


def _editor(
    request: SignedInRequest, editor: Editor, line: LayoutLine | None = None, *, status: int = 200
) -> HttpResponse:
    """The page of the editor. Only a click on saving says what is to be put right."""
    context = {
        "line": line,
        "editor": editor,
        "is_refused": status != 200,  # noqa: PLR2004 - HTTP's number for all is well
        "preview": layout_preview(layout=editor.layout),
        "versions": queries.layout_versions(slug=line.slug) if line else [],
    }
    return render(request, "compensation/layout_detail.html", context, status=status)
