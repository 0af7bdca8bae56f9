"""The messages of the Centrifuge client protocol (version 2), with the names that they have in its JSON.

``data`` and what else is ``Raw`` is JSON that is passed on as it is, in the Protobuf form of the protocol as well; it
may be a view of the message that it came in. ``NO_DATA`` where there is none. Fields that have their default are not
sent.
"""

from typing import Annotated, Final

from msgspec import Meta, Raw, Struct

NO_DATA: Final = Raw(b"")
COMMANDS_MAX: Final = 256
"""Commands in one message of a client: more than an SDK that subscribes to all its channels at once sends."""


class BadFrame(Exception):
    """A message is none of the protocol; the text says why, to whoever sent it."""


Uint32 = Annotated[int, Meta(ge=0, le=0xFFFF_FFFF)]
Int32 = Annotated[int, Meta(ge=-0x8000_0000, le=0x7FFF_FFFF)]
Int64 = Annotated[int, Meta(ge=-0x8000_0000_0000_0000, le=0x7FFF_FFFF_FFFF_FFFF)]
Offset = Annotated[int, Meta(ge=0, le=0x7FFF_FFFF_FFFF_FFFF)]


class WireMessage(Struct, frozen=True, omit_defaults=True, gc=False):
    """What all have in common. They hold no cycles, so the collector need not look at them."""


# What a client asks for.


class SubscribeRequest(WireMessage, frozen=True):
    """In ``ConnectRequest.subs``: where a subscription that the server makes was left."""

    channel: str = ""
    token: str = ""
    recover: bool = False
    epoch: str = ""
    offset: Offset = 0
    data: Raw = NO_DATA
    positioned: bool = False
    recoverable: bool = False
    join_leave: bool = False
    delta: str = ""
    """Kinds of differences that the client could apply; we send none."""
    tf: Raw = NO_DATA
    """A filter of publications by tags, as it came; ours have no tags."""
    flag: Int64 = 0
    """Bits: ``REJECT_UNRECOVERED``, and others that mean nothing here."""


REJECT_UNRECOVERED: Final = 2
"""Answer error 112 when the missed publications cannot be given, instead of going on without them."""


class ConnectRequest(WireMessage, frozen=True):
    token: str = ""
    data: Raw = NO_DATA
    subs: dict[str, SubscribeRequest] = {}
    name: str = ""
    version: str = ""
    headers: dict[str, str] = {}
    flag: Int64 = 0


class RefreshRequest(WireMessage, frozen=True):
    token: str = ""


class SubRefreshRequest(WireMessage, frozen=True):
    channel: str = ""
    token: str = ""


class UnsubscribeRequest(WireMessage, frozen=True):
    channel: str = ""


class PublishRequest(WireMessage, frozen=True):
    channel: str = ""
    data: Raw = NO_DATA


class PresenceRequest(WireMessage, frozen=True):
    channel: str = ""


class PresenceStatsRequest(WireMessage, frozen=True):
    channel: str = ""


class StreamPosition(WireMessage, frozen=True):
    offset: Offset = 0
    epoch: str = ""


class HistoryRequest(WireMessage, frozen=True):
    channel: str = ""
    limit: Int32 = 0
    """0: only the position; below 0: without a limit."""
    since: StreamPosition | None = None
    reverse: bool = False


class PingRequest(WireMessage, frozen=True):
    pass


class SendRequest(WireMessage, frozen=True):
    data: Raw = NO_DATA


class RPCRequest(WireMessage, frozen=True):
    data: Raw = NO_DATA
    method: str = ""


Request = (
    ConnectRequest
    | SubscribeRequest
    | UnsubscribeRequest
    | PublishRequest
    | PresenceRequest
    | PresenceStatsRequest
    | HistoryRequest
    | PingRequest
    | SendRequest
    | RPCRequest
    | RefreshRequest
    | SubRefreshRequest
)


class Command(WireMessage, frozen=True):
    """One request, and the id that its reply will have. Without either it answers a ping."""

    id: Uint32 = 0
    connect: ConnectRequest | None = None
    subscribe: SubscribeRequest | None = None
    unsubscribe: UnsubscribeRequest | None = None
    publish: PublishRequest | None = None
    presence: PresenceRequest | None = None
    presence_stats: PresenceStatsRequest | None = None
    history: HistoryRequest | None = None
    ping: PingRequest | None = None
    send: SendRequest | None = None
    rpc: RPCRequest | None = None
    refresh: RefreshRequest | None = None
    sub_refresh: SubRefreshRequest | None = None

    @property
    def request(self) -> Request | None:
        """The one that is set; None: a pong, or (with an id) a request that we do not know."""
        for name in _REQUESTS:
            request: Request | None = getattr(self, name)
            if request is not None:
                return request
        return None


