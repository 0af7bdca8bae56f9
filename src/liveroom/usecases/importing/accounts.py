"""Logins with a username of the original service: the tag decides which user it is (``domain/importing/accounts``).

The import binds what it can. The rest is decided at the first login with a tag, and kept: if the original had a user of
that username and tag, it is that one, or a new user if another username has it already; otherwise it is the user who
stands in.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from liveroom.domain.accounts.signatures import LoginSignature
from liveroom.domain.accounts.users import NOBODY, User
from liveroom.domain.errors import CredentialsWrong
from liveroom.domain.events import users as user_events
from liveroom.domain.events.users import SignupSource
from liveroom.domain.ids import UserId
from liveroom.domain.importing.accounts import MAIN_TAG, Binding, derived_id, has_login, in_place_of
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.accounts.fresh_ids import add_user
from liveroom.usecases.events.recorder import EventRecorder

BINDINGS_MAX: Final = 32
"""How many tags of one username are remembered; a further tag leads to the user who stands in."""


@dataclass(frozen=True, slots=True)
class ImportedLogins:
    """Finds the user of an imported username."""

    db: Database
    clock: Clock
    recorder: EventRecorder

    async def user_for(self, tenant: Tenant, folded: str, salt: str, signature: LoginSignature) -> User:
        """Return the user who signed; raises ``CredentialsWrong`` when the username is gone meanwhile."""
        user = await self.db.users.by_tag(tenant.name, folded, signature.tag)
        if user is not None and user.deleted is None:
            return user

        async def work(tx: Tx) -> User:
            return await self._decide(tx, tenant, folded, salt, signature)

        return await self.db.transact(work)

    async def _decide(self, tx: Tx, tenant: Tenant, folded: str, salt: str, signature: LoginSignature) -> User:
        """Bind the tag. The username is locked first, then the user: of two who want one, one waits for the other."""
        credential = await tx.users.lock_credential(tenant.name, folded)
        if credential is None or credential.user != NOBODY:
            raise CredentialsWrong
        bindings = await tx.bindings.of(tenant.name, [folded])
        user = await self._bound(tx, [one for one in bindings if one.tag == signature.tag])
        if user is not None:
            return user
        if len(bindings) >= BINDINGS_MAX and (user := await self._stand_in(tx, tenant, bindings)) is not None:
            return user
        spelled = dict.fromkeys((credential.username, signature.username))
        user, taken = await self._claim(tx, tenant, folded, [derived_id(salt, name, signature.tag) for name in spelled])
        if user is None and not taken:
            user = await self._stand_in(tx, tenant, bindings)
        if user is None:
            user = await self._make(tx, tenant, credential.username)
        await tx.bindings.put(Binding(tenant.name, folded, signature.tag, user.id, self.clock.now()))
        return user

    async def _stand_in(self, tx: Tx, tenant: Tenant, bindings: Sequence[Binding]) -> User | None:
        """Return who stands in for a tag without a user. That of the main tag may still have to be won."""
        main = next((one for one in bindings if one.tag == MAIN_TAG and one.bound is None), None)
        won, _ = await self._claim(tx, tenant, main.folded, [main.user]) if main is not None else (None, False)
        if main is not None and won is not None:
            await tx.bindings.put(replace(main, bound=self.clock.now()))
            return won
        return await self._bound(tx, in_place_of(bindings))

    async def _claim(self, tx: Tx, tenant: Tenant, folded: str, ids: Sequence[UserId]) -> tuple[User | None, bool]:
        """Return the first of these users that no other username has, and whether another had one before it."""
        taken = False
        for id in ids:
            user = await tx.users.lock(id)
            if user is None or user.tenant != tenant.name or not has_login(user):
                continue
            bound = [one for one in await tx.bindings.to([id]) if one.bound is not None]
            if all((one.tenant, one.folded) == (tenant.name, folded) for one in bound):
                return user, taken
            taken = True
        return None, taken

    async def _make(self, tx: Tx, tenant: Tenant, username: str) -> User:
        now = self.clock.now()
        user = await add_user(tx, tenant, lambda id: User(id, tenant.name, now, now))
        await self.recorder.record_for_user(
            tx, user, user_events.registered(user, SignupSource.IMPORTED, username=username)
        )
        return user

    async def _bound(self, tx: Tx, bindings: Sequence[Binding]) -> User | None:
        """Return the first user who is bound and still there."""
        for binding in bindings:
            user = await tx.users.get(binding.user) if binding.bound is not None else None
            if user is not None and user.deleted is None:
                return user
        return None


async def forget_user(tx: Tx, user: User) -> None:
    """Remove a deleted user from the usernames that lead there; a username that leads to nobody becomes free again."""
    gone = await tx.bindings.to([user.id])
    if not gone:
        return
    await tx.bindings.remove_to(user.id)
    names = {binding.folded for binding in gone}
    left = {binding.folded for binding in await tx.bindings.of(user.tenant, names) if binding.bound is not None}
    for folded in names - left:
        await tx.bindings.remove_of(user.tenant, folded)
        await tx.users.remove_credential(user.tenant, folded)
