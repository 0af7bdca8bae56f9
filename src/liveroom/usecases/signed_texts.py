"""Texts that a caller keeps for us and sends back: what they say is signed, so that nothing has to be stored."""

from dataclasses import dataclass
from typing import Final

from liveroom.domain.errors import TokenInvalid
from liveroom.ports import Stamps

_SEPARATOR: Final = "."


@dataclass(frozen=True, slots=True)
class SignedTexts:
    """Signs texts of one kind; ``context`` is what the signatures are bound to: no other kind's begins like this."""

    stamps: Stamps
    context: str

    def sign(self, text: str) -> str:
        """Return the text with its signature."""
        return f"{text}{_SEPARATOR}{self.stamps.stamp(self.context + text)}"

    def read(self, signed: str) -> str:
        """Return the text of which the signature is good. Raises ``TokenInvalid``."""
        text, _, signature = signed.rpartition(_SEPARATOR)
        if not text or not self.stamps.is_stamp(signature, self.context + text):
            raise TokenInvalid
        return text
