"""What operators configure for their tenants: webhooks, hooks, keys and login secrets.

Each kind is kept by a registry of the same make, whole in memory for hot paths. A registry writes its items sealed,
and checks in the transaction of the change what others may have changed meanwhile. Every process notices a change
within two seconds: each change raises one number, which every process polls.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Generic, Protocol, TypeVar

from liveroom.domain.accounts.own_users import FixedSecret
from liveroom.domain.errors import BadRequest, KeyMissing
from liveroom.domain.ids import TenantName
from liveroom.domain.tenants.app_signatures import AppKey
from liveroom.domain.webhooks.endpoints import Endpoint
from liveroom.domain.webhooks.signing import fresh_secret, read_secrets, rotated, write_secrets
from liveroom.ports import Clock, ConfiguredItem, ConfiguredRows, Database, KeptItem, Stored, Tx, Vault

K = TypeVar("K", bound=KeptItem)
T = TypeVar("T", bound=ConfiguredItem)
E = TypeVar("E", bound=Endpoint)
S = TypeVar("S", AppKey, FixedSecret)
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class ConfigurationKind(Generic[K]):
    """What one kind of item has of its own."""

    unknown: str
    """What is said of an id that there is not, in whose place it has ``{id}``."""
    rows: Callable[[Tx], ConfiguredRows[K]]

    def seal(self, item: K, vault: Vault) -> Stored[K]:
        """Return the item as it is stored."""
        return Stored(item)

    def open(self, stored: Stored[K], vault: Vault) -> K | None:
        """Return the item with its secret; None where it is left out. Raises ``KeyMissing``."""
        return stored.item


@dataclass(frozen=True, slots=True)
class SealedKind(ConfigurationKind[K]):
    """A kind of item with a secret."""

    context: Callable[[K], str]
    """What the secret is bound to: it opens for this item only."""
    text_of: Callable[[K], str]
    put_in: Callable[[K, str], K]
    """Returns the item with the secret that such a text is."""
    is_needed: bool
    """An item whose secret no key opens is a failure; else it is left out, and `liveroom doctor` says so."""

    def seal(self, item: K, vault: Vault) -> Stored[K]:
        """Return the item as it is stored."""
        return Stored(item, vault.seal(self.text_of(item), self.context(item)))

    def open(self, stored: Stored[K], vault: Vault) -> K | None:
        """Return the item with its secret; None where it is left out. Raises ``KeyMissing``."""
        try:
            return self.put_in(stored.item, vault.open(stored.sealed, self.context(stored.item)))
        except KeyMissing:
            if self.is_needed:
                raise
            return None


def endpoint_kind(noun: str, rows: Callable[[Tx], ConfiguredRows[E]]) -> SealedKind[E]:
    """Return a kind of address. Without the secrets that sign what is sent to it, nothing could be sent."""
    return SealedKind(
        f"there is no {noun} {{id}}: `liveroom {noun}s list` shows those there are",
        rows,
        lambda item: f"{noun}:{item.id}",
        lambda item: write_secrets(item.secrets),
        lambda item, text: replace(item, secrets=read_secrets(text)),
        is_needed=True,
    )


def secret_kind(noun: str, context: str, rows: Callable[[Tx], ConfiguredRows[S]]) -> SealedKind[S]:
    """Return a kind of secret that signs what comes. Without it nothing is accepted, and that is safe."""
    return SealedKind(
        f"there is no {noun} {{id}} of this tenant",
        rows,
        lambda item: f"{context}:{item.tenant}:{item.id}",
        lambda item: item.secret,
        lambda item, text: replace(item, secret=text),
        is_needed=False,
    )


class ConfigurationRegistry(Generic[T]):
    """The items of one kind, of all tenants (``operator_configuration.Configured``)."""

    def __init__(self, kind: ConfigurationKind[T], db: Database, vault: Vault, clock: Clock) -> None:
        self.kind: Final = kind
        self.db: Final = db
        self.vault: Final = vault
        self.clock: Final = clock
        self._by_id: Mapping[str, T] = {}

    def get(self, id: str) -> T | None:
        return self._by_id.get(id)

    def find(self, id: str) -> T:
        """Return the item of that id. Raises ``BadRequest``."""
        found = self._by_id.get(id)
        if found is None:
            raise self._unknown(id)
        return found

    def all(self) -> Sequence[T]:
        """Return every item of every tenant, the oldest first."""
        return list(self._by_id.values())

    async def stored(self, tenant: TenantName) -> Sequence[T]:
        """Return the tenant's items as they are stored, without secrets: also those that no key opens."""
        return [stored.item for stored in await self.kind.rows(self.db).list() if stored.item.tenant == tenant]

    async def is_stored(self, id: str) -> bool:
        """Say whether there is such an item, known here or not."""
        return any(stored.item.id == id for stored in await self.kind.rows(self.db).list())

    async def reload(self) -> None:
        """Read all of them anew."""
        stored = await self.kind.rows(self.db).list()
        items = [item for one in stored if (item := self.kind.open(one, self.vault)) is not None]
        self._by_id = {item.id: item for item in items}
        self._arrange(items)

    async def find_of(self, tenant: TenantName, id: str) -> T:
        """Return the tenant's item of that id, also one that another process has just added. Raises ``BadRequest``."""
        if id not in self._by_id:
            await self.reload()
        found = self._by_id.get(id)
        if found is None or found.tenant != tenant:
            raise self._unknown(id)
        return found

    async def change(self, id: str, change: Callable[[T], T], tenant: TenantName | None = None) -> T:
        """Change an item, of that tenant if one is given. Raises ``BadRequest``."""
        return (await self.exchange(id, change, tenant))[1]

    async def exchange(self, id: str, change: Callable[[T], T], tenant: TenantName | None = None) -> tuple[T, T]:
        """Change an item and return it as it was and as it is. Raises ``BadRequest``."""

        async def work(tx: Tx) -> tuple[T, T]:
            stored = await self.kind.rows(tx).lock(id)
            known = None if stored is None else self.kind.open(stored, self.vault)
            if known is None or tenant not in (None, known.tenant):
                raise self._unknown(id)
            changed = change(known)
            self._check(changed)
            await self.kind.rows(tx).put(self.kind.seal(changed, self.vault))
            return known, changed

        return await self._in_turn(work)

    async def remove(self, id: str, tenant: TenantName | None = None) -> T:
        """Take an item away, of that tenant if one is given; return it without its secret. Raises ``BadRequest``."""

        async def work(tx: Tx) -> T:
            stored = await self.kind.rows(tx).lock(id)
            if stored is None or tenant not in (None, stored.item.tenant):
                raise self._unknown(id)
            await self._check_removal(tx, stored.item)
            await self.kind.rows(tx).remove(id)
            return stored.item

        return await self._in_turn(work)

    async def _add(self, item: T) -> T:
        """Add an item and return it. Raises ``BadRequest``."""
        self._check(item)

        async def work(tx: Tx) -> T:
            self._check_space(item, [stored.item for stored in await self.kind.rows(tx).list()])
            await self.kind.rows(tx).put(self.kind.seal(item, self.vault))
            return item

        return await self._in_turn(work)

    async def _in_turn(self, work: Callable[[Tx], Awaitable[R]]) -> R:
        """Make a change: one at a time in all processes, because each begins with the version."""

        async def bump_and_work(tx: Tx) -> R:
            await tx.configuration_version.bump()
            return await work(tx)

        result = await self.db.transact(bump_and_work)
        await self.reload()
        return result

    def _arrange(self, items: Sequence[T]) -> None:
        """Keep what was read in the way in which it is looked for."""

    def _check(self, item: T) -> None:
        """Raise ``BadRequest`` with what is wrong with an item as somebody wants it."""

    def _check_space(self, item: T, others: Sequence[T]) -> None:
        """Raise ``BadRequest`` where there are as many as there may be."""

    async def _check_removal(self, tx: Tx, item: T) -> None:
        """Raise ``BadRequest`` where the item cannot be done without."""

    def _unknown(self, id: str) -> BadRequest:
        return BadRequest(self.kind.unknown.format(id=id))


class EndpointRegistry(ConfigurationRegistry[E]):
    """Addresses of operators' servers, and the secrets that sign what is sent to them."""

    async def rotate(self, id: str, tenant: TenantName | None = None) -> E:
        """Give it a new secret, beside which the present one signs for a day. Raises ``BadRequest``."""
        fresh = fresh_secret(self.clock.now())
        return await self.change(id, lambda item: replace(item, secrets=rotated(item.secrets, fresh)), tenant)


class Configured(Protocol):
    """One kind of configuration, kept in this process."""

    async def reload(self) -> None:
        """Read all of it anew."""


@dataclass(slots=True)
class OperatorConfiguration:
    """Keeps every kind up to date."""

    db: Database
    kinds: Sequence[Configured]
    _seen: int = -1

    async def refresh(self) -> None:
        """Read what changed.

        A kind that cannot be read, say because a key is missing, does not stop the others: a revoked server key must
        stop working. The first failure is raised after all kinds were tried, and all are read again next time.
        """
        version = await self.db.configuration_version.current()
        if version == self._seen:
            return
        failures: list[Exception] = []
        for kind in self.kinds:
            try:
                await kind.reload()
            except Exception as failure:
                failures.append(failure)
        if failures:
            raise failures[0]
        self._seen = version
