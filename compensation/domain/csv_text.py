"""CSV that any reader takes in unchanged, and that no spreadsheet runs as a formula."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")


def neutralised(text: str) -> str:
    """A text field that a spreadsheet shows and does not compute: a leading `'` where needed.

    Source: OWASP ASVS 5.0, 1.2.10.
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The header once and the rows, CRLF after each line, quotes only where needed.

    Source: RFC 4180.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue()