_REQUESTS: Final = ("rpc", *(name for name in Command.__struct_fields__ if name not in ("id", "rpc")))


# What a client is told.


class Error(WireMessage, frozen=True):
    code: int
    message: str = ""
    temporary: bool = False
    """Asking again may help: SDKs do so by themselves."""


class ClientInfo(WireMessage, frozen=True):
    user: str
    client: str
    conn_info: Raw = NO_DATA
    chan_info: Raw = NO_DATA


class PublicationPush(WireMessage, frozen=True):
    data: Raw = NO_DATA
    info: ClientInfo | None = None
    offset: int = 0
    tags: dict[str, str] = {}
    time: int = 0


class Join(WireMessage, frozen=True):
    info: ClientInfo


class Leave(WireMessage, frozen=True):
    info: ClientInfo


class Unsubscribe(WireMessage, frozen=True):
    """From 2500 on SDKs subscribe again, with other codes they stay away."""

    code: int = 0
    reason: str = ""


class Subscribe(WireMessage, frozen=True):
    recoverable: bool = False
    epoch: str = ""
    offset: int = 0
    positioned: bool = False
    data: Raw = NO_DATA


class SubscribeResult(WireMessage, frozen=True):
    expires: bool = False
    ttl: int = 0
    recoverable: bool = False
    epoch: str = ""
    publications: list[PublicationPush] = []
    recovered: bool = False
    offset: int = 0
    positioned: bool = False
    data: Raw = NO_DATA
    was_recovering: bool = False
    delta: bool = False


class ConnectResult(WireMessage, frozen=True):
    """Also a push (``Push.connect``), of transports that only the server writes on."""

    client: str = ""
    version: str = ""
    expires: bool = False
    ttl: int = 0
    data: Raw = NO_DATA
    subs: dict[str, SubscribeResult] = {}
    ping: int = 0
    """Seconds between two pings of the server."""
    pong: bool = False
    """The client is to answer pings."""
    session: str = ""
    """By which the POSTs of emulated transports find the connection."""
    node: str = ""
    time: int = 0


class RefreshResult(WireMessage, frozen=True):
    client: str = ""
    version: str = ""
    expires: bool = False
    ttl: int = 0


class SubRefreshResult(WireMessage, frozen=True):
    expires: bool = False
    ttl: int = 0


class UnsubscribeResult(WireMessage, frozen=True):
    pass


class PublishResult(WireMessage, frozen=True):
    pass


class PresenceResult(WireMessage, frozen=True):
    presence: dict[str, ClientInfo] = {}


class PresenceStatsResult(WireMessage, frozen=True):
    num_clients: int = 0
    num_users: int = 0


class HistoryResult(WireMessage, frozen=True):
    publications: list[PublicationPush] = []
    epoch: str = ""
    offset: int = 0


class PingResult(WireMessage, frozen=True):
    pass


class RPCResult(WireMessage, frozen=True):
    data: Raw = NO_DATA


class ServerMessage(WireMessage, frozen=True):
    """Data for the connection, on no channel (``WireMessage`` in the protocol)."""

    data: Raw = NO_DATA


class Disconnect(WireMessage, frozen=True):
    """The connection is about to be closed, where the transport has no close frame that could say it."""

    code: int = 0
    reason: str = ""
    reconnect: bool = False


class Refresh(WireMessage, frozen=True):
    expires: bool = False
    ttl: int = 0


class Push(WireMessage, frozen=True):
    """What nobody asked for, on a channel or (``message``, ``connect``, ``disconnect``, ``refresh``) on none."""

    channel: str = ""
    pub: PublicationPush | None = None
    join: Join | None = None
    leave: Leave | None = None
    unsubscribe: Unsubscribe | None = None
    message: ServerMessage | None = None
    subscribe: Subscribe | None = None
    connect: ConnectResult | None = None
    disconnect: Disconnect | None = None
    refresh: Refresh | None = None


class Reply(WireMessage, frozen=True):
    """The answer to a command, or a push (without an id), or a ping (without anything)."""

    id: int = 0
    error: Error | None = None
    push: Push | None = None
    connect: ConnectResult | None = None
    subscribe: SubscribeResult | None = None
    unsubscribe: UnsubscribeResult | None = None
    publish: PublishResult | None = None
    presence: PresenceResult | None = None
    presence_stats: PresenceStatsResult | None = None
    history: HistoryResult | None = None
    ping: PingResult | None = None
    rpc: RPCResult | None = None
    refresh: RefreshResult | None = None
    sub_refresh: SubRefreshResult | None = None


PING: Final = Reply()
