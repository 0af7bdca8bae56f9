"""What the service answers, as dictionaries of these keys; a test compares them with docs/openapi.json.

Times are text in UTC, "" if there is none. Ignore keys that are not here: later releases of the service add some.
"""

from typing import Any, Literal, NotRequired, TypedDict

SeatMode = Literal["free", "apply", "invite"]


class Login(TypedDict):
    """What every way of signing in answers."""

    userId: str
    token: str
    expire: str
    name: str
    avatar: str
    phone: str
    email: str
    sdkAppId: int
    userSig: str


class FoundUser(TypedDict):
    """A user as others may see them."""

    userId: str
    name: str
    avatar: str
    tag: str
    tag2: str


class UserPresence(TypedDict):
    """Whether a user is online, and in which room."""

    userId: str
    online: bool
    since: str
    roomId: str
    role: str


class RoomInfo(TypedDict):
    """A room. ``status``: 0 live, 1 hidden (the hosts are gone for the moment), 2 reserved, 3 closed."""

    roomId: str
    category: str
    title: str
    cover: str
    subject: str
    description: str
    ownBy: str
    """The owner's user id."""
    createBy: str
    updateBy: str
    createUtc: str
    """When the broadcast began."""
    updateUtc: str
    star: int
    """Likes of the broadcast."""
    status: int
    removed: int
    """1 when it is closed, else 0."""
    nnUsers: int
    """Members now."""
    totalJoined: int
    """Distinct users who have been in the broadcast."""


class StreamAddress(TypedDict):
    """Where a stream is watched; ``expireUtc``: until when the address is good."""

    protocol: Literal["rtmp", "flv", "hls", "whep", "webrtc"]
    url: str
    expireUtc: NotRequired[str]


class RoomStream(TypedDict):
    """A stream that a room shows; ``width`` and ``height`` are 0 where they are not known.

    ``seat``: the seat to which it belongs; 0: none, it is a host's.
    """

    streamId: str
    userId: str
    seat: int
    state: Literal["live", "interrupted"]
    startUtc: str
    width: int
    height: int


class WatchedStream(RoomStream):
    """A stream with the caller's addresses; ``streams/current`` returns fresh ones."""

    addresses: list[StreamAddress]


class RunningRecording(TypedDict):
    """The recording of a room: tell people that they are recorded."""

    recordingId: str
    state: Literal["announced", "starting", "recording", "stopping", "processing", "ready", "failed", "deleted"]
    beginsAt: str


class EnteredRoom(RoomInfo):
    """The room, and the caller's role in it."""

    recording: NotRequired[RunningRecording]
    role: str
    streams: NotRequired[list[WatchedStream]]


class ConnectedHost(TypedDict):
    """A room of a connection, and its owner."""

    roomId: str
    userId: str
    name: str
    avatar: str


class ConnectedRooms(TypedDict):
    """Rooms that are connected; ignore one of a lower ``version``."""

    connectionId: str
    version: int
    startUtc: str
    rooms: list[ConnectedHost]


class BattlingRoom(TypedDict):
    """A room of a battle, and its owner."""

    roomId: str
    userId: str
    name: str
    avatar: str
    side: int
    score: int
    likes: int
    left: NotRequired[str]
    """Why it is in the battle no longer."""


class Battle(TypedDict):
    """A battle; ignore one of a lower ``version``, and scores of a lower ``scoreVersion`` while it runs."""

    battleId: str
    version: int
    state: Literal["running", "result"]
    startUtc: str
    endUtc: str
    endIn: int
    """Milliseconds until then."""
    duration: int
    """Seconds."""
    closeUtc: str
    closeIn: int
    scoreVersion: int
    rooms: list[BattlingRoom]
    winner: NotRequired[int]
    """With a result: a side, or 0 for a draw."""
    reason: NotRequired[str]


class ShownRoom(RoomInfo):
    """A room; if a show is scheduled there, with its time."""

    startUtc: NotRequired[str]
    minutes: NotRequired[int]
    connection: NotRequired[ConnectedRooms]
    battle: NotRequired[Battle]
    streams: NotRequired[list[WatchedStream]]
    recording: NotRequired[RunningRecording]


class Member(TypedDict):
    """A user in a room. ``role``: ``owner``, ``anchor``, ``moderator``, ``speaker``, ``audience`` or an app's own."""

    userId: str
    name: str
    avatar: str
    role: NotRequired[str]


class QuotedMessage(TypedDict):
    """What a reply shows of the message that it answers."""

    messageId: str
    userId: str
    name: str
    text: str
    """Its first 80 characters; empty if it has only data, or was recalled."""


class PinnedMessage(TypedDict):
    """The message that is pinned for everybody in the room, and who pinned it."""

    messageId: str
    userId: str
    name: str
    text: str
    by: str


