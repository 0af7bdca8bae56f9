"""``battles/*``: hosts invite each other to battles, answer, look for an opponent, and give up."""

from datetime import timedelta
from typing import Annotated

import msgspec

from liveroom.api.battles.shapes import ListedBattle, listed_battle, read_side_numbers
from liveroom.api.codes import Code
from liveroom.api.declare import Data, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Many, Request, Text, Whole
from liveroom.api.shapes import Shape
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.battles.model import DURATION_MAX, InviteOutcome
from liveroom.domain.battles.payloads import BattleInvitation, BattleNews, CurrentBattle, battle_news, current_battle
from liveroom.domain.connections.model import ROOMS_MAX
from liveroom.domain.errors import RequestNotFound
from liveroom.domain.ids import RoomId
from liveroom.domain.payloads import time_or_empty, wire_time
from liveroom.domain.rooms.model import CATEGORY_MAX
from liveroom.domain.rooms.permissions import Right
from liveroom.usecases.battles.current import RoomBattles
from liveroom.usecases.battles.ending import BattleEnds
from liveroom.usecases.battles.immediate import ImmediateBattles
from liveroom.usecases.battles.invitations import BattleInvitations, WantedBattle

_SECOND = timedelta(seconds=1)
_CALL = (Code.RoomNotExists, Code.PermissionDenied, Code.RateLimited)
_BEGIN = (*_CALL, Code.UserMuted, Code.RoomBattling, Code.BattleLimit)
_Outcome = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(InviteOutcome)})]


class InvitedToBattle(Shape):
    """What became of an invitation to one room."""

    room_id: str
    result: _Outcome
    """``invited``: it may answer, if all are. ``roomNotExists``: not live, its host is away, or the caller is banned or
    muted there. ``battling``: in a battle. ``connectingOtherRoom``: connected with others. ``connectionFull``: more
    than nine rooms would be connected. ``limitReached``: its owner has had as many battles as they may."""


class SentInvitation(Shape):
    """What became of an invitation."""

    rooms: list[InvitedToBattle]
    battle_id: str | msgspec.UnsetType = msgspec.UNSET
    """For ``battles/cancel``. Left out if not all rooms could be invited: then none is."""
    expire_utc: str | msgspec.UnsetType = msgspec.UNSET
    """Until when it can be accepted."""


class WaitingForOpponent(Shape):
    """A room waits for an opponent."""

    category: str
    expire_utc: str
    """How long it waits."""


class BattlesNow(Shape):
    """A room's battle, and what of battles waits there."""

    battle: CurrentBattle | None
    """Null: in none."""
    invitations: list[BattleInvitation]
    """Open invitations of the room and to it, for those who may answer them; empty for all others."""
    matching: WaitingForOpponent | None
    """How the room waits for an opponent, for the same; null: it does not."""


class FoundOpponent(Shape):
    """A battle with an opponent that was found, or until when the room waits for one."""

    battle: CurrentBattle | None
    """Null: the room waits."""
    expire_utc: str
    """How long it waits at most; empty if a battle has begun."""


