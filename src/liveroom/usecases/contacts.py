"""Whose a phone number or a mailbox is, within a transaction.

A binding is a row of its own, unique within a tenant, so that of two who come at once one is first. Imported accounts
have none yet: the oldest in whose row the number stands gets it when it is asked for. A binding that a deleted account
left behind (a process of the release before knows no bindings) is nobody's.
"""

from liveroom.domain.contacts import Contact
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.users import User
from liveroom.ports import Tx


async def holder_of(tx: Tx, tenant: TenantName, contact: Contact) -> User | None:
    """Return whose the contact is, locked."""
    bound = await tx.contacts.holder(tenant, contact)
    user = await _living(tx, bound) if bound is not None else None
    if user is not None:
        return user
    oldest = await carrier_of(tx, tenant, contact)
    if oldest is None:
        return None
    other = await bind(tx, tenant, contact, oldest.id)
    return other or await _living(tx, oldest.id)


async def carrier_of(tx: Tx, tenant: TenantName, contact: Contact) -> User | None:
    """Return the oldest user in whose row the contact stands."""
    carriers = await tx.users.list(await tx.contacts.carried_by(tenant, contact))
    return min(
        (user for user in carriers if user.deleted is None), key=lambda user: (user.created, user.id), default=None
    )


async def bind(tx: Tx, tenant: TenantName, contact: Contact, user: UserId) -> User | None:
    """Give the contact to the user; return the living other, locked, who has it and keeps it."""
    holder = await tx.contacts.claim(tenant, contact, user)
    if holder == user:
        return None
    other = await _living(tx, holder)
    if other is None:
        await tx.contacts.move(tenant, contact, user)
    return other


async def _living(tx: Tx, user_id: UserId) -> User | None:
    user = await tx.users.lock(user_id)
    return user if user is not None and user.deleted is None else None
