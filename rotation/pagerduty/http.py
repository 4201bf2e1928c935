"""PagerDuty over HTTP: the one module that imports the client library.

The library repeats a POST after a network error and a 429 for ever; both are switched off, and
what to do next is the sync's decision. Source: pdpyras 5.4.1.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import os
import pathlib
import re
import urllib.parse
import warnings
from typing import TYPE_CHECKING, Any, TypeVar

from rotation.pagerduty import answers
from rotation.pagerduty.deadline import Deadline
from rotation.pagerduty.gateway import (
    AuthenticationError,
    BadAnswerError,
    GatewayError,
    NotFoundError,
    RateLimitedError,
    RefusedRequestError,
    UnreachableError,
)

with warnings.catch_warnings():
    # It says only that its author has moved on to a successor, once for each process.
    warnings.simplefilter("ignore", UserWarning)
    import pdpyras

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from common.periods import Period
    from rotation.domain.pagerduty_policy import PolicyState
    from rotation.domain.pagerduty_state import (
        AuditRecord,
        FinalEntry,
        OverrideState,
        PagerDutyUser,
        Request,
        ScheduleState,
        ScheduleSummary,
        UserWithContacts,
    )

    Recorder = Callable[[Mapping[str, Any]], None]
    Turn = Callable[[str, str], contextlib.AbstractContextManager[None]]

TIMEOUT_SECONDS = 15
CALL_SECONDS = 30
PAGE = 100
WITH_CONTACTS = ["contact_methods", "notification_rules"]
LAST_ITEM = 10_000
MOST_CURSORS = 20
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
AUTHENTICATION = {401, 402, 403}
NOT_FOUND = {404, 410}
TIMED_OUT = 408
UPGRADED = 400
RATE_LIMITED = 429
SERVER_ERROR = 500
# Managers read these too, who cannot set anything: settings are named to admins only.
IS_NONE = "What Rota was given as PagerDuty’s token is none: one word is wanted. Ask an admin."
FILE_UNREADABLE = "The file with PagerDuty’s token cannot be read. Ask an admin."
TOKEN = re.compile(r"[!-~]+", re.ASCII)
Read = TypeVar("Read")


class _Session(pdpyras.APISession):  # type: ignore[misc]  # pdpyras has no types
    """The library's session, which tells a recorder of each exchange."""

    recorder: Recorder | None = None

    def postprocess(self, response: Any, suffix: str | None = None) -> None:
        """Called by the library after each answer."""
        super().postprocess(response, suffix)
        if self.recorder is not None:
            self.recorder(_exchange(response))


def token_from_environment() -> str:
    """PAGERDUTY_API_TOKEN, or what the file PAGERDUTY_API_TOKEN_FILE holds now; empty if unset.

    Raises:
        AuthenticationError: the file cannot be read, or what is set cannot be a token.
    """
    path = os.environ.get("PAGERDUTY_API_TOKEN_FILE", "").strip()
    if not path:
        return _token(os.environ.get("PAGERDUTY_API_TOKEN", ""))
    try:
        # An editor may have put a byte order mark before it.
        text = pathlib.Path(path).read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise AuthenticationError(FILE_UNREADABLE) from error
    return _token(text)


def _token(text: str) -> str:
    """The token without the space around it; what no header can carry is never shown."""
    token = text.strip()
    if token and not TOKEN.fullmatch(token):
        raise AuthenticationError(IS_NONE)
    return token


def _at_once(_token: str, _path: str) -> contextlib.AbstractContextManager[None]:
    return contextlib.nullcontext()


