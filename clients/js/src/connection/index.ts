/** @liveroom/client/http: calls without sessions and sockets, for programs that need no more. */

export {
  BannedError,
  ContentError,
  isRefused,
  isTransient,
  LiveroomError,
  MutedError,
  NetworkError,
  NotFoundError,
  PermissionError,
  RateLimitedError,
  RefusedError,
  SignedOutError,
  UnavailableError,
} from '../errors.js';
export type { AnyMethod, Data, Login, Params } from '../types.js';
export { endpointsOf } from './endpoints.js';
export { type HttpCall, httpCall } from './http.js';
