from __future__ import annotations

import http.server
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from common.fetching import FetchError, Rules, fetch, is_public

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.real_parts
LOCAL = Rules(accept="text/calendar", allows_local=True, seconds=2, most_bytes=100_000)
STRICT = Rules(accept="text/calendar")

Answer = tuple[int, dict[str, str], bytes]


class Server:
    """A web server on the loopback address that answers as it is told and remembers what it got."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[Any], None]] = {}
        self.asked: list[tuple[str, str]] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append((self.headers["Host"], self.path))
                outer.answers[self.path](self)

            def log_message(self, *_args: object) -> None:
                pass

        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.port = self._http.server_address[1]
        self.address = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def gives(self, path: str, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        def answer(handler: Any) -> None:
            handler.send_response(status)
            for name, value in headers.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(body)

        self.answers[path] = answer

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()
    yield found
    found.stop()


def test_the_body_is_read_with_its_kind(server: Server) -> None:
    server.gives("/a.ics", 200, {"Content-Type": "text/calendar; charset=utf-8"}, b"BEGIN")

    found = fetch(f"{server.address}/a.ics", rules=LOCAL)

    assert (found.body, found.content_type) == (b"BEGIN", "text/calendar")


def test_a_redirect_is_followed(server: Server) -> None:
    server.gives("/a", 302, {"Location": "/b?x=1"})
    server.gives("/b?x=1", 200, {}, b"there")

    assert fetch(f"{server.address}/a", rules=LOCAL).body == b"there"


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://192.168.1.1/x",
        "http://[fd00::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://100.64.0.1/",
    ],
)
def test_a_redirect_into_a_private_network_is_not_followed(server: Server, target: str) -> None:
    server.gives("/a", 302, {"Location": target})

    with pytest.raises(FetchError, match="private network"):
        fetch(f"{server.address}/a", rules=LOCAL)


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.com/", "gopher://x/"])
def test_a_redirect_to_another_scheme_is_not_followed(server: Server, target: str) -> None:
    server.gives("/a", 302, {"Location": target})

    with pytest.raises(FetchError, match="must begin with https"):
        fetch(f"{server.address}/a", rules=LOCAL)


def test_redirects_without_end_are_given_up(server: Server) -> None:
    server.gives("/a", 302, {"Location": "/a"})

    with pytest.raises(FetchError, match="nowhere in the end"):
        fetch(f"{server.address}/a", rules=LOCAL)
    assert len(server.asked) == 5


def test_the_connection_goes_to_the_address_that_was_checked(server: Server) -> None:
    server.gives("/a", 200, {}, b"there")
    asked = []

    def once(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    found = fetch(f"http://calendar.example:{server.port}/a", rules=LOCAL, resolve=once)

    assert found.body == b"there"
    assert asked == [("calendar.example", server.port)]
    assert server.asked == [(f"calendar.example:{server.port}", "/a")]


def test_a_name_with_one_private_address_among_public_ones_is_refused() -> None:
    with pytest.raises(FetchError, match="private network"):
        fetch(
            "https://calendar.example/a",
            rules=STRICT,
            resolve=lambda _host, _port: ["8.8.8.8", "10.0.0.1"],
        )


@pytest.mark.parametrize(
    "address",
    ["https://127.0.0.1/a", "https://localhost/a", "https://[::1]/a", "https://0.0.0.0/"],
)
def test_this_machine_is_refused_outside_demos_and_tests(address: str) -> None:
    with pytest.raises(FetchError, match="private network"):
        fetch(address, rules=STRICT, resolve=lambda host, _port: [_ip(host)])


@pytest.mark.parametrize("address", ["http://example.com/a", "file:///etc/passwd", "/a", "a b", ""])
def test_only_https_is_read_outside_demos_and_tests(address: str) -> None:
    with pytest.raises(FetchError, match="https://"):
        fetch(address, rules=STRICT)


@pytest.mark.parametrize("address", ["https://a:b@example.com/", "https://", "https://[x/"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(FetchError, match="no address of a calendar"):
        fetch(address, rules=STRICT)


@pytest.mark.parametrize(
    ("status", "words"), [(401, "asks for a sign-in"), (404, "answered 404"), (500, "answered 500")]
)
def test_a_refusal_is_told_in_words(server: Server, status: int, words: str) -> None:
    server.gives("/a", status, {})

    with pytest.raises(FetchError, match=words):
        fetch(f"{server.address}/a", rules=LOCAL)


def test_more_than_is_allowed_is_not_read_to_its_end(server: Server) -> None:
    server.gives("/a", 200, {}, b"x" * 500_000)

    with pytest.raises(FetchError, match="larger than"):
        fetch(f"{server.address}/a", rules=LOCAL)


def test_a_server_that_sends_a_byte_now_and_then_is_left_in_time(server: Server) -> None:
    def drip(handler: Any) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _number in range(100):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.1)

    server.answers["/a"] = drip
    started = time.monotonic()

    with pytest.raises(FetchError, match="did not answer within 2 seconds"):
        fetch(f"{server.address}/a", rules=LOCAL)
    assert time.monotonic() - started < 4


def test_a_server_that_never_answers_is_left_in_time(server: Server) -> None:
    server.answers["/a"] = lambda _handler: time.sleep(5)

    with pytest.raises(FetchError, match="did not answer within 2 seconds"):
        fetch(f"{server.address}/a", rules=LOCAL)


def test_a_server_that_speaks_no_http_is_told_as_not_reached(server: Server) -> None:
    server.answers["/a"] = lambda handler: handler.wfile.write(b"\x00" * 100 + b"\r\n\r\n")

    with pytest.raises(FetchError, match="could not be reached"):
        fetch(f"{server.address}/a", rules=LOCAL)


def test_a_compressed_body_is_not_unpacked(server: Server) -> None:
    server.gives("/a", 200, {"Content-Encoding": "gzip"}, b"\x1f\x8b")

    with pytest.raises(FetchError, match="compressed"):
        fetch(f"{server.address}/a", rules=LOCAL)


def test_a_line_break_in_the_address_reaches_no_header(server: Server) -> None:
    server.gives("/a%20HTTP/1.1%0D%0AX:%20y", 200, {}, b"one request")

    found = fetch(f"{server.address}/a%20HTTP/1.1%0D%0AX:%20y", rules=LOCAL)

    assert found.body == b"one request"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - to be refused
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fd12::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("::7f00:1", False),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False),
    ],
)
def test_an_address_is_of_the_internet_or_not(address: str, expected: bool) -> None:  # noqa: FBT001 - a case of the table
    assert is_public(address) is expected


def _ip(host: str) -> str:
    return "127.0.0.1" if host == "localhost" else host
