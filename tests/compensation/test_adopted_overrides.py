from __future__ import annotations

import pytest

from audit.operations import Actor
from compensation.models import Entry
from compensation.operations import weeks
from rotation.operations import drift_choices
from tests import builders
from tests.builders import NOW, WEEK
from tests.compensation.rows import make_rate
from tests.guards.world import make_drift
from tests.rotation.pages import actor, mark_published, team_at_work
from volunteers.models import Office

pytestmark = pytest.mark.django_db


def test_who_carries_a_week_by_an_adopted_override_is_paid_for_their_time() -> None:
    team = team_at_work()
    mark_published(team.rotation, team.anna)
    make_rate(office=Office.objects.get())
    dora = team.volunteers[1]
    for person in (team.ben, dora):
        if not person.postings.exists():
            builders.make_posting(engineer=person, office=Office.objects.get())
    shift = builders.make_shift(level=team.primary, holder=team.ben)
    drift = make_drift(shift, by=dora)

    drift_choices.adopt_drift(drift_id=drift.pk, seen="", actor=actor(team.anna), now=NOW)
    weeks.complete_weeks(actor=Actor.sweep("weeks"), now=shift.ends_at + WEEK)

    paid = {entry.engineer_id: entry.seconds for entry in Entry.objects.filter(shift_id=shift.pk)}
    assert set(paid) == {team.ben.pk, dora.pk}
    assert 0 < paid[dora.pk] < paid[team.ben.pk]
