"""Windows for support in Django's admin: rows to read, and forms that call an operation.

It stands in `common` because every app that shows rows there needs it, audit and outbox too, and
neither of those may know the other or an app above. It holds no word of the product.
"""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import path, reverse

from common.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

M = TypeVar("M", bound=models.Model)
UNPROCESSABLE = 422


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Creation(Generic[M]):
    """How a row is added: what was cleaned goes into one operation, which gives the row."""

    form: type[forms.Form]
    run: Callable[[HttpRequest, Mapping[str, Any]], M]


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Change(Generic[M]):
    """Something that can be done with a row: a form, and the one operation that it leads to.

    `name` is a part of the address, `title` stands on the button; `initial` fills the form from
    the row, and rows for which `offered` is false show no button.
    """

    name: str
    title: str
    run: Callable[[HttpRequest, Mapping[str, Any], M], object]
    form: type[forms.Form] = forms.Form
    initial: Callable[[M], Mapping[str, Any]] = lambda _row: {}
    offered: Callable[[M], bool] = lambda _row: True


class RecordAdmin(admin.ModelAdmin[M]):
    """Rows to read by whom the site lets in. Nothing is added, edited or deleted as a row.

    Subclasses name their columns in `fields`; a column that is not named is not shown, searched
    or filtered by.
    """

    creation: ClassVar[Creation[Any] | None] = None
    changes: ClassVar[tuple[Change[Any], ...]] = ()

    actions = None
    list_per_page = 50
    list_max_show_all = 50
    show_full_result_count = False
    change_form_template = "admin/record.html"

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whoever may enter the site sees it."""
        return self.admin_site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Whoever may enter the site reads every row."""
        del obj
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only by a form that calls an operation."""
        return self.creation is not None and self.admin_site.has_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Never as a row."""
        del request, obj
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Never."""
        del request, obj
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only the filters beside the list: a lookup by another column would tell its value."""
        del value, request
        return lookup.partition("__")[0] in self.list_filter

    def get_urls(self) -> list[URLPattern]:
        """The record's pages and one address for each change; neither deletion nor history."""
        prefix = f"{self.opts.app_label}_{self.opts.model_name}"
        own = [
            path(
                f"<int:row_id>/{change.name}/",
                self.admin_site.admin_view(functools.partial(self.change_by_form, change=change)),
                name=f"{prefix}_{change.name}",
            )
            for change in self.changes
        ]
        hidden = {f"{prefix}_delete", f"{prefix}_history"}
        return own + [one for one in super().get_urls() if one.name not in hidden]

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form that leads to a new row.

        Raises:
            PermissionDenied: rows of this kind are not made here.
        """
        del form_url, extra_context
        creation = self.creation
        if creation is None:
            raise PermissionDenied
        return self._answer(
            request,
            _Page(
                title=f"Add {self.opts.verbose_name}",
                form=creation.form,
                initial={},
                run=functools.partial(creation.run, request),
                row=None,
            ),
        )

    def change_by_form(
        self, request: HttpRequest, *, row_id: int, change: Change[M]
    ) -> HttpResponse:
        """The form of one change of one row.

        Raises:
            Http404: there is no such row, or this cannot be done with it as it is.
        """
        row = self.get_object(request, str(row_id))
        if row is None or not change.offered(row):
            raise Http404
        return self._answer(
            request,
            _Page(
                title=change.title,
                form=change.form,
                initial=dict(change.initial(row)),
                run=lambda cleaned: change.run(request, cleaned, row),
                row=row,
            ),
        )

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,  # noqa: FBT001, FBT002
        change: bool = False,  # noqa: FBT001, FBT002
        form_url: str = "",
        obj: M | None = None,
    ) -> HttpResponse:
        """The row with a button for each change that it offers."""
        offered = [one for one in self.changes if obj is not None and one.offered(obj)]
        context["offered"] = [(one.title, self._address(one.name, obj)) for one in offered]
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _answer(self, request: HttpRequest, page: _Page) -> HttpResponse:
        if request.method not in {"GET", "HEAD", "POST"}:
            return HttpResponseNotAllowed(["GET", "POST"])
        if request.method != "POST":
            return self._show(request, page, page.form(initial=page.initial), status=200)
        form = page.form(request.POST, initial=page.initial)
        result = page.ask(form)
        if result is None:
            return self._show(request, page, form, status=UNPROCESSABLE)
        messages.success(request, f"{page.title}: done.")
        return redirect(self._address("change", result))

    def _show(
        self, request: HttpRequest, page: _Page, form: forms.Form, *, status: int
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": page.title,
            "subtitle": str(page.row) if page.row else None,
            "form": form,
            "opts": self.opts,
            "row": page.row,
            "back": self._address("change", page.row) if page.row else self._address("changelist"),
        }
        return render(request, "admin/operation.html", context, status=status)

    def _address(self, name: str, row: object = None) -> str:
        arguments = [row.pk] if isinstance(row, models.Model) else []
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}", args=arguments)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Page:
    title: str
    form: type[forms.Form]
    initial: dict[str, Any]
    run: Callable[[Mapping[str, Any]], object]
    row: models.Model | None

    def ask(self, form: forms.Form) -> object:
        """The row to go back to; None when the form or the operation refuses, as the form says."""
        if not form.is_valid():
            return None
        try:
            result = self.run(form.cleaned_data)
        except RefusedError as refusal:
            _blame(form, refusal)
            return None
        return self.row or result


def _blame(form: forms.Form, refusal: RefusedError) -> None:
    """Put each message beside its field, and what belongs to none above the form."""
    known = {field: said for field, said in refusal.fields.items() if field in form.fields}
    for field, said in known.items():
        form.add_error(field, said)
    if not known:
        form.add_error(None, refusal.message)
