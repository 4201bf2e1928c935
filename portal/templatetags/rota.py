"""Rota's words in templates: icons, people, states, times, loads and money.

Built into every template, so nothing loads it. Tags write elements (`<time>`, `<span>`); the
filters of the same subject write text, for titles, labels and sentences.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from common import wording
from common.http import own_address
from compensation.domain import money as currencies
from compensation.domain.hours import hours
from portal import fields
from portal.queries import audit_log

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.forms import BaseForm, BoundField
    from django.http import HttpRequest
    from django.template.context import Context

    from volunteers.domain import PersonMark

register = template.Library()

ICONS = "vendor/lucide-1.62.0/icons.svg"
SYMBOLS = {"EUR": "\N{EURO SIGN}", "GBP": "\N{POUND SIGN}", "USD": "$"}
LEVELS = {"primary": "Primary", "escalation": "Level 2"}
GAP = mark_safe('<span class="gapline"><span class="k gap"></span>Gap</span>')


# ------------------------------------------------------------------ icons, people, states
@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """One of the shipped symbols, hidden from screen readers: a word always stands beside it."""
    return format_html(
        '<svg class="i{}{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        " " if classes else "",
        classes,
        static(ICONS),
        name,
    )


@register.simple_tag
def initials(mark: PersonMark | None, size: str = "") -> SafeString:
    """The square with a person's initials, colour and pattern; `size` "l" is the large one."""
    if mark is None:
        return SafeString("")
    return format_html(
        '<span class="ini {}{}" aria-hidden="true">{}</span>',
        mark.classes,
        f" {size}" if size else "",
        mark.initials,
    )


@register.simple_tag
def person(mark: PersonMark | None, size: str = "") -> SafeString:
    """Initials and name; None is a gap and says so."""
    if mark is None:
        return GAP
    return format_html('<span class="chip">{}<bdi>{}</bdi></span>', initials(mark, size), mark.name)


@register.simple_tag
def state(word: str, kind: str = "", symbol: str = "") -> SafeString:
    """A badge: the state's own word, then `kind` (ok warn bad info acc) and an icon."""
    drawn = icon(symbol) if symbol else SafeString("")
    return format_html(
        '<span class="state{}{}">{}{}</span>', " " if kind else "", kind, drawn, word
    )


@register.simple_tag
def email(address: str) -> SafeString:
    """An e-mail address that may break before its @, so that narrow columns hold it."""
    before, at, after = address.partition("@")
    return format_html("{}<wbr>{}{}", before, at, after)


@register.filter
def level_name(level: str) -> str:
    """`Primary` or `Level 2` for a level as it is stored."""
    return LEVELS.get(level, level)


@register.filter
def came_from(request: HttpRequest) -> str:
    """The page of ours that led here, empty when there is none."""
    return own_address(request, request.headers.get("Referer", ""))


@register.inclusion_tag("portal/history.html", takes_context=True)
def history(context: Context, kind: str, row: object, zone: str) -> dict[str, object]:
    """What was done with a row, as far as the viewer may see it; nothing when that is nothing.

    `kind` and `row` are as events mention them: `shift` and its id, `person` and the e-mail.
    """
    lines = audit_log.history(viewer=context["viewer"], keys=[f"{kind}:{row}"], zone=zone)
    return {"history": lines, "zone": zone, "most": audit_log.IN_HISTORY}


