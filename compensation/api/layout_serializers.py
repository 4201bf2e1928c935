"""How export layouts are written in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.api.fields import StrictSerializer, TextField, WholeNumberField
from compensation.domain.layout_content import (
    DATE_FORMATS,
    KINDS,
    LONGEST_CODE,
    LONGEST_FILE_NAME,
    LONGEST_HEADING,
    LONGEST_TEXT,
    MOST_COLUMNS,
    ROWS,
    SOURCES,
)
from compensation.operations.layouts import LONGEST_NAME

LONGEST_SLUG = 64


class ColumnSerializer(StrictSerializer):
    """A column: its heading, what it shows, and the text of one that shows `text`."""

    heading = TextField(is_line=True, max_length=LONGEST_HEADING)
    source = serializers.ChoiceField(choices=sorted(SOURCES))  # type: ignore[assignment]
    text = TextField(
        is_line=True, max_length=LONGEST_TEXT, required=False, allow_blank=True, default=""
    )


class PayCodeSerializer(StrictSerializer):
    """How the payroll system calls a kind of entry; an empty office stands for every one."""

    kind = serializers.ChoiceField(choices=sorted(KINDS))
    office = TextField(
        is_line=True, max_length=LONGEST_SLUG, required=False, allow_blank=True, default=""
    )
    code = TextField(is_line=True, max_length=LONGEST_CODE)


class ContentSerializer(StrictSerializer):
    """What the file holds. An empty currency takes every one, told apart by a column."""

    rows = serializers.ChoiceField(choices=sorted(ROWS))
    columns = serializers.ListField(child=ColumnSerializer(), min_length=1, max_length=MOST_COLUMNS)
    date_format = serializers.ChoiceField(choices=sorted(DATE_FORMATS))
    currency = TextField(is_line=True, max_length=3, required=False, allow_blank=True, default="")
    pay_codes = serializers.ListField(
        child=PayCodeSerializer(), max_length=1000, required=False, default=list
    )
    file_name = TextField(
        is_line=True, max_length=LONGEST_FILE_NAME, required=False, allow_blank=True, default=""
    )


class NewLayoutSerializer(StrictSerializer):
    """A layout; `office` is a slug, and empty stands for every office."""

    name = TextField(is_line=True, max_length=LONGEST_NAME)
    office = TextField(
        is_line=True, max_length=LONGEST_SLUG, required=False, allow_blank=True, default=""
    )
    content = ContentSerializer()


class ChangedLayoutSerializer(NewLayoutSerializer):
    """A layout as it is to be, and the version that was read before."""

    version = WholeNumberField(min_value=1)


class LayoutSerializer(serializers.Serializer[Any]):
    """A layout as its newest version says."""

    slug = serializers.CharField()
    name = serializers.CharField()
    office = serializers.CharField()
    is_ready_made = serializers.BooleanField()
    is_in_use = serializers.BooleanField()
    version = serializers.IntegerField()
    made_by = serializers.CharField()
    made_at = serializers.DateTimeField()
    content = ContentSerializer()


class ReadyMadeSerializer(serializers.Serializer[Any]):
    """A layout that Rota brings along."""

    slug = serializers.CharField()
    name = serializers.CharField()
    about = serializers.CharField()
    content = ContentSerializer()


class PreviewSerializer(serializers.Serializer[Any]):
    """The first rows of the file; `faults` say why there are none."""

    month = serializers.CharField()
    file_name = serializers.CharField()
    headings = serializers.ListField(child=serializers.CharField())
    rows = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    left_out = serializers.IntegerField()
    faults = serializers.ListField(child=serializers.CharField())