class Message(TypedDict):
    """A message in a room."""

    messageId: str
    """A number, as text, unique in the room: a greater one is later."""
    userId: str
    """Its author; empty for a notice from the operator."""
    name: str
    avatar: str
    role: str
    type: Literal["text", "custom", "notice"]
    text: str
    """Empty if recalled."""
    data: dict[str, Any] | str | None
    """The app's data; None if there is none, or if recalled."""
    priority: Literal["low", "normal", "high"]
    time: str
    recalled: bool
    replyTo: NotRequired[QuotedMessage]
    mentions: NotRequired[list[str]]
    """The ids of the users whom it mentions."""


class Seat(TypedDict):
    """A seat of a room."""

    seat: int
    """Its number, from 1."""
    userId: str
    """The user in it; empty: nobody."""
    name: str
    avatar: str
    locked: bool
    audioMuted: bool
    """A host has muted it, and only a host can undo that; likewise ``videoMuted``."""
    videoMuted: bool
    audioOff: bool
    """The user in it has muted it; likewise ``videoOff``."""
    videoOff: bool


class SeatRequest(TypedDict):
    """An open application for a seat (``apply``), or an open invitation to one (``invite``)."""

    requestId: str
    kind: Literal["apply", "invite"]
    userId: str
    """Who would get the seat."""
    name: str
    avatar: str
    seat: int
    """Its number, from 1; 0: any."""
    by: str
    expireUtc: str


class SeatList(TypedDict):
    """Every seat of a room, and the open requests for them."""

    mode: SeatMode
    seats: list[Seat]
    requests: list[SeatRequest]


class Options(TypedDict):
    """A room's options."""

    access: Literal["public", "private", "invited"]
    hasPassword: bool
    seats: int
    seatMode: SeatMode
    slowMode: int
    """Seconds between two messages of a member of the audience; 0: off."""
    muted: bool
    startUtc: str
    endUtc: str
    pinned: PinnedMessage | None
    gifts: bool
    """Gifts may be sent here, where the service offers them."""
    openBattles: bool
    """Connected rooms may begin a battle with it without asking."""
    followersChat: bool
    """Of the audience, only followers of the owner and users in a seat can write."""
    followersSeats: bool
    """Of the audience, only followers of the owner can take a seat or apply for one."""
    recorded: bool
    liveCover: bool
    """Lists show frames of the stream as the room's picture."""


class OptionsWithLink(Options):
    """A room's options, with the key in the link of a private room for those who may invite."""

    linkKey: NotRequired[str]


class Metadata(TypedDict):
    """The JSON object that a room shares, and the version that a change has to name."""

    version: int
    metadata: dict[str, Any]


class GivenRole(TypedDict):
    """A user, and the role to which the owner has appointed them."""

    userId: str
    role: str


class Restriction(TypedDict):
    """A ban or mute that was decided; ``untilUtc`` is empty if it lasts for ever."""

    userId: str
    untilUtc: str


class GiftTotals(TypedDict):
    """All gifts of the broadcast so far."""

    coins: int
    """What they cost together."""
    gifts: int
    senders: int
    """How many different users have sent any."""


class RoomSnapshot(TypedDict):
    """A room's whole state, which includes all events up to ``seq``."""

    epoch: str
    seq: int
    offset: int
    room: RoomInfo
    members: list[Member]
    """At most 100, in the order they joined."""
    membersTotal: int
    options: Options
    seats: SeatList
    connection: ConnectedRooms | None
    gifts: NotRequired[GiftTotals]
    """Left out if nothing was sent."""
    battle: Battle | None
    time: str
    """When all this was so, by the service's clock."""
    streams: NotRequired[list[RoomStream]]
    """Left out if there are none."""


class IceServer(TypedDict):
    """A STUN or TURN server, as ``RTCPeerConnection`` takes it."""

    urls: list[str]
    username: NotRequired[str]
    credential: NotRequired[str]


class Mesh(TypedDict):
    """What browsers need to connect to each other."""

    iceServers: list[IceServer]


class Credential(TypedDict):
    """What the media of a room take: the member of the provider's name has it."""

    provider: Literal["mesh", "trtc", "livekit"]
    role: str
    expire: str
    mesh: NotRequired[Mesh]
    trtc: NotRequired[dict[str, Any]]
    livekit: NotRequired[dict[str, Any]]


class ListSnapshot(TypedDict):
    """The first rooms of a list, the newest first."""

    rev: int
    rooms: list[RoomInfo]


ListNews = TypedDict("ListNews", {"rev": int, "set": list[RoomInfo], "nn": dict[str, list[int]], "del": list[str]})
"""What has changed in a list: new and changed rooms, new counts by room, rooms that are gone."""


class AdminUser(TypedDict):
    """A user, as the operator sees them."""

    userId: str
    name: str
    avatar: str
    tag: str
    tag2: str
    phone: str
    email: str
    admin: bool
    bannedUntil: str
    banReason: str
    createUtc: str
    updateUtc: str


class AdminRoom(RoomInfo):
    """A room, as the operator sees it."""

    state: str
    hidden: bool
    barred: bool
    broadcastId: str
    heldBy: str
    capacity: int
    type: str
    linkKey: NotRequired[str]
