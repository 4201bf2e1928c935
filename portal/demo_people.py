"""The people of the demo company who can sign in by one click, and what each can try."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class DemoPerson:
    """One button of the demo's sign-in page. `role` groups the buttons: it is the heading."""

    name: str
    email: str
    role: str
    can_try: str


MANAGERS = "Managers"
ENGINEERS = "Engineers"
FINANCE = "Finance"
ADMINS = "Admins"

PEOPLE = (
    DemoPerson(
        name="Niamh Kelly",
        email="niamh.kelly@rota.example",
        role=MANAGERS,
        can_try="Review two applications, publish the draft that waits",
    ),
    DemoPerson(
        name="Victor Osei",
        email="victor.osei@rota.example",
        role=MANAGERS,
        can_try="Be the second manager, carry level 2",
    ),
    DemoPerson(
        name="Aoife Brennan",
        email="aoife.brennan@rota.example",
        role=ENGINEERS,
        can_try="See your next week and what you earned, in Dublin",
    ),
    DemoPerson(
        name="Tom Whitfield",
        email="tom.whitfield@rota.example",
        role=ENGINEERS,
        can_try="The same from London, paid in pounds",
    ),
    DemoPerson(
        name="Maya Okafor",
        email="maya.okafor@rota.example",
        role=ENGINEERS,
        can_try="The same from San Francisco; PagerDuty cannot reach you yet",
    ),
    DemoPerson(
        name="Ruairí Walsh",
        email="ruairi.walsh@rota.example",
        role=ENGINEERS,
        can_try="You have applied: see where it stands, or withdraw",
    ),
    DemoPerson(
        name="Elena Marchetti",
        email="elena.marchetti@rota.example",
        role=ENGINEERS,
        can_try="Outside the team: apply in two minutes",
    ),
    DemoPerson(
        name="Grace Murphy",
        email="grace.murphy@rota.example",
        role=FINANCE,
        can_try="Check the open month, close it, download the export",
    ),
    DemoPerson(
        name="Hannah Weiss",
        email="hannah.weiss@rota.example",
        role=FINANCE,
        can_try="Be the second finance user, add a rate",
    ),
    DemoPerson(
        name="Ada Fitzgerald",
        email="ada.fitzgerald@rota.example",
        role=ADMINS,
        can_try="Move the demo’s time, edit offices and teams",
    ),
    DemoPerson(
        name="Marcus Lindholm",
        email="marcus.lindholm@rota.example",
        role=ADMINS,
        can_try="Confirm a money role that the other admin proposed",
    ),
)
