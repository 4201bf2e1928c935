"""Export layouts: added, changed as a new version, taken out of use and used again."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from audit.operations import Area, record
from common.cleaning import Cleaner
from common.refusals import RefusedError
from compensation.domain import layout_content, ready_made
from compensation.models import Export, ExportLayout, ExportLayoutVersion
from volunteers.queries.places import office_lines

if TYPE_CHECKING:
    import datetime as dt

    from audit.operations import Actor
    from compensation.domain.layout_content import Content

LONGEST_NAME = 60
# Rota's own files, and words of addresses.
RESERVED = frozenset({*Export.Layout.values, "add", "use", "ready-made", "preview"})


class LayoutInvalidError(RefusedError):
    """Something in the layout is not right; `fields` says what."""

    code = "LAYOUT_INVALID"


class LayoutUnknownError(RefusedError):
    """There is no such layout."""

    code = "LAYOUT_UNKNOWN"
    status = 404


class LayoutKnownError(RefusedError):
    """A layout has this name already."""

    code = "LAYOUT_KNOWN"
    status = 409


class LayoutChangedError(RefusedError):
    """Somebody else changed the layout meanwhile; nothing was written."""

    code = "LAYOUT_CHANGED"
    status = 409


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class NewLayout:
    """A layout as somebody wants it; `office` is a slug, empty for every office."""

    name: str
    office: str
    content: Content


def add_layout(*, layout: NewLayout, actor: Actor, now: dt.datetime) -> str:
    """Add a layout, which every month that closes from now on has a file of; return its slug.

    Raises:
        LayoutInvalidError: the name, the office or the content cannot be.
        LayoutKnownError: there is one of this name.
    """
    return _add(layout, slug=_slug(layout.name), is_ready_made=False, actor=actor, now=now)


def use_ready_made(*, slug: str, actor: Actor, now: dt.datetime) -> str:
    """Add a layout that Rota brings along, as it is; return its slug.

    Raises:
        LayoutUnknownError: Rota brings none of this name along.
        LayoutKnownError: it is there already.
    """
    known = ready_made.READY_MADE.get(slug)
    if known is None:
        raise LayoutUnknownError("Rota brings no such layout along.")
    layout = NewLayout(name=known.name, office="", content=known.content)
    return _add(layout, slug=slug, is_ready_made=True, actor=actor, now=now)


def change_layout(
    *, slug: str, layout: NewLayout, seen_version: int, actor: Actor, now: dt.datetime
) -> int:
    """Give the layout a new version, for months that close from now on; return its number.

    A layout that is that way already keeps its version. Files that are stored never change.

    Raises:
        LayoutUnknownError: there is no such layout.
        LayoutInvalidError: the name, the office or the content cannot be.
        LayoutChangedError: `seen_version` is not the newest one any more.
    """
    checked, office_id = _checked(layout, slug=slug)
    with transaction.atomic():
        row = _held(slug)
        newest = row.versions.order_by("-number")[0]
        if newest.number != seen_version:
            raise LayoutChangedError(
                f"{newest.made_by} saved version {newest.number} meanwhile. Look at it first."
            )
        before = row.name, row.office_id, layout_content.unchecked(newest.content)
        if before == (checked.name, office_id, checked.content):
            return int(newest.number)
        row.name, row.office_id = checked.name, office_id
        row.save(update_fields=["name", "office"])
        version = _write(row, checked.content, number=newest.number + 1, actor=actor, now=now)
        _record("changed", row, before=newest.number, after=version, actor=actor, now=now)
    return version


def archive_layout(*, slug: str, actor: Actor, now: dt.datetime) -> bool:
    """Take the layout out of use; its stored files stay. False when it is out already.

    Raises:
        LayoutUnknownError: there is no such layout.
    """
    with transaction.atomic():
        row = _held(slug)
        if row.archived_at is not None:
            return False
        row.archived_at = now
        row.save(update_fields=["archived_at"])
        _record("took out of use", row, actor=actor, now=now)
    return True


def restore_layout(*, slug: str, actor: Actor, now: dt.datetime) -> bool:
    """Use the layout again. False when it is in use already.

    Raises:
        LayoutUnknownError: there is no such layout.
    """
    with transaction.atomic():
        row = _held(slug)
        if row.archived_at is None:
            return False
        row.archived_at = None
        row.save(update_fields=["archived_at"])
        _record("used again", row, actor=actor, now=now)
    return True


def _add(
    layout: NewLayout, *, slug: str, is_ready_made: bool, actor: Actor, now: dt.datetime
) -> str:
    checked, office_id = _checked(layout, slug=slug)
    try:
        with transaction.atomic():
            row = ExportLayout.objects.create(
                slug=slug, name=checked.name, office_id=office_id, is_ready_made=is_ready_made
            )
            _write(row, checked.content, number=1, actor=actor, now=now)
            _record("added", row, after=1, actor=actor, now=now)
    except IntegrityError as error:
        if not ExportLayout.objects.filter(slug=slug).exists():
            raise
        message = "There is a layout of this name already."
        raise LayoutKnownError(message, fields={"name": message}) from error
    return slug


def _checked(layout: NewLayout, *, slug: str) -> tuple[NewLayout, int | None]:
    """The layout as it is kept, and its office's id, once nothing stands against it."""
    offices = {office.slug: office.office_id for office in office_lines()}
    cleaner = Cleaner()
    name = cleaner.line("name", layout.name, longest=LONGEST_NAME)
    if slug in RESERVED:
        cleaner.refuse("name", "Rota itself uses this name: choose another one.")
    if layout.office and layout.office not in offices:
        cleaner.refuse("office", "There is no such office.")
    coded = {code.office for code in layout.content.pay_codes} - {layout_content.EVERY_OFFICE}
    if not coded <= set(offices):
        cleaner.refuse("pay_codes", "There is no such office.")
    try:
        layout_content.check(layout.content)
    except layout_content.LayoutError as error:
        for field, message in error.fields.items():
            cleaner.refuse(field, message)
    cleaner.raise_problems(LayoutInvalidError)
    return dataclasses.replace(layout, name=name), offices.get(layout.office)


def _slug(name: str) -> str:
    """How addresses and files call it; a name without plain letters gets one of its own."""
    digest = hashlib.sha256(name.strip().encode("utf-8", "replace")).hexdigest()
    return slugify(name)[:LONGEST_NAME].strip("-") or f"layout-{digest[:8]}"


def _held(slug: str) -> ExportLayout:
    row = ExportLayout.objects.select_for_update().filter(slug=slug).first()
    if row is None:
        raise LayoutUnknownError("There is no such layout.")
    return row


def _write(
    row: ExportLayout, content: Content, *, number: int, actor: Actor, now: dt.datetime
) -> int:
    ExportLayoutVersion.objects.create(
        layout=row, number=number, content=content.as_data(), made_by=actor.name, made_at=now
    )
    return number


def _record(
    verb: str,
    row: ExportLayout,
    *,
    actor: Actor,
    now: dt.datetime,
    before: int | None = None,
    after: int | None = None,
) -> None:
    record(
        actor=actor,
        now=now,
        area=Area.MONEY,
        verb=verb,
        subject=f"export layout {row.slug}",
        about=[row],
        before={"version": before} if before else None,
        after={"name": row.name, "version": after} if after else None,
    )
