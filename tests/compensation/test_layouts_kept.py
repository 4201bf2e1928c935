"""Export layouts: added, changed by versions, and made into files when a month closes."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from audit.models import AuditEvent
from compensation import exports
from compensation.domain.layout_content import Column, PayCode
from compensation.domain.ready_made import READY_MADE
from compensation.models import Export, ExportLayoutVersion
from compensation.operations import layouts, periods, weeks
from compensation.operations.layouts import NewLayout
from compensation.queries.layouts import layout_line, layout_lines, layout_versions, layouts_in_use
from tests import builders
from tests.compensation.rows import AFTER_OCTOBER, FINN, SWEEP, make_money

pytestmark = pytest.mark.django_db
GENERIC = READY_MADE["generic-long"].content
MONTH = "2026-10"


def wanted(**changes: Any) -> NewLayout:
    layout = NewLayout(name="Payroll of Dublin", office="", content=GENERIC)
    return dataclasses.replace(layout, **changes)


def add(**changes: Any) -> str:
    return layouts.add_layout(layout=wanted(**changes), actor=FINN, now=AFTER_OCTOBER)


def change(slug: str, seen_version: int, **changes: Any) -> int:
    return layouts.change_layout(
        slug=slug,
        layout=wanted(**changes),
        seen_version=seen_version,
        actor=FINN,
        now=AFTER_OCTOBER,
    )


def close() -> periods.ClosedPeriod:
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    return periods.close_period(month=MONTH, actor=FINN, now=AFTER_OCTOBER)


def renamed(heading: str) -> Any:
    return dataclasses.replace(
        GENERIC, columns=(*GENERIC.columns, Column(heading=heading, source="seconds"))
    )


def test_a_layout_is_kept_as_it_was_given() -> None:
    office = builders.make_office()
    codes = (*GENERIC.pay_codes, PayCode(kind="BASE", office=office.slug, code="OC-IE"))
    content = dataclasses.replace(GENERIC, pay_codes=codes)

    slug = add(office=office.slug, content=content)

    line = layout_line(slug=slug)
    assert line is not None
    assert (line.slug, line.office, line.office_name) == (
        "payroll-of-dublin", office.slug, office.name,
    )  # fmt: skip
    assert (line.version, line.made_by, line.is_ready_made) == (1, FINN.name, False)
    assert line.content == content


def test_what_rota_brings_along_is_used_once() -> None:
    slug = layouts.use_ready_made(slug="brightpay", actor=FINN, now=AFTER_OCTOBER)

    with pytest.raises(layouts.LayoutKnownError):
        layouts.use_ready_made(slug="brightpay", actor=FINN, now=AFTER_OCTOBER)
    with pytest.raises(layouts.LayoutUnknownError):
        layouts.use_ready_made(slug="sage", actor=FINN, now=AFTER_OCTOBER)
    assert slug == "brightpay"
    assert [(line.slug, line.is_ready_made) for line in layout_lines()] == [("brightpay", True)]


def test_a_change_is_a_new_version_and_the_old_one_stays_as_it_was() -> None:
    slug = add()

    assert change(slug, 1, content=renamed("secs"), name="Payroll") == 2

    versions = layout_versions(slug=slug)
    assert [version.number for version in versions] == [2, 1]
    assert versions[1].content == GENERIC
    line = layout_line(slug=slug)
    assert line is not None
    assert (line.name, line.version, line.content) == ("Payroll", 2, renamed("secs"))


def test_saving_what_is_there_already_writes_nothing() -> None:
    slug = add()

    assert change(slug, 1) == 1

    assert ExportLayoutVersion.objects.count() == 1
    assert not AuditEvent.objects.filter(verb="changed").exists()


def test_of_two_who_change_the_same_version_one_is_told_and_nothing_is_lost() -> None:
    slug = add()
    change(slug, 1, content=renamed("first"))

    with pytest.raises(layouts.LayoutChangedError, match="saved version 2 meanwhile"):
        change(slug, 1, content=renamed("second"))

    assert len(layout_versions(slug=slug)) == 2


def test_one_out_of_use_makes_no_file_until_it_is_used_again() -> None:
    slug = add()

    assert layouts.archive_layout(slug=slug, actor=FINN, now=AFTER_OCTOBER)
    assert not layouts.archive_layout(slug=slug, actor=FINN, now=AFTER_OCTOBER)
    assert layouts_in_use() == []
    assert layouts.restore_layout(slug=slug, actor=FINN, now=AFTER_OCTOBER)
    assert not layouts.restore_layout(slug=slug, actor=FINN, now=AFTER_OCTOBER)
    assert [line.slug for line in layouts_in_use()] == [slug]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "Detail"}, "name"),
        ({"office": "atlantis"}, "office"),
        ({"content": dataclasses.replace(GENERIC, columns=())}, "columns"),
        (
            {
                "content": dataclasses.replace(
                    GENERIC,
                    pay_codes=(
                        *GENERIC.pay_codes,
                        PayCode(kind="BASE", office="atlantis", code="x"),
                    ),
                )
            },
            "pay_codes",
        ),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(layouts.LayoutInvalidError) as caught:
        add(**changes)

    assert field in caught.value.fields
    assert layout_lines() == []


def test_a_name_without_plain_letters_gets_an_address_of_its_own() -> None:
    slugs = {add(name="المرتبات"), add(name="!!!")}

    assert len(slugs) == 2
    assert all(slug.startswith("layout-") for slug in slugs)


def test_a_name_is_given_once() -> None:
    add()

    with pytest.raises(layouts.LayoutKnownError):
        add(name="payroll of DUBLIN")


@pytest.mark.parametrize("act", [layouts.archive_layout, layouts.restore_layout])
def test_what_there_is_not_cannot_be_taken_out_of_use(act: Any) -> None:
    with pytest.raises(layouts.LayoutUnknownError):
        act(slug="nothing", actor=FINN, now=AFTER_OCTOBER)


def test_every_act_is_on_record() -> None:
    slug = add()
    change(slug, 1, content=renamed("x"))
    layouts.archive_layout(slug=slug, actor=FINN, now=AFTER_OCTOBER)
    layouts.restore_layout(slug=slug, actor=FINN, now=AFTER_OCTOBER)

    events = AuditEvent.objects.order_by("pk")
    assert [(event.verb, event.actor) for event in events] == [
        ("added", FINN.name),
        ("changed", FINN.name),
        ("took out of use", FINN.name),
        ("used again", FINN.name),
    ]
    assert {event.subject for event in events} == {f"export layout {slug}"}


def test_no_statement_changes_what_a_version_says() -> None:
    add()

    for statement in (
        lambda: ExportLayoutVersion.objects.update(content={}),
        lambda: ExportLayoutVersion.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            statement()


def test_a_month_that_closes_stores_a_file_for_each_layout_in_use() -> None:
    make_money()
    layouts.use_ready_made(slug="brightpay", actor=FINN, now=AFTER_OCTOBER)
    layouts.use_ready_made(slug="staffology", actor=FINN, now=AFTER_OCTOBER)
    unused = add()
    layouts.archive_layout(slug=unused, actor=FINN, now=AFTER_OCTOBER)

    closed = close()

    assert closed.file_names == (
        "rota-2026-10-detail-v1.csv",
        "rota-2026-10-summary-v1.csv",
        "rota-2026-10-v1.xlsx",
        "rota-2026-10-brightpay-v1.csv",
        "rota-2026-10-staffology-v1.csv",
    )
    brightpay = Export.objects.get(layout="brightpay")
    assert bytes(brightpay.content) == (
        b"Works Number,Description,Amount,Department\r\n00412,On call,1800.00,ENG-110\r\n"
    )
    assert brightpay.sha256 == hashlib.sha256(bytes(brightpay.content)).hexdigest()
    assert (brightpay.row_count, brightpay.totals) == (1, {"EUR": 180000})
    staffology = Export.objects.get(layout="staffology")
    assert (staffology.row_count, staffology.totals) == (0, {})


def test_the_file_of_a_layout_is_provisional_first_and_then_stays_as_it_was_stored() -> None:
    make_money()
    slug = add()
    weeks.complete_weeks(actor=SWEEP, now=AFTER_OCTOBER)
    before = exports.export_file(month=MONTH, layout=slug, now=AFTER_OCTOBER)
    close()
    stored = exports.export_file(month=MONTH, layout=slug, now=AFTER_OCTOBER)

    change(slug, 1, content=renamed("later"))
    layouts.archive_layout(slug=slug, actor=FINN, now=AFTER_OCTOBER)

    assert before.file_name == "rota-2026-10-payroll-of-dublin-PROVISIONAL.csv"
    assert before.content.replace(b"-PROVISIONAL", b"-v1") == stored.content
    assert exports.export_file(month=MONTH, layout=slug, now=AFTER_OCTOBER) == stored


def test_a_layout_is_csv_alone_and_one_that_came_later_has_no_stored_file() -> None:
    make_money()
    close()
    slug = add()

    with pytest.raises(exports.ExportUnknownError) as unknown:
        exports.export_file(month=MONTH, layout=slug, file_format="xlsx", now=AFTER_OCTOBER)
    with pytest.raises(exports.ExportMissingError):
        exports.export_file(month=MONTH, layout=slug, now=AFTER_OCTOBER)
    assert list(unknown.value.fields) == ["format"]
