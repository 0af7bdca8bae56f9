"""What is said in rooms: sending, reading, taking back, and the operator's notices."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest, ContentRefused, MessageNotFound, PermissionDenied
from liveroom.domain.follows.failures import FollowersOnly
from liveroom.domain.follows.model import Pair
from liveroom.domain.ids import RoomId, TenantName, UserId, new_id
from liveroom.domain.messages.model import (
    Allowed,
    Draft,
    Message,
    MessageType,
    Priority,
    Quote,
    check_draft,
    is_still_theirs,
    quote_of,
    read_number,
    recalled,
)
from liveroom.domain.messages.words import TextKind
from liveroom.domain.rooms.paging import cut
from liveroom.domain.rooms.permissions import Right
from liveroom.ports import Clock, Database, Live, Saying
from liveroom.usecases.follows.reaching import check_reaches
from liveroom.usecases.messages.paging import filled
from liveroom.usecases.messages.pinning import PinBoard
from liveroom.usecases.messages.screening import Screening
from liveroom.usecases.moderation.audit import Audit
from liveroom.usecases.rooms.ranks import Ranks, is_admin

_OPERATOR: Final = UserId("")
_RECALL: Final = "base/v1/messages/recall"
_decode: Final = msgspec.json.Decoder().decode


@dataclass(frozen=True, slots=True)
class Messages:
    """Messages of live rooms. All raise ``Unavailable``."""

    db: Database
    live: Live
    clock: Clock
    ranks: Ranks
    screening: Screening
    allowed: Allowed
    trail: Audit
    board: PinBoard

    async def send(self, actor: Actor, room: RoomId, draft: Draft) -> Message:
        """Send a message and return it as sent; sending it again with the same key sends nothing more.

        Raises ``BadRequest``, ``RoomNotFound``, ``NotInRoom``, ``PermissionDenied``, ``UserMuted``, ``RateLimited``,
        ``ContentRefused``; ``FollowersOnly`` where one has to follow the owner to write; ``UserRefuses`` where it names
        somebody who has blocked the actor; ``MessageNotFound`` for a reply to what is no message of the broadcast, or
        was taken back.
        """
        check_draft(draft)
        tenant = actor.tenant.name
        if self.screening.looks_at(tenant):
            draft = await self._judged(actor, room, draft)
        id = draft.key or new_id(self.clock.now())
        quote = await self._quote(tenant, room, draft.reply_to) if draft.reply_to else None
        if draft.mentions or quote is not None:
            await check_reaches(self.db, actor.user, _named(draft, quote))
        saying = Saying(tenant, room, actor.user, draft, id, self.allowed, quote=quote)
        try:
            return await self._say(saying)
        except FollowersOnly as refusal:
            return await self._say(await self._of_a_follower(saying, refusal))
        except PermissionDenied:
            if not await is_admin(self.db, actor.user):
                raise
        return await self._say(saying._replace(admin=True))

    async def notice(self, tenant: TenantName, room: RoomId, text: str, data: bytes, *, id: str = "") -> Message:
        """Send the operator's notice to a live room, and keep it among the room's messages.

        ``id``: one that is sent again under the same id is sent once.

        Raises ``RoomNotFound``, and ``RateLimited`` above the allowance of important messages.
        """
        draft = Draft(MessageType.NOTICE, Priority.HIGH, text, data)
        return await self._say(Saying(tenant, room, _OPERATOR, draft, id or new_id(self.clock.now()), self.allowed))

    async def history(self, actor: Actor, room: RoomId, *, cursor: str, limit: int) -> tuple[Sequence[Message], str]:
        """Return the running broadcast's messages, newest first, and the next cursor (empty at the end).

        Raises ``BadRequest`` for an invalid cursor, ``RoomNotFound``, ``NotInRoom``.
        """
        before = _read_cursor(cursor)
        page = await self.live.talk.page(room, actor.tenant.name, actor.user, before=before, limit=limit + 1)
        found = await filled(self.db, page, before, limit + 1)
        shown, following = cut(found, limit, lambda message: message.id)
        return await self._with_quotes(actor.tenant.name, room, shown), following

    async def recall(self, actor: Actor, room: RoomId, id: str) -> None:
        """Take a message of the running broadcast back, and unpin it; twice is once.

        Raises ``RoomNotFound``, ``MessageNotFound``, ``PermissionDenied``.
        """
        ranked = await self.ranks.of(actor.tenant.name, room, actor.user)
        message = await self.find(actor.tenant.name, room, read_number(id) or 0)
        if message.broadcast != ranked.room.broadcast:
            raise MessageNotFound
        now = self.clock.now()
        if not is_still_theirs(message, actor.user, now):
            await self._check_recall(actor, message)
        if message.recalled is None:
            if message.user != actor.user:
                await self._note(actor, message)
            await self.live.talk.recall(recalled(message, actor.user, now))
            await self.live.persist()
        await self.board.drop(message.tenant, room, meant=lambda pinned: pinned.number == message.number)

    async def find(self, tenant: TenantName, room: RoomId, number: int) -> Message:
        """Return a message of a room, live or not. Raises ``MessageNotFound``."""
        message = await self.live.talk.find(room, tenant, number) or await self.db.messages.get(room, number)
        if message is None or message.tenant != tenant:
            raise MessageNotFound
        return message

    async def _say(self, saying: Saying) -> Message:
        number, message = await self.live.talk.say(saying)
        await self.live.persist()
        said = message or await self.find(saying.tenant, saying.room, number)
        if not said.reply_to:
            return said
        (said,) = await self._with_quotes(saying.tenant, saying.room, [said])
        return said

    async def _of_a_follower(self, saying: Saying, refusal: FollowersOnly) -> Saying:
        """Return the same, to be said by somebody who follows whom they have to, or is an admin; else raise.

        Asked only after the room has refused: where everybody may write, nobody asks.
        """
        if await self.db.follows.since(Pair(saying.user, refusal.owner)) is not None:
            return saying._replace(follows=refusal.owner)
        if await is_admin(self.db, saying.user):
            return saying._replace(admin=True)
        raise refusal

    async def _quote(self, tenant: TenantName, room: RoomId, number: int) -> Quote | None:
        """Return what a reply to a message shows of it; None for what nobody can answer."""
        try:
            message = await self.find(tenant, room, number)
        except MessageNotFound:
            return None
        return quote_of(message) if message.recalled is None else None

    async def _with_quotes(self, tenant: TenantName, room: RoomId, messages: Sequence[Message]) -> Sequence[Message]:
        """Return messages of a room with what the replies among them answer, as it is now.

        Nothing of that is kept with a reply: what was taken back, or erased, is in no quote either.
        """
        wanted = {message.reply_to for message in messages if message.reply_to}
        if not wanted:
            return messages
        known = {message.number: message for message in messages}
        others = [number for number in wanted if number not in known]
        live = await asyncio.gather(*(self.live.talk.find(room, tenant, number) for number in others))
        known |= {message.number: message for message in live if message is not None}
        older = await self.db.messages.some(room, [number for number in others if number not in known])
        known |= {message.number: message for message in older if message.tenant == tenant}
        return [_quoting(message, known.get(message.reply_to)) for message in messages]

    async def _check_recall(self, actor: Actor, message: Message) -> None:
        """Raise ``PermissionDenied`` unless the actor may take it back; only the operator takes back a notice."""
        await self.ranks.check(actor, message.room, Right.RECALL)
        if message.type is MessageType.NOTICE and not await is_admin(self.db, actor.user):
            raise PermissionDenied

    async def _note(self, actor: Actor, message: Message) -> None:
        """Note in the audit, before it is done, whose message is taken back."""
        target, room = message.user, message.room
        await self.trail.write(self.trail.entry(message.tenant, actor.user, _RECALL, target=target, room=room))

    async def _judged(self, actor: Actor, room: RoomId, draft: Draft) -> Draft:
        """Return the draft as it may be shown; JSON is never changed, because its app relies on its form."""
        tenant, user = actor.tenant.name, actor.user
        links = {"replyTo": str(draft.reply_to or ""), "mentions": draft.mentions}
        text = await self.screening.words(tenant, TextKind.MESSAGE, draft.text, user=user, room=room, beside=links)
        if draft.data:
            words = "\n".join(_texts_in(_decode(draft.data)))
            judged = await self.screening.words(tenant, TextKind.MESSAGE, words, user=user, room=room, beside=links)
            if judged != words:
                raise ContentRefused
        return draft._replace(text=text)


def _named(draft: Draft, quote: Quote | None) -> Collection[UserId]:
    """Return whom a message names: those mentioned, and whose message it answers."""
    answered = [] if quote is None or quote.user == _OPERATOR else [quote.user]
    return {*map(UserId, draft.mentions), *answered}


def _quoting(message: Message, original: Message | None) -> Message:
    return message if original is None or not message.reply_to else message._replace(quote=quote_of(original))


def _texts_in(value: Any) -> list[str]:
    """Return every text in a JSON value."""
    found: list[str] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return found[::-1]


def _read_cursor(cursor: str) -> int | None:
    if not cursor:
        return None
    number = read_number(cursor)
    if number is None:
        raise BadRequest("cursor: invalid")
    return number
