/** @liveroom/client/operator: an operator's calls, the overview, reports, and rooms as they are. README.md says how. */

export { type ChannelListener, Closed, type ConnectionStatus } from '../connection/connection.js';
export { type Endpoints, endpointsOf } from '../connection/endpoints.js';
export type { SendOptions } from '../connection/files.js';
export {
  type Answer,
  isRefused,
  isTransient,
  LiveroomError,
  NetworkError,
  NotFoundError,
  PermissionError,
  RateLimitedError,
  RefusedError,
  SignedOutError,
  UnavailableError,
} from '../errors.js';
export type { Stop } from '../events.js';
export { type EndReason, type RoomEnd, RoomOverError } from '../room/membership.js';
export type { RoomState } from '../room/state.js';
export type { RoomEvents } from '../room/store.js';
export type { AnyMethod, Data, Message, Params, Report, RoomEvent, RoomEventOf, RowOf } from '../types.js';
export { type AppealNews, Console, type ConsoleOptions, type Overview, type Paged, type Reasoned, type ReportNews } from './console.js';
export type { LookIn, LookInState } from './lookin.js';
export { WatchedRoom } from './watchedroom.js';
