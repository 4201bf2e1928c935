"""Export layouts: which there are, what each says now, and how it came to say that."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from django.db.models import OuterRef, Subquery

from compensation.domain.layout_content import Content, unchecked
from compensation.domain.layout_rows import Layout
from compensation.models import ExportLayout, ExportLayoutVersion
from volunteers.queries import contacts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from django.db.models import QuerySet


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LayoutLine:
    """A layout with its newest version; `office` is a slug, empty for every office.

    `made_by` is an e-mail, `maker` the name behind it.
    """

    slug: str
    name: str
    office: str
    office_name: str
    is_ready_made: bool
    is_in_use: bool
    version: int
    made_by: str
    maker: str
    made_at: dt.datetime
    content: Content

    @property
    def layout(self) -> Layout:
        """What the file is made by."""
        return Layout(slug=self.slug, office=self.office, content=self.content)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class LayoutVersion:
    """What a layout said from a moment on."""

    number: int
    made_by: str
    maker: str
    made_at: dt.datetime
    content: Content


def layout_lines() -> list[LayoutLine]:
    """Every layout, those out of use too, in order of name; two queries."""
    return _lines(ExportLayout.objects.all())


def layout_line(*, slug: str) -> LayoutLine | None:
    """One layout, or None."""
    return next(iter(_lines(ExportLayout.objects.filter(slug=slug))), None)


def layouts_in_use() -> list[LayoutLine]:
    """Those that a file is made by when a month closes, in order of name."""
    return _lines(ExportLayout.objects.filter(archived_at__isnull=True))


def layout_versions(*, slug: str) -> list[LayoutVersion]:
    """Everything that a layout ever said, the newest first."""
    rows = list(ExportLayoutVersion.objects.filter(layout__slug=slug).order_by("-number", "pk"))
    names = contacts.names_of(emails=[row.made_by for row in rows])
    return [
        LayoutVersion(
            number=row.number,
            made_by=row.made_by,
            maker=names.get(row.made_by, row.made_by),
            made_at=row.made_at,
            content=unchecked(row.content),
        )
        for row in rows
    ]


def _lines(layouts: QuerySet[ExportLayout]) -> list[LayoutLine]:
    newest = ExportLayoutVersion.objects.filter(layout=OuterRef("layout")).order_by("-number")
    rows = list(layouts.select_related("office").order_by("name", "pk"))
    latest = ExportLayoutVersion.objects.filter(
        layout__in=layouts, pk=Subquery(newest.values("pk")[:1])
    )
    versions = {version.layout_id: version for version in latest}
    names = contacts.names_of(emails=[version.made_by for version in versions.values()])
    return [_line(row, versions[row.pk], names) for row in rows if row.pk in versions]


def _line(row: ExportLayout, version: ExportLayoutVersion, names: Mapping[str, str]) -> LayoutLine:
    return LayoutLine(
        slug=row.slug,
        name=row.name,
        office=row.office.slug if row.office else "",
        office_name=row.office.name if row.office else "",
        is_ready_made=row.is_ready_made,
        is_in_use=row.archived_at is None,
        version=version.number,
        made_by=version.made_by,
        maker=names.get(version.made_by, version.made_by),
        made_at=version.made_at,
        content=unchecked(version.content),
    )
