"""The login token: where it is kept between two starts of a program, and how long it lasts."""

import binascii
import json
import os
from base64 import urlsafe_b64decode
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Protocol

MONTH: Final = 30 * 86_400.0
"""How long a token lasts that does not say: the service's default, in seconds."""


@dataclass(frozen=True, slots=True)
class User:
    """Who is signed in."""

    user_id: str
    name: str
    avatar: str
    token: str


class TokenStore(Protocol):
    """Keeps who is signed in. Implement it for where your program keeps secrets."""

    def load(self) -> User | None:
        """Return who was saved, or None."""

    def save(self, user: User) -> None:
        """Keep this user in place of any other."""

    def clear(self) -> None:
        """Forget the user: they have signed out, or their session has ended."""


class MemoryStore:
    """Keeps the user as long as the program runs."""

    def __init__(self) -> None:
        self._user: User | None = None

    def load(self) -> User | None:
        """See ``TokenStore``."""
        return self._user

    def save(self, user: User) -> None:
        """See ``TokenStore``."""
        self._user = user

    def clear(self) -> None:
        """See ``TokenStore``."""
        self._user = None


class FileStore:
    """Keeps the user in a file that only its owner can read."""

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)

    def load(self) -> User | None:
        """Return who was saved; None if there is no file, or it is not one of ours."""
        try:
            return User(**json.loads(self._path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def save(self, user: User) -> None:
        """Write the file anew. Raises ``OSError``."""
        fresh = self._path.with_name(self._path.name + ".new")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(asdict(user), file)
        fresh.replace(self._path)

    def clear(self) -> None:
        """Delete the file, if it is there."""
        self._path.unlink(missing_ok=True)


def lifetime_of(token: str) -> float:
    """Return for how many seconds a token was issued; the signature is the service's matter."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return max(0.0, float(claims["exp"]) - float(claims["iat"]))
    except (IndexError, KeyError, TypeError, ValueError, binascii.Error):
        return MONTH
