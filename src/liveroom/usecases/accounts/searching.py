"""Finding users of a tenant, for the operator: by id, username, phone, e-mail, or words of the name.

The index of names follows the users' rows within a second or two: a row that is written says itself that its terms are
due, so that no caller waits for them. A user's row is locked while their terms are compared, so that two processes, or
a change meanwhile, leave none behind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from liveroom.domain.accounts.contacts import Contact, ContactKind, read_email, read_phone
from liveroom.domain.accounts.users import USERNAME_MAX, User, fold_username
from liveroom.domain.errors import BadRequest, EmailInvalid
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.rooms.search import LOOKED_AT, terms_of_name, words_of
from liveroom.ports import Database, NamedUser, Tx, UserTerm
from liveroom.usecases.rooms.searching import with_all

AT_ONCE: Final = 200
"""Users whose terms one transaction writes."""
_BATCHES: Final = 10
"""Of one run: after an update of a million users the index is complete within ten minutes."""


@dataclass(frozen=True, slots=True)
class UserIndex:
    """Keeps what users are found by."""

    db: Database

    async def follow(self) -> int:
        """Bring the index up to rows that were written since; return how many users' it was."""
        written = 0
        for _ in range(_BATCHES):
            waiting = await self.db.user_terms.waiting(AT_ONCE)
            if waiting:
                written += await self.db.transact(partial(_bring_up, waiting))
            if len(waiting) < AT_ONCE:
                break
        return written


async def _bring_up(users: Sequence[UserId], tx: Tx) -> int:
    locked = await tx.user_terms.lock(users)
    wanted = {term for user in locked for term in _terms_of(user)}
    have = set(await tx.user_terms.of([user.user for user in locked]))
    await tx.user_terms.put(wanted - have)
    await tx.user_terms.drop(have - wanted)
    await tx.user_terms.written([user.user for user in locked])
    return len(locked)


def _terms_of(user: NamedUser) -> set[UserTerm]:
    return {UserTerm(user.tenant, term, user.user) for term in terms_of_name(user.name)}


@dataclass(frozen=True, slots=True)
class UserSearch:
    """Searches for the operator."""

    db: Database

    async def find(self, tenant: TenantName, text: str, *, offset: int, limit: int) -> tuple[Sequence[User], bool]:
        """Return users whom a text names, and whether there may be more: first whose id, username, phone or e-mail it
        is, then those whose names have all of its words.

        At most ``LOOKED_AT`` are found. Raises ``BadRequest`` for a text of punctuation only.
        """
        words = words_of(text)
        if not words:
            raise BadRequest("text: needs a letter or a digit")
        ids = [
            UserId(text.strip()),
            *await self._named(tenant, text.strip()),
            *await with_all(self.db.user_terms, tenant, words),
        ]
        wanted = list(dict.fromkeys(ids))[: LOOKED_AT + 1]
        known = {user.id: user for user in await self.db.users.list(wanted)}
        users = [known[id] for id in wanted if id in known]
        found = [user for user in users if user.tenant == tenant and user.deleted is None]
        return found[offset : offset + limit], offset + limit < len(found)

    async def _named(self, tenant: TenantName, text: str) -> Sequence[UserId]:
        """Return whose username, phone number or mailbox a text is."""
        found: list[UserId] = []
        if len(text) <= USERNAME_MAX:
            folded = fold_username(text)
            credential = await self.db.users.credential(tenant, folded)
            found += [credential[1].id] if credential is not None and credential[1] is not None else []
            found += await self.db.users.bound(tenant, folded)
            found += await self.db.own_users.of_name(tenant, text)
        contact = _contact(text)
        if contact is not None:
            holder = await self.db.contacts.holder(tenant, contact)
            found += [holder] if holder is not None else []
            found += await self.db.contacts.carried_by(tenant, contact)
        return found


def _contact(text: str) -> Contact | None:
    """Return the phone number or mailbox that a text is."""
    try:
        if "@" in text:
            return Contact(ContactKind.EMAIL, read_email(text))
        return Contact(ContactKind.PHONE, read_phone(text))
    except (BadRequest, EmailInvalid):
        return None