class BattleWanted(Request):
    """``roomId``: the caller's live room. ``roomIds``: one to eight others. ``duration``: in seconds, 30 to 3600; if
    not given, as the service has set it.

    ``sides``: a number from 1 to 9 for each of ``roomIds``, as ``1,2,2``; the caller's room is on side 1, and rooms of
    one side win together. If not given, each room is a side of its own.
    """

    room_id: Id
    room_ids: Annotated[tuple[str, ...], Many(ROOMS_MAX - 1, ",")]
    sides: Annotated[str, Text(2 * ROOMS_MAX)] = ""
    duration: Annotated[int, Whole(30, DURATION_MAX // _SECOND)] | None = None

    def read(self) -> WantedBattle:
        """Return what is wanted. Raises ``BadRequest``."""
        rooms, sides = [RoomId(room) for room in self.room_ids], read_side_numbers(self.sides)
        duration = None if self.duration is None else self.duration * _SECOND
        return WantedBattle(RoomId(self.room_id), rooms, sides, duration)


@method(
    "base/v1/battles/invite", bad_request=Code.RoomQueryParams, right=Right.CONNECT, reply=SentInvitation, codes=_BEGIN
)
async def invite(call: BattleWanted, actor: Actor, invitations: BattleInvitations) -> SentInvitation:
    """Invite other rooms to a battle; owner or admin only (3000). All are invited or none: ``rooms`` says why.

    Their owners receive ``battle.invited``. The battle begins when all have answered and a room of another side has
    accepted; after at most 30 seconds with those who have. Rooms that are not connected with the caller's are connected
    then. Repeating the call returns the open invitation; another one while it is open, or in a battle: 3060.
    """
    invited = await invitations.invite(actor, call.read())
    battle = invited.battle
    return SentInvitation(
        rooms=[InvitedToBattle(room_id=room, result=outcome.value) for room, outcome in invited.outcomes],
        battle_id=msgspec.UNSET if battle is None else battle.id,
        expire_utc=msgspec.UNSET if battle is None else time_or_empty(battle.due),
    )


@method(
    "base/v1/battles/start",
    bad_request=Code.RoomQueryParams,
    right=Right.CONNECT,
    reply=CurrentBattle,
    codes=(*_BEGIN, Code.ConsentRequired),
)
async def start(call: BattleWanted, actor: Actor, immediate: ImmediateBattles) -> CurrentBattle:
    """Begin a battle at once between connected rooms that allow it (``openBattles``); owner or admin only (3000).

    A room that is not connected, or does not allow it: 3062, invite it. In a battle already: 3060.
    """
    return current_battle(await immediate.begin(actor, call.read()), immediate.now())


class AnswerBattle(Request):
    """``roomId``: the room that was invited."""

    room_id: Id
    battle_id: Id


@method(
    "base/v1/battles/accept",
    bad_request=Code.RoomQueryParams,
    right=Right.CONNECT,
    reply=BattleNews,
    codes=(*_BEGIN, Code.RequestNotExists),
)
async def accept(call: AnswerBattle, actor: Actor, invitations: BattleInvitations) -> BattleNews:
    """Accept an invitation to a battle; owner or admin only (3000). ``battle`` is null while others have not answered.

    No longer open: 3012. In a battle: 3060; the owner has had as many battles as they may: 3063.
    """
    return battle_news(await invitations.accept(actor, RoomId(call.room_id), call.battle_id), invitations.now())


@method(
    "base/v1/battles/refuse",
    bad_request=Code.RoomQueryParams,
    right=Right.CONNECT,
    codes=(*_CALL, Code.RequestNotExists),
)
async def refuse(call: AnswerBattle, actor: Actor, invitations: BattleInvitations) -> None:
    """Refuse an invitation to a battle; owner or admin only (3000). No longer open: 3012."""
    await invitations.refuse(actor, RoomId(call.room_id), call.battle_id)


class WithdrawBattle(Request):
    """``roomId``: the room that has invited, or waits for an opponent. ``battleId``: which invitation; if not given,
    the room's open one, and it waits for an opponent no longer.
    """

    room_id: Id
    battle_id: Id = ""


@method(
    "base/v1/battles/cancel",
    bad_request=Code.RoomQueryParams,
    right=Right.CONNECT,
    codes=(*_CALL, Code.RequestNotExists),
)
async def cancel(
    call: WithdrawBattle, actor: Actor, invitations: BattleInvitations, immediate: ImmediateBattles
) -> None:
    """Withdraw an invitation, or stop waiting for an opponent; owner or admin only (3000). No longer open: 3012."""
    is_closed = await invitations.cancel(actor, RoomId(call.room_id), call.battle_id)
    if not call.battle_id:
        await immediate.stop(RoomId(call.room_id))
    elif not is_closed:
        raise RequestNotFound


class FindOpponent(Request):
    """``roomId``: the caller's live room. ``category``: of the opponent; if not given, that of the room."""

    room_id: Id
    category: Annotated[str, Text(CATEGORY_MAX)] = ""


@method(
    "base/v1/battles/match",
    bad_request=Code.RoomQueryParams,
    right=Right.CONNECT,
    reply=FoundOpponent,
    codes=(*_BEGIN, Code.RoomConnected),
)
async def match(call: FindOpponent, actor: Actor, immediate: ImmediateBattles) -> FoundOpponent:
    """Wait for an opponent in a category: of those who wait the first two are connected and begin a battle.

    Owner or admin only (3000). A room waits for 30 seconds; call again to wait longer. Its events say when a battle
    begins. Connected with others: 3040; in a battle: 3060.
    """
    battle, waiting = await immediate.match(actor, RoomId(call.room_id), call.category)
    if battle is not None:
        return FoundOpponent(battle=current_battle(battle, immediate.now()), expire_utc="")
    return FoundOpponent(battle=None, expire_utc=wire_time(waiting.expires))


class RoomInBattle(Request):
    """The room."""

    room_id: Id


@method(
    "base/v1/battles/end",
    bad_request=Code.RoomQueryParams,
    right=Right.CONNECT,
    codes=(*_CALL, Code.BattleNotExists),
)
async def end(call: RoomInBattle, actor: Actor, ends: BattleEnds) -> None:
    """Give up: the room leaves its battle; owner or admin only (3000). In none: 3061.

    The others go on as long as they are of two sides; else the side that is left wins. The rooms stay connected.
    """
    await ends.give_up(actor, RoomId(call.room_id))


@method(
    "base/v1/battles/current",
    bad_request=Code.RoomQueryParams,
    reply=BattlesNow,
    codes=(Code.RoomNotExists, Code.NotInRoom),
)
async def current(call: RoomInBattle, actor: Actor, battles: RoomBattles) -> BattlesNow:
    """Return the battle that a room is in, for its members (else 3007), and for its owner and admins what waits."""
    found = await battles.current(actor, RoomId(call.room_id))
    waiting = found.waiting
    return BattlesNow(
        battle=None if found.battle is None else current_battle(found.battle, found.now, found.told),
        invitations=list(found.invitations),
        matching=None
        if waiting is None
        else WaitingForOpponent(category=waiting.category, expire_utc=wire_time(waiting.expires)),
    )


class ListBattles(Request):
    """``roomId``: the caller's live room. ``cursor``: the ``nextCursor`` of the previous page."""

    room_id: Id
    limit: Annotated[int, Whole(1, 100)] = 20
    cursor: Id = ""


@method(
    "base/v1/battles/history",
    bad_request=Code.RoomQueryParams,
    right=Right.CONNECT,
    reply=list[ListedBattle],
    data=Data.LIST,
    codes=(Code.RoomNotExists, Code.PermissionDenied),
)
async def history(call: ListBattles, actor: Actor, battles: RoomBattles) -> Page:
    """List battles of a room, the newest first; owner or admin only (3000)."""
    found, cursor = await battles.history(actor, RoomId(call.room_id), cursor=call.cursor, limit=call.limit)
    return Page.of([listed_battle(past) for past in found], cursor)
