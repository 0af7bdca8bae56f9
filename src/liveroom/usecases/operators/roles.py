"""Roles of one's own, and what all roles together allow."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from liveroom.domain.errors import BadRequest
from liveroom.domain.operators.account import OperatorAccount
from liveroom.domain.operators.caller import Operator
from liveroom.domain.operators.failures import ConsoleSessionMissing
from liveroom.domain.operators.roles import Granter, OperatorRole, RoleBook
from liveroom.ports import Clock, Database, Stored, Tx

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OperatorRoles:
    """Reads and changes roles. Changes of roles and of operators take turns in all processes."""

    db: Database
    clock: Clock
    known: frozenset[str]
    """Every permission that there is."""

    async def book(self, tx: Tx | None = None) -> RoleBook:
        """Return all roles."""
        stored = await (tx or self.db).operator_roles.list()
        return RoleBook(self.known, {one.item.id: one.item for one in stored})

    async def put(
        self, by: Operator | None, name: str, permissions: Iterable[str]
    ) -> tuple[frozenset[str], OperatorRole]:
        """Add a role or change it; return what it allowed before, and the role. None is whoever gives commands.

        Raises ``BadRequest``, and ``GrantsMore`` where the caller lacks what it allows or allowed, or a tenant of
        somebody who has it.
        """

        async def work(tx: Tx) -> tuple[frozenset[str], OperatorRole]:
            book = await self.book(tx)
            role = book.read_role(name, permissions, self.clock.now())
            before = book.of_role(name)
            granter = await self.granter(tx, by, book)
            granter.check(role.permissions | before, frozenset())
            for holder in [one.item for one in await tx.operators.list() if name in one.item.roles]:
                granter.check((), holder.within)
            await tx.operator_roles.put(Stored(role))
            return before, role

        return await self.in_turn(work)

    async def remove(self, by: Operator | None, name: str) -> frozenset[str]:
        """Take a role away that nobody has; return what it allowed. Raises ``BadRequest`` and ``GrantsMore``."""

        async def work(tx: Tx) -> frozenset[str]:
            book = await self.book(tx)
            if name not in book.own:
                raise BadRequest(f"there is no role {name} of your own")
            if holders := [one.item.name for one in await tx.operators.list() if name in one.item.roles]:
                raise BadRequest(f"{', '.join(holders[:5])} still have the role {name}: give them another one first")
            (await self.granter(tx, by, book)).check(book.of_role(name), frozenset())
            await tx.operator_roles.remove(name)
            return book.of_role(name)

        return await self.in_turn(work)

    async def in_turn(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Make a change: one at a time in all processes, because each begins with the version."""

        async def bump_and_work(tx: Tx) -> T:
            await tx.configuration_version.bump()
            return await work(tx)

        return await self.db.transact(bump_and_work)

    async def granter(self, tx: Tx, by: Operator | None, book: RoleBook) -> Granter:
        """Return what the caller may give away now: what they were allowed a moment ago may be over."""
        if by is None:
            return Granter(book.known, None)
        if not by.id:
            return Granter(frozenset(one for one in book.known if by.may(one)), by.tenants)
        stored = await tx.operators.get(by.id)
        account: OperatorAccount | None = stored.item if stored is not None else None
        if account is None or account.disabled is not None:
            raise ConsoleSessionMissing
        return Granter(book.of(account.roles, account.within), account.within)
