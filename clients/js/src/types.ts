/** What the service says and takes, by the names of docs/openapi.json: `npm run types` makes openapi.ts from it. */

import type {
  ActivityObject,
  ActivityState,
  AnsweredQuestionObject,
  AskedRoom,
  AuditRow,
  BallotObject,
  BattleAnswered,
  BattleGuest,
  BattleInvitation as InvitationToBattle,
  BattleInvited as BattleInvitedEvent,
  BattlesNow,
  ConnectionClosed,
  ConnectionRequested,
  ConnectionState,
  CurrentBattle,
  CurrentConnection,
  EnteredRoom,
  EnvelopeDraw as DrawnEnvelope,
  EnvelopeObject,
  FollowedUser,
  AwaitedBroadcast as Awaited,
  BlockedUser as Blocked,
  GiftSent,
  GrabbedObject,
  GiftSums,
  HeldUser,
  HostIsLive,
  ListedUser,
  LoginReply,
  MessageObject,
  Options as RoomOptions,
  OptionsWithLink as RoomOptionsWithLink,
  OwnActivityObject,
  paths,
  PlayingSongObject,
  PointsObject,
  QueuedSongObject,
  QuestionVoteObject,
  RankedUserObject,
  Refusal,
  ReportRow,
  RoleHolder,
  RoomNews,
  RoundChange,
  RoundObject,
  RaidRequested,
  ReminderIsDue,
  RoomObject,
  ScheduledRoom as Scheduled,
  SentEnvelopeObject,
  SentGiftObject,
  ShownCatalogue,
  ShownGift,
  SentStatement,
  Seat as RoomSeat,
  SeatAnswer as AnsweredSeat,
  SeatAsked,
  SeatList,
  SignedOut,
  SongObject,
  SongQueueObject,
  SongWithLyricsObject,
  Signalled,
  StreamInRoom,
  NewlyFollowed,
  UserCounts,
  UserNotice,
  Stated,
  ResolvedReport,
  Invited,
  Removed,
  VotedObject,
  WalletChanged,
} from './openapi.js';

export type { BattleScore, Invitation, ListNews, ListState, OwnWallet, Removal, RoomNews, RunningEnvelope, RunningRecording, WalletLine, WalletState } from './openapi.js';
/** What a room's channel starts with. */
export type { RoomState as ChannelState } from './openapi.js';

type Base = '/base/v1/';
type PathOf<Method extends string> = Method extends `getUserInfo${string}` ? `/${Method}` : `${Base}${Method}`;
type MethodOf<Path> = Path extends `${Base}${infer Method}` ? Method : Path extends `/${infer Method}` ? Method : never;
type Body<Path extends keyof paths> = paths[Path] extends {
  post: { requestBody?: { content: { 'application/json': infer Given } } };
}
  ? Given
  : object;
type Reply<Path extends keyof paths> = paths[Path] extends {
  post: { responses: { 200: { content: { 'application/json': infer Given } } } };
}
  ? Exclude<Given, Refusal>
  : never;

/** All methods of the service; those of `admin/` take a server key. */
export type AnyMethod = MethodOf<keyof paths>;
/** The methods that a signed-in user may call: `rooms/enter_room`, and so on. */
export type Method = Exclude<AnyMethod, `admin/${string}`>;
/** The parameters of a method, without those that say who calls. */
export type Params<M extends AnyMethod> =
  PathOf<M> extends keyof paths ? Omit<Body<PathOf<M>>, 'token' | 'apaasAppId' | 'actAs'> : never;
/** What a method returns. */
export type Data<M extends AnyMethod> =
  PathOf<M> extends keyof paths ? (Reply<PathOf<M>> extends { data?: infer Given } ? Given : never) : never;

/** A row of the list that a method returns. */
export type RowOf<M extends AnyMethod> = NonNullable<Data<M>> extends readonly (infer Row)[] ? Row : never;

