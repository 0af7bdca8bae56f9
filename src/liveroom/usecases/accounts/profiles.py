"""Users as others see them: changing profiles and languages, and looking up others."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from liveroom.domain.accounts.contacts import Contact, ContactKind, read_phone
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import Profile, User, present
from liveroom.domain.errors import (
    BadRequest,
    DatabaseUnavailable,
    Failure,
    ProfileEmpty,
    QueryLimited,
    SearchInvalid,
    TokenInvalid,
    UserNotFound,
)
from liveroom.domain.events import users as user_events
from liveroom.domain.events.outbox import OutboxRow, UserProfileChanged
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.messages.words import TextKind
from liveroom.domain.operators.caller import NotedChange
from liveroom.domain.payloads import time_or_empty
from liveroom.domain.tenants.model import Language
from liveroom.ports import Clock, Database, Live, Tx
from liveroom.usecases.accounts.contacts import ContactBindings, Proof, carrier_of
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.messages.screening import Screening
from liveroom.usecases.vendors.task_queue import VendorTaskQueue

KEPT: Final = timedelta(minutes=1)
KEPT_MAX: Final = 4096
PAUSE: Final = timedelta(seconds=10)
"""How long SQL is not asked again after it did not answer."""

_Known = tuple[Language | None, datetime]


@dataclass(slots=True)
class Languages:
    """Caches the languages that users have chosen."""

    db: Database
    clock: Clock
    _known: OrderedDict[UserId, _Known] = field(default_factory=OrderedDict)
    _asks_from: datetime | None = None

    async def of(self, user: UserId) -> Language | None:
        """Return the user's choice; None if there is none, or it cannot be read now."""
        now = self.clock.now()
        known = self._known.get(user)
        if known is not None and now < known[1]:
            return known[0]
        if self._asks_from is not None and now < self._asks_from:
            return None
        try:
            found = await self.db.users.get(user)
        except DatabaseUnavailable:
            self._asks_from = now + PAUSE
            return None
        chosen = None if found is None else found.language
        self._known[user] = (chosen, now + KEPT)
        self._known.move_to_end(user)
        while len(self._known) > KEPT_MAX:
            self._known.popitem(last=False)
        return chosen

    def forget(self, user: UserId) -> None:
        """Read the choice again: the user has changed it."""
        self._known.pop(user, None)


@dataclass(frozen=True, slots=True)
class ProfileChanges:
    """What a profile update changes; None leaves a field as it is, "" empties it."""

    name: str | None = None
    tag: str | None = None
    tag2: str | None = None
    avatar: str | None = None
    language: str | None = None
    """A ``Language``, or "" for the tenant's."""

    def check(self) -> None:
        """Refuse an update without any field and, as the original's documentation says, one whose name and tags are all
        empty."""
        if self.avatar is None and self.language is None and not (self.name or self.tag or self.tag2):
            raise ProfileEmpty

    def apply(self, user: User) -> User:
        """Return the user with the changes."""
        return replace(
            user,
            name=user.name if self.name is None else self.name,
            tag=user.tag if self.tag is None else self.tag,
            tag2=user.tag2 if self.tag2 is None else self.tag2,
            avatar=user.avatar if self.avatar is None else self.avatar,
            language=user.language if self.language is None else Language(self.language) if self.language else None,
        )


