"""Codes by e-mail: what the mail says, TLS before anything is said, servers that refuse, hang or are not there."""

import asyncio
import ssl
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from liveroom.domain.accounts.contacts import Contact, ContactKind
from liveroom.domain.errors import EmailFailed
from liveroom.domain.tenants.model import Language
from liveroom.providers.smtp import SmtpCodes
from tests.servers import LOOPBACK, free_ports
from tests.store.live.redis.test_tls import Authority, make_authority
from tests.vendors.mail import PASSWORD, USER, MailServer, mail_server
from tests.worlds import WoundClock

TO = Contact(ContactKind.EMAIL, "alice@example.com")
FROM = "直播 <no-reply@example.com>"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return make_authority(tmp_path / "authority")


def served(authority: Authority) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(authority.certificate, authority.key)
    return context


def sender(server: MailServer, *, scheme: str = "smtp", login: str = "", **named: Any) -> SmtpCodes:
    url = f"{scheme}://{login}{LOOPBACK}:{server.port}"
    return SmtpCodes(url, FROM, WoundClock(), **named)


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [(Language.EN, "Your code", "good for 5 minutes"), (Language.ZH, "验证码", "5 分钟内有效")],
)
async def test_a_mail_says_the_code_in_its_language_and_not_in_its_subject(
    language: Language, subject: str, words: str
) -> None:
    async with mail_server() as server:
        await sender(server, tls=False).send(TO, "012345", language)
    (mail,) = server.mails
    assert server.recipients == [TO.value]
    assert (mail["From"], mail["To"], mail["Subject"]) == (FROM, TO.value, subject)
    assert mail["Message-ID"].endswith("@example.com>")
    assert "012345" in mail.get_content()
    assert words in mail.get_content()
    assert server.code() == "012345"


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_a_mail_goes_encrypted_and_signed_in(authority: Authority, scheme: str) -> None:
    trusted, at_once = ssl.create_default_context(cafile=authority.ca), scheme == "smtps"
    # The server's library asks for no password where it speaks TLS at once.
    login = "" if at_once else f"{USER}:{PASSWORD.replace('-', '%2D')}@"
    async with mail_server(tls=served(authority), at_once=at_once, password=not at_once) as server:
        await sender(server, scheme=scheme, login=login, context=trusted).send(TO, "123456", Language.EN)
    assert server.recipients == [TO.value]
    assert server.encrypted == [True]


async def test_a_server_that_nobody_vouches_for_is_told_nothing(authority: Authority) -> None:
    async with mail_server(tls=served(authority)) as server:
        with pytest.raises(EmailFailed):
            await sender(server).send(TO, "123456", Language.EN)
    assert server.mails == []


async def test_a_server_without_tls_is_told_nothing_unless_the_operator_lets_it() -> None:
    async with mail_server() as server:
        with pytest.raises(EmailFailed):
            await sender(server).send(TO, "123456", Language.EN)
        assert server.mails == []
        await sender(server, tls=False).send(TO, "123456", Language.EN)
    assert len(server.mails) == 1


async def test_a_wrong_password_fails_without_being_told(authority: Authority) -> None:
    trusted = ssl.create_default_context(cafile=authority.ca)
    async with mail_server(tls=served(authority), password=True) as server:
        with pytest.raises(EmailFailed) as failed:
            await sender(server, login=f"{USER}:hunter2@", context=trusted).send(TO, "123456", Language.EN)
    assert "535" in str(failed.value)
    assert "hunter2" not in str(failed.value)


async def test_a_refused_mailbox_fails_without_being_named() -> None:
    async with mail_server() as server:
        server.refuses = True
        with pytest.raises(EmailFailed) as failed:
            await sender(server, tls=False).send(TO, "123456", Language.EN)
    assert TO.value not in repr(failed.value)
    assert failed.value.__cause__ is None


async def test_a_server_that_hangs_or_is_not_there_fails_in_time() -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    silent = await asyncio.start_server(hang, LOOPBACK, 0)
    async with silent:
        there = MailServer(port=silent.sockets[0].getsockname()[1])
        for server in (there, MailServer(port=free_ports(1)[0])):
            with pytest.raises(EmailFailed):
                await sender(server, tls=False, timeout=timedelta(seconds=0.2)).send(TO, "123456", Language.EN)


async def test_a_greeting_tries_all_but_the_mail(authority: Authority) -> None:
    async with mail_server() as server:
        await sender(server, tls=False).greet()
        with pytest.raises(EmailFailed):
            await sender(server).greet()
    assert server.mails == []