class HttpGateway:
    """A `Gateway` to PagerDuty's REST API, or to whatever answers like it at `url`."""

    def __init__(
        self,
        *,
        url: str,
        token: Callable[[], str],
        recorder: Recorder | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
        call_seconds: float = CALL_SECONDS,
        turn: Turn = _at_once,
    ) -> None:
        """`token` is asked before each request, so that a new one is used at once.

        `timeout_seconds` is for each wait, `call_seconds` for a whole answer. `turn` is given the
        token and the path, and is entered around each request.
        """
        self._url = url
        self._token = token
        self._recorder = recorder
        self._timeout = timeout_seconds
        self._call_seconds = call_seconds
        self._turn = turn

    def users(self) -> list[PagerDutyUser]:
        """Everybody with an account."""
        found = self._pages("/users", "users", {})
        return self._read(lambda: [answers.user_of(each) for each in found])

    def users_with_contacts(self) -> list[UserWithContacts]:
        """Everybody with what reaches them; the list call includes it, a page at a time."""
        # A list gets PagerDuty's brackets from the library, a tuple would not.
        found = self._pages("/users", "users", {"include": WITH_CONTACTS})
        return self._read(lambda: [answers.user_with_contacts_of(each) for each in found])

    def find_schedules(self, *, query: str) -> list[ScheduleSummary]:
        """Schedules whose name contains the query; all without one."""
        found = self._pages("/schedules", "schedules", {"query": query} if query else {})
        return self._read(lambda: [answers.summary_of(each) for each in found])

    def schedule(self, *, ref: str) -> ScheduleState:
        """One schedule with its layers."""
        try:
            data = self._get(f"/schedules/{ref}", {})
        except RefusedRequestError as error:
            if error.status != UPGRADED:
                raise
            # Nothing in this request can be wrong but the kind of the schedule.
            raise answers.upgraded(ref) from error
        return self._read(lambda: answers.schedule_of(data["schedule"]))

    def shown_schedule(self, *, ref: str, within: Period) -> tuple[ScheduleState, list[FinalEntry]]:
        """One schedule and its final schedule; asked plainly when PagerDuty refuses, to see why."""
        try:
            data = self._get(f"/schedules/{ref}", _span(within))
        except RefusedRequestError:
            self.schedule(ref=ref)
            raise

        def read() -> tuple[ScheduleState, list[FinalEntry]]:
            return answers.schedule_of(data["schedule"]), answers.entries_of(data["schedule"])

        return self._read(read)

    def overrides(self, *, ref: str, within: Period) -> list[OverrideState]:
        """All that meet the period; a second read for the ids of those that can be removed."""
        span = _span(within)
        path = f"/schedules/{ref}/overrides"
        shown = self._get(path, span)
        if self._read(lambda: all(each.get("id") for each in shown["overrides"])):
            return self._read(lambda: [answers.override_of(each) for each in shown["overrides"]])
        editable = self._get(path, span | {"editable": "true"})

        def read() -> list[OverrideState]:
            held = [answers.override_of(each) for each in shown["overrides"]]
            ids = [answers.override_of(each) for each in editable["overrides"]]
            return _with_refs(held, ids)

        return self._read(read)

    def final_schedule(self, *, ref: str, within: Period) -> list[FinalEntry]:
        """Who is shown as on call."""
        data = self._get(f"/schedules/{ref}", _span(within))
        return self._read(lambda: answers.entries_of(data["schedule"]))

    def preview(self, *, body: Mapping[str, Any], within: Period) -> list[FinalEntry]:
        """Who would be shown; the library's own method for it wraps the body wrongly."""
        path = "/schedules/preview"
        with self._session(path) as session, _translated():
            data = _json(session.post(path, params=_span(within), json=dict(body)))
        return self._read(lambda: answers.entries_of(data["schedule"]))

    def find_policies(self, *, query: str) -> list[PolicyState]:
        """Escalation policies whose name contains the query; all without one."""
        params = {"query": query} if query else {}
        found = self._pages("/escalation_policies", "escalation_policies", params)
        return self._read(lambda: [answers.policy_of(each) for each in found])

    def policy(self, *, ref: str) -> PolicyState:
        """One escalation policy with its rules."""
        data = self._get(f"/escalation_policies/{ref}", {})
        return self._read(lambda: answers.policy_of(data["escalation_policy"]))

    def audit_records(self, *, ref: str, within: Period) -> list[AuditRecord]:
        """Who changed the schedule, as far as twenty pages of it tell."""
        found: list[AuditRecord] = []
        params = _span(within) | {"limit": str(PAGE)}
        for _ in range(MOST_CURSORS):
            data = self._get(f"/schedules/{ref}/audit/records", params)
            records = self._read(lambda data=data: data["records"])  # type: ignore[misc]
            found += self._read(
                lambda records=records: [answers.audit_record_of(each) for each in records]  # type: ignore[misc]
            )
            if not data.get("next_cursor"):
                break
            params = params | {"cursor": data["next_cursor"]}
        return found

    def items(self, *, path: str, name: str, params: Mapping[str, Any]) -> list[Any]:
        """All items of a classic list."""
        return self._pages(path, name, params)

    def send(self, request: Request) -> Any:
        """Carry out one write, once."""
        with self._session(request.path) as session, _translated():
            response = session.request(request.method, request.path, json=request.body)
            return _json(response) if response.content else None

    def _get(self, path: str, params: Mapping[str, Any]) -> Any:
        with self._session(path) as session, _translated():
            return _json(session.get(path, params=dict(params)))

    def _pages(self, path: str, name: str, params: Mapping[str, Any]) -> list[Any]:
        """All items of a classic list, as far as PagerDuty lets one turn the pages."""
        items: list[Any] = []
        more = True
        while more and len(items) + PAGE <= LAST_ITEM:
            data = self._get(path, {**params, "limit": PAGE, "offset": len(items)})
            page = self._read(lambda data=data: list(data[name]))  # type: ignore[misc]
            items += page
            more = bool(data.get("more")) and bool(page)
        return items

    @contextlib.contextmanager
    def _session(self, path: str) -> Iterator[_Session]:
        token = self._token()
        if not token:
            raise AuthenticationError("No PagerDuty token is set. An admin has to give Rota one.")
        session = _Session(token)
        session.url = self._url
        session.timeout = self._timeout
        # A proxy of the surroundings is for the world outside, not for this machine.
        session.trust_env = urllib.parse.urlsplit(self._url).hostname not in LOOPBACK
        session.max_network_attempts = 0
        # 0 would mean "for ever" for a 429; one try with no attempt left hands it over at once.
        session.retry = {RATE_LIMITED: 1}
        session.max_http_attempts = -1
        session.recorder = self._recorder
        try:
            with self._turn(token, path), Deadline(self._call_seconds).over(session):
                yield session
        finally:
            session.close()

    @staticmethod
    def _read(reading: Callable[[], Read]) -> Read:
        try:
            return reading()
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadAnswerError("PagerDuty's answer lacks what it should hold.") from error


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """The library's errors as the gateway's."""
    try:
        yield
    except pdpyras.PDClientError as error:
        response = error.response
        if response is None:
            raise UnreachableError("PagerDuty cannot be reached.") from error
        raise _error_of(response) from error
    except pdpyras.URLError as error:
        raise BadAnswerError("The address of PagerDuty's API is wrong.") from error


