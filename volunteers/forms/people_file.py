"""Reading a list of people from a CSV file as offices write them."""

from __future__ import annotations

from common.csv_tables import Table, read_table
from common.refusals import RefusedError
from volunteers.queries.people_import import ImportRow


class PeopleFileError(RefusedError):
    """The file cannot be read as a list of people; the message names the line."""

    code = "PEOPLE_FILE_INVALID"


_PEOPLE = Table(
    rows="people",
    required={"name": "name", "email": "e-mail", "office": "office"},
    optional={
        "team": "team",
        "employee_number": "employee number",
        "cost_centre": "cost centre",
    },
    spellings={
        "name": "name",
        "full name": "name",
        "email": "email",
        "e mail": "email",
        "email address": "email",
        "e mail address": "email",
        "office": "office",
        "team": "team",
        "home team": "team",
        "employee number": "employee_number",
        "employee id": "employee_number",
        "employee no": "employee_number",
        "cost centre": "cost_centre",
        "cost center": "cost_centre",
    },
    error=PeopleFileError,
)


def read_people(data: bytes) -> list[ImportRow]:
    """The people of a CSV file, in its order, with the number of the line that each starts on.

    Values are as they were typed.

    Raises:
        PeopleFileError: another encoding, no header, unknown or missing columns, a line with too
            many or too few cells, too large a file.
    """
    return [
        ImportRow(
            line=line,
            name=values["name"],
            email=values["email"],
            office=values["office"],
            team=values.get("team"),
            employee_number=values.get("employee_number"),
            cost_centre=values.get("cost_centre"),
        )
        for line, values in read_table(data, _PEOPLE)
    ]
