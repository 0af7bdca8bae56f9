"""What happens in a room, and to the user: dictionaries, told apart by ``type``, which type checkers understand.

    async for event in room.events():
        if event["type"] == "message.sent":
            print(event["data"]["text"])

Ignore types that are not here: later releases of the service, and its modules, add some.
"""

from typing import Any, Literal, NotRequired, TypedDict

from liveroom_client.shapes import (
    Battle,
    ConnectedRooms,
    GiftTotals,
    Member,
    Message,
    Options,
    RoomInfo,
    RoomStream,
    RunningRecording,
    Seat,
    SeatMode,
    SeatRequest,
)

Ended = Literal["destroyed", "owner_gone", "owner_deleted", "closed_by_admin", "time_over", "not_held"]
"""Why a broadcast ended."""


class Happened(TypedDict):
    """What every event has. ``seq`` counts within an ``epoch``; ``by``: whose call caused it, if somebody else's."""

    seq: int
    epoch: str
    time: str
    cause: Literal["call", "presence", "room", "service"]
    by: NotRequired[str]


class RoomChanged(Happened):
    """A broadcast has begun, changed, lost its hosts for the moment, got them back, or has another owner."""

    type: Literal["room.opened", "room.updated", "room.hidden", "room.restored", "room.owner_changed"]
    room: RoomInfo


class RoomClosed(Happened):
    """The broadcast has ended."""

    type: Literal["room.closed"]
    reason: Ended


class Notice(TypedDict):
    """A text of the operator for people, and data for their apps."""

    text: str
    data: NotRequired[Any]


class RoomNotice(Happened):
    """The operator has sent the room a notice."""

    type: Literal["room.notice"]
    data: Notice


class RoomCounts(Happened):
    """How many are in the room, and have been; ``sample``: in a crowded room some of the latest to join."""

    type: Literal["room.counts"]
    nnUsers: int
    totalJoined: int
    sample: list[Member]


class MemberEntered(Happened):
    """A user has joined."""

    type: Literal["member.entered"]
    userId: str
    name: str
    avatar: str
    role: str


class MemberLeft(Happened):
    """A user has left; ``elsewhere``: they entered another room, ``lost``: no sign of life."""

    type: Literal["member.left"]
    userId: str
    reason: Literal["left", "lost", "kicked", "closed", "elsewhere"]


class RoleChanged(Happened):
    """A member's role has changed."""

    type: Literal["member.role_changed"]
    userId: str
    role: str


class ProfileChanged(Happened):
    """A member's name or picture has changed."""

    type: Literal["member.profile_changed"]
    userId: str
    name: str
    avatar: str


class OptionsChanged(Happened):
    """The room's options have changed."""

    type: Literal["room.options_changed"]
    data: Options


class NewLikes(TypedDict):
    """All likes of the broadcast, and how many are new."""

    likes: int
    added: int


class RoomLikes(Happened):
    """Somebody likes the broadcast."""

    type: Literal["room.likes"]
    data: NewLikes


class SentGift(TypedDict):
    """A gift to one receiver."""

    sentId: str
    """Unique: the same gift, sent again, has another."""
    giftId: str
    """Which of the catalogue it is."""
    version: int
    count: int
    coins: int
    """What they cost together."""
    senderId: str
    senderName: str
    senderAvatar: str
    receiverId: str
    receiverName: str
    name: NotRequired[str]
    comboId: NotRequired[str]
    comboTotal: NotRequired[int]
    """How many the combo has with it. Show the highest that was received: events may be left out."""
    late: NotRequired[bool]
    """It was sent a while ago, and is not worth an animation."""


class GiftSent(Happened):
    """A gift was sent. After a failure it may be told twice, with the same ``sentId``."""

    type: Literal["gift.sent"]
    data: SentGift


class OtherGifts(TypedDict):
    """Gifts without events of their own, and what they cost together."""

    count: int
    coins: int


class MoreGifts(Happened):
    """More gifts were sent than are told one by one."""

    type: Literal["gift.more"]
    data: OtherGifts


class GiftTotalsChanged(Happened):
    """What was sent in the broadcast so far."""

    type: Literal["gift.totals"]
    data: GiftTotals


class NewMetadata(TypedDict):
    """The room's shared object; left out if it is large: call ``rooms/metadata``."""

    version: int
    metadata: NotRequired[dict[str, Any]]


class NewConnection(TypedDict):
    """The rooms that the room is connected with now; ``None``: with none."""

    connection: ConnectedRooms | None


class RoomConnectionChanged(Happened):
    """The room was connected with others, or is so no longer; or another room has joined or left."""

    type: Literal["connection.changed"]
    data: NewConnection


class NewStreams(TypedDict):
    """The streams that the room has now."""

    streams: list[RoomStream]