@dataclass(frozen=True, slots=True)
class ProfileWriter:
    """Writes profiles, and tells all who have a copy."""

    db: Database
    clock: Clock
    relay: OutboxRelay
    vendor_tasks: VendorTaskQueue
    recorder: EventRecorder

    async def update_of(
        self, tenant: TenantName, user_id: UserId, changes: ProfileChanges, noted: NotedChange | None = None
    ) -> None:
        """Change a profile on the operator's word. Raises ``ProfileEmpty`` when nothing is given, ``UserNotFound``."""
        if changes == ProfileChanges():
            raise ProfileEmpty
        await self.change(user_id, tenant, changes, UserNotFound, noted)

    async def change(
        self,
        user_id: UserId,
        tenant: TenantName,
        changes: ProfileChanges,
        absent: type[Failure],
        noted: NotedChange | None = None,
    ) -> None:
        """Change a user's profile; where there is none, raise what ``absent`` says."""

        async def work(tx: Tx) -> OutboxRow | None:
            user = await tx.users.lock(user_id)
            if user is None or user.deleted is not None or user.tenant != tenant:
                raise absent
            changed = changes.apply(user)
            note_user(noted, user, changed)
            if changed == user:
                return None
            now = self.clock.now()
            changed = replace(changed, updated=now)
            await tx.users.put(changed)
            await self.recorder.record_for_user(tx, changed, *user_events.changes(user, changed))
            if changed.profile == user.profile:
                return None
            await self.vendor_tasks.profile_changed(tx, changed, now)
            return await tx.outbox.add(user.tenant, UserProfileChanged(user.id), now)

        row = await self.db.transact(work)
        if row is not None:
            await self.relay.deliver_later([row])

    async def fill(self, tx: Tx, user: User, profile: Profile, now: datetime, *, tag2: str = "") -> User:
        """Fill what is empty in a locked user's profile, and return the user as they are then."""
        name, avatar = user.name or profile.name, user.avatar or profile.avatar
        filled = replace(user, name=name, avatar=avatar, tag2=user.tag2 or tag2)
        if filled == user:
            return user
        filled = replace(filled, updated=now)
        await tx.users.put(filled)
        await self.vendor_tasks.profile_changed(tx, filled, now)
        await self.recorder.record_for_user(tx, filled, *user_events.changes(user, filled))
        return filled


@dataclass(frozen=True, slots=True)
class Profiles:
    """Changes of users' own profiles."""

    screening: Screening
    bindings: ContactBindings
    languages: Languages
    writer: ProfileWriter

    async def update(self, actor: Actor, changes: ProfileChanges, proof: Proof | None = None) -> None:
        """Change the actor's own profile; the same again changes nothing. Raises ``ProfileEmpty``, ``ContentRefused``.

        A ``proof`` binds a number or mailbox first; where ``ContactBindings.bind`` raises, nothing is changed.
        """
        if changes.name:
            name = await self.screening.words(actor.tenant.name, TextKind.NAME, changes.name, user=actor.user)
            changes = replace(changes, name=name)
        if proof is not None:
            await self.bindings.bind(actor, proof)
            if changes == ProfileChanges():
                return
        changes.check()
        await self.writer.change(actor.user, actor.tenant.name, changes, TokenInvalid)
        if changes.language is not None:
            self.languages.forget(actor.user)


def note_user(noted: NotedChange | None, before: User, after: User) -> None:
    """Note for the audit what the operator changes of a user; None: nobody asks."""
    if noted is not None:
        noted.note(_noted(before), _noted(after))


def _noted(user: User) -> dict[str, str | bool | None]:
    return {
        "name": user.name,
        "avatar": user.avatar,
        "tag": user.tag,
        "tag2": user.tag2,
        "admin": user.admin,
        "adult": user.adult,
        "bannedUntil": time_or_empty(user.banned_until),
        "banReason": user.ban_reason,
    }


QUERIES: Final = 60
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class UserLookups:
    """Finds users of a tenant, ``QUERIES`` times a minute for each who asks."""

    db: Database
    live: Live

    async def find(self, actor: Actor, user_id: str) -> User:
        """Return a user of the actor's tenant. Raises ``UserNotFound``, ``QueryLimited``."""
        await self._count(actor)
        return present(await self.db.users.get(UserId(user_id)), actor.tenant.name)

    async def find_by_phone(self, actor: Actor, phone: str) -> User:
        """Return the user with that phone number. Raises ``SearchInvalid`` for what is no number, ``UserNotFound``."""
        await self._count(actor)
        try:
            contact = Contact(ContactKind.PHONE, read_phone(phone))
        except BadRequest:
            raise SearchInvalid from None
        found = await carrier_of(self.db, actor.tenant.name, contact)
        if found is None:
            raise UserNotFound
        return found

    async def find_all(self, actor: Actor, user_ids: Sequence[str]) -> Sequence[User]:
        """Return those of the users that there are, in the order asked."""
        await self._count(actor)
        found = {user.id: user for user in await self.db.users.list([UserId(user_id) for user_id in user_ids])}
        users = (found.get(UserId(user_id)) for user_id in user_ids)
        return [user for user in users if user and user.deleted is None and user.tenant == actor.tenant.name]

    async def _count(self, actor: Actor) -> None:
        key = f"query:{actor.user}"
        if not await self.live.hit(key, limit=QUERIES, window=_MINUTE):
            raise QueryLimited(retry_after=await self.live.window_left(key, window=_MINUTE))
