"""Accounts of operators: invited, changed, disabled, given a new link, removed.

Whoever changes one has every permission and tenant that the operator has and gets. Somebody who can do everything is
always left: changes take turns, so that two at once cannot remove the last two.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import digest_of, new_id
from liveroom.domain.operators.account import (
    OperatorAccount,
    new_token,
    read_displayed,
    read_operator_name,
    read_tenants,
)
from liveroom.domain.operators.caller import Operator
from liveroom.domain.operators.failures import LastAdministrator, OperatorNotFound
from liveroom.domain.operators.roles import RoleBook
from liveroom.ports import Clock, SecondFactors, Tx, Vault
from liveroom.usecases.operators.roles import OperatorRoles
from liveroom.usecases.operators.sessions import OperatorSessions
from liveroom.usecases.tenants.operator_configuration import SealedKind
from liveroom.usecases.tenants.registry import Tenancy

OPERATORS_MAX: Final = 1000
OPERATORS: Final[SealedKind[OperatorAccount]] = SealedKind(
    "there is no operator {id}",
    lambda tx: tx.operators,
    lambda account: f"operator:{account.id}",
    lambda account: account.totp,
    lambda account, text: replace(account, totp=text),
    is_needed=True,
)


class Linked(NamedTuple):
    """An operator, and the token of a fresh link of theirs: shown only now."""

    account: OperatorAccount
    token: str


class ChangedOperator(NamedTuple):
    """An operator before and after a change."""

    before: OperatorAccount
    after: OperatorAccount


_Change = Callable[[OperatorAccount, RoleBook], OperatorAccount | None]


@dataclass(frozen=True, slots=True)
class OperatorAccounts:
    """Every method names who calls (None: whoever gives commands), and raises ``GrantsMore`` where they lack what the
    operator has or gets, ``OperatorNotFound``, and ``LastAdministrator``.
    """

    roles: OperatorRoles
    sessions: OperatorSessions
    tenants: Tenancy
    clock: Clock
    vault: Vault
    factors: SecondFactors

    async def list(self) -> Sequence[OperatorAccount]:
        """Return all operators, without secrets, the oldest first."""
        return [stored.item for stored in await self.roles.db.operators.list()]

    async def find(self, name: str) -> OperatorAccount:
        """Return the operator of that name or id, without secrets. Raises ``OperatorNotFound``."""
        for account in await self.list():
            if name in (account.id, account.name):
                return account
        raise OperatorNotFound(f"there is no operator {name}")

    async def add(
        self,
        by: Operator | None,
        name: str,
        *,
        roles: Iterable[str],
        tenants: Iterable[str],
        display_name: str = "",
        language: str = "",
    ) -> Linked:
        """Add an operator, who sets their password by the link. Raises ``BadRequest``, also for a name in use."""
        token, now = new_token(), self.clock.now()
        read_name, shown = read_operator_name(name), read_displayed(display_name)
        within = self._read_tenants(tenants)

        async def work(tx: Tx) -> OperatorAccount:
            book = await self.roles.book(tx)
            fresh = OperatorAccount(
                new_id(now), read_name, shown or read_name, book.check_names(roles), within, language, now
            ).linked(token, self.factors.fresh_secret(), now)
            (await self.roles.granter(tx, by, book)).check(book.of(fresh.roles, fresh.within), fresh.within)
            names = [stored.item.name for stored in await tx.operators.list()]
            if read_name in names:
                raise BadRequest(f"there is an operator {read_name} already")
            if len(names) >= OPERATORS_MAX:
                raise BadRequest(f"there are {OPERATORS_MAX} operators already")
            await tx.operators.put(OPERATORS.seal(fresh, self.vault))
            return fresh

        return Linked(await self.roles.in_turn(work), token)

    async def update(
        self,
        by: Operator | None,
        id: str,
        *,
        roles: Iterable[str] | None = None,
        tenants: Iterable[str] | None = None,
        display_name: str | None = None,
        language: str | None = None,
    ) -> ChangedOperator:
        """Change what is given. Raises ``BadRequest``."""
        within = None if tenants is None else self._read_tenants(tenants)

        def change(account: OperatorAccount, book: RoleBook) -> OperatorAccount:
            shown = account.display_name if display_name is None else read_displayed(display_name) or account.name
            return replace(
                account,
                roles=account.roles if roles is None else book.check_names(roles),
                tenants=account.tenants if within is None else within,
                display_name=shown,
                language=account.language if language is None else language,
            )

        return await self._change(by, id, change)

    async def disable(self, by: Operator | None, id: str, *, disabled: bool) -> ChangedOperator:
        """Keep an operator from signing in and end their sessions, or let them sign in again."""
        now = self.clock.now()
        return await self._change(
            by, id, lambda account, _: replace(account, disabled=(account.disabled or now) if disabled else None)
        )

    async def reset(self, by: Operator | None, id: str) -> Linked:
        """Take password and second factor away, end all sessions, and return a link that sets new ones."""
        token, now = new_token(), self.clock.now()

        def change(account: OperatorAccount, _: RoleBook) -> OperatorAccount:
            return account.linked(token, self.factors.fresh_secret(), now)

        return Linked((await self._change(by, id, change, is_reset=True)).after, token)

    async def remove(self, by: Operator | None, id: str) -> OperatorAccount:
        """Remove an operator; what they did stays in the audit."""
        return (await self._change(by, id, lambda _, __: None)).before

    async def with_link(self, tx: Tx, token: str) -> OperatorAccount | None:
        """Return whom a link that still works is for, with secrets."""
        digest, now = digest_of(token), self.clock.now()
        for stored in await tx.operators.list():
            account = stored.item
            if account.link == digest and account.has_link(now) and account.disabled is None:
                return OPERATORS.open(stored, self.vault)
        return None

    async def _change(
        self, by: Operator | None, id: str, change: _Change, *, is_reset: bool = False
    ) -> ChangedOperator:
        async def work(tx: Tx) -> ChangedOperator:
            book, stored = await self.roles.book(tx), await tx.operators.lock(id)
            account = None if stored is None else OPERATORS.open(stored, self.vault)
            if account is None:
                raise OperatorNotFound(f"there is no operator {id}")
            granter = await self.roles.granter(tx, by, book)
            granter.check(book.of(account.roles, account.within), account.within)
            changed = change(account, book)
            if changed is not None:
                granter.check(book.of(changed.roles, changed.within), changed.within)
            if not is_reset and account.is_administrator and not (changed is not None and changed.is_administrator):
                await check_others(tx, id)
            await (
                tx.operators.remove(id) if changed is None else tx.operators.put(OPERATORS.seal(changed, self.vault))
            )
            if is_reset or changed is None or changed.disabled is not None:
                await tx.operator_sessions.end_all(id)
            return ChangedOperator(account, account if changed is None else changed)

        changed = await self.roles.in_turn(work)
        self.sessions.forget()
        return changed

    def _read_tenants(self, tenants: Iterable[str]) -> frozenset[str]:
        return read_tenants(tenants, [tenant.name for tenant in self.tenants.all()])


async def check_others(tx: Tx, id: str) -> None:
    """Raise ``LastAdministrator`` where nobody but this one can do everything."""
    if not any(stored.item.is_administrator for stored in await tx.operators.list() if stored.item.id != id):
        raise LastAdministrator("this is the last administrator who can sign in: make another one first")
