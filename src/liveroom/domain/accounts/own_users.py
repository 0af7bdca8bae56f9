"""Users that an operator already has: named by a tag and the operator's own name, and vouched for by a secret.

The secret belongs to the operator's server, so a login made with it needs neither an account nor a password. Such a
user differs from one who registered the same name: the one name is the operator's, the other was free for anybody to
take.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Final

from liveroom.domain.accounts.users import TAG_MAX, USERNAME_MAX, read_username
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import TenantName

WINDOW: Final = timedelta(minutes=5)
"""How far the operator's clock may differ from ours: it is a server's, not a phone's."""
SECRETS_MAX: Final = 2
"""Secrets of one tag: the one in use, and while it is changed the next."""
DEMO_TAG: Final = "liveroom-demo"
"""Flags the accounts of `liveroom demo`, which it makes as own users of this tag. Nobody else can have such a user."""
SECRET_MIN: Final = 32
SECRET_MAX: Final = 256
_VISIBLE: Final = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class FixedSecret:
    """A secret with which a tenant's own server signs its users in, under one tag."""

    id: str
    tenant: TenantName
    tag: str
    secret: str
    """As it signs; "" where it is not known."""
    created: datetime

    def __repr__(self) -> str:
        return f"FixedSecret(id={self.id!r}, tenant={self.tenant!r}, tag={self.tag!r})"


def fresh_secret() -> str:
    """Return a secret of 256 bits."""
    return token_urlsafe(32)


def read_secret(text: str) -> str:
    """Return a secret of the operator's own, without what a file has around it."""
    secret = text.strip()
    if not SECRET_MIN <= len(secret) <= SECRET_MAX or not _VISIBLE.fullmatch(secret):
        raise BadRequest(f"the secret must be {SECRET_MIN} to {SECRET_MAX} ASCII characters, without spaces")
    return secret


def read_tag(text: str) -> str:
    """Return a tag under which an operator names its users."""
    if not 1 <= len(text) <= TAG_MAX or not _VISIBLE.fullmatch(text):
        raise BadRequest(f"tag: must be 1 to {TAG_MAX} ASCII characters, without spaces")
    if text == DEMO_TAG:
        raise BadRequest(f"tag: {DEMO_TAG} is reserved for `liveroom demo`")
    return text


def read_own_name(text: str) -> str:
    """Return the operator's name for a user exactly as it is written: case and composition count.

    Spaces at its ends are refused: databases disagree whether they count.
    """
    read_username(text)
    if len(text) > USERNAME_MAX or text != text.strip():
        raise BadRequest(f"username: must be 1 to {USERNAME_MAX} characters, without spaces at either end")
    return text