class StreamChanged(Happened):
    """A stream of the room has begun, was interrupted, has come back, or is over."""

    type: Literal["stream.changed"]
    data: NewStreams


class NewBattle(TypedDict):
    """The battle that the room is in now; ``None``: in none."""

    battle: Battle | None


class BattleStarted(Happened):
    """A battle has begun in the room."""

    type: Literal["battle.started"]
    data: NewBattle


class BattleChanged(Happened):
    """A room has left the battle, or its result is shown no longer."""

    type: Literal["battle.changed"]
    data: NewBattle


class BattleEnded(Happened):
    """The battle is decided."""

    type: Literal["battle.ended"]
    data: NewBattle


class RoomScore(TypedDict):
    """What a room has scored."""

    roomId: str
    side: int
    score: int
    likes: int


class BattleScores(TypedDict):
    """The scores of a running battle; ignore those of a lower ``version``."""

    battleId: str
    version: int
    rooms: list[RoomScore]


class BattleScored(Happened):
    """Scores of the room's battle, at most five times a second."""

    type: Literal["battle.score"]
    data: BattleScores


class SentEnvelope(TypedDict):
    """A red envelope; times are in UTC, ``opensIn`` and ``endsIn`` milliseconds by the server's clock."""

    envelopeId: str
    senderId: str
    """Empty: the operator."""
    senderName: str
    senderAvatar: str
    coins: int
    parts: int
    split: Literal["equal", "random"]
    audience: Literal["everyone", "present", "followers"]
    sentAt: str
    opensAt: str
    endsAt: str
    commitment: str
    """SHA-256 of the seed and the terms, in hex."""
    opensIn: int
    endsIn: int


class OpenedEnvelope(TypedDict):
    """A red envelope that can be grabbed now."""

    envelopeId: str
    endsAt: str
    endsIn: int


class GrabbedPart(TypedDict):
    """A part of a red envelope, and who has it."""

    userId: str
    name: str
    number: int
    coins: int


class EnvelopeProgress(TypedDict):
    """What was grabbed since the event before; show the lowest ``left``."""

    envelopeId: str
    left: int
    grabs: list[GrabbedPart]


class EndedEnvelope(TypedDict):
    """A red envelope that is over, with what proves its draw."""

    envelopeId: str
    reason: Literal["taken", "expired", "closed", "cancelled"]
    grabbed: int
    grabbedCoins: int
    rest: int
    luckiest: GrabbedPart | None
    seed: str


class EnvelopeSent(Happened):
    """A red envelope was sent to the room; after a failure perhaps twice, with the same ``envelopeId``."""

    type: Literal["envelope.sent"]
    data: SentEnvelope


class EnvelopeOpened(Happened):
    """A red envelope that was to open later can be grabbed."""

    type: Literal["envelope.opened"]
    data: OpenedEnvelope


class EnvelopeGrabbed(Happened):
    """Members have grabbed parts; at most five times a second."""

    type: Literal["envelope.grabbed"]
    data: EnvelopeProgress


class EnvelopeEnded(Happened):
    """A red envelope is over."""

    type: Literal["envelope.ended"]
    data: EndedEnvelope


class RecordingNews(RunningRecording):
    """What has become of a recording; ``beginsIn`` is in milliseconds, by the server's clock."""

    beginsIn: int
    reason: str
    files: int


class RecordingAnnounced(Happened):
    """The broadcast will be recorded from ``beginsAt`` on."""

    type: Literal["recording.announced"]
    data: RecordingNews


class RecordingStarted(Happened):
    """The broadcast is being recorded."""

    type: Literal["recording.started"]
    data: RecordingNews


class RecordingEnded(Happened):
    """The broadcast is not recorded any more."""

    type: Literal["recording.ended"]
    data: RecordingNews


class RecordingFailed(Happened):
    """The recording could not be made."""

    type: Literal["recording.failed"]
    data: RecordingNews


class RecordingReady(Happened):
    """A recording of the running broadcast can be played; told again when more of its files come."""

    type: Literal["recording.ready"]
    data: RecordingNews


class ActivityTally(TypedDict):
    """What is counted in an activity; show the highest ``votes``. ``counts``: left out if they are for the end."""

    activityId: str
    votes: int
    counts: NotRequired[dict[str, int]]


class ActivityState(TypedDict):
    """An activity that runs, such as a poll: ``state`` is what its type shows."""

    activityId: str
    type: str
    version: int
    userId: str
    startAt: str
    endAt: NotRequired[str]
    state: dict[str, Any]
    tally: NotRequired[ActivityTally]


class ActivityChange(ActivityState):
    """An activity after a change. ``action``: what was done; empty: its time came."""

    action: str


