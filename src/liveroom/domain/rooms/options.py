"""What a room's owner may set: who comes in, seats, how fast people may write, and when the broadcast ends.

All of it but ``recorded``, and whether there are live covers, is of one broadcast: what was set while the room was
reserved or scheduled counts for the one that opens it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from secrets import token_urlsafe
from typing import Final, NamedTuple

from liveroom.domain.activities.model import Running
from liveroom.domain.battles.model import RoomBattle
from liveroom.domain.connections.model import RoomConnection
from liveroom.domain.envelopes.model import Shown
from liveroom.domain.ids import UserId
from liveroom.domain.recordings.model import ShownRecording
from liveroom.domain.streams.shown import ShownStreams

SEATS: Final = 8
"""Seats of a room by default."""
SEATS_MAX: Final = 50
SLOW_MAX: Final = timedelta(hours=1)
CLOCKS: Final = timedelta(seconds=1)
"""How far the clocks of two machines may be apart."""
PASSWORD_MAX: Final = 32
LINK_KEY_MAX: Final = 32
LASTS_MAX: Final = timedelta(days=30)
"""Longest time that a broadcast may be given."""


class Access(StrEnum):
    """Who may come in."""

    PUBLIC = "public"
    PRIVATE = "private"
    """No list shows it: whoever has its link comes in. For everybody else it does not exist."""
    INVITED = "invited"
    """No list shows it, and only who was invited comes in. For everybody else it does not exist."""


class SeatMode(StrEnum):
    """How an audience comes to a seat."""

    FREE = "free"
    """By taking it."""
    APPLY = "apply"
    """By applying for it; a host approves."""
    INVITE = "invite"
    """By a host's invitation only."""


class PinnedMessage(NamedTuple):
    """The message of a room that everybody sees above all others, as it was when it was pinned."""

    number: int
    user: UserId
    """"" for a notice."""
    name: str
    text: str
    by: UserId
    """Who pinned it."""


@dataclass(frozen=True, slots=True)
class RoomOptions:
    """A room's options."""

    access: Access = Access.PUBLIC
    password: str = ""
    """A keyed digest; "": none is asked for."""
    seats: int = SEATS
    seat_mode: SeatMode = SeatMode.APPLY
    seat_locks: int = 0
    """Locked seats: bit 0 is seat 1."""
    slow: timedelta = timedelta(0)
    """Least time between two messages of one member who may not speak up."""
    muted: bool = False
    """Only the owner, moderators and appointed anchors write."""
    starts: datetime | None = None
    """When a scheduled broadcast is to begin."""
    ends: datetime | None = None
    """When the broadcast is closed; before it begins: if it begins in time (``begun``)."""
    guarded: bool = False
    """Somebody has an access record in the room (``room_access``)."""
    link_key: str = ""
    """What the link of a private room carries; "" in all others."""
    pinned: PinnedMessage | None = None
    gifts: bool = True
    """Gifts may be sent in the room, where the installation offers them."""
    connection: RoomConnection | None = None
    """With which rooms it is connected: no option that is set, but it lives and travels with them."""
    battle: RoomBattle | None = None
    """The battle that it is in, likewise."""
    open_battles: bool = False
    """Connected rooms may begin a battle with it without asking."""
    envelopes: Shown = ()
    """Red envelopes that are not over: these travel with the options too."""
    followers_chat: bool = False
    """Of the audience only those write who follow the owner or have a seat."""
    followers_seats: bool = False
    """Of the audience only those who follow the owner take a seat or apply for one."""
    streams: ShownStreams = ()
    """Streams that are live or interrupted: these travel with the options too."""
    recorded: bool = False
    """Every broadcast that opens from then on is recorded, where the installation records."""
    recording: ShownRecording | None = None
    """The recording that is made now: it travels with the options too."""
    activities: Running = ()
    """Activities that run: these travel with the options too."""
    live_cover: str | None = None
    """A frame of the stream that lists show instead of the room's own picture, every 30 s another; "" while there is
    none, as in a room whose stream only members watch. None: the room does not allow it."""

    @property
    def is_listed(self) -> bool:
        """Say whether lists may show the room."""
        return self.access is Access.PUBLIC

    @property
    def shows_members(self) -> bool:
        """Say whether others than its members see who is in it."""
        return self.is_listed and not self.password

    @property
    def takes_covers(self) -> bool:
        """Say whether lists show frames of its stream: not of one that only members watch."""
        return self.live_cover is not None and self.shows_members

    def is_over(self, now: datetime) -> bool:
        """Say whether it has lasted as long as it may, by a clock that may be behind the one by which it is due."""
        return self.ends is not None and self.ends <= now + CLOCKS

    def begun(self, now: datetime) -> "RoomOptions":
        """Return them for a broadcast that begins now: it lasts as long as it was to when it was meant to begin."""
        if self.starts is None or self.ends is None:
            return replace(self, starts=None)
        return replace(self, starts=None, ends=now + (self.ends - self.starts))

    def without_live_cover(self) -> "RoomOptions":
        """Return them without a frame of the stream; the next one may bring another."""
        return replace(self, live_cover="") if self.live_cover else self

    def is_locked(self, seat: int) -> bool:
        """Say whether a seat, counted from 1, is locked."""
        return bool(self.seat_locks >> (seat - 1) & 1)


