"""Users, their names and their credentials."""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple

from liveroom.domain.errors import BadRequest, UserBanned, UserNotFound
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.tenants.model import Language

USERNAME_MAX: Final = 128
NAME_MAX: Final = 125
TAG_MAX: Final = 32
URL_MAX: Final = 512
_UNSEEN: Final = frozenset({"Cc", "Cf", "Zl", "Zp"})
_JOINERS: Final = frozenset(("\u200c", "\u200d", *map(chr, range(0xE0020, 0xE0080))))
NOBODY: Final = UserId("")
FOR_EVER: Final = datetime.max.replace(tzinfo=UTC)
"""Until when somebody is banned who may not come back."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What other people see of a user."""

    name: str = ""
    avatar: str = ""


@dataclass(frozen=True, slots=True)
class User:
    """One identity of one tenant."""

    id: UserId
    tenant: TenantName
    created: datetime
    updated: datetime
    name: str = ""
    avatar: str = ""
    tag: str = ""
    tag2: str = ""
    phone: str = ""
    email: str = ""
    admin: bool = False
    banned_until: datetime | None = None
    """In the future while the user is banned; ``datetime.max`` is for ever."""
    ban_reason: str = ""
    ended: datetime | None = None
    """Sessions of the original service (no row of their own) that began before are over."""
    deleted: datetime | None = None
    language: Language | None = None
    """In which the user has chosen to read texts; None: as the tenant's."""
    adult: bool | None = None
    """Whether the operator has said that they are one; None: nothing was said, which is as good as no."""

    @property
    def profile(self) -> Profile:
        """Return what other people see."""
        return Profile(self.name, self.avatar)

    def is_banned(self, now: datetime) -> bool:
        """Say whether the user may not use the service now."""
        return self.banned_until is not None and self.banned_until > now

    def check_ban(self, now: datetime) -> None:
        """Raise ``UserBanned``, with how long and why, where the user may not use the service now."""
        if self.is_banned(now):
            raise UserBanned().lasting(self.banned_until, self.ban_reason, self.id)


class Timed(NamedTuple):
    """A username, as it is folded, and with which tags its signatures have carried their time."""

    folded: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LoginCredential:
    """A registered username: whose it is, and its salt as stored (encrypted)."""

    tenant: TenantName
    username: str
    user: UserId
    """``NOBODY`` for a username of the original, which is another user with each tag (``Binding``)."""
    salt: str
    timed: tuple[str, ...] = ()
    """Tags whose signatures have carried a time: for these, a signature without a time is refused."""


def present(user: User | None, tenant: TenantName) -> User:
    """Return the user, if there is one and it is the tenant's and not deleted. Raises ``UserNotFound``."""
    if user is None or user.tenant != tenant or user.deleted is not None:
        raise UserNotFound
    return user


def read_username(text: str) -> str:
    """Return the username as it is kept: NFC, trimmed, 1 to 128 characters, no control characters."""
    name = unicodedata.normalize("NFC", text).strip()
    if not 1 <= len(name) <= USERNAME_MAX:
        raise BadRequest(f"username: must be 1 to {USERNAME_MAX} characters")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in name):
        raise BadRequest("username: must not contain control characters")
    return name


def shown_name(text: str) -> str:
    """Return a name as others see it: one line, without characters that hide or turn what stands around them.

    Joiners stay, of which emoji and some scripts make one sign, and the tags that spell a flag.
    """
    if text.isprintable():
        return text
    return "".join(one for one in text if unicodedata.category(one) not in _UNSEEN or one in _JOINERS)


def fold_username(name: str) -> str:
    """Return what makes usernames equal: they are unique without case."""
    return unicodedata.normalize("NFC", name.casefold())
