"""Reading from a CSV file who carried which week before Rota."""

from __future__ import annotations

from common.csv_tables import Table, read_table
from common.refusals import RefusedError
from rotation.queries.history_import import HistoryRow


class HistoryFileError(RefusedError):
    """The file cannot be read as a list of weeks; the message names the line."""

    code = "HISTORY_FILE_INVALID"


_WEEKS = Table(
    rows="weeks",
    required={"week": "week", "level": "level", "email": "e-mail"},
    optional={},
    spellings={
        "week": "week",
        "handover": "week",
        "level": "level",
        "email": "email",
        "e mail": "email",
        "email address": "email",
        "e mail address": "email",
    },
    error=HistoryFileError,
)


def read_history(data: bytes) -> list[HistoryRow]:
    """The weeks of a CSV file, in its order, as they were typed.

    Raises:
        HistoryFileError: another encoding, no header, unknown or missing columns, a line with too
            many or too few cells, too large a file.
    """
    return [HistoryRow(line=line, **values) for line, values in read_table(data, _WEEKS)]