# ------------------------------------------------------------------ times
def _time(machine: str, text: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', machine, text)


def _stamp(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@register.simple_tag
def moment(at: dt.datetime | None, zone: str, *, year: bool = True) -> SafeString:
    """`Mon 7 Dec 2026, 12:00 GMT` as an element; nothing for None."""
    if at is None:
        return SafeString("")
    return _time(_stamp(at), wording.moment(at, zone, year=year))


@register.simple_tag(takes_context=True)
def moment_here(context: Context, at: dt.datetime | None, zone: str) -> SafeString:
    """` (04:00 PST for you)`, with the day where it is another; nothing where the clocks agree.

    It stands after the instant in the zone of the rotation, for a viewer who works elsewhere.
    """
    place = getattr(context.get("shell"), "place", None)
    if at is None or place is None or not place.office:
        return SafeString("")
    there, here = wording.local(at, zone), wording.local(at, place.zone)
    if there.utcoffset() == here.utcoffset():
        return SafeString("")
    is_same_day = there.date() == here.date()
    text = (
        wording.clock_time(at, place.zone)
        if is_same_day
        else wording.moment(at, place.zone, year=False)
    )
    return format_html(" ({} for you)", _time(_stamp(at), text))


@register.simple_tag
def clock_time(at: dt.datetime | None, zone: str) -> SafeString:
    """`12:00 GMT` as an element; nothing for None."""
    return SafeString("") if at is None else _time(_stamp(at), wording.clock_time(at, zone))


@register.simple_tag
def day(date: dt.date | None, *, year: bool = True) -> SafeString:
    """`Mon 7 Dec 2026` as an element; nothing for None."""
    if date is None:
        return SafeString("")
    return _time(date.isoformat(), wording.day(date, year=year))


@register.simple_tag
def days(first: dt.date, last: dt.date) -> str:
    """`Mon 21 to Mon 28 Dec 2026`, both days as given."""
    return wording.days(first, last)


@register.simple_tag
def span(starts_at: dt.datetime, ends_at: dt.datetime, zone: str) -> str:
    """`Thu 24 Dec, 17:30 to Sun 27 Dec 2026, 12:00 GMT`."""
    return wording.span(starts_at, ends_at, zone)


@register.simple_tag
def week(starts_at: dt.datetime, ends_at: dt.datetime, zone: str, joiner: str = " to ") -> str:
    """`Mon 21 to Mon 28 Dec 2026`; a week of 167 or 169 hours says so."""
    return wording.week(starts_at, ends_at, zone, joiner=joiner)


@register.filter
def as_moment(at: dt.datetime, zone: str) -> str:
    """`Mon 7 Dec 2026, 12:00 GMT` as text."""
    return wording.moment(at, zone)


@register.filter
def as_day(date: dt.date) -> str:
    """`Mon 7 Dec 2026` as text."""
    return wording.day(date)


@register.filter
def as_short_day(date: dt.date) -> str:
    """`Mon 7 Dec` as text, where the year already stands in the phrase."""
    return wording.day(date, year=False)


@register.filter
def as_month(date: dt.date) -> str:
    """`December 2026`."""
    return wording.month(date)


@register.filter
def weekday_name(number: int) -> str:
    """`Monday` for 0."""
    return wording.weekday(number)


@register.filter
def local_day(at: dt.datetime, zone: str) -> dt.date:
    """The instant's calendar day in `zone`, for the tags that take a day."""
    return wording.local(at, zone).date()


@register.filter
def ahead_of(then: dt.date, today: dt.date) -> str:
    """`in 17 days`: how far a day lies ahead of `today`."""
    return wording.ahead(today, then)


# ------------------------------------------------------------------ figures
@register.filter
def load(hundredths: int) -> str:
    """`1.5` from 150."""
    return wording.load(hundredths)


@register.filter
def load_change(hundredths: int) -> str:
    """`+0.5` or a true minus before the figure."""
    return wording.load(hundredths, sign=True)


@register.filter
def counted(number: int, nouns: str) -> str:
    """`2 weeks` from `2|counted:"week"`, `3 people` from `3|counted:"person,people"`."""
    one, _comma, many = nouns.partition(",")
    return wording.counted(number, one, many)


@register.filter
def of_key(found: Mapping[int, object], key: int) -> object:
    """What a mapping holds for a key, None without it."""
    return found.get(key)


@register.filter
def hours_of(seconds: int) -> str:
    """`66.5 h` from seconds, rounded to a hundredth."""
    return f"{hours(seconds)} h"


@register.filter
def grouped(number: int) -> str:
    """`451,800`."""
    return f"{number:,}"


@register.filter
def seconds_of(seconds: int) -> str:
    """`451,800 s`, for a sum that somebody does again by hand."""
    return f"{seconds:,} s"


@register.filter
def amount(minor: int, currency: str) -> str:
    """`1,914.74`, for columns whose heading names the currency; a true minus."""
    plain = currencies.format_amount(abs(minor), currency)
    whole, point, part = plain.partition(".")
    sign = wording.MINUS if minor < 0 else ""
    return f"{sign}{int(whole):,}{point}{part}"


@register.filter
def money(minor: int, currency: str) -> str:
    """`€600.00`: a person's own amount, a true minus first; without a symbol it shows the code."""
    text = amount(abs(minor), currency)
    sign = wording.MINUS if minor < 0 else ""
    symbol = SYMBOLS.get(currency)
    return f"{sign}{symbol}{text}" if symbol else f"{sign}{currency} {text}"


@register.filter
def coded_money(minor: int, currency: str) -> str:
    """`EUR 1,914.74`, a true minus after the code: finance's totals and sentences."""
    return f"{currency} {amount(minor, currency)}"


# ------------------------------------------------------------------ forms
@register.inclusion_tag("components/field.html")
def field(bound: BoundField, width: str = "", layout: str = "") -> dict[str, object]:
    """A form's field in the house look: label, hint, control, message.

    `width` is s, m, l or full; `layout` of choices is row or stack. Both have sensible defaults.
    """
    return {"field": fields.shown_field(bound, width=width, layout=layout)}


@register.inclusion_tag("components/errors.html")
def errors(form: BaseForm) -> dict[str, object]:
    """What is to be put right, on top of the form; it takes focus. Nothing when all is well."""
    return {"problems": fields.problems(form)}
