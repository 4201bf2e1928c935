from __future__ import annotations

import contextlib
import datetime as dt
import email
import email.policy
import ipaddress
import pathlib
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from common import clock
from outbox import operations, tasks
from outbox.models import Message
from tests.builders import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

    from pytest_django import Settings

pytestmark = [pytest.mark.django_db, pytest.mark.real_parts, pytest.mark.one_engine]
ROOT = pathlib.Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
BODY = "Hello Ben,\n\nyour weeks:\n\n  primary, Mon 7 Dec\n\nhttp://127.0.0.1:8000/shifts/1/\n"


class MailServer:
    """A mail server process that can be stopped and started again on the same port."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind((HOST, 0))
            self.port: int = free.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> None:
        command = [sys.executable, "-m", "tests.services.mail_server", str(self.port)]
        self.process = subprocess.Popen([*command, str(self.folder), *options], cwd=ROOT)
        ends_at = time.monotonic() + 20
        while time.monotonic() < ends_at:
            with contextlib.suppress(OSError), socket.create_connection((HOST, self.port), 1):
                return
            time.sleep(0.05)
        raise TimeoutError("the mail server did not start")

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    @property
    def taken(self) -> list[EmailMessage]:
        return [
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for path in sorted(self.folder.iterdir())
        ]


@pytest.fixture
def server(tmp_path: pathlib.Path, settings: Settings) -> Iterator[MailServer]:
    folder = tmp_path / "mails"
    folder.mkdir()
    one = MailServer(folder)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = HOST, one.port
    yield one
    one.stop()


def _queue(to: str = "ben@example.com", **more: dt.datetime) -> Message:
    made = operations.queue_message(
        to=to, kind="weeks_published", subject="Your weeks ✓", body=BODY, now=clock.now(), **more
    )
    assert made is not None
    return made


def _states() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


def _wait_is_over() -> None:
    Message.objects.update(next_try_at=None)


def test_a_mail_arrives_as_text_and_html_with_headers_that_no_machine_answers(
    server: MailServer,
) -> None:
    server.start()
    row = _queue()

    assert tasks.sweep_messages() == 1

    (mail,) = server.taken
    assert mail["Subject"] == "Your weeks ✓"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"].endswith("/settings/mails/>")
    assert str(row.pk) in mail["Message-ID"]
    text, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert page is not None
    assert "  primary, Mon 7 Dec" in text.get_content()
    assert "Choose which mails you get: " in text.get_content()
    assert 'href="http://127.0.0.1:8000/shifts/1/"' in page.get_content()


def test_a_server_that_is_down_is_tried_with_one_mail_a_sweep_and_gets_all_of_them_once(
    server: MailServer,
) -> None:
    for number in range(30):
        _queue(to=f"p{number}@example.com")

    started = time.monotonic()
    assert [tasks.sweep_messages() for _beat in range(3)] == [0, 0, 0]
    assert time.monotonic() - started < 5
    assert Message.objects.exclude(tries=0).count() == 3
    assert set(_states()) == {"queued"}

    server.start()
    assert tasks.sweep_messages() == 27
    _wait_is_over()
    assert tasks.sweep_messages() == 3
    assert tasks.sweep_messages() == 0
    assert sorted(mail["To"] for mail in server.taken) == sorted(
        f"p{number}@example.com" for number in range(30)
    )


def test_after_an_outage_mails_leave_by_the_batch_and_none_that_is_out_of_date(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "BATCH", 4)
    late = _queue(good_until=clock.now() - dt.timedelta(seconds=1))
    for number in range(6):
        _queue(to=f"p{number}@example.com", good_until=clock.now() + dt.timedelta(days=1))

    server.start()
    assert [tasks.sweep_messages() for _beat in range(3)] == [4, 2, 0]

    late.refresh_from_db()
    assert late.state == Message.State.DROPPED
    assert len(server.taken) == 6


def test_a_mailbox_that_is_refused_is_given_up_with_the_servers_words_and_can_be_sent_again(
    server: MailServer,
) -> None:
    server.start("--refuse", "ben@example.com")
    row = _queue()
    _queue(to="anna@example.com")

    assert tasks.sweep_messages() == 1
    row.refresh_from_db()
    assert row.state == Message.State.FAILED
    assert row.failure == "The mail server refuses ben@example.com: 550 no such mailbox."

    server.stop()
    server.start()
    operations.send_again(message_id=row.pk)
    assert tasks.sweep_messages() == 1
    assert [mail["To"] for mail in server.taken] == ["anna@example.com", "ben@example.com"]


def test_a_mail_that_is_handed_over_twice_has_one_message_id(server: MailServer) -> None:
    server.start()
    row = _queue()

    tasks.sweep_messages()
    Message.objects.filter(pk=row.pk).update(state=Message.State.QUEUED, sent_at=None)
    tasks.sweep_messages()

    first, second = server.taken
    assert first["Message-ID"] == second["Message-ID"]


def test_names_with_line_breaks_make_no_header_and_no_second_reader(server: MailServer) -> None:
    server.start()
    operations.queue_message(
        to="ben@example.com",
        kind="weeks_published",
        subject="Your weeks\r\nBcc: eve@example.com\r\n\r\n<script>",
        body="Hello Ben\r\nBcc: eve@example.com,\r\n.\r\nQUIT\r\n",
        now=NOW,
    )

    tasks.sweep_messages()

    (mail,) = server.taken
    assert mail["Bcc"] is None
    assert mail["To"] == "ben@example.com"
    assert mail["Subject"] == "Your weeks Bcc: eve@example.com <script>"


def test_mails_go_over_tls_where_it_is_asked_for(
    server: MailServer,
    settings: Settings,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    certificate = _certificate(tmp_path)
    server.start("--certificate", certificate)
    settings.EMAIL_USE_TLS = True
    monkeypatch.setenv("SSL_CERT_FILE", certificate)
    _queue()

    assert tasks.sweep_messages() == 1
    assert len(server.taken) == 1


@pytest.mark.parametrize("uses_tls", [True, False])
def test_a_server_that_cannot_be_trusted_or_wants_tls_gets_nothing_and_the_mail_waits(
    server: MailServer, settings: Settings, tmp_path: pathlib.Path, *, uses_tls: bool
) -> None:
    server.start("--certificate", _certificate(tmp_path))
    settings.EMAIL_USE_TLS = uses_tls
    row = _queue()

    assert tasks.sweep_messages() == 0

    row.refresh_from_db()
    assert row.state == Message.State.QUEUED
    assert row.failure.startswith("Mail server: ")
    assert server.taken == []


def _certificate(folder: pathlib.Path) -> str:
    """One for this machine that nobody but itself vouches for, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    now = clock.real_now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return str(path)
