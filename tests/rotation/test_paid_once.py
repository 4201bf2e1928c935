from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from audit.operations import Actor
from rotation.operations import policies
from rotation.queries import paid_once, policy_words
from tests import builders
from tests.builders import LONG_AGO, NOW
from tests.rotation.pages import page_of, signed_in, team_at_work

if TYPE_CHECKING:
    from rotation.models import Rotation

pytestmark = pytest.mark.django_db


def decide(rotation: Rotation, *, once: bool) -> None:
    latest = policies.figures_of(rotation.policies.latest("number"))
    policies.change_policy(
        rotation_id=rotation.pk,
        figures=dataclasses.replace(latest, deduplicates_pay=once),
        reason="Nobody is paid twice for an hour.",
        actor=Actor(name="anna@example.com"),
        now=NOW,
    )


def test_unless_a_policy_says_otherwise_both_are_paid() -> None:
    builders.make_rotation()

    assert paid_once.two_rotations(now=NOW) == (
        "Whoever is on call for two rotations at once is paid by both."
    )


def test_rotations_that_pay_only_once_are_named() -> None:
    for name in ("Core", "Data"):
        decide(builders.make_rotation(team=builders.make_team(name=name)), once=True)
    builders.make_rotation(team=builders.make_team(name="Edge"))

    told = paid_once.two_rotations(now=NOW)

    assert told.endswith("Core and Data pay only where the other one does not pay as much already.")


def test_only_the_policy_in_force_counts() -> None:
    rotation = builders.make_rotation()
    decide(rotation, once=True)

    assert paid_once.two_rotations(now=LONG_AGO) == paid_once.BOTH
    decide(rotation, once=False)
    assert paid_once.two_rotations(now=NOW) == paid_once.BOTH


def test_a_manager_ticks_it_and_everybody_reads_it() -> None:
    team = team_at_work()
    url = f"/rotations/{team.rotation.slug}/policy/"
    form = page_of(team.anna, f"{url}change/")
    before = page_of(team.ben, url)

    decide(team.rotation, once=True)

    assert "Two rotations at once are paid once" in form
    assert "Whoever is on call for two rotations at once is paid by both." in before
    page = page_of(team.ben, url)
    assert "is paid here only where that one does not pay as much." in page
    assert "both paid" in page
    assert "paid once" in page
    for where in (f"/people/{team.ben.pk}/", "/pay/"):
        assert "Core pays only where the other one" in page_of(team.ben, where)


def test_the_form_keeps_and_clears_the_tick() -> None:
    team = team_at_work()
    decide(team.rotation, once=True)
    page = page_of(team.anna, f"/rotations/{team.rotation.slug}/policy/change/")

    assert 'name="deduplicates_pay"' in page
    assert "checked" in page.split('name="deduplicates_pay"')[1].split(">")[0]
    assert (
        signed_in(team.ben).get(f"/rotations/{team.rotation.slug}/policy/change/").status_code
        == 403
    )
    assert policy_words.two_rotations(deduplicates=False).endswith("paid by both.")
