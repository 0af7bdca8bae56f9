"""Phone numbers and mailboxes: how people write them, and the one form in which they are kept and compared.

Numbers are kept as E.164 text (``+8613800000000``). Only their shape is judged: whether a number exists is known to
its carrier alone, so that the metadata of a library would add 22 MB and decide nothing.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from liveroom.domain.errors import BadRequest, EmailInvalid

EMAIL_MAX: Final = 254
_LOCAL_MAX: Final = 64

_PUNCTUATION: Final = re.compile(r"[\s().\-‐-―]")
_CHINESE_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
_E164: Final = re.compile(r"[1-9][0-9]{6,14}")
_CHINA: Final = "86"
_ATOM: Final = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_EMAIL: Final = re.compile(rf"(?P<local>{_ATOM}(?:\.{_ATOM})*)@(?:{_LABEL}\.)+(?P<last>[a-z][a-z0-9-]*[a-z0-9])")


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
