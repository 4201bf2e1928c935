"""How a letter looks: blocks of a plain text, and the HTML that shows the same.

The text is what people wrote: paragraphs with a blank line between, `- ` or two spaces before what
belongs into a list or stands apart. A line that is nothing but an address of Rota, or a label and
such an address (`Take it: https://…`), becomes a button; no other address becomes a link. All of
the text is escaped, and the style stands in the letter, as mail programs fetch nothing.
"""

from __future__ import annotations

import dataclasses
import enum
import html
import itertools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

BUTTON = "Open in Rota"
LONGEST_LABEL = 60
_ADDRESS = re.compile(r"(?:(?P<label>[^:]+): )?(?P<address>https?://[^\s<>\"']+)")


class Form(enum.Enum):
    """What a line is."""

    TEXT = enum.auto()
    ITEM = enum.auto()
    APART = enum.auto()
    BUTTON = enum.auto()
    BLANK = enum.auto()


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """Lines of one form that stand together; of a button the label and the address."""

    form: Form
    lines: tuple[str, ...]


def blocks(text: str, *, base_url: str) -> list[Block]:
    """The text in blocks; only addresses below `base_url` are buttons."""
    lines = [_line(one, base_url) for one in text.splitlines()]
    found = []
    for form, group in itertools.groupby(lines, key=lambda line: line[0]):
        if form is Form.BUTTON:
            found += [Block(form=form, lines=parts) for _form, parts in group]
        elif form is not Form.BLANK:
            together = tuple(part for _form, parts in group for part in parts)
            found.append(Block(form=form, lines=together))
    return found


def as_html(*, subject: str, text: str, foot: str, choices_url: str, base_url: str) -> str:
    """The letter as a page of its own for mail programs, light and dark.

    `foot` says why the reader gets it; below it a link leads to what they can choose.
    """
    content = "\n".join(_shown(blocks(text, base_url=base_url)))
    return _PAGE.format(
        style=_STYLE,
        title=_safe(subject),
        content=content,
        foot=_safe(foot),
        choices=_safe(choices_url),
    )


def _line(line: str, base_url: str) -> tuple[Form, tuple[str, ...]]:
    plain = line.strip()
    found = _button(plain, base_url)
    if found:
        return Form.BUTTON, found
    if plain.startswith("- "):
        return Form.ITEM, (plain.removeprefix("- "),)
    if not plain:
        return Form.BLANK, ()
    return (Form.APART if line.startswith("  ") else Form.TEXT), (plain,)


def _button(line: str, base_url: str) -> tuple[str, ...]:
    """Label and address when the line is nothing else, else nothing."""
    found = _ADDRESS.fullmatch(line)
    if found is None or not _is_ours(found["address"], base_url):
        return ()
    label = found["label"] or BUTTON
    return (label, found["address"]) if len(label) <= LONGEST_LABEL else ()


def _is_ours(address: str, base_url: str) -> bool:
    return address == base_url or address.startswith(f"{base_url}/")


def _shown(found: list[Block]) -> Iterator[str]:
    for block in found:
        lines = [_safe(line) for line in block.lines]
        if block.form is Form.BUTTON:
            yield _BUTTON.format(label=lines[0], address=lines[1])
        elif block.form is Form.ITEM:
            items = "".join(f'<li style="margin:0 0 6px">{line}</li>' for line in lines)
            yield f'<ul style="margin:0 0 16px;padding:0 0 0 22px">{items}</ul>'
        elif block.form is Form.APART:
            yield _APART.format(lines="<br>".join(lines))
        else:
            yield f'<p style="margin:0 0 16px">{"<br>".join(lines)}</p>'


def _safe(text: str) -> str:
    return html.escape(text, quote=True)


# Mail programs know tables and styles in the tag; those that know more take the dark colours too.
_STYLE = (
    ":root{color-scheme:light dark;supported-color-schemes:light dark}"
    "@media (prefers-color-scheme:dark){"
    ".bg{background:#10141b!important}"
    ".sheet{background:#181d26!important;border-color:#2d3542!important}"
    ".ink,.ink a.plain{color:#e8ebf1!important}"
    ".soft,.soft a{color:#a8b1bf!important}"
    ".mark{color:#7fcdc1!important}"
    ".apart{background:#212834!important;border-color:#7fcdc1!important}"
    ".button{background:#7fcdc1!important}.button a{color:#0b201e!important}"
    "}"
)
_FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_APART = (
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" '
    'style="margin:0 0 16px"><tr><td class="apart ink" style="padding:10px 14px;'
    "background:#f0ede6;border-left:3px solid #17605a;"
    'border-radius:4px;color:#1a2230">{lines}</td></tr></table>'
)
_BUTTON = (
    '<table role="presentation" cellpadding="0" cellspacing="0" border="0" '
    'style="margin:0 0 16px"><tr><td class="button" style="background:#17605a;'
    'border-radius:6px"><a href="{address}" style="display:inline-block;padding:11px 20px;'
    'color:#ffffff;font-weight:600;text-decoration:none">{label}</a></td></tr></table>'
)
_PAGE = (
    """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{title}</title>
<style>{style}</style>
</head>
<body class="bg" style="margin:0;padding:0;background:#f7f5f1">
<table role="presentation" class="bg" width="100%" cellpadding="0" cellspacing="0" border="0" \
style="background:#f7f5f1"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" \
style="max-width:600px;"""
    + _FONT
    + """;font-size:16px;line-height:1.5">
<tr><td class="mark" style="padding:0 4px 12px;color:#17605a;font-weight:700;\
font-size:18px">Rota</td></tr>
<tr><td class="sheet ink" style="padding:24px 24px 8px;background:#ffffff;\
border:1px solid #e0dcd2;border-radius:10px;color:#1a2230;word-break:break-word">
<h1 style="margin:0 0 16px;font-size:20px;line-height:1.3">{title}</h1>
{content}
</td></tr>
<tr><td class="soft" style="padding:14px 4px 0;color:#545c69;font-size:13px">{foot} \
<a href="{choices}" style="color:#545c69">Choose which mails you get</a></td></tr>
</table>
</td></tr></table>
</body>
</html>
"""
)
