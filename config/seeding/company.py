"""Who and what the demo company is: offices, teams, people, rates."""

from __future__ import annotations

import dataclasses

DOMAIN = "rota.example"
ON_CALL_TEAM = "Platform out of hours"
DUBLIN, LONDON, SAN_FRANCISCO = "Dublin", "London", "San Francisco"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class DemoOffice:
    """An office: zone, holidays, currency, and what a week and a holiday are worth there."""

    name: str
    time_zone: str
    country: str
    subdivision: str
    currency: str
    weekly_minor: int
    holiday_minor: int


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class DemoEngineer:
    """Somebody at work: in which office and team, under which number and cost centre."""

    name: str
    office: str
    team: str | None
    number: str
    cost_centre: str

    @property
    def email(self) -> str:
        """The address by which they sign in."""
        return f"{_plain(self.name).replace(' ', '.')}@{DOMAIN}"


OFFICES = (
    DemoOffice(
        name=DUBLIN,
        time_zone="Europe/Dublin",
        country="IE",
        subdivision="",
        currency="EUR",
        weekly_minor=60_000,
        holiday_minor=7_500,
    ),
    DemoOffice(
        name=LONDON,
        time_zone="Europe/London",
        country="GB",
        subdivision="ENG",
        currency="GBP",
        weekly_minor=52_000,
        holiday_minor=6_500,
    ),
    DemoOffice(
        name=SAN_FRANCISCO,
        time_zone="America/Los_Angeles",
        country="US",
        subdivision="CA",
        currency="USD",
        weekly_minor=70_000,
        holiday_minor=9_000,
    ),
)

TEAMS = ("Inbox", "Payments", "Search", "Identity", "Mobile", "Data", "Platform", "Growth")

_ROWS = (
    # The volunteers, in the order in which they joined.
    ("Aoife Brennan", DUBLIN, "Inbox", "00412"),
    ("Tom Whitfield", LONDON, "Payments", "01054"),
    ("Priya Nair", DUBLIN, "Search", "00377"),
    ("Cian Doyle", DUBLIN, "Identity", "00398"),
    ("Maya Okafor", SAN_FRANCISCO, "Mobile", "20231"),
    ("Daniel Reyes", SAN_FRANCISCO, "Data", "20118"),
    ("Sofia Lindqvist", LONDON, "Growth", "01077"),
    # The managers, who carry level 2.
    ("Niamh Kelly", DUBLIN, "Platform", "00102"),
    ("Laura Chen", SAN_FRANCISCO, "Data", "20007"),
    ("Victor Osei", LONDON, "Payments", "01003"),
    ("James Adeyemi", LONDON, "Growth", "01011"),
    # Those who have applied, and one who may.
    ("Ruairí Walsh", DUBLIN, "Inbox", "00455"),
    ("Hana Novak", LONDON, "Search", "01102"),
    ("Elena Marchetti", DUBLIN, "Mobile", "00467"),
    # Everybody else.
    ("Oisín Murray", DUBLIN, "Payments", "00421"),
    ("Saoirse Byrne", DUBLIN, "Data", "00433"),
    ("Patrick Nolan", DUBLIN, "Platform", "00287"),
    ("Ciara Hughes", DUBLIN, "Growth", "00490"),
    ("Lukas Weber", DUBLIN, "Identity", "00502"),
    ("Marta Kowalska", DUBLIN, "Search", "00517"),
    ("Declan Power", DUBLIN, "Inbox", "00529"),
    ("Imogen Clarke", LONDON, "Identity", "01120"),
    ("Rajesh Patel", LONDON, "Data", "01133"),
    ("Chloe Bennett", LONDON, "Mobile", "01141"),
    ("Oliver Grant", LONDON, "Inbox", "01158"),
    ("Yusuf Demir", LONDON, "Platform", "01163"),
    ("Beatriz Santos", LONDON, "Growth", "01170"),
    ("Callum Fraser", LONDON, "Payments", "01189"),
    ("Emily Tran", SAN_FRANCISCO, "Inbox", "20245"),
    ("Marcus Bell", SAN_FRANCISCO, "Search", "20259"),
    ("Jun Tanaka", SAN_FRANCISCO, "Identity", "20263"),
    ("Sarah Goldberg", SAN_FRANCISCO, "Platform", "20274"),
    ("Diego Alvarez", SAN_FRANCISCO, "Payments", "20288"),
    ("Nia Johnson", SAN_FRANCISCO, "Growth", "20290"),
    ("Kevin O’Hara", SAN_FRANCISCO, "Mobile", "20301"),
    ("Wei Zhang", SAN_FRANCISCO, "Data", "20315"),
)

ENGINEERS = tuple(
    DemoEngineer(
        name=name,
        office=office,
        team=team,
        number=number,
        cost_centre=f"ENG-{100 + 10 * TEAMS.index(team)}",
    )
    for name, office, team, number in _ROWS
)

# Finance and admins need no team.
STAFF = (
    DemoEngineer(
        name="Grace Murphy", office=DUBLIN, team=None, number="00031", cost_centre="FIN-1"
    ),
    DemoEngineer(
        name="Hannah Weiss", office=LONDON, team=None, number="01001", cost_centre="FIN-1"
    ),
    DemoEngineer(
        name="Ada Fitzgerald", office=DUBLIN, team=None, number="00012", cost_centre="OPS-1"
    ),
    DemoEngineer(
        name="Marcus Lindholm", office=LONDON, team=None, number="01002", cost_centre="OPS-1"
    ),
)
FINANCE = ("Grace Murphy", "Hannah Weiss")
# Files for payroll besides the general one: Dublin's, London's and San Francisco's systems.
LAYOUTS = ("generic-long", "brightpay", "staffology", "adp")
ADMINS = ("Ada Fitzgerald", "Marcus Lindholm")
# Of whom PagerDuty knows nothing but the e-mail, so that the demo shows somebody who is not woken.
ONLY_BY_EMAIL = ("Maya Okafor",)
MANAGERS = ("Niamh Kelly", "Laura Chen", "Victor Osei", "James Adeyemi")

PROBLEM = (
    "Every team kept its own on-call, and more than thirty engineers slept with a pager. Most "
    "nights nothing happened; when something did, the person woken often could not help."
)
SUCCESS = (
    "Six or seven volunteers carry all out-of-hours work. Fewer than ten pages a month, nobody "
    "carries more than six weeks in six months, and leaving is easy."
)


def _plain(name: str) -> str:
    return name.lower().translate(str.maketrans("áéíóúü’", "aeiouu'")).replace("'", "")
