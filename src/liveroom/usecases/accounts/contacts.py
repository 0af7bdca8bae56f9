"""Which account has a phone number or mailbox, and binding one with a code that was sent there.

A binding is a row of its own, unique within a tenant, so that only the first of two simultaneous calls gets it.
Imported accounts have no bindings yet: when a number is looked up, the oldest account with that number gets it. A
binding left behind by a deleted account (older releases know no bindings) belongs to nobody.
"""

from dataclasses import dataclass, replace

from liveroom.domain.accounts.contacts import Contact, ContactKind
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import User
from liveroom.domain.errors import BadRequest, ContactTaken, Failure, TokenInvalid
from liveroom.domain.ids import TenantName, UserId
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.accounts.codes import Codes, Proof


@dataclass(frozen=True, slots=True)
class ContactBindings:
    """Numbers and mailboxes of accounts that are there already."""

    db: Database
    clock: Clock
    codes: Codes

    async def bind(self, actor: Actor, proof: Proof) -> None:
        """Bind the contact to the actor, replacing a former one of its kind; binding it again changes nothing.

        Raises what ``Codes.use`` raises, ``BadRequest`` without a code, ``ContactTaken``.
        """
        user = await self.db.users.get(actor.user)
        if user is not None and _of_kind(user, proof.contact.kind) == proof.contact.value:
            return
        if not (proof.session and proof.code):
            raise BadRequest("sessionId, code: both are required to change phone or email")
        await self.codes.use(
            actor.tenant,
            proof,
            actor.address,
            lambda tx: self._bind(tx, actor, proof),
            account=f"binding:{actor.user}",
        )

    async def _bind(self, tx: Tx, actor: Actor, proof: Proof) -> Failure | None:
        user, tenant, contact = await tx.users.lock(actor.user), actor.tenant.name, proof.contact
        if user is None or user.deleted is not None:
            raise TokenInvalid
        holder = await holder_of(tx, tenant, contact)
        if holder is None:
            holder = await bind(tx, tenant, contact, user.id)
        if holder is not None and holder.id != user.id:
            return ContactTaken(f"{contact.kind}: it is another account's")
        former = _of_kind(user, contact.kind)
        if former:
            await tx.contacts.release_one(tenant, Contact(contact.kind, former), user.id)
        await tx.users.put(replace(_with(user, contact), updated=self.clock.now()))
        return None


async def holder_of(tx: Tx, tenant: TenantName, contact: Contact) -> User | None:
    """Return the user who has the contact, locked, within the caller's transaction."""
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
    """Give the contact to the user; if another existing user has it, return that one, locked, and change nothing."""
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


def _of_kind(user: User, kind: ContactKind) -> str:
    return user.phone if kind is ContactKind.PHONE else user.email


def _with(user: User, contact: Contact) -> User:
    if contact.kind is ContactKind.PHONE:
        return replace(user, phone=contact.value)
    return replace(user, email=contact.value)
