from __future__ import annotations

import base64

import pytest

from common import sealing
from common.sealing import SealingError


def _key(letter: str) -> str:
    return base64.urlsafe_b64encode(letter.encode() * sealing.KEY_BYTES).decode()


OLD, NEW = _key("o"), _key("n")


def test_what_was_sealed_is_opened_by_its_key_and_shows_nothing() -> None:
    sealed = sealing.seal("whsec-ü", [NEW])

    assert "whsec" not in sealed
    assert sealing.unseal(sealed, [NEW]) == "whsec-ü"


def test_an_older_key_still_opens_what_it_sealed_while_the_newest_seals() -> None:
    before = sealing.seal("secret", [OLD])

    assert sealing.unseal(before, [NEW, OLD]) == "secret"
    assert sealing.unseal(sealing.seal("secret", [NEW, OLD]), [NEW]) == "secret"


@pytest.mark.parametrize("keys", [[], ["no key"], [NEW]], ids=["none", "broken", "another"])
def test_without_the_key_nothing_is_opened_and_no_key_is_named(keys: list[str]) -> None:
    sealed = sealing.seal("secret", [OLD])

    with pytest.raises(SealingError) as refused:
        sealing.unseal(sealed, keys)

    assert NEW not in str(refused.value)


def test_what_is_no_ciphertext_is_refused() -> None:
    with pytest.raises(SealingError):
        sealing.unseal("plain text ü", [NEW])


@pytest.mark.parametrize(
    ("text", "is_one"),
    [(NEW, True), ("", False), ("c2hvcnQ=", False), ("ü" * 44, False), (f"{NEW}x", False)],
)
def test_a_key_is_32_bytes_in_url_safe_base64(text: str, is_one: bool) -> None:  # noqa: FBT001
    assert sealing.is_key(text) is is_one
