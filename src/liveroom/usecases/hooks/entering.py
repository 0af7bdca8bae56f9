"""Hooks of entering a room and of going live: what they are asked, and what their answer changes.

They are called before anything is written, so a refusal leaves nothing behind. There is one exception: when the room
closes at that very moment, the hook for going live is called late, and the presence entry taken by then is given back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import User
from liveroom.domain.errors import HookRefused, RoomNotFound
from liveroom.domain.hooks.model import HookType
from liveroom.domain.ids import RoomId
from liveroom.domain.presence.members import Role
from liveroom.domain.rooms.model import Room, RoomChanges, RoomStatus
from liveroom.ports import Database, Live
from liveroom.usecases.hooks.calls import HookCall, HookCalls
from liveroom.usecases.messages.screening import Screening
from liveroom.usecases.privacy.visibility import Privacy

_HOOK_TYPES: Final = (HookType.ENTER, HookType.GO_LIVE)


class EnterRequest(NamedTuple):
    """What somebody asks for when they enter a room."""

    wanted: Role | None
    label: str
    changes: RoomChanges
    """What counts if they open it."""
    kind: str
    password: str = ""
    """Digests of the password that they gave."""
    promoted: bool = False
    """The operator has made them a host."""
    may_open: bool = False
    """The operator has been asked whether they may go live."""
    screened: bool = False
    """The texts of the room have been screened."""
    link: str = ""
    """The key of the link by which they come."""


@dataclass(frozen=True, slots=True)
class EntryHooks:
    """Calls the hooks of entering and going live, where there are any."""

    db: Database
    live: Live
    hook_calls: HookCalls
    screening: Screening
    privacy: Privacy

    async def screened(self, actor: Actor, room_id: RoomId | None, request: EnterRequest) -> EnterRequest:
        """Return the request with texts that others may see, once screened. Raises ``ContentRefused``."""
        if request.screened:
            return request
        changes = await self.screening.room(
            actor.tenant.name, request.changes, user=actor.user, room=room_id or RoomId("")
        )
        return request._replace(changes=changes, screened=True)

    async def before_enter(self, actor: Actor, room_id: RoomId | None, request: EnterRequest) -> EnterRequest:
        """Ask every hook and module, and return the request with their changes. ``room_id`` None: a new room.

        Raises ``HookRefused``, ``ContentRefused``, ``RoomNotFound``, ``ProviderUnavailable``.
        """
        if not self.hook_calls.concerns(actor.tenant.name, *_HOOK_TYPES):
            return request
        room = await self.db.rooms.get(room_id) if room_id is not None else None
        if room is not None and room.tenant != actor.tenant.name:
            return request
        opens = room is None or room.state is not RoomStatus.LIVE
        if opens and request.wanted is Role.AUDIENCE:
            raise RoomNotFound
        if room is not None and not opens and (present := await self._present(actor, room, request)) is not None:
            return present
        if not opens and await self._is_concealed(actor, room, request.link):
            return request  # the room refuses them, whatever the operator says
        user = await self.db.users.get(actor.user)
        context = _EntryContext(actor, user, room_id, room, opens)
        request = await self._ask_enter(context, request)
        if not (opens and context.may_open):
            return request
        return await self._ask_live(context, await self.screened(actor, room_id, request))

    async def _is_concealed(self, actor: Actor, room: Room | None, link: str) -> bool:
        return room is not None and await self.privacy.conceals(room.tenant, actor.user, room.id, link)

    async def before_live(self, actor: Actor, room_id: RoomId, request: EnterRequest) -> RoomChanges:
        """Return the texts and settings of a room that is opened now, after its hooks. Raises as ``before_enter``."""
        request = await self.screened(actor, room_id, request)
        if request.may_open or not self.hook_calls.concerns(actor.tenant.name, *_HOOK_TYPES):
            return request.changes
        room, user = await self.db.rooms.get(room_id), await self.db.users.get(actor.user)
        context = _EntryContext(actor, user, room_id, room, room is None or room.state is not RoomStatus.LIVE)
        return (
            (await self._ask_live(context, request)).changes if context.opens and context.may_open else request.changes
        )

    async def _present(self, actor: Actor, room: Room, request: EnterRequest) -> EnterRequest | None:
        """Return the request of somebody who is in already, in the role that they ask for; None for all others."""
        member = await self.live.member(room.id, actor.user)
        if member is None or request.wanted not in (None, member.role):
            return None
        entries = await self.live.entries(actor.user)
        if not any(entry.room == room.id and entry.session == actor.session for entry in entries):
            return None
        return request._replace(wanted=None) if member.role.is_host else request

    async def _ask_enter(self, context: "_EntryContext", request: EnterRequest) -> EnterRequest:
        room, role = context.room, request.wanted or (Role.ANCHOR if context.owns else Role.AUDIENCE)
        data = {**context.described(request.changes), "role": role.value, "label": request.label}
        if room is not None and not context.opens:
            data |= {"ownerId": room.owner, "broadcastId": room.broadcast}
        changes = await self._ask(HookType.ENTER, context, data)
        if "role" not in changes:
            return request
        given = Role(changes["role"])
        if context.opens and not given.is_host:
            raise HookRefused
        return request._replace(wanted=given, label="", promoted=given.is_host)

    async def _ask_live(self, context: "_EntryContext", request: EnterRequest) -> EnterRequest:
        asked = request.changes
        data = {
            **context.described(asked),
            "cover": context.planned("cover", asked.cover) or "",
            "subject": context.planned("subject", asked.subject) or "",
            "description": context.planned("description", asked.description) or "",
            "capacity": context.planned("capacity", asked.capacity) or 0,
            "type": request.kind,
        }
        changes = await self._ask(HookType.GO_LIVE, context, data)
        return request._replace(changes=asked._replace(**changes), may_open=True)

    async def _ask(self, hook_type: HookType, context: "_EntryContext", data: dict[str, Any]) -> Mapping[str, Any]:
        return await self.hook_calls.ask(HookCall(hook_type, context.actor.tenant.name, data["category"], data))


class _EntryContext(NamedTuple):
    """Who enters which room, with the stored rows of both."""

    actor: Actor
    user: User | None
    room_id: RoomId | None
    room: Room | None
    opens: bool
    """The room is not live."""

    @property
    def may_open(self) -> bool:
        """Say whether the actor may open the room, so that asking the operator makes sense."""
        room, user = self.room, self.user
        return room is None or room.holder == self.actor.user or (user is not None and user.admin)

    @property
    def owns(self) -> bool:
        return self.opens or (self.room is not None and self.actor.user in (self.room.owner, self.room.holder))

    def planned(self, name: str, asked: Any) -> Any:
        """Return what a room that opens will have in a field: what was asked for, else what it was reserved with."""
        is_reserved = self.room is not None and self.room.state is RoomStatus.RESERVED
        return getattr(self.room, name) if asked is None and is_reserved else asked

    def described(self, changes: RoomChanges) -> dict[str, Any]:
        """Return the fields of every hook call: the user, and the room as it is or as it would be opened."""
        user, room = self.user, self.room
        known = room if room is not None and room.state is not RoomStatus.CLOSED else None
        asked = changes if self.opens else RoomChanges()
        return {
            "userId": self.actor.user,
            "name": user.name if user is not None else "",
            "avatar": user.avatar if user is not None else "",
            "roomId": self.room_id or "",
            "category": asked.category or (known.category if known else ""),
            "title": asked.title if asked.title is not None else (known.title if known else ""),
        }