class EndedActivity(TypedDict):
    """An activity that is over: ``result`` is what came of it, by its type."""

    activityId: str
    type: str
    version: int
    reason: Literal["finished", "ended", "timeOver", "closed", "withdrawn"]
    votes: int
    result: dict[str, Any]


class ActivityStarted(Happened):
    """An activity has begun; after a failure perhaps twice, with the same ``activityId``."""

    type: Literal["activity.started"]
    data: ActivityState


class ActivityChanged(Happened):
    """Something was done in an activity: ignore one whose ``version`` is not higher than yours."""

    type: Literal["activity.changed"]
    data: ActivityChange


class ActivityTallied(Happened):
    """What is counted in an activity; at most five times a second."""

    type: Literal["activity.tally"]
    data: ActivityTally


class ActivityEnded(Happened):
    """An activity is over."""

    type: Literal["activity.ended"]
    data: EndedActivity


class ArrivingRaid(TypedDict):
    """From which room an audience may come now, and who has sent it."""

    activityId: str
    roomId: str
    userId: str
    name: str
    avatar: str


class RaidArrived(Happened):
    """The hosts of another room have sent its audience here."""

    type: Literal["raid.arrived"]
    data: ArrivingRaid


class ReachedGoal(TypedDict):
    """A target of a goal: its number among the goal's targets, from 1, and how many there are."""

    activityId: str
    title: str
    measure: str
    giftId: str
    target: int
    step: int
    steps: int


class GoalReached(Happened):
    """A target of a goal is reached."""

    type: Literal["goal.reached"]
    data: ReachedGoal


class MetadataChanged(Happened):
    """The room's shared object has changed."""

    type: Literal["room.metadata_changed"]
    data: NewMetadata


class Standing(TypedDict):
    """What a room has decided about a user. Times in 9999: for ever; empty: not."""

    userId: str
    role: Literal["", "moderator", "anchor"]
    mutedUntil: str
    bannedUntil: str
    invited: bool


class StandingChanged(Happened):
    """A user was appointed, muted, banned or invited, or that was undone."""

    type: Literal["member.standing_changed"]
    data: Standing


class AllSeats(TypedDict):
    """Every seat, and how one gets one."""

    mode: SeatMode
    seats: list[Seat]


class SeatsChanged(Happened):
    """A seat was taken, left, locked or muted, or their number or mode has changed."""

    type: Literal["seats.changed"]
    data: AllSeats


class SeatRequested(Happened):
    """A user has applied for a seat, or was invited to one."""

    type: Literal["seats.requested"]
    data: SeatRequest


class SeatAnswer(TypedDict):
    """What came of a request for a seat; ``seat`` 0: none."""

    requestId: str
    kind: Literal["apply", "invite"]
    userId: str
    seat: int
    outcome: Literal["approved", "accepted", "refused", "cancelled", "expired"]
    reason: str
    by: str


class SeatAnswered(Happened):
    """A request for a seat is closed."""

    type: Literal["seats.answered"]
    data: SeatAnswer


class SentMessage(Message):
    """A message as it was sent; ``key``: what its author sent it with."""

    key: NotRequired[str]


class MessageSent(Happened):
    """Somebody has written."""

    type: Literal["message.sent"]
    data: SentMessage


class Recalled(TypedDict):
    """A message, its author, and who recalled it."""

    messageId: str
    userId: str
    by: str


class MessageRecalled(Happened):
    """A message was recalled: stop showing its text."""

    type: Literal["message.recalled"]
    data: Recalled


class StateReplaced(TypedDict):
    """From this package: the room's state was read anew (a long cut, a new epoch), or this reader was too slow.

    What happened meanwhile is in the state, but was not passed on as events.
    """

    type: Literal["state.replaced"]


RoomEvent = (
    RoomChanged
    | RoomClosed
    | RoomNotice
    | RoomCounts
    | MemberEntered
    | MemberLeft
    | RoleChanged
    | ProfileChanged
    | OptionsChanged
    | RoomLikes
    | GiftSent
    | MoreGifts
    | GiftTotalsChanged
    | MetadataChanged
    | RoomConnectionChanged
    | StreamChanged
    | BattleStarted
    | BattleChanged
    | BattleEnded
    | BattleScored
    | EnvelopeSent
    | EnvelopeOpened
    | EnvelopeGrabbed
    | EnvelopeEnded
    | RecordingAnnounced
    | RecordingStarted
    | RecordingEnded
    | RecordingFailed
    | RecordingReady
    | ActivityStarted
    | ActivityChanged
    | ActivityTallied
    | ActivityEnded
    | RaidArrived
    | GoalReached
    | StandingChanged
    | SeatsChanged
    | SeatRequested
    | SeatAnswered
    | MessageSent
    | MessageRecalled
    | StateReplaced
)


