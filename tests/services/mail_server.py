"""A mail server as a process of its own: it keeps what it takes as files.

    python -m tests.services.mail_server PORT FOLDER [--refuse ADDRESS] [--certificate FILE]

With a certificate (and its key in the same file) it takes mails after STARTTLS only.
"""

from __future__ import annotations

import argparse
import asyncio
import pathlib
import ssl
from typing import TYPE_CHECKING

from aiosmtpd.smtp import SMTP

if TYPE_CHECKING:
    from aiosmtpd.smtp import Envelope, Session


class Keeping:
    """Takes every mail but those to one address, and writes each to a file."""

    def __init__(self, folder: pathlib.Path, refused: str) -> None:
        """Keep where and what not."""
        self.folder = folder
        self.refused = refused

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        """Say whether there is such a mailbox."""
        if address == self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep the mail."""
        number = len(list(self.folder.iterdir()))
        content = envelope.content
        if not isinstance(content, bytes):
            return "554 no bytes"
        (self.folder / f"{number:04}.eml").write_bytes(content)
        return "250 OK"


async def _serve(options: argparse.Namespace) -> None:
    context = None
    if options.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.certificate)
    handler = Keeping(options.folder, options.refuse)

    def protocol() -> SMTP:
        return SMTP(
            handler,
            hostname="127.0.0.1",
            tls_context=context,
            require_starttls=context is not None,
            enable_SMTPUTF8=True,
        )

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", options.port)
    async with server:
        await server.serve_forever()


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--refuse", default="")
    parser.add_argument("--certificate", default="")
    asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
