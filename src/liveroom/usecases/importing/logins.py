"""Usernames of the original, each with its salt, and whose they are by the tags that the shipped apps send.

The import binds what it can. A user to whom two usernames lead is left to the one that signs in first. What was
imported of a username is recognised by its name and times, not by its salt: nothing here may help to guess a password.

The rest is decided at the first login with a tag, and kept: if the original had a user of that username and tag, it is
that one, or a new user if another username has it already; otherwise it is the user who stands in (the rules:
``domain/importing/accounts``).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from liveroom.domain.accounts.signatures import LoginSignature
from liveroom.domain.accounts.users import NOBODY, LoginCredential, User, fold_username, read_username
from liveroom.domain.errors import BadRequest, CredentialsWrong
from liveroom.domain.events import users as user_events
from liveroom.domain.events.users import SignupSource
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.importing.accounts import KNOWN_TAGS, MAIN_TAG, Binding, derived_id, has_login, in_place_of
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Clock, Database, Tx, Vault
from liveroom.ports.importing import ImportedRow, ImportKind, OriginalSalt
from liveroom.usecases.accounts.registration import add_user, salt_context
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.importing.report import Tally, digest

BAD_NAME: Final = "usernames that nobody could type: empty, or with control characters"
NO_SALT: Final = "usernames without a salt, or with one that is too long"
SAME_NAME: Final = "usernames that are the same here as another of the original"
REGISTERED_HERE: Final = "usernames that somebody has registered here"
COLLISION: Final = "names and tags that lead to a user to whom another name leads too: whoever signs in first gets it"
NOT_YET: Final = "usernames without a user: they get one when they sign in"
SALT_MAX: Final = 512
BINDINGS_MAX: Final = 32
"""How many tags of one username are remembered; a further tag leads to the user who stands in."""


@dataclass(slots=True)
class _Batch:
    """What is to be written for a batch."""

    tally: Tally = field(default_factory=Tally)
    credentials: dict[str, LoginCredential] = field(default_factory=dict)
    notes: list[ImportedRow] = field(default_factory=list)
    active: dict[str, OriginalSalt] = field(default_factory=dict)
    """The usernames that sign in here, imported now or before, by their folded form."""


@dataclass(frozen=True, slots=True)
class _Disputes:
    """Users to whom several usernames lead."""

    open: Collection[UserId]
    """Users that go to whichever username signs in first."""
    unbound: Sequence[Binding]
    """Bindings made before the other username was seen."""
    settled: Mapping[UserId, Collection[str]]
    """Users who have signed in here, and the usernames that have them."""


@dataclass(frozen=True, slots=True)
class LoginImporter:
    """Imports usernames, a batch in a transaction; their users have to be here."""

    clock: Clock
    vault: Vault
    tenant: TenantName

    async def import_batch(self, tx: Tx, rows: Sequence[OriginalSalt]) -> Tally:
        """Import what is new, follow a salt that has changed, and bind what can be bound."""
        batch = _Batch()
        named = [(row, folded) for row in rows if (folded := self._fold(row, batch.tally))]
        known = await tx.imports.known(ImportKind.LOGIN, [str(row.id) for row, _ in named])
        here = await tx.imports.credentials(self.tenant, {folded for _, folded in named})
        for row, folded in named:
            imported = known.get(str(row.id))
            if imported is None:
                self._import_new(row, folded, here.get(folded), batch)
            else:
                await self._follow(tx, row, folded, imported, here.get(folded), batch)
        await tx.imports.add_credentials(batch.credentials)
        await tx.imports.note(batch.notes)
        await self._bind(tx, batch.active, batch.tally)
        return batch.tally

    @staticmethod
    def _fold(row: OriginalSalt, tally: Tally) -> str:
        """Return the folded name; "" for a row that cannot be imported."""
        try:
            folded = fold_username(read_username(row.name))
        except BadRequest:
            tally.leave_out(BAD_NAME, f"saltId {row.id}")
            return ""
        if not 1 <= len(row.salt.encode("utf-8", "surrogatepass")) <= SALT_MAX:
            tally.leave_out(NO_SALT, row.name)
            return ""
        return folded

    def _import_new(self, row: OriginalSalt, folded: str, here: LoginCredential | None, batch: _Batch) -> None:
        other = here or batch.credentials.get(folded)
        if other is not None:
            why = SAME_NAME if other.user == NOBODY else REGISTERED_HERE
            batch.tally.leave_out(why, f"{row.name} = {other.username}")
            return
        batch.credentials[folded] = LoginCredential(self.tenant, row.name, NOBODY, self._seal(row, folded))
        batch.notes.append(_imported_row(row))
        batch.active[folded] = row
        batch.tally.imported += 1

    async def _follow(
        self, tx: Tx, row: OriginalSalt, folded: str, imported: ImportedRow, here: LoginCredential | None, batch: _Batch
    ) -> None:
        """Follow an imported username; one deleted here, or taken by somebody else since, stays so."""
        is_ours = here is not None and here.user == NOBODY and here.username == row.name
        if is_ours:
            batch.active[folded] = row
        if imported.digest == _stamp(row):
            batch.tally.unchanged += 1
        elif is_ours:
            await tx.imports.put_salt(self.tenant, folded, self._seal(row, folded))
            batch.notes.append(_imported_row(row))
            batch.tally.changed += 1
        else:
            batch.tally.kept += 1

    def _seal(self, row: OriginalSalt, folded: str) -> str:
        return self.vault.seal(row.salt, salt_context(Tenant(self.tenant), folded))

    async def _bind(self, tx: Tx, active: Mapping[str, OriginalSalt], tally: Tally) -> None:
        """Bind each known tag to the original's user of that name and tag, where there is one."""
        leads = {
            (folded, tag): derived_id(row.salt, row.name, tag) for folded, row in active.items() for tag in KNOWN_TAGS
        }
        users = {user.id for user in await tx.users.list(set(leads.values())) if self._has_login(user)}
        known = await tx.bindings.of(self.tenant, active.keys())
        decided = {(binding.folded, binding.tag) for binding in known}
        wanted = {lead: user for lead, user in leads.items() if user in users and lead not in decided}
        disputes = await self._disputes(tx, wanted)
        fresh = [
            Binding(self.tenant, folded, tag, user, None if user in disputes.open else self.clock.now())
            for (folded, tag), user in wanted.items()
            if folded in disputes.settled.get(user, (folded,))
        ]
        await tx.bindings.contest({binding.user for binding in disputes.unbound})
        await tx.bindings.add(fresh)
        for binding in disputes.unbound:
            tally.note(COLLISION, _lead(binding.folded, binding.tag, binding.user))
        self._note_disputes(active, wanted, [*known, *fresh], tally)

    async def _disputes(self, tx: Tx, wanted: Mapping[tuple[str, str], UserId]) -> "_Disputes":
        """Find the users whom several usernames have or claim."""
        names: dict[UserId, set[str]] = defaultdict(set)
        holders: dict[UserId, set[str]] = defaultdict(set)
        for (folded, _), user in wanted.items():
            names[user].add(folded)
        held = await tx.bindings.to(names.keys())
        for binding in held:
            names[binding.user].add(binding.folded)
            if binding.bound is not None:
                holders[binding.user].add(binding.folded)
        disputed = {user for user, those in names.items() if len(those) > 1}
        settled = await tx.imports.signed_in(disputed & holders.keys())
        unbound = (disputed & holders.keys()).difference(settled)
        return _Disputes(
            open=disputed.difference(settled),
            unbound=[binding for binding in held if binding.user in unbound and binding.bound is not None],
            settled={user: holders[user] for user in settled},
        )

    def _has_login(self, user: User) -> bool:
        return user.tenant == self.tenant and has_login(user)

    @staticmethod
    def _note_disputes(
        active: Mapping[str, OriginalSalt],
        wanted: Mapping[tuple[str, str], UserId],
        bindings: Sequence[Binding],
        tally: Tally,
    ) -> None:
        """Note in the report which users are disputed, and which usernames lead to nobody yet."""
        found = {(binding.folded, binding.tag): binding for binding in bindings}
        disputed = {lead: binding.user for lead, binding in found.items() if binding.bound is None}
        disputed |= {lead: user for lead, user in wanted.items() if lead not in found}
        for (folded, tag), user in sorted(disputed.items()):
            tally.note(COLLISION, _lead(active[folded].name, tag, user))
        lead_somewhere = {folded for folded, _ in (*found, *wanted)}
        for _ in active.keys() - lead_somewhere:
            tally.note(NOT_YET)


def _lead(name: str, tag: str, user: UserId) -> str:
    return f"{name} ({tag or 'no tag'}) → {user}"


def _stamp(row: OriginalSalt) -> str:
    return digest(row.name, row.created, row.updated)


def _imported_row(row: OriginalSalt) -> ImportedRow:
    return ImportedRow(ImportKind.LOGIN, str(row.id), _stamp(row), 0)


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