class UserSignedOut(Happened):
    """The session has ended: it is the last event."""

    type: Literal["user.signed_out"]
    reason: Literal["logout", "deleted", "banned", "replaced"]


class Invitation(TypedDict):
    """An invitation to a room, or (with ``requestId``) to a seat in one."""

    roomId: str
    kind: Literal["room", "seat"]
    by: str
    title: NotRequired[str]
    requestId: NotRequired[str]
    seat: NotRequired[int]
    expireUtc: NotRequired[str]


class Invited(Happened):
    """The user is invited."""

    type: Literal["user.invited"]
    data: Invitation


class Removal(TypedDict):
    """The room (empty: all rooms), why, and the end of a ban (empty: none)."""

    roomId: str
    reason: Literal["kicked", "banned"]
    text: NotRequired[str]
    untilUtc: NotRequired[str]


class Removed(Happened):
    """The user was removed from a room."""

    type: Literal["user.removed"]
    data: Removal


class UserNotice(Happened):
    """The operator has sent the user a notice."""

    type: Literal["user.notice"]
    data: Notice


class SentStatement(TypedDict):
    """A statement of reasons: what was done to the user, why, until when, and how to appeal."""

    statementId: str
    measure: Literal["warn", "mute", "kick", "ban", "close"]
    roomId: str
    """Where it holds; empty: everywhere."""
    reasonId: str
    text: str
    """Why, for people."""
    timeUtc: str
    untilUtc: str
    """Until when a mute or ban holds; empty: permanently, or nothing that lasts."""
    state: Literal["", "appealed", "granted", "denied"]
    appeal: str
    answer: str
    mayAppeal: bool
    appealToken: str
    """For ``moderation/appeal_by_token``, which needs no login."""


class Stated(Happened):
    """The operator has done something to the user, or answered their appeal."""

    type: Literal["user.statement"]
    data: SentStatement


class ReportResult(TypedDict):
    """What came of a report that the user has made."""

    reportId: str
    result: Literal["acted", "dismissed", "closed"]
    text: str
    """The same for people."""


class ResolvedReport(Happened):
    """A report that the user has made was resolved."""

    type: Literal["report.resolved"]
    data: ReportResult


class Signalled(Happened):
    """Another member has sent a signal for the media of the room."""

    type: Literal["rtc.signal"]
    roomId: str
    fromUserId: str
    payload: dict[str, Any] | str


class ConnectionAsked(TypedDict):
    """A room asks another one for a connection."""

    requestId: str
    roomId: str
    askedRoomId: str
    userId: str
    """Who asks."""
    name: str
    avatar: str
    expireUtc: str
    expireIn: int
    """Milliseconds until then."""


class ConnectionRequested(Happened):
    """One's room is asked for a connection, or has asked another."""

    type: Literal["connection.requested"]
    data: ConnectionAsked


class AnsweredConnection(TypedDict):
    """How a request for a connection ended."""

    requestId: str
    roomId: str
    askedRoomId: str
    result: Literal["accepted", "refused", "cancelled", "expired"]


class ConnectionAnswered(Happened):
    """A request for a connection, to one's room or of it, is closed."""

    type: Literal["connection.answered"]
    data: AnsweredConnection


class BattleGuest(TypedDict):
    """A room that a battle is to have, and its owner."""

    roomId: str
    userId: str
    name: str
    avatar: str
    side: int


class BattleInvitation(TypedDict):
    """A room invites others to a battle."""

    battleId: str
    roomId: str
    userId: str
    rooms: list[BattleGuest]
    duration: int
    """Seconds."""
    expireUtc: str
    expireIn: int
    """Milliseconds until then."""


class BattleInvited(Happened):
    """One's room is invited to a battle, or has invited others."""

    type: Literal["battle.invited"]
    data: BattleInvitation


class AnsweredInvitation(TypedDict):
    """How an invitation to a battle was answered or closed."""

    battleId: str
    roomId: str
    result: Literal["accepted", "refused", "cancelled", "expired"]


class BattleAnswered(Happened):
    """An invitation to a battle, to one's room or of it, was answered or is closed."""

    type: Literal["battle.answered"]
    data: AnsweredInvitation


class ConnectionChanged(TypedDict):
    """From this package: the socket is ``connected``, or ``away`` and trying to come back."""

    type: Literal["connection"]
    state: Literal["connected", "away"]


UserEvent = (
    UserSignedOut
    | Invited
    | Removed
    | UserNotice
    | Stated
    | ResolvedReport
    | ConnectionRequested
    | ConnectionAnswered
    | BattleInvited
    | BattleAnswered
    | Signalled
    | ConnectionChanged
)
