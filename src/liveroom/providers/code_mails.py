"""What a mail with a code says."""

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from typing import Final

from liveroom.domain.accounts.contacts import CODE_LIFE
from liveroom.domain.tenants.model import Language

_MINUTES: Final = int(CODE_LIFE.total_seconds() // 60)
_TEXTS: Final = {
    Language.ZH: ("验证码", "你的验证码是 {code}，{minutes} 分钟内有效。\n\n如果不是你本人操作，请忽略这封邮件。\n"),
    Language.EN: (
        "Your code",
        "Your code is {code}. It is good for {minutes} minutes.\n\nIf you did not ask for it, ignore this mail.\n",
    ),
}


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
