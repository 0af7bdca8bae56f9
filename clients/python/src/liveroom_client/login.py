"""What an app sends in place of a password, and the signatures of logins."""

import hashlib
import hmac
import secrets
import time
import unicodedata
from collections.abc import Callable


def tidy_name(name: str) -> str:
    """Return a username as the service reads it: composed, without spaces around it."""
    return unicodedata.normalize("NFC", name).strip()


def salt_of(username: str, password: str) -> str:
    """Return what an account keeps in place of its password; the password itself never leaves the app."""
    return _md5(f"{username}-{password}")


def sign_in_params(username: str, salt: str, *, tag: str = "", now: Callable[[], float] = time.time) -> dict[str, str]:
    """Return the parameters of ``oauth/signature`` for a registered user. Each signature opens one session."""
    return signed_with_salt(username, salt, tag=tag, ts=str(int(now() * 1000)), nonce=secrets.token_hex(8))


def signed_with_salt(username: str, salt: str, *, tag: str, ts: str, nonce: str) -> dict[str, str]:
    """Return the same for a time (milliseconds since 1970) and a nonce that the caller chooses."""
    signature = _md5(f"{username}-{tag}-{ts}-{nonce}-{salt}")
    return {"username": username, "tag": tag, "ts": ts, "nonce": nonce, "hash": "md5", "signature": signature}


def own_user_params(username: str, secret: str, *, tag: str, now: Callable[[], float] = time.time) -> dict[str, str]:
    """Return the same for a user of the operator's own, signed with the secret of the tag; only servers have that."""
    ts, nonce = str(int(now() * 1000)), secrets.token_hex(8)
    text = f"{username}-{tag}-{ts}-{nonce}"
    signature = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return {"username": username, "tag": tag, "ts": ts, "nonce": nonce, "hash": "hmac-sha256", "signature": signature}


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
