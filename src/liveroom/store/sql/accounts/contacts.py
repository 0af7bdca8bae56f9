"""Whose a phone number or a mailbox is: at most one user's within a tenant."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Integer, bindparam, delete, select, update

from liveroom.domain.accounts.contacts import Contact, ContactKind
from liveroom.domain.ids import TenantName, UserId
from liveroom.store.sql.dialect import Statement, statement
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.tables import contacts, users

_CLAIM: Final = Statement(lambda dialect: dialect.insert_or_keep(contacts))
_HOLDER: Final = statement(
    select(contacts.c.user_id).where(contacts.c.tenant == bindparam("tenant"), contacts.c.value == bindparam("value"))
)
_MOVE: Final = statement(
    update(contacts)
    .where(contacts.c.tenant == bindparam("in_tenant"), contacts.c.value == bindparam("key"))
    .values(user_id=bindparam("user"))
)
_RELEASE: Final = statement(delete(contacts).where(contacts.c.user_id == bindparam("user")))
_RELEASE_ONE: Final = statement(
    delete(contacts).where(
        contacts.c.tenant == bindparam("tenant"),
        contacts.c.value == bindparam("value"),
        contacts.c.user_id == bindparam("user"),
    )
)
_LIMIT: Final = bindparam("limit", type_=Integer)
_WITH_PHONE: Final = statement(
    select(users.c.id).where(users.c.tenant == bindparam("tenant"), users.c.phone == bindparam("value")).limit(_LIMIT)
)
_WITH_EMAIL: Final = statement(
    select(users.c.id).where(users.c.tenant == bindparam("tenant"), users.c.email == bindparam("value")).limit(_LIMIT)
)
_ALIKE: Final = 100
"""Imported accounts that may carry one number: the original keeps a user for each tag."""


@dataclass(frozen=True, slots=True)
class SqlContacts:
    """``ports.Contacts``. A number begins with ``+`` and a mailbox has an ``@``: one column holds both."""

    _runner: Runner

    async def claim(self, tenant: TenantName, contact: Contact, user: UserId) -> UserId:
        await self._runner.run(_CLAIM, tenant=tenant, value=contact.value, user_id=user)
        return await self.holder(tenant, contact) or user

    async def holder(self, tenant: TenantName, contact: Contact) -> UserId | None:
        row = await self._runner.row(_HOLDER, tenant=tenant, value=contact.value)
        return UserId(row[0]) if row else None

    async def move(self, tenant: TenantName, contact: Contact, user: UserId) -> None:
        await self._runner.run(_MOVE, in_tenant=tenant, key=contact.value, user=user)

    async def release(self, user: UserId) -> None:
        await self._runner.run(_RELEASE, user=user)

    async def release_one(self, tenant: TenantName, contact: Contact, user: UserId) -> None:
        await self._runner.run(_RELEASE_ONE, tenant=tenant, value=contact.value, user=user)

    async def carried_by(self, tenant: TenantName, contact: Contact) -> Sequence[UserId]:
        asked = _WITH_PHONE if contact.kind is ContactKind.PHONE else _WITH_EMAIL
        rows = await self._runner.rows(asked, tenant=tenant, value=contact.value, limit=_ALIKE)
        return [UserId(row[0]) for row in rows]
