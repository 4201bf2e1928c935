"""What happens when a client that heard no answer sends the same write again."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from audit.models import AuditEvent
from compensation.api import urls as money
from compensation.models import KeptAnswer, PayPeriod, Rate
from compensation.operations import answers, weeks
from tests import builders
from tests.api.client import PREFIX
from tests.api.people import api_of
from tests.compensation.rows import OCTOBER, SWEEP, make_rate
from volunteers.models import Engineer, Office, RoleGrant

if TYPE_CHECKING:
    from tests.api.client import Answer, Api
    from tests.api.people import Cast

CLOSE = "periods/2026-10/close/"
WRITES_NOTHING = ("/preview/",)
PARAMETER = re.compile(r"<\w+:(\w+)>")
RATE = {
    "office": "dublin",
    "level": "primary",
    "effective_from": "2027-01-01",
    "weekly": "650.00",
    "holiday": "95.50",
}


@pytest.fixture
def paid(cast: Cast) -> Cast:
    """Ben's three weeks of October are paid; the month is open and can be closed."""
    Engineer.objects.filter(pk=cast.ben.pk).update(employee_id="00412")
    make_rate(office=Office.objects.get())
    for week_date in OCTOBER:
        builders.make_shift(
            level=builders.level_of(cast.rotation), week_date=week_date, holder=cast.ben
        )
    weeks.complete_weeks(actor=SWEEP, now=builders.NOW)
    return cast


def sent(api: Api, path: str, key: str, body: dict[str, Any] | None = None) -> Answer:
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    return api.send("POST", PREFIX + path, json.dumps(body or {}).encode(), headers)


def test_the_same_request_again_gets_the_same_answer_and_closes_nothing(paid: Cast) -> None:
    finn = paid.api("finn")

    first = sent(finn, CLOSE, "close-october")
    again = sent(finn, CLOSE, "close-october")

    assert (first.status, again.status) == (200, 200)
    assert again.raw == first.raw
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert AuditEvent.objects.filter(verb="closed").count() == 1


def test_without_a_key_the_second_request_meets_what_the_first_one_did(paid: Cast) -> None:
    finn = paid.api("finn")

    assert [finn.post(CLOSE).status for _ in range(2)] == [200, 409]
    assert not KeptAnswer.objects.exists()


def test_a_key_that_comes_again_with_another_content_is_refused_and_writes_nothing(
    paid: Cast,
) -> None:
    finn = paid.api("finn")
    made = sent(finn, "rates/", "new rate", RATE).expect(201)

    other = sent(finn, "rates/", "new rate", RATE | {"weekly": "651.00"})
    elsewhere = sent(finn, CLOSE, "new rate")

    assert other.expect(422)["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert elsewhere.expect(422)["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert Rate.objects.filter(effective_from="2027-01-01").get().version == made["version"]
    assert not PayPeriod.objects.filter(state="closed").exists()


def test_how_the_body_is_spaced_and_ordered_is_not_its_content(cast: Cast) -> None:
    finn = cast.api("finn")
    headers = {"Content-Type": "application/json", "Idempotency-Key": "spaced"}
    texts = [json.dumps(RATE), json.dumps(dict(reversed(RATE.items())), indent=3)]

    found = [finn.send("POST", f"{PREFIX}rates/", text.encode(), headers) for text in texts]

    assert [answer.status for answer in found] == [201, 201]
    assert found[0].raw == found[1].raw
    assert Rate.objects.count() == 1


def test_a_key_is_its_senders_own(cast: Cast) -> None:
    other = builders.make_finance(name="Fay")
    sent(cast.api("finn"), "rates/", "1", RATE).expect(201)

    answer = sent(api_of(other), "rates/", "1", RATE | {"weekly": "700.00"})

    assert answer.expect(201)["weekly"]["amount"] == "700.00"


def test_a_conflict_is_kept_and_any_other_refusal_leaves_the_key_free(paid: Cast) -> None:
    finn = paid.api("finn")
    Engineer.objects.filter(pk=paid.ben.pk).update(employee_id=None)

    unreadable = sent(finn, "rates/", "rate", RATE | {"weekly": "a lot"})
    readable = sent(finn, "rates/", "rate", RATE)
    conflict = sent(finn, CLOSE, "close")
    Engineer.objects.filter(pk=paid.ben.pk).update(employee_id="00412")
    again = sent(finn, CLOSE, "close")
    with_another = sent(finn, CLOSE, "close 2")

    assert (unreadable.status, readable.status) == (400, 201)
    assert conflict.expect(409)["code"] == "CANNOT_CLOSE"
    assert (again.status, again.raw) == (409, conflict.raw)
    assert with_another.status == 200


def test_a_refused_attempt_stays_on_record(paid: Cast) -> None:
    anna = paid.api("anna")

    first, second = (sent(anna, CLOSE, "mine") for _ in range(2))

    assert (first.status, second.status) == (403, 403)
    assert AuditEvent.objects.filter(verb="was refused").count() == 2
    assert not KeptAnswer.objects.exists()


def test_who_lost_the_right_does_not_get_the_kept_answer(paid: Cast) -> None:
    finn = paid.api("finn")
    sent(finn, CLOSE, "close").expect(200)
    RoleGrant.objects.filter(engineer=paid.finn).update(until=builders.NOW)

    answer = sent(finn, CLOSE, "close")

    assert answer.expect(403)["code"] == "RIGHTS_CHANGED"


@pytest.mark.parametrize("key", ["", "x" * 256, "schlüssel"])
def test_what_is_no_key_is_refused(key: str, cast: Cast) -> None:
    answer = sent(cast.api("finn"), "rates/", key, RATE)

    assert answer.expect(400)["code"] == "IDEMPOTENCY_KEY_INVALID"
    assert not Rate.objects.exists()


def test_a_write_that_breaks_leaves_the_key_free(cast: Cast) -> None:
    asked = answers.Asked(engineer_id=cast.finn.pk, key="k", content="a" * 64, rights="b" * 64)
    good = answers.Answer(status=200, body="{}")

    def broken() -> answers.Answer:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        answers.answer_once(asked=asked, write=broken, now=builders.NOW)

    assert answers.answer_once(asked=asked, write=lambda: good, now=builders.NOW) == good


def test_answers_are_forgotten_after_a_week(cast: Cast) -> None:
    sent(cast.api("finn"), "rates/", "old", RATE).expect(201)
    kept = KeptAnswer.objects.get().kept_at
    week = dt.timedelta(days=7)

    assert answers.forget_answers(now=kept + week - dt.timedelta(seconds=1)) == 0
    assert answers.forget_answers(now=kept + week) == 1


def test_every_write_of_money_takes_a_key(cast: Cast) -> None:
    schema = cast.api("finn").get("schema/").expect(200)
    ours = {PREFIX + PARAMETER.sub(r"{\1}", str(route.pattern)) for route in money.urlpatterns}
    writes = {
        f"{method} {path}": route
        for path in schema["paths"]
        for method, route in schema["paths"][path].items()
        if path in ours and method != "get"
    }

    without = [
        name
        for name, route in writes.items()
        if "Idempotency-Key" not in [each["name"] for each in route.get("parameters", [])]
        or "422" not in route["responses"]
    ]

    assert len(writes) > len(WRITES_NOTHING)
    assert [name for name in without if not name.endswith(WRITES_NOTHING)] == []
