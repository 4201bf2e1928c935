"""Log lines carry the id of the request or task that caused them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from common.http import request_id

if TYPE_CHECKING:
    import logging

_SECRET_PATH = re.compile(r"(/calendar/)[^/\s]+(\.ics)")


class RequestIdFilter:
    """Adds `request_id` to each record, a dash outside any request or task."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record."""
        record.request_id = request_id.get() or "-"
        return True


class ReadinessFilter:
    """Leaves out that /readyz answered 503: whoever asks is told, several times a minute."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every other record."""
        request = getattr(record, "request", None)
        return getattr(request, "path", "") != "/readyz"


class SecretAddressFilter:
    """Takes the secret out of calendars' addresses, which Django names when it refuses one."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record, with a mark in the secret's place."""
        told = record.getMessage()
        if "/calendar/" in told:
            record.msg, record.args = _SECRET_PATH.sub(r"\1[secret]\2", told), ()
        return True
