"""What PagerDuty answers when it says no: statuses, codes and the shape of the body.

Source: PagerDuty developer docs, REST-API/14-Errors.
"""

from __future__ import annotations

from typing import Any

INVALID_INPUT = 2001
BAD_TIMES = 2004
BAD_RANGE = 2005
AUTHENTICATION_FAILED = 2006
USER_NOT_FOUND = 2013
RATE_LIMITED = 2020
NOT_FOUND = 2100
INTERNAL = 2000
REQUESTER_NOT_FOUND = 1008
INVALID_SCHEDULE = 3001
INVALID_OVERRIDE = 4004

_MESSAGES = {
    INTERNAL: "An internal error has occurred. PagerDuty team has been notified.",
    INVALID_INPUT: "Invalid Input Provided",
    BAD_TIMES: "Invalid time values in 'since' and/or 'until' parameters",
    BAD_RANGE: "Invalid Query Date Range",
    AUTHENTICATION_FAILED: "Authentication failed",
    USER_NOT_FOUND: "User not found",
    RATE_LIMITED: "Rate Limit Exceeded",
    NOT_FOUND: "Not Found",
    REQUESTER_NOT_FOUND: "Requester User Not Found",
    INVALID_SCHEDULE: "Invalid Schedule",
    INVALID_OVERRIDE: "Invalid Override",
}


class RefusedError(Exception):
    """A request that PagerDuty would not carry out: its status, code and reasons."""

    def __init__(self, status: int, code: int, *reasons: str, message: str | None = None) -> None:
        """Keep what the answer will say; the code's usual message when none is given."""
        super().__init__(message or _MESSAGES[code], *reasons)
        self.status = status
        self.code = code
        self.reasons = reasons
        self.message = message or _MESSAGES[code]

    def body(self) -> dict[str, Any]:
        """The answer's JSON body."""
        return error_body(self.code, *self.reasons, message=self.message)


def error_body(code: int, *reasons: str, message: str | None = None) -> dict[str, Any]:
    """PagerDuty's error object; `errors` only when there are reasons."""
    error: dict[str, Any] = {"message": message or _MESSAGES[code], "code": code}
    if reasons:
        error["errors"] = list(reasons)
    return {"error": error}


def invalid(*reasons: str, code: int = INVALID_INPUT) -> RefusedError:
    """The 400 for input that does not hold."""
    return RefusedError(400, code, *reasons)


def missing(message: str | None = None, *, code: int = NOT_FOUND) -> RefusedError:
    """The 404 for an object or a path that is not there."""
    return RefusedError(404, code, message=message)
