"""A mail server on a port of this machine: it keeps what it is given, and can refuse, hang, want TLS and a password."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers import LOOPBACK

USER, PASSWORD = "liveroom", "mail-password"


@dataclass
class MailServer:
    """What it was given, and how it answers."""

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    refuses: bool = False
    port: int = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuses:
            return f"550 no mailbox {address} here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - likewise
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients += envelope.rcpt_tos
        assert server.transport is not None
        self.encrypted.append(server.transport.get_extra_info("sslcontext") is not None)
        return "250 OK"

    def code(self) -> str:
        """Return the code in the newest mail."""
        return str(re.findall(r"(?<!\d)\d{6}(?!\d)", self.mails[-1].get_content())[0])


def _authenticate(server: object, session: object, envelope: object, mechanism: str, data: Any) -> AuthResult:
    given = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=given, handled=False)


@asynccontextmanager
async def mail_server(
    *, tls: ssl.SSLContext | None = None, at_once: bool = False, password: bool = False
) -> AsyncIterator[MailServer]:
    """Yield a server; with ``tls`` it wants STARTTLS first, or speaks TLS ``at_once``."""
    kept = MailServer()

    def session() -> SMTP:
        return SMTP(
            kept,
            hostname="mail.example.com",
            tls_context=None if at_once else tls,
            require_starttls=tls is not None and not at_once,
            auth_required=password,
            auth_require_tls=tls is not None,
            authenticator=_authenticate,
            loop=asyncio.get_running_loop(),
        )

    server = await asyncio.get_running_loop().create_server(session, LOOPBACK, 0, ssl=tls if at_once else None)
    kept.port = server.sockets[0].getsockname()[1]
    async with server:
        yield kept
