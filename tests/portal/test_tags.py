from __future__ import annotations

import datetime as dt
import pathlib
import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import engines

from portal.templatetags import rota
from volunteers import domain

DUBLIN = "Europe/Dublin"
NOON = dt.datetime(2026, 12, 7, 12, 0, tzinfo=dt.UTC)
TEMPLATES = sorted(pathlib.Path(settings.BASE_DIR, "templates").rglob("*.html"))


def _render(text: str, **context: Any) -> str:
    return engines["django"].from_string(text).render(context)


def _mark(name: str = "Aoife Brennan") -> domain.PersonMark:
    service = domain.Service(engineer_id=1, name=name, starts_on=dt.date(2026, 10, 5), ends_on=None)
    return domain.deal_marks([service])[1]


def test_an_icon_is_hidden_from_screen_readers() -> None:
    html = _render('{% icon "check" "yes" %}')

    assert html.startswith('<svg class="i yes" aria-hidden="true"><use href="/static/vendor/')
    assert html.endswith('#check"></use></svg>')


def test_every_icon_that_a_template_names_is_shipped() -> None:
    found = finders.find(rota.ICONS)
    assert found
    shipped = set(re.findall(r'<symbol id="([^"]+)"', pathlib.Path(found).read_text()))

    named = {
        name
        for path in TEMPLATES
        for name in re.findall(r'{% icon "([^"]+)"', path.read_text(encoding="utf-8"))
    }

    assert named - shipped == set()


def test_every_file_that_a_template_names_is_shipped() -> None:
    named = {
        name
        for path in TEMPLATES
        for name in re.findall(r'{% static "([^"]+)"', path.read_text(encoding="utf-8"))
    }

    assert [name for name in sorted(named) if not finders.find(name)] == []


def test_a_person_is_initials_with_colour_and_pattern_and_then_the_name() -> None:
    html = _render("{% person mark %}", mark=_mark())

    assert '<span class="ini p1 stripe" aria-hidden="true">AB</span>' in html
    assert "<bdi>Aoife Brennan</bdi>" in html


def test_a_name_is_shown_as_text() -> None:
    html = _render("{% person mark %}", mark=_mark('"><svg onload=alert(1)>'))

    assert "<svg" not in html
    assert "&lt;svg onload" in html


def test_nobody_is_a_gap_and_says_so() -> None:
    assert "Gap" in _render("{% person mark %}", mark=None)
    assert _render("{% initials mark %}", mark=None) == ""


def test_a_state_is_its_own_word() -> None:
    html = _render('{% state "Accepted" "ok" "check" %}')

    assert html.startswith('<span class="state ok"><svg')
    assert html.endswith("Accepted</span>")


def test_times_are_elements_that_programs_can_read() -> None:
    html = _render(
        "{% moment at zone %}, {% day date year=False %}", at=NOON, zone=DUBLIN, date=NOON.date()
    )

    assert '<time datetime="2026-12-07T12:00:00Z">Mon 7 Dec 2026, 12:00 GMT</time>' in html
    assert '<time datetime="2026-12-07">Mon 7 Dec</time>' in html


def test_no_time_is_nothing() -> None:
    assert (
        _render("{% moment at zone %}{% clock_time at zone %}{% day at %}", at=None, zone=DUBLIN)
        == ""
    )


def test_times_as_text_stand_in_labels() -> None:
    html = _render(
        "{{ at|as_moment:zone }}; {{ at|local_day:zone|as_day }}; {{ day|as_short_day }};"
        " {{ day|as_month }}; {{ day|ahead_of:today }}; {% clock_time at zone %};"
        " {% days today day %}; {% span at later zone %}; {% week at later zone %};"
        " {{ 0|weekday_name }}",
        at=NOON,
        later=NOON + dt.timedelta(weeks=1),
        zone=DUBLIN,
        day=NOON.date(),
        today=dt.date(2026, 12, 3),
    )

    assert html.split("; ") == [
        "Mon 7 Dec 2026, 12:00 GMT",
        "Mon 7 Dec 2026",
        "Mon 7 Dec",
        "December 2026",
        "in 4 days",
        '<time datetime="2026-12-07T12:00:00Z">12:00 GMT</time>',
        "Thu 3 to Mon 7 Dec 2026",
        "Mon 7 Dec, 12:00 to Mon 14 Dec 2026, 12:00 GMT",
        "Mon 7 to Mon 14 Dec 2026",
        "Monday",
    ]


@pytest.mark.parametrize(
    ("minor", "currency", "own", "coded"),
    [
        (60000, "EUR", "€600.00", "EUR 600.00"),
        (191474, "GBP", "£1,914.74", "GBP 1,914.74"),
        (-9881, "USD", "−$98.81", "USD −98.81"),
        (40001, "JPY", "JPY 40,001", "JPY 40,001"),
        (-1250, "KWD", "−KWD 1.250", "KWD −1.250"),
        (5, "EUR", "€0.05", "EUR 0.05"),
    ],
)
def test_money_has_the_currencys_decimals_and_a_true_minus(
    minor: int, currency: str, own: str, coded: str
) -> None:
    assert rota.money(minor, currency) == own
    assert rota.coded_money(minor, currency) == coded
    assert coded == f"{currency} {rota.amount(minor, currency)}"


def test_figures_are_written_in_templates() -> None:
    html = _render(
        '{{ 150|load }} {{ -50|load_change }} {{ 2|counted:"week" }}'
        ' {{ 3|counted:"person,people" }} {{ "escalation"|level_name }} {{ "primary"|level_name }}'
    )

    assert html == "1.5 −0.5 2 weeks 3 people Level 2 Primary"


def test_an_address_may_break_before_its_at() -> None:
    assert _render("{% email address %}", address="ben@example.com") == "ben<wbr>@example.com"