def _json(response: Any) -> Any:
    if not response.ok:
        raise _error_of(response)
    try:
        return response.json()
    except ValueError as error:
        raise BadAnswerError("PagerDuty's answer is no JSON.") from error


def _error_of(response: Any) -> GatewayError:
    status = response.status_code
    code, message = _refusal(response)
    said = f"PagerDuty answered {status}: {message}" if message else f"PagerDuty answered {status}"
    if status in AUTHENTICATION:
        error: GatewayError = AuthenticationError(
            f"{said}. An admin has to give Rota a token that may do it.", status=status
        )
    elif status in NOT_FOUND:
        error = NotFoundError(f"{said}.")
    elif status == RATE_LIMITED:
        error = RateLimitedError(f"{said}.", wait_seconds=_wait(response))
    elif status >= SERVER_ERROR or status == TIMED_OUT:
        error = BadAnswerError(f"{said}.")
    else:
        error = RefusedRequestError(f"{said}.", status=status, code=code)
    return error


def _refusal(response: Any) -> tuple[int | None, str]:
    """PagerDuty's code and words; an answer of something else has neither."""
    try:
        error = response.json()["error"]
        details = [str(each) for each in error.get("errors") or []]
        return error.get("code"), "; ".join([str(error.get("message") or ""), *details])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None, ""


def _wait(response: Any) -> float | None:
    """Seconds until the next request, by PagerDuty's own header or else the usual one.

    A value that is no number of seconds, or a date, is as good as none.
    """
    for header in ("ratelimit-reset", "retry-after"):
        with contextlib.suppress(ValueError):
            if (value := response.headers.get(header)) is not None:
                seconds = float(value)
                if math.isfinite(seconds) and seconds >= 0:
                    return seconds
    return None


def _span(within: Period) -> dict[str, str]:
    return {
        "since": f"{within.starts_at:%Y-%m-%dT%H:%M:%SZ}",
        "until": f"{within.ends_at:%Y-%m-%dT%H:%M:%SZ}",
    }


def _with_refs(held: list[OverrideState], ids: list[OverrideState]) -> list[OverrideState]:
    """The overrides held, those hidden ids filled in that the other list has, each id once."""
    refs: dict[tuple[str, Period], list[str | None]] = {}
    for each in ids:
        refs.setdefault((each.user_ref, each.period), []).append(each.ref)
    found = []
    for each in held:
        hidden = refs.get((each.user_ref, each.period)) if each.ref is None else None
        found.append(dataclasses.replace(each, ref=hidden.pop(0)) if hidden else each)
    return found


def _exchange(response: Any) -> dict[str, Any]:
    """One exchange as plain data, without the token."""
    request = response.request
    path, _, query = request.path_url.partition("?")
    body = json.loads(request.body) if request.body else None
    try:
        answer = response.json() if response.content else None
    except ValueError:
        answer = response.text
    return {
        "method": request.method,
        "path": path,
        "query": query,
        "request_body": body,
        "status": response.status_code,
        "response_body": answer,
    }
