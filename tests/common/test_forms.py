from __future__ import annotations

import datetime as dt

import pytest
from django import forms

from common.forms import DayField, add_refusal
from common.refusals import RefusedError


class AwayForm(forms.Form):
    first = DayField()
    last = DayField(required=False)


def test_a_day_is_read_as_browsers_send_it() -> None:
    form = AwayForm({"first": "2028-02-29"})

    assert form.is_valid()
    assert form.cleaned_data["first"] == dt.date(2028, 2, 29)


@pytest.mark.parametrize("text", ["2026-02-29", "29.2.2028", "2026-6-1x", "0001-01-01", "9999-1-1"])
def test_a_day_that_cannot_be_meant_is_refused(text: str) -> None:
    form = AwayForm({"first": text})

    assert not form.is_valid()
    assert form.errors["first"]


def test_a_refusal_stands_beside_the_fields_that_it_names() -> None:
    form = AwayForm({"first": "2026-12-07"})

    add_refusal(form, RefusedError("No.", fields={"first": "That week has begun.", "other": "?"}))

    assert form.errors == {"first": ["That week has begun."]}


def test_a_refusal_that_names_no_field_stands_on_top() -> None:
    form = AwayForm({"first": "2026-12-07"})

    add_refusal(form, RefusedError("You have an open application already."))

    assert form.non_field_errors() == ["You have an open application already."]
