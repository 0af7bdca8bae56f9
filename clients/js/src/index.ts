/** @liveroom/client: live rooms in an app. README.md says how. */

export type { Connection, ConnectionStatus, ChannelListener } from './connection/connection.js';
export {
  BannedError,
  Code,
  ContentError,
  isRefused,
  isTransient,
  LiveroomError,
  MutedError,
  NetworkError,
  NotFoundError,
  PasswordError,
  PermissionError,
  RateLimitedError,
  RefusedError,
  SignedOutError,
  UnavailableError,
} from './errors.js';
export type { Stop } from './events.js';
export { freshId } from './ids.js';
export {
  type Captcha,
  type Contact,
  Liveroom,
  type LiveroomEvents,
  type LiveroomOptions,
} from './liveroom.js';
export { positionOf, singersOf, songQueueIn, type RoomSongs, type SongQueueOptions } from './room/songs.js';
export type { GoalMeasure, GoalOptions, PollOptions, PredictionOptions, RoomActivities } from './room/activities.js';
export { checkEnvelope } from './room/envelopes.js';
export type { CheckedDraw, EnvelopeCheck, OpenEnvelope, RoomEnvelopes, SendEnvelopeOptions } from './room/envelopes.js';
export type { GiftTap, RoomGifts, SendGiftOptions, TapGiftOptions } from './room/gifts.js';
export type { RoomList, RoomListState, RoomOrder } from './room/list.js';
export { type EndReason, type EnterOptions, reasonOf, type RoomEnd, RoomOverError } from './room/membership.js';
export { type Battle, type BattleSide, sidesOf } from './room/battle.js';
export type { BattleOptions } from './room/calls.js';
export { type MessagePicture, pictureOf } from './room/messages.js';
export { may, outranks, type Rank, rankOf, type Right } from './room/ranks.js';
export type { QuestionsOptions, RoomQuestions } from './room/questions.js';
export type { RoomRecordings } from './room/recordings.js';
export type { Room, RoomEvents, SendOptions } from './room/room.js';
export { requestOf, seatOf } from './room/seats.js';
export type { Me, RoomState } from './room/state.js';
export { hostsFirst, isHost, publishersOf, type RoomView } from './room/view.js';
export type { ListWanted } from './session/follows.js';
export type { ChatPlace } from './session/recordings.js';
export type { NewShow } from './session/rooms.js';
export type { Session, SessionEnd, SessionEvents, SessionState } from './session/session.js';
export type { SignedLogin } from './session/signature.js';
export { type Identity, memoryStorage, type SignedInUser, type StorageEvents, type TextStorage } from './session/storage.js';
export type { Line } from './session/tabs.js';
export type { UploadedFile, UploadOptions, UploadPurpose } from './session/upload.js';
export type { Wallet, WalletLines } from './session/wallet.js';
export type {
  Access,
  Activity,
  ActivityBallot,
  ActivityPoints,
  ActivityVote,
  AnsweredQuestion,
  AnyMethod,
  Appointed,
  AuditLine,
  BattleInvitation,
  BattleMatch,
  BattleOutcome,
  BattleRecord,
  BattleState,
  AwaitedBroadcast,
  BlockedUser,
  CatalogGift,
  ConnectionOutcome,
  CurrentRoomConnection,
  Data,
  FollowCounts,
  Follower,
  GiftCatalog,
  Envelope,
  EnvelopeDraw,
  EnvelopePart,
  EnvelopeReceipt,
  GiftReceipt,
  RunningRecording,
  RankedGiver,
  GiftTotals,
  Invitation,
  InvitedRoom,
  Member,
  Message,
  Method,
  OptionChanges,
  Options,
  OptionsWithLink,
  OwnActivity,
  OwnRecording,
  RecordingReplay,
  ReplayMessage,
  OwnStream,
  OwnStreams,
  OwnWallet,
  Params,
  PlayingSong,
  QueuedSong,
  QuestionChange,
  QuestionRound,
  QuestionVote,
  Relation,
  Removal,
  Report,
  Restricted,
  RoomBattles,
  RoomConnection,
  RoomEvent,
  RoomEventOf,
  RoomInfo,
  ScheduledRoom,
  RoomStream,
  Seat,
  SeatAnswer,
  SeatMode,
  StreamWithKey,
  WatchedStream,
  SeatRequest,
  Seats,
  SentGift,
  ShownActivity,
  ShownSongQueue,
  Song,
  SongQueue,
  SongWithLyrics,
  Statement,
  User,
  UserEvent,
  UserEventOf,
  WalletLine,
  WalletState,
} from './types.js';
