"""The seams of accounts: code login, an operator's own users, addresses that signed in, and what is stored sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from liveroom.domain.accounts.contacts import CaptchaTicket, Contact
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.tenants.model import Language


class CodeSender(Protocol):
    """Sends a code to a number or a mailbox, while the caller waits: for seconds at most."""

    async def send(self, contact: Contact, code: str, language: Language) -> None:
        """Hand the code to the carrier. Raises ``SmsFailed`` or ``EmailFailed``."""


class Captcha(Protocol):
    """Tells people from machines before anything is sent."""

    async def check(self, ticket: CaptchaTicket) -> None:
        """Return when the ticket is one that was solved, and not used before.

        Raises ``BadRequest`` when it is not, ``ProviderUnavailable``, ``ProviderNonsense``.
        """


class Stamps(Protocol):
    """Keyed digests: nobody without the installation's keys can make one, or try what it is of."""

    def stamp(self, text: str) -> str:
        """Return the text's digest under the key in use."""

    def stamps(self, text: str) -> Sequence[str]:
        """Return the text's digests under every key, that of the key in use first."""

    def is_stamp(self, stamp: str, text: str) -> bool:
        """Say whether it is the text's digest under any key; takes as long whichever it is not."""


class OwnUserRows(Protocol):
    """Which account each of an operator's own users has."""

    async def get(self, tenant: TenantName, tag: str, username: str) -> UserId | None: ...
    async def claim(self, tenant: TenantName, tag: str, username: str, user: UserId, at: datetime) -> UserId:
        """Give the name to the user unless it is somebody's; return whose it is now."""

    async def move(self, tenant: TenantName, tag: str, username: str, user: UserId) -> None:
        """Give a name that is somebody's to another user."""

    async def of_tag(self, tenant: TenantName, tag: str) -> Sequence[UserId]:
        """Return the users of a tag."""

    async def of_name(self, tenant: TenantName, username: str) -> Sequence[UserId]:
        """Return the users of that name, under whatever tag."""

    async def tags_of(self, user: UserId) -> Sequence[str]:
        """Return the tags under which the user is somebody's own."""

    async def remove(self, user: UserId) -> None: ...


class KnownAddresses(Protocol):
    """Pairs of an account and an address that signed in to it, as keyed digests, for half a month to a month.

    The live store keeps them in a Bloom filter of a fixed size: a noted pair is always known, and so are a few others
    by mistake.
    """

    async def knows(self, pair: str) -> bool:
        """Say whether the pair is known. Raises ``LiveUnavailable``."""

    def note(self, pair: str) -> None:
        """Let the pair be known with the next batch (within 500 ms); never fails."""


@dataclass(frozen=True, slots=True)
class SealedSalt:
    """A stored salt, whose username it is of, and how that one is written in the database."""

    tenant: TenantName
    folded: str
    sealed: str


class Sealed(Protocol):
    """What is stored sealed: for a change of keys, and for knowing which keys are still needed."""

    async def salts(self, tenant: TenantName, after: str, limit: int) -> Sequence[SealedSalt]:
        """Return salts of the tenant in the order of the usernames they are of."""

    async def tenant_after(self, tenant: TenantName) -> TenantName | None:
        """Return the next tenant that has salts, or None."""

    async def replace_salt(self, old: SealedSalt, sealed: str) -> bool:
        """Write a salt sealed anew, unless it is another by now; say whether it was written."""

    async def replace_secret(self, tenant: TenantName, old: str, sealed: str) -> bool:
        """Write a tenant's secret sealed anew, unless it is another by now; say whether it was written."""
