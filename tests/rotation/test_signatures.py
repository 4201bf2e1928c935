from __future__ import annotations

import hashlib
import hmac
import json

import pytest

from rotation.domain.signatures import is_signed
from tests.services.marks import REFERENCE

FIXTURES = REFERENCE / "pagerduty" / "fixtures"
BODY = '{"event": {"id": "01", "title": "ü"}}'.encode()
SECRET = "whsec"  # noqa: S105


def signature(body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


GOOD = signature(BODY, SECRET)


@pytest.mark.parametrize(
    ("header", "secrets"),
    [
        pytest.param(f"v1={GOOD}", [SECRET], id="one"),
        pytest.param(f"v1={'0' * 64},v1={GOOD}", [SECRET], id="two, the second ours"),
        pytest.param(f"v1={GOOD}, v2=whatever", [SECRET], id="beside another version"),
        pytest.param(f"v1={GOOD}", ["new", SECRET], id="an older secret of ours"),
    ],
)
def test_a_body_is_signed_by_any_of_our_secrets(header: str, secrets: list[str]) -> None:
    assert is_signed(BODY, header, secrets)


@pytest.mark.parametrize(
    ("header", "secrets"),
    [
        pytest.param("", [SECRET], id="no header"),
        pytest.param("v1=", [SECRET], id="an empty signature"),
        pytest.param(f"v2={GOOD}", [SECRET], id="another version"),
        pytest.param(GOOD, [SECRET], id="no version"),
        pytest.param(f"v1={GOOD.upper()}", [SECRET], id="upper case"),
        pytest.param(f"v1={GOOD[:-1]}", [SECRET], id="cut"),
        pytest.param("v1=ü\x00", [SECRET], id="no hexadecimal"),
        pytest.param(f"v1={GOOD}", [], id="no secret of ours"),
        pytest.param(f"v1={GOOD}", ["other"], id="another secret"),
        pytest.param(f"v1={signature(BODY, '')}", [""], id="an empty secret of ours"),
    ],
)
def test_everything_else_is_not_signed(header: str, secrets: list[str]) -> None:
    assert not is_signed(BODY, header, secrets)


def test_the_same_json_in_other_bytes_is_not_signed() -> None:
    again = json.dumps(json.loads(BODY)).encode()

    assert not is_signed(again, f"v1={GOOD}", [SECRET])


@pytest.mark.reference
def test_captured_bodies_answer_as_their_source_says() -> None:
    vectors = json.loads((FIXTURES / "signature_vectors.json").read_text(encoding="utf-8"))

    for vector in vectors:
        body = (FIXTURES / vector["body_file"]).read_bytes()

        assert is_signed(body, vector["header"], [vector["secret"]]) is vector["valid"], vector