export type RoomInfo = RoomObject;
export type Member = Required<Pick<ListedUser, 'userId' | 'name' | 'avatar' | 'role'>>;
export type Entered = EnteredRoom;
export type Login = LoginReply;
export type Options = Readonly<RoomOptions>;
export type OptionsWithLink = Readonly<RoomOptionsWithLink>;
export type Access = Options['access'];
export type SeatMode = Options['seatMode'];
export type Seat = Readonly<RoomSeat>;
/** An open application for a seat, or an invitation to one. */
export type SeatRequest = Readonly<SeatAsked>;
export type Seats = Readonly<SeatList>;
/** A stream that a host pushes from an encoder, such as OBS. */
export type RoomStream = Readonly<StreamInRoom>;
/** The same with the viewer's own addresses, the best first. */
export type WatchedStream = Readonly<RowOf<'streams/current'>>;
/** Whether the service takes streams, and those that one may change. */
export type OwnStreams = Readonly<Data<'streams/list'>>;
/** A stream as its host sees it. */
export type OwnStream = Readonly<OwnStreams['streams'][number]>;
/** The same with the addresses that have its key. */
export type StreamWithKey = Readonly<Data<'streams/create'>>;
/** A recording of one's own broadcast. */
export type OwnRecording = Readonly<Data<'recordings/start'>>;
/** A recording to watch. */
export type RecordingReplay = Readonly<Data<'recordings/replay'>>;
/** A message at its place in a recording. */
export type ReplayMessage = Readonly<Data<'recordings/chat'>[number]>;
/** The rooms that are connected with each other. */
export type RoomConnection = Readonly<ConnectionState>;
/** With which rooms a room is connected, and which requests wait. */
export type CurrentRoomConnection = Readonly<CurrentConnection>;
/** What became of a request to one room. */
export type ConnectionOutcome = Readonly<AskedRoom>;
/** A gift as `gift.sent` says it. */
export type SentGift = Readonly<GiftSent>;
/** What can be sent in a room. */
export type GiftCatalog = Readonly<ShownCatalogue>;
export type CatalogGift = Readonly<ShownGift>;
/** What came of sending a gift. */
export type GiftReceipt = Readonly<SentGiftObject>;
/** A place in a ranking of gifts. */
export type RankedGiver = Readonly<RankedUserObject>;
/** What was sent in a broadcast. */
export type GiftTotals = Readonly<GiftSums>;
/** A battle as the service says it. */
export type BattleState = Readonly<CurrentBattle>;
/** What came of inviting other rooms to a battle. */
export type BattleOutcome = Data<'battles/invite'>;
/** An open invitation to a battle: of `roomId`, to the other rooms. */
export type BattleInvitation = Readonly<InvitationToBattle>;
export type InvitedRoom = Readonly<BattleGuest>;
/** The battle that began at once, or until when the room waits for an opponent. */
export type BattleMatch = Data<'battles/match'>;
/** What runs, and what waits for an answer. */
export type RoomBattles = Readonly<BattlesNow>;
/** A battle that is over. */
export type BattleRecord = RowOf<'battles/history'>;
export type Envelope = Readonly<EnvelopeObject>;
export type EnvelopeDraw = Readonly<DrawnEnvelope>;
/** What came of sending a red envelope. */
export type EnvelopeReceipt = Readonly<SentEnvelopeObject>;
/** A part of a red envelope that the user has grabbed. */
export type EnvelopePart = Readonly<GrabbedObject>;
/** An activity that runs, as the room's state has it. */
export type ShownActivity = Readonly<ActivityState>;
export type Activity = Readonly<ActivityObject>;
export type OwnActivity = Readonly<OwnActivityObject>;
/** An activity after a vote, with the ballot that counts. */
export type ActivityVote = Readonly<VotedObject>;
export type ActivityBallot = Readonly<BallotObject>;
export type ActivityPoints = Readonly<PointsObject>;
export type Song = Readonly<SongObject>;
export type SongWithLyrics = Readonly<SongWithLyricsObject>;
/** A song queue with all that waits. */
export type SongQueue = Readonly<SongQueueObject>;
/** A song queue as everybody sees it: `waiting` has the next songs, `queued` says how many wait. */
export type ShownSongQueue = Omit<SongQueue, 'now'>;
export type QueuedSong = Readonly<QueuedSongObject>;
export type PlayingSong = Readonly<PlayingSongObject>;
/** A round of questions, with all that waits for an answer. */
export type QuestionRound = Readonly<RoundObject>;
/** A round after something was done with one of its questions. */
export type QuestionChange = Readonly<RoundChange>;
export type QuestionVote = Readonly<QuestionVoteObject>;
export type AnsweredQuestion = Readonly<AnsweredQuestionObject>;
export type SeatAnswer = Readonly<AnsweredSeat>;
export type Message = Readonly<MessageObject>;
/** Somebody who is banned or muted; `untilUtc` is empty for ever. */
export type Restricted = Readonly<HeldUser>;
export type Appointed = Readonly<RoleHolder>;
export type Report = Readonly<ReportRow>;
export type AuditLine = Readonly<AuditRow>;
/** What was done to the user by the operator, why, until when, and what came of their appeal. */
export type Statement = Readonly<SentStatement>;
/** What somebody is to the user: `follower` follows them, `following` is followed by them. */
export type Relation = 'none' | 'follower' | 'following' | 'mutual';
export type Follower = Readonly<Omit<FollowedUser, 'relation'>> & { readonly relation: Relation };
export type FollowCounts = Readonly<UserCounts>;
export type BlockedUser = Readonly<Blocked>;

/** A broadcast that is to come, for who waits for it; times are UTC. */
export type AwaitedBroadcast = Readonly<Awaited>;
export type ScheduledRoom = Readonly<Scheduled>;

/** Options to change; an empty password removes it, `minutes: 0` removes the end. */
export interface OptionChanges {
  readonly access?: Access;
  readonly newLink?: boolean;
  readonly password?: string;
  readonly slowMode?: number;
  readonly muted?: boolean;
  /** Of the audience, only followers of the owner and users in a seat can write. */
  readonly followersChat?: boolean;
  /** Of the audience, only followers of the owner can take a seat or apply for one. */
  readonly followersSeats?: boolean;
  /** Every broadcast that opens from now on is recorded. */
  readonly recorded?: boolean;
  /** Lists show frames of the stream as the room's picture. */
  readonly liveCover?: boolean;
  readonly minutes?: number;
  readonly openBattles?: boolean;
}

/** What happens in a room, as docs/events.md describes it. */
export type RoomEvent = RoomNews['events'][number];
export type RoomEventOf<Type extends RoomEvent['type']> = Extract<RoomEvent, { type: Type }>;
type WithData<Event> = Event extends { type: infer Type; data: infer Content } ? { type: Type; data: Content } : never;
/** The events whose content is in `data`. */
export type DataEvent = WithData<RoomEvent>;

/** What happens to the user, in any room or in none. */
export type UserEvent =
  | SignedOut
  | Invited
  | Removed
  | UserNotice
  | Stated
  | ResolvedReport
  | ConnectionRequested
  | ConnectionClosed
  | BattleInvitedEvent
  | BattleAnswered
  | NewlyFollowed
  | RaidRequested
  | HostIsLive
  | ReminderIsDue
  | Signalled
  | WalletChanged;
export type UserEventOf<Type extends UserEvent['type']> = Extract<UserEvent, { type: Type }>;

/** Who a session belongs to. */
export interface User {
  readonly userId: string;
  readonly name: string;
  readonly avatar: string;
}

