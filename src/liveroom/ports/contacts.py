"""The seams of code login: who sends codes, who tells people from machines, and how codes are kept unreadable."""

from collections.abc import Sequence
from typing import Protocol

from liveroom.domain.accounts.contacts import CaptchaTicket, Contact
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
