from __future__ import annotations

from typing import Any

from django import forms
from django.template import engines

from common.forms import DayField
from portal import fields


class TermForm(forms.Form):
    start = forms.ChoiceField(
        label="When could you start?",
        help_text="Terms start at a handover.",
        choices=[("a", "Mon 4 Jan 2027"), ("b", "Mon 1 Mar 2027")],
    )
    weeks = forms.ChoiceField(
        label="How many weeks?",
        widget=forms.RadioSelect,
        choices=[("3", "3 weeks"), ("4", "4 weeks\nmost people")],
    )
    away = DayField(label="Last day away", required=False)
    words = forms.CharField(label="Your words", widget=forms.Textarea, required=False)
    seen = forms.BooleanField(label="I have read it", help_text="Both pages.")

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("start") == "b":
            raise forms.ValidationError("That start is taken.")
        return self.cleaned_data


GOOD = {"start": "a", "weeks": "4", "away": "2027-07-09", "words": "", "seen": "on"}


def _render(text: str, form: forms.Form) -> str:
    return engines["django"].from_string(text).render({"form": form})


def test_a_control_has_its_label_above_and_its_hint_below_it() -> None:
    html = _render("{% field form.start %}", TermForm())

    assert '<label for="id_start">When could you start?</label>' in html
    assert '<p class="hint" id="id_start_helptext">Terms start at a handover.</p>' in html
    assert 'class="form-select w-m"' in html
    assert 'aria-describedby="id_start_helptext"' in html


def test_optional_is_marked_and_required_is_not() -> None:
    html = _render("{% field form.start %}{% field form.words %}", TermForm())

    assert html.count("(optional)") == 1


def test_a_message_stands_under_the_control_that_it_describes() -> None:
    html = _render("{% field form.away %}", TermForm({**GOOD, "away": "2027-02-30"}))

    assert '<div class="field err">' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_away_error"' in html
    assert '<div id="id_away_error"><p class="msg">' in html


def test_input_is_kept() -> None:
    html = _render("{% field form.away %}", TermForm({**GOOD, "away": "2027-02-30"}))

    assert 'value="2027-02-30"' in html


def test_a_day_shows_the_weekday_as_it_was_read() -> None:
    bound = _render("{% field form.away %}", TermForm(GOOD))
    empty = _render("{% field form.away %}", TermForm())

    assert "Fri 9 Jul 2027" in bound
    assert 'type="date"' in bound
    assert "read-as" not in empty


def test_choices_are_boxes_with_a_title_and_a_line() -> None:
    html = _render("{% field form.weeks %}", TermForm(GOOD))

    assert "<legend>How many weeks?</legend>" in html
    assert '<label class="pick" for="id_weeks_1">' in html
    assert 'value="4" checked' in html
    assert "<b>4 weeks</b><small>most people</small>" in html
    assert 'class="picks"' in html


def test_a_tick_has_its_words_in_the_same_box() -> None:
    html = _render("{% field form.seen %}", TermForm(GOOD))

    assert '<label class="pick" for="id_seen">' in html
    assert "<b>I have read it</b>" in html
    assert "(optional)" not in html


def test_the_width_can_be_chosen() -> None:
    html = _render('{% field form.words "full" %}', TermForm())

    assert 'class="form-control"' in html


def test_the_summary_links_to_each_field_and_takes_the_focus() -> None:
    form = TermForm({**GOOD, "start": "", "weeks": ""})

    html = _render("{% errors form %}", form)

    assert "2 things to put right" in html
    assert '<a href="#id_start">When could you start: ' in html
    assert '<a href="#id_weeks_0">How many weeks: ' in html
    assert 'tabindex="-1" autofocus' in html


def test_the_summary_begins_with_what_concerns_the_whole_form() -> None:
    form = TermForm({**GOOD, "start": "b"})

    found = fields.problems(form)

    assert [(problem.target, problem.message) for problem in found] == [
        ("", "That start is taken.")
    ]
    assert "One thing to put right" in _render("{% errors form %}", form)


def test_there_is_no_summary_when_all_is_well() -> None:
    assert _render("{% errors form %}", TermForm(GOOD)).strip() == ""
    assert _render("{% errors form %}", TermForm()).strip() == ""


def test_a_whole_form_is_one_panel_with_its_button_and_effect() -> None:
    html = _render(
        '{% include "components/form.html" with title="Your term" button="Apply" symbol="send"'
        ' back="/" effect="Anna is told." %}',
        TermForm(),
    )

    assert '<h2 id="form">Your term</h2>' in html
    assert html.count("<button") == 1
    assert "Anna is told." in html
