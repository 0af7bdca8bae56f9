"""What a member does in a room: one method a call, with the room filled in.

Each raises ``Refused`` or ``Unreachable``. Who may do what: docs/permissions.md. Any other method of the service is
``room.call("method", …)``.
"""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Final, Literal, cast

from liveroom_client.shapes import (
    Credential,
    GivenRole,
    Member,
    Message,
    Metadata,
    OptionsWithLink,
    PinnedMessage,
    Restriction,
    RoomInfo,
    Seat,
    SeatList,
    SeatMode,
    SeatRequest,
)

Call = Callable[..., Awaitable[Any]]
Pages = Callable[..., AsyncIterator[Any]]
_KEY_BYTES: Final = 12


class RoomCalls:
    """The calls of one room."""

    def __init__(self, room_id: str, call: Call, pages: Pages) -> None:
        self.id = room_id
        self._call = call
        self._pages = pages

    async def call(self, method: str, **params: Any) -> Any:
        """Call any method of the service for this room; return its data."""
        return await self._call(method, roomId=self.id, **params)

    async def send(
        self,
        text: str = "",
        *,
        data: dict[str, Any] | None = None,
        priority: Literal["low", "normal", "high"] = "normal",
        reply_to: str = "",
        mentions: Sequence[str] = (),
        key: str = "",
    ) -> Message:
        """Write to the room: at most 500 characters, or ``data`` of at most 2 KB for apps.

        It is sent again if no answer comes, and published once. ``reply_to``: the id of the message that it answers.
        ``mentions``: ids of at most 10 members. ``key``: what tells this message from others of the user, made up if
        not given.
        """
        kind: dict[str, Any] = {"type": "custom", "data": data} if data is not None else {}
        kind |= {"replyTo": reply_to} if reply_to else {}
        kind |= {"mentions": list(mentions)} if mentions else {}
        named = {"key": key or secrets.token_urlsafe(_KEY_BYTES), "priority": priority}
        return cast(Message, await self.call("messages/send", text=text, **kind, **named))

    async def pin(self, message_id: str) -> PinnedMessage:
        """Pin a message for everybody, in place of any other."""
        return cast(PinnedMessage, await self.call("messages/pin", messageId=message_id))

    async def unpin(self) -> None:
        """Pin nothing any more."""
        await self.call("messages/unpin")

    async def recall(self, message_id: str) -> None:
        """Take a message back: one's own for two minutes, others' as a moderator."""
        await self.call("messages/recall", messageId=message_id)

    def history(self) -> AsyncIterator[Message]:
        """Yield the messages of the broadcast, the newest first."""
        return cast(AsyncIterator[Message], self._pages("messages/history", roomId=self.id))

    async def like(self, count: int = 1) -> int:
        """Like the broadcast so many times (collect taps); return its likes. Counted once, even if sent again."""
        said = await self.call("rooms/like", count=count, batchId=secrets.token_urlsafe(_KEY_BYTES))
        return int(said["likes"])

    def list_members(self) -> AsyncIterator[Member]:
        """Yield all members, page by page, also of a crowd."""
        return cast(AsyncIterator[Member], self._pages("rooms/list_users", roomId=self.id))

    async def update(self, **fields: Any) -> RoomInfo:
        """Change ``title``, ``cover``, ``subject``, ``description``, ``category`` or ``capacity``."""
        return cast(RoomInfo, await self.call("rooms/update_room", **fields))

    async def set_options(self, **options: Any) -> OptionsWithLink:
        """Change ``access``, ``password``, ``slowMode``, ``muted``, ``followersChat``, ``followersSeats`` or
        ``minutes``, or make a new link (``newLink``)."""
        return cast(OptionsWithLink, await self.call("rooms/set_options", **options))

    async def metadata(self) -> Metadata:
        """Return the JSON object that the room shares."""
        return cast(Metadata, await self.call("rooms/metadata"))

    async def set_metadata(self, metadata: dict[str, Any], version: int) -> Metadata:
        """Replace the shared object. Raises ``StaleVersion``, with the current one, if it changed since ``version``."""
        return cast(Metadata, await self.call("rooms/set_metadata", metadata=metadata, version=version))

    async def credential(self) -> Credential:
        """Return what the media provider wants: ask anew after a change of role or seat."""
        return cast(Credential, await self.call("rtc/credential"))

    async def signal(self, user_id: str, payload: dict[str, Any] | str) -> None:
        """Send another member a signal for the media (provider ``mesh``): at most 16 KB."""
        await self.call("rtc/signal", to=user_id, payload=payload)

    # roles and moderation

    async def set_role(self, user_id: str, role: Literal["moderator", "anchor", "audience"]) -> GivenRole:
        """Appoint somebody; ``audience`` undoes it."""
        return cast(GivenRole, await self.call("rooms/set_role", targetId=user_id, role=role))

    async def transfer(self, user_id: str) -> RoomInfo:
        """Hand the broadcast over to another member."""
        return cast(RoomInfo, await self.call("rooms/transfer_owner", targetId=user_id))

    async def invite(self, user_id: str) -> None:
        """Invite somebody to the room."""
        await self.call("rooms/invite", targetId=user_id)

    async def kick(self, user_id: str, reason: str = "") -> None:
        """Remove somebody; they may come back."""
        await self.call("moderation/kick", targetId=user_id, reason=reason)

    async def ban(self, user_id: str, seconds: int | None = None, reason: str = "") -> Restriction:
        """Remove somebody who may not come back for so long, or ever."""
        return cast(Restriction, await self.call("moderation/ban", targetId=user_id, seconds=seconds, reason=reason))

    async def unban(self, user_id: str) -> None:
        """Lift a ban."""
        await self.call("moderation/unban", targetId=user_id)

    async def mute(self, user_id: str, seconds: int | None = None, reason: str = "") -> Restriction:
        """Let somebody write nothing for so long, or ever."""
        return cast(Restriction, await self.call("moderation/mute", targetId=user_id, seconds=seconds, reason=reason))

    async def unmute(self, user_id: str) -> None:
        """Lift a mute."""
        await self.call("moderation/unmute", targetId=user_id)

    # seats

    async def configure_seats(self, seats: int | None = None, mode: SeatMode | None = None) -> SeatList:
        """Set how many seats there are (0 to 50), and how the audience gets one."""
        return cast(SeatList, await self.call("seats/configure", seats=seats, mode=mode))

    async def take_seat(self, seat: int | None = None) -> Seat:
        """Take a seat: any, or this one."""
        return cast(Seat, await self.call("seats/take", seat=seat))

    async def apply_for_seat(self, seat: int | None = None) -> SeatRequest:
        """Ask the hosts for a seat; the answer comes as ``seats.answered``."""
        return cast(SeatRequest, await self.call("seats/apply", seat=seat))

    async def cancel_request(self, request_id: str) -> None:
        """Take one's own application back."""
        await self.call("seats/cancel", requestId=request_id)

    async def approve_request(self, request_id: str) -> Seat:
        """Give the applicant the seat."""
        return cast(Seat, await self.call("seats/approve", requestId=request_id))

    async def refuse_request(self, request_id: str, reason: str = "") -> None:
        """Decline an application or an invitation."""
        await self.call("seats/refuse", requestId=request_id, reason=reason)

    async def invite_to_seat(self, user_id: str, seat: int | None = None) -> SeatRequest:
        """Offer a member a seat."""
        return cast(SeatRequest, await self.call("seats/invite", targetId=user_id, seat=seat))

    async def accept_seat(self, request_id: str) -> Seat:
        """Take the seat that one was invited to."""
        return cast(Seat, await self.call("seats/accept", requestId=request_id))

    async def leave_seat(self) -> None:
        """Give the seat up."""
        await self.call("seats/leave")

    async def move_seat(self, seat: int, user_id: str | None = None) -> Seat:
        """Move to another seat, or move somebody."""
        return cast(Seat, await self.call("seats/move", seat=seat, targetId=user_id))

    async def mute_seat(
        self, *, audio: bool | None = None, video: bool | None = None, user_id: str | None = None
    ) -> Seat:
        """Mute or unmute the sound or picture of one's own seat, or of somebody else's."""
        return cast(Seat, await self.call("seats/mute", audio=audio, video=video, targetId=user_id))

    async def lock_seat(self, seat: int, *, locked: bool = True) -> Seat:
        """Lock a seat, which nobody can take then, or unlock it."""
        return cast(Seat, await self.call("seats/lock", seat=seat, locked=locked))

    async def remove_from_seat(self, user_id: str) -> None:
        """Remove somebody from their seat."""
        await self.call("seats/kick", targetId=user_id)
