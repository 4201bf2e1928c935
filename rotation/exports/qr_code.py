"""An address as a code for a phone's camera; the only module that knows the library."""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString, mark_safe

QUIET_ZONE = 4


def svg(address: str) -> SafeString:
    """The code as an element of a page: no style, no script, sized by its class `qr`.

    It is dark on light in every theme, as cameras want it.
    """
    code = segno.make(address, error="m", micro=False)
    drawn = code.svg_inline(
        svgclass="qr", lineclass=None, omitsize=True, border=QUIET_ZONE, light="#fff", dark="#000"
    )
    return mark_safe(drawn)  # noqa: S308 - drawn by the library; the address is not in it
