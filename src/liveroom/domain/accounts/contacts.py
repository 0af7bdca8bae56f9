"""Phone numbers and mailboxes, and the one-time codes that are sent there.

Numbers and mailboxes are kept in the one form in which they are compared. Numbers are E.164 text (``+8613800000000``).
Only their shape is judged: whether a number exists is known to its carrier alone, so that the metadata of a library
would add 22 MB and decide nothing.

A code is six digits, good for one use, for five minutes, for three tries. It is never kept: what is stored is a keyed
digest of the session, the tenant, the contact and the code together, so that whoever reads the database learns nothing,
and a code is worth nothing elsewhere.
"""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType

from liveroom.domain.errors import BadRequest, EmailInvalid
from liveroom.domain.ids import TenantName

CodeSessionId = NewType("CodeSessionId", str)

EMAIL_MAX: Final = 254
_LOCAL_MAX: Final = 64

_PUNCTUATION: Final = re.compile(r"[\s().\-‐-―]")
_CHINESE_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
_E164: Final = re.compile(r"[1-9][0-9]{6,14}")
_CHINA: Final = "86"
_ATOM: Final = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_EMAIL: Final = re.compile(rf"(?P<local>{_ATOM}(?:\.{_ATOM})*)@(?:{_LABEL}\.)+(?P<last>[a-z][a-z0-9-]*[a-z0-9])")

CODE_LIFE: Final = timedelta(minutes=5)
TRIES: Final = 3
CODE_DIGITS: Final = 6
A_MINUTE: Final = timedelta(minutes=1)
A_DAY: Final = timedelta(days=1)
PER_MINUTE: Final = 1
"""Codes that one number is sent in a minute; the next line: in a day."""
PER_DAY: Final = 10


class ContactKind(StrEnum):
    """What a code can be sent to."""

    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Contact:
    """A phone number or a mailbox, in the form in which it is kept."""

    kind: ContactKind
    value: str

    @property
    def hint(self) -> str:
        """Return as much as a log may say: the last digits of a number, the domain of a mailbox."""
        return f"…{self.value[-4:]}" if self.kind is ContactKind.PHONE else f"…@{self.value.rpartition('@')[2]}"


def read_phone(text: str) -> str:
    """Return a phone number as E.164 text, whatever it is written like. Raises ``BadRequest``.

    ``+86…``, ``0086…``, ``86…`` and the eleven digits of a Chinese mobile alone are one number. Other bare digits
    begin with their country's code; a country whose numbers then look like a Chinese mobile needs the ``+``.
    """
    digits = _PUNCTUATION.sub("", unicodedata.normalize("NFKC", text))
    if digits.startswith("+"):
        digits = digits[1:]
    elif digits.startswith("00"):
        digits = digits[2:]
    elif _CHINESE_MOBILE.fullmatch(digits):
        digits = _CHINA + digits
    if not _E164.fullmatch(digits):
        raise BadRequest("phone: must be 7 to 15 digits, starting with the country code")
    if digits.startswith(_CHINA) and not _CHINESE_MOBILE.fullmatch(digits, len(_CHINA)):
        raise BadRequest("phone: a Chinese mobile number must have 11 digits after 86")
    return f"+{digits}"


def read_email(text: str) -> str:
    """Return a mail address as it is kept: without case. Raises ``EmailInvalid``."""
    address = unicodedata.normalize("NFKC", text).strip().lower()
    found = _EMAIL.fullmatch(address)
    if found is None or len(address) > EMAIL_MAX or len(found["local"]) > _LOCAL_MAX:
        raise EmailInvalid
    return address


def read_contact(phone: str, email: str) -> Contact:
    """Return what was given; the phone where both were. Raises ``BadRequest``, ``EmailInvalid``."""
    if phone:
        return Contact(ContactKind.PHONE, read_phone(phone))
    if email:
        return Contact(ContactKind.EMAIL, read_email(email))
    raise BadRequest("phone, email: one of them is required")


@dataclass(frozen=True, slots=True)
class CaptchaTicket:
    """A solved captcha, as the app hands it on; ``address`` is the caller's."""

    app_id: str
    ticket: str
    randstr: str
    address: str


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
        return now >= self.created + CODE_LIFE


@dataclass(frozen=True, slots=True)
class SentCodes:
    """How many codes were sent within a day, and when the last one was."""

    count: int = 0
    last: datetime | None = None


def new_code() -> str:
    """Return six random digits, the first of them no zero: some clients send a JSON number."""
    least = 10 ** (CODE_DIGITS - 1)
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
