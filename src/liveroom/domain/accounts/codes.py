"""One-time codes: six digits sent to a number or mailbox, good for one use, for five minutes, for three tries.

A code is never kept: what is stored is a keyed digest of the session, the tenant, the contact and the code together,
so that whoever reads the database learns nothing, and a code is worth nothing elsewhere.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NewType

from liveroom.domain.accounts.contacts import Contact
from liveroom.domain.ids import TenantName

CodeSessionId = NewType("CodeSessionId", str)

LIFE: Final = timedelta(minutes=5)
TRIES: Final = 3
DIGITS: Final = 6
A_MINUTE: Final = timedelta(minutes=1)
A_DAY: Final = timedelta(days=1)
PER_MINUTE: Final = 1
"""Codes that one number is sent in a minute; the next line: in a day."""
PER_DAY: Final = 10


@dataclass(frozen=True, slots=True)
class CodeSession:
    """One code that was sent. ``stamp``, ``contact`` and ``address`` are keyed digests."""

    id: CodeSessionId
    tenant: TenantName
    contact: str
    address: str
    """Of the caller."""
    stamp: str
    created: datetime
    tries: int = 0
    used: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        """Say whether its time is over."""
        return now >= self.created + LIFE


@dataclass(frozen=True, slots=True)
class SentCodes:
    """How many codes were sent within a day, and when the last one was."""

    count: int = 0
    last: datetime | None = None


def new_code() -> str:
    """Return six random digits, the first of them no zero: some clients send a JSON number."""
    least = 10 ** (DIGITS - 1)
    return str(least + secrets.randbelow(9 * least))


def new_session_id() -> CodeSessionId:
    """Return an id that nobody can guess: whoever knows it may try codes."""
    return CodeSessionId(secrets.token_urlsafe(24))


def stamped(session: CodeSessionId, tenant: TenantName, contact: Contact, code: str) -> str:
    """Return the text of which the stored digest is made."""
    return "\n".join(("code", session, tenant, contact.kind, contact.value, code))


def named(tenant: TenantName, contact: Contact) -> str:
    """Return the text by whose digest a contact is counted."""
    return "\n".join(("contact", tenant, contact.kind, contact.value))
