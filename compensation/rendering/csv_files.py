"""A CSV file that is written row by row."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from compensation.domain.cells import texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compensation.domain.cells import Row


class CsvFile:
    """The header once and the rows, CRLF after each line, quotes only where needed, in UTF-8.

    Source: RFC 4180.
    """

    def __init__(self, header: Sequence[str]) -> None:
        """Begin with the header."""
        self.rows = 0
        self._bytes = io.BytesIO()
        self._text = io.TextIOWrapper(self._bytes, encoding="utf-8", newline="")
        self._writer = csv.writer(self._text, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
        self._writer.writerow(header)

    def add(self, row: Row) -> None:
        """One more row."""
        self._writer.writerow(texts(row))
        self.rows += 1

    def content(self) -> bytes:
        """Everything so far."""
        self._text.flush()
        return self._bytes.getvalue()
