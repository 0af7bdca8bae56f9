"""Binding a phone number or a mailbox to one's account, with a code that was sent there."""

from dataclasses import dataclass, replace

from liveroom.domain.contacts import Contact, ContactKind
from liveroom.domain.errors import BadRequest, ContactTaken, Failure, TokenInvalid
from liveroom.domain.sessions import Actor
from liveroom.domain.users import User
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.codes import Codes, Proof
from liveroom.usecases.contacts import bind, holder_of


@dataclass(frozen=True, slots=True)
class ContactBindings:
    """Numbers and mailboxes of accounts that are there already."""

    db: Database
    clock: Clock
    codes: Codes

    async def bind(self, actor: Actor, proof: Proof) -> None:
        """Bind the contact to the actor, in place of the one of its kind before; the same again changes nothing.

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


def _of_kind(user: User, kind: ContactKind) -> str:
    return user.phone if kind is ContactKind.PHONE else user.email


def _with(user: User, contact: Contact) -> User:
    if contact.kind is ContactKind.PHONE:
        return replace(user, phone=contact.value)
    return replace(user, email=contact.value)
