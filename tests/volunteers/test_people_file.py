from __future__ import annotations

import pytest

from common import csv_tables
from volunteers.forms import people_file
from volunteers.queries.people_import import ImportRow

LINES = ["name,e-mail,office", "Ben,ben@example.com,Dublin", "Carla,carla@example.com,London"]
TEXT = "\n".join(LINES)
BEN = ImportRow(line=2, name="Ben", email="ben@example.com", office="Dublin")
CARLA = ImportRow(line=3, name="Carla", email="carla@example.com", office="London")


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        "\r\n".join(LINES).encode(),
        "\r".join(LINES).encode(),
        TEXT.replace(",", ";").encode(),
        (TEXT + "\n\n ,,\n").encode(),
    ],
    ids=["plain", "bom", "crlf", "cr", "semicolons", "empty lines"],
)
def test_the_usual_ways_of_writing_a_file_give_the_same_people(data: bytes) -> None:
    assert people_file.read_people(data) == [BEN, CARLA]


@pytest.mark.parametrize(
    "header",
    ["Name,Email,Office,Employee-Number,Cost center", "NAME,E-Mail,OFFICE,employee id,cost_centre"],
)
def test_headers_are_known_however_they_are_spelt(header: str) -> None:
    rows = people_file.read_people(f"{header}\nBen,ben@example.com,Dublin,0017,CC-1".encode())

    assert (rows[0].employee_number, rows[0].cost_centre, rows[0].team) == ("0017", "CC-1", None)


def test_a_delimiter_in_quotes_belongs_to_the_value() -> None:
    text = 'name;e-mail;office\n"Byrne; Ben, ""B""";ben@example.com;Dublin'

    assert people_file.read_people(text.encode())[0].name == 'Byrne; Ben, "B"'


def test_a_value_over_two_lines_does_not_shift_the_numbers_of_the_next() -> None:
    text = 'name,e-mail,office\n"Ben\nByrne",ben@example.com,Dublin\nCarla,c@example.com,London'

    assert [row.line for row in people_file.read_people(text.encode())] == [2, 4]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (TEXT.encode("utf-16"), "Line 1: this is UTF-16"),
        (TEXT.encode("utf-16-le"), "Line 1: this is UTF-16"),
        (TEXT.encode() + b"\nJos\xe9,jose@example.com,Dublin", "Line 4: this is not UTF-8"),
        (b"", "Line 1: no column name, e-mail, office"),
        (b"name,office\nBen,Dublin", "Line 1: no column e-mail"),
        (b"name,e-mail,office,salary\nBen,b@example.com,Dublin,1", "unknown column 'salary'"),
        (b"name,e-mail,office,email\nBen,b@example.com,Dublin,c", "a column stands there twice"),
        (b"name,e-mail,office\nBen,b@example.com", "Line 2: 2 cells, and the header has 3"),
        (b"name,e-mail,office\nBen,b@example.com,Dublin,x", "Line 2: 4 cells"),
        (b'name,e-mail,office\nBen,b@example.com,"Dublin', "Line 2:"),
        (b"name,e-mail,office\n", "a header and no people"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(data: bytes, said: str) -> None:
    with pytest.raises(people_file.PeopleFileError, match=said):
        people_file.read_people(data)


def test_a_list_is_bounded() -> None:
    lines = ["name,e-mail,office", *["Ben,ben@example.com,Dublin"] * (csv_tables.MOST_ROWS + 1)]

    with pytest.raises(people_file.PeopleFileError, match="At most 20000 people"):
        people_file.read_people("\n".join(lines).encode())
