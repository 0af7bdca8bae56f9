"""Phone numbers and e-mail addresses as operators see them: whole, or just enough to recognise them."""

from typing import Final

CONTACTS: Final = "users.contacts"
"""The permission to see them whole."""


def masked(contact: str) -> str:
    """Return a phone number or mail address of which just enough is left to recognise it."""
    name, at, domain = contact.partition("@")
    if at:
        return f"{name[:1]}***@{domain}"
    return f"{contact[:3]}****{contact[-2:]}" if len(contact) > 6 else "****" * bool(contact)
