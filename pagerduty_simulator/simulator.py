"""The whole simulator without its sockets: a request goes in, an answer comes out."""

from __future__ import annotations

import contextlib
import hmac
import itertools
import json
import re
import sys
import threading
import time
import traceback
import urllib.parse
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pagerduty_simulator import incident_engine, refusals, routes, seeds, state, times
from pagerduty_simulator.clock import Clock, ClockFileError, machine_now
from pagerduty_simulator.exchange import Author, Call, Reply
from pagerduty_simulator.faults import Fault, Faults
from pagerduty_simulator.journal import KEPT_HEADERS, Exchange, Journal
from pagerduty_simulator.limits import Limits
from pagerduty_simulator.wire import Request, Response, json_response, read_json

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator

_MOST_ATTEMPTS = 1000
_CREDENTIALS = re.compile(r"(?:Token token=\"?|Bearer )([^\s\"]+)\"?")


@dataclass(slots=True)
class Simulator:
    """One account with its clock, file, faults and journal; used by many threads."""

    state_file: pathlib.Path
    clock: Clock
    token: str | None = None
    faults: Faults = field(default_factory=Faults)
    journal: Journal = field(default_factory=Journal)
    limits: Limits = field(default_factory=Limits)
    account: state.Account = field(default_factory=state.Account)
    lock: threading.RLock = field(default_factory=threading.RLock)
    attempts: deque[state.Json] = field(default_factory=lambda: deque(maxlen=_MOST_ATTEMPTS))
    address: str = ""
    _in_flight: int = 0

    def load(self) -> None:
        """Take over what the state file holds; begin empty when there is none.

        Raises:
            UnreadableStateError: the file is no JSON object.
            UnusableStateError: the file's object is not a state.
        """
        self._take(seeds.account(state.read(self.state_file) or {}))

    def listen_at(self, address: str) -> None:
        """Name in web-hooks the address under which this simulator is reached."""
        self.address = address
        self.account.address = address

    def _take(self, account: state.Account) -> None:
        account.address = self.address
        self.account = account

    def save(self) -> None:
        """Write the account to its file; an account that cannot be written is not kept either.

        Raises:
            OSError: the file cannot be written.
        """
        try:
            state.write(self.account.text(), self.state_file)
        except OSError:
            self.load()
            raise

    def replace(self, document: state.Json) -> None:
        """Make the document's account the only one.

        Raises:
            UnusableStateError: the document is not a state.
        """
        with self.lock:
            self._take(seeds.account(document, issued=self.account.issued))
            self.save()

    @contextlib.contextmanager
    def counting(self) -> Iterator[int]:
        """Count a request among those in flight; gives how many there are with it."""
        with self.lock:
            self._in_flight += 1
            count = self._in_flight
        try:
            yield count
        finally:
            with self.lock:
                self._in_flight -= 1

    def answer(self, request: Request, *, in_flight: int) -> Response:
        """PagerDuty's answer to an API request, faults included; it stands in the journal."""
        began = time.monotonic()
        token = self._token_of(request)
        allowance = self.limits.count(token or "", self.account.switches.number("rate_limit"))
        fault: Fault | None = None
        if token is None:
            reply = _refused(refusals.RefusedError(401, refusals.AUTHENTICATION_FAILED))
        elif allowance.exceeded:
            reply = _refused(refusals.RefusedError(429, refusals.RATE_LIMITED))
        else:
            fault = self.faults.take(request.method, request.path)
            reply = self._reply(request, fault)
        response = _response(reply, allowance.headers(), fault)
        response.exchange = self._written_down(request, response, reply, in_flight, fault)
        response.exchange.seconds = round(time.monotonic() - began, 4)
        return response

    def _journal_time(self) -> int:
        try:
            return self.clock.now()
        except ClockFileError:
            return int(machine_now().timestamp())

    def _token_of(self, request: Request) -> str | None:
        match = _CREDENTIALS.fullmatch(request.headers.get("authorization", "").strip())
        if match is None:
            return None
        given = match.group(1)
        if self.token is None or hmac.compare_digest(given.encode(), self.token.encode()):
            return given
        return None

    def _reply(self, request: Request, fault: Fault | None) -> Reply:
        """The answer of the API, or of the fault when that has one of its own."""
        reply = Reply(status=500)
        if fault is None or not fault.prevents_work:
            reply = self._carried_out(request, fault)
        if fault and fault.replaces_answer and not fault.drop_after_write:
            return Reply(status=fault.answer_status(), body=fault.answer_body())
        return reply

    def _carried_out(self, request: Request, fault: Fault | None) -> Reply:
        try:
            call = self._call(request, fault)
            with self.lock:
                moved = incident_engine.advance(self.account, call.now)
                reply = routes.answer(self.account, call)
                if moved or request.method != "GET":
                    self.save()
        except refusals.RefusedError as refused:
            return _refused(refused)
        except Exception:  # noqa: BLE001 - PagerDuty answers 500 whatever its own mistake is
            sys.stderr.write(traceback.format_exc())
            return Reply(status=500, body=refusals.error_body(refusals.INTERNAL))
        return reply

    def _call(self, request: Request, fault: Fault | None) -> Call:
        try:
            query = request.query()
        except ValueError as error:
            raise refusals.invalid("There are too many parameters") from error
        return Call(
            method=request.method,
            path=request.path,
            query=query,
            body=read_json(request.body),
            sender=request.headers.get("from", ""),
            now=self.clock.now(),
            base_url=request.base_url,
            failing_items=fault.partial if fault else frozenset(),
            author=Author(token_end=(self._token_of(request) or "")[-4:]),
        )

    def _written_down(
        self,
        request: Request,
        response: Response,
        reply: Reply,
        in_flight: int,
        fault: Fault | None,
    ) -> Exchange:
        pairs = urllib.parse.parse_qsl(request.raw_query, keep_blank_values=True)
        grouped = {
            name: [value for _, value in group]
            for name, group in itertools.groupby(sorted(pairs, key=_first), key=_first)
        }
        exchange = Exchange(
            number=self.journal.next_number(),
            at=times.written_utc(self._journal_time()),
            method=request.method,
            path=request.path,
            query={name: v[0] if len(v) == 1 else v for name, v in grouped.items()},
            headers={k: v for k, v in request.headers.items() if k in KEPT_HEADERS},
            request_text=_kept_text(request.body),
            status=response.status,
            response_text=json.dumps(reply.body),
            in_flight=in_flight,
            fault=fault.number if fault else None,
        )
        self.journal.add(exchange)
        return exchange


def _first(pair: tuple[str, str]) -> str:
    return pair[0]


def _kept_text(body: bytes) -> str:
    """The body as JSON text; what is no JSON becomes a JSON string."""
    try:
        return json.dumps(read_json(body))
    except refusals.RefusedError:
        return json.dumps(body.decode("utf-8", "replace"))


def _refused(refused: refusals.RefusedError) -> Reply:
    return Reply(status=refused.status, body=refused.body())


def _response(reply: Reply, headers: dict[str, str], fault: Fault | None) -> Response:
    response = json_response(reply.status, reply.body)
    response.headers |= headers
    if fault is None:
        return response
    if isinstance(reply.body, str):
        response.body = reply.body.encode()
        response.headers["content-type"] = "text/html; charset=utf-8"
    for name, value in fault.headers.items():
        response.headers.pop(name.lower(), None)
        if value is not None:
            response.headers[name.lower()] = value
    response.delay = fault.delay
    response.drop = fault.drop_after_write or fault.drop_before_write
    return response
