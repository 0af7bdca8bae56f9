"""Codes by e-mail, through any mail server: one connection for each, and the caller waits for seconds at most."""

import asyncio
import ssl
from contextlib import suppress
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib

from liveroom import deadlines
from liveroom.domain.accounts.contacts import CODE_LIFE, Contact
from liveroom.domain.errors import EmailFailed
from liveroom.domain.tenants.model import Language
from liveroom.ports import Clock

TIMEOUT: Final = timedelta(seconds=8)
_SECONDS_TO_PART: Final = 1
_PORTS: Final = {"smtp": 587, "smtps": 465}
_MINUTES: Final = int(CODE_LIFE.total_seconds() // 60)
_TEXTS: Final = {
    Language.ZH: ("验证码", "你的验证码是 {code}，{minutes} 分钟内有效。\n\n如果不是你本人操作，请忽略这封邮件。\n"),
    Language.EN: (
        "Your code",
        "Your code is {code}. It is good for {minutes} minutes.\n\nIf you did not ask for it, ignore this mail.\n",
    ),
}


class SmtpCodes:
    """``ports.CodeSender`` for mailboxes.

    ``smtps://`` speaks TLS from the first byte. ``smtp://`` has to be able to change to it (STARTTLS) before anything
    is said, unless the operator lets it go without (``tls`` False).
    """

    def __init__(
        self,
        url: str,
        sender: str,
        clock: Clock,
        *,
        tls: bool = True,
        context: ssl.SSLContext | None = None,
        timeout: timedelta = TIMEOUT,
    ) -> None:
        parts = urlsplit(url)
        self._host: Final = parts.hostname or ""
        self._port: Final = parts.port or _PORTS[parts.scheme]
        self._user: Final = unquote(parts.username) if parts.username else None
        self._password: Final = unquote(parts.password) if parts.password else None
        self._at_once: Final = parts.scheme == "smtps"
        self._later: Final = tls and not self._at_once
        self._sender: Final = sender
        self._clock: Final = clock
        self._context: Final = context
        self._timeout: Final = timeout.total_seconds()

    async def send(self, contact: Contact, code: str, language: Language) -> None:
        with deadlines.outside():
            await self._talk(code_mail(self._sender, contact.value, code, language, self._clock.now()))

    async def greet(self) -> None:
        """Do all of a sending but the mail. Raises ``EmailFailed``."""
        await self._talk(None)

    async def _talk(self, mail: EmailMessage | None) -> None:
        server = self._connection()
        try:
            async with asyncio.timeout(self._timeout):
                await server.connect()
                if mail is not None:
                    await server.send_message(mail)
        except (aiosmtplib.SMTPException, OSError, ValueError) as failure:
            # Not "from": what the server said may name the mailbox.
            raise EmailFailed(f"the mail server: {describe(failure)}") from None
        else:
            # What it has taken is sent, whether or not it also says good-bye.
            with suppress(aiosmtplib.SMTPException, OSError):
                async with asyncio.timeout(_SECONDS_TO_PART):
                    await server.quit()
        finally:
            server.close()

    def _connection(self) -> aiosmtplib.SMTP:
        """Return a connection that greets, changes to TLS and signs in once it connects."""
        return aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._user,
            password=self._password,
            local_hostname=domain_of(self._sender),
            timeout=self._timeout,
            use_tls=self._at_once,
            start_tls=self._later,
            tls_context=self._context,
        )


def describe(failure: Exception) -> str:
    """Return what went wrong, without what the server said in words."""
    code = getattr(failure, "code", None)
    return f"{type(failure).__name__} {code}" if isinstance(code, int) else type(failure).__name__


def code_mail(sender: str, to: str, code: str, language: Language, now: datetime) -> EmailMessage:
    """Return the mail. The code is not in its subject, which servers on the way write to their logs."""
    subject, text = _TEXTS[language]
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = make_msgid(domain=domain_of(sender))
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text.format(code=code, minutes=_MINUTES))
    return mail


def domain_of(sender: str) -> str:
    """Return the domain of a sender, as in ``Live <no-reply@example.com>``."""
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"
