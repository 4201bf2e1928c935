"""Secrets as they are stored: encrypted with keys that only the environment holds.

Source: https://github.com/fernet/spec; `cryptography.fernet.MultiFernet` lets keys be changed.
"""

from __future__ import annotations

import base64
import binascii
import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

KEY_BYTES = 32


class SealingError(Exception):
    """No key is given, one is none, or none of them opens what was sealed; never names a key."""


def is_key(text: str) -> bool:
    """Whether it is 32 bytes in URL-safe base64, as `new_key` gives them."""
    try:
        return len(base64.b64decode(text.encode(), altchars=b"-_", validate=True)) == KEY_BYTES
    except (binascii.Error, ValueError):
        return False


def seal(text: str, keys: Sequence[str]) -> str:
    """The text encrypted with the first key.

    Raises:
        SealingError: there is no usable key.
    """
    sealed: bytes = _box(keys).encrypt(text.encode())
    return sealed.decode("ascii")


def unseal(sealed: str, keys: Sequence[str]) -> str:
    """The text again, whichever of the keys sealed it.

    Raises:
        SealingError: there is no usable key, or none of them did.
    """
    box = _box(keys)
    try:
        opened: bytes = box.decrypt(sealed.encode())
        return opened.decode()
    except (_library().InvalidToken, UnicodeError) as error:
        raise SealingError("No key that is set opens what is stored.") from error


def _box(keys: Sequence[str]) -> Any:
    if not keys or not all(map(is_key, keys)):
        raise SealingError("No key is set for the secrets that are stored.")
    library = _library()
    return library.MultiFernet([library.Fernet(key) for key in keys])


def _library() -> Any:
    # Most processes never open a secret: they do not wait for OpenSSL at their start.
    return importlib.import_module("cryptography.fernet")