DEFAULTS: Final = RoomOptions()
"""The options of a room that nobody changed."""


class OptionChanges(NamedTuple):
    """What is to be set of a room's options; None leaves one as it is. Seats are set by ``seats``."""

    access: Access | None = None
    password: str | None = None
    """A keyed digest; "" takes it away."""
    slow: timedelta | None = None
    muted: bool | None = None
    lasts: timedelta | None = None
    """How long the broadcast goes on; zero: until its people close it."""
    link_key: str = ""
    """A fresh one, for a room that becomes private or is to have another link."""
    new_link: bool = False
    """The link that there was leads nowhere any more."""
    gifts: bool | None = None
    open_battles: bool | None = None
    followers_chat: bool | None = None
    followers_seats: bool | None = None
    recorded: bool | None = None
    live_cover: bool | None = None
    """Whether lists show frames of the stream."""

    @property
    def configures(self) -> bool:
        """Say whether something is to be set that is the owner's alone."""
        return self.new_link or any(
            one is not None
            for one in (
                *(self.access, self.password, self.lasts, self.gifts, self.open_battles, self.recorded),
                self.live_cover,
            )
        )

    def apply(self, options: RoomOptions, since: datetime) -> RoomOptions:
        """Return the options with the changes; the broadcast lasts from ``since``."""
        ends = options.ends
        if self.lasts is not None:
            ends = since + self.lasts if self.lasts else None
        access = options.access if self.access is None else self.access
        changed = replace(
            options,
            access=access,
            link_key=self._link_key(options) if access is Access.PRIVATE else "",
            password=options.password if self.password is None else self.password,
            slow=options.slow if self.slow is None else self.slow,
            muted=options.muted if self.muted is None else self.muted,
            ends=ends,
            gifts=options.gifts if self.gifts is None else self.gifts,
            open_battles=options.open_battles if self.open_battles is None else self.open_battles,
            followers_chat=options.followers_chat if self.followers_chat is None else self.followers_chat,
            followers_seats=options.followers_seats if self.followers_seats is None else self.followers_seats,
            recorded=options.recorded if self.recorded is None else self.recorded,
            live_cover=self._live_cover(options),
        )
        return changed if changed.shows_members else changed.without_live_cover()

    def _live_cover(self, options: RoomOptions) -> str | None:
        if self.live_cover is None:
            return options.live_cover
        return options.live_cover or "" if self.live_cover else None

    def _link_key(self, options: RoomOptions) -> str:
        return self.link_key if self.new_link or not options.link_key else options.link_key


def fresh_link_key() -> str:
    """Return what nobody guesses: 128 bits."""
    return token_urlsafe(16)
