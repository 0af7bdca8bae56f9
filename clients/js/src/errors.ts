/** What can go wrong with a call: the service refuses it, or there is no answer. */

/** The envelope of every answer, over HTTP and over the socket. */
export interface Answer {
  readonly errorCode: number;
  readonly errorMessage: string;
  readonly codeStr?: string;
  readonly data?: unknown;
  readonly retryAfter?: number;
  /** Where the next page of a list begins; without it, or empty, this was the last one. */
  readonly nextCursor?: string;
  /** Under which id the service's log has the call. */
  readonly requestId?: string;
  /** With what somebody who is banned can appeal, as they cannot sign in. */
  readonly appealToken?: string;
  /** With 3054: the request that another operator has to approve. */
  readonly approvalId?: string;
}

/** Codes that a client acts on; docs/errors.md lists all. */
export const Code = {
  SYSTEM_ERROR: 99,
  SERVICE_UNAVAILABLE: 100,
  DATABASE_UNAVAILABLE: 103,
  MAINTENANCE: 120,
  TOKEN_EXPIRED: 203,
  TOKEN_INVALID: 204,
  USER_NOT_EXISTS: 206,
  USER_QUERY_LIMIT: 209,
  ROOM_NOT_EXISTS: 2004,
  PERMISSION_DENIED: 3000,
  ROOM_FULL: 3001,
  USER_BANNED: 3002,
  USER_MUTED: 3003,
  RATE_LIMITED: 3004,
  ROOM_PASSWORD_INVALID: 3006,
  NOT_IN_ROOM: 3007,
  NOT_OFFERED: 3008,
  CONTENT_REFUSED: 3010,
  MESSAGE_NOT_EXISTS: 3011,
  REQUEST_NOT_EXISTS: 3012,
  REPORT_NOT_EXISTS: 3014,
  ROOM_PASSWORD_REQUIRED: 3015,
  CONFIRMATION_REQUIRED: 3016,
  SECOND_FACTOR_REQUIRED: 3017,
  SIGN_IN_TOO_OLD: 3018,
  FOLLOWERS_ONLY: 3019,
  UPLOAD_NOT_EXISTS: 3030,
  UPLOAD_MISSING: 3031,
  UPLOAD_REFUSED: 3032,
  KEY_REUSED: 3050,
  BALANCE_TOO_LOW: 3051,
  GIFT_NOT_OFFERED: 3052,
  ACCOUNT_FROZEN: 3053,
  APPROVAL_REQUIRED: 3054,
  ROOM_BATTLING: 3060,
  BATTLE_NOT_EXISTS: 3061,
  CONSENT_REQUIRED: 3062,
  BATTLE_LIMIT: 3063,
  ADULTS_ONLY: 3084,
  CANNOT_RECEIVE: 3085,
} as const;

/** Everything that the client throws. */
export class LiveroomError extends Error {
  override readonly name: string = 'LiveroomError';
}

/** No answer: the network or the service is down. The call may have been carried out all the same. */
export class NetworkError extends LiveroomError {
  override readonly name = 'NetworkError';
}

/** The service has refused the call. `message` is its sentence for people, in their language. */
export class RefusedError extends LiveroomError {
  override readonly name: string = 'RefusedError';
  constructor(
    readonly code: number,
    /** The name of the code, such as `RoomNotExists`. */
    readonly slug: string,
    message: string,
    /** With 3009, the current value. */
    readonly data?: unknown,
    /** Seconds to wait before the next attempt; null where the service names none. */
    readonly retryAfter: number | null = null,
    /** Under which id the service's log has the call; empty where the answer does not say it. */
    readonly requestId = '',
    /** With what somebody who is banned can appeal; empty where nobody can. */
    readonly appealToken = '',
    /** With 3054, the request that another operator has to approve; else empty. */
    readonly approvalId = '',
  ) {
    super(message);
  }
}

/** The session is over, or (3018) was begun too long ago for this: sign in again. */
export class SignedOutError extends RefusedError {
  override readonly name = 'SignedOutError';
}

/** The user is banned, from the service or from the room. */
export class BannedError extends RefusedError {
  override readonly name = 'BannedError';
}

/** The user or everyone in the room is muted. */
export class MutedError extends RefusedError {
  override readonly name = 'MutedError';
}

/** Too fast, too often, or slow mode: `retryAfter` says how many seconds to wait. */
export class RateLimitedError extends RefusedError {
  override readonly name = 'RateLimitedError';
}

/** There is no such room, user, message, request or report, or not for this user. */
export class NotFoundError extends RefusedError {
  override readonly name = 'NotFoundError';
}

/** The user or operator may not do this, or not before they proved who they are (3016, 3017). */
export class PermissionError extends RefusedError {
  override readonly name = 'PermissionError';
}

/** The room has a password: none was given (`code` 3015), or a wrong one (3006). */
export class PasswordError extends RefusedError {
  override readonly name = 'PasswordError';
}

/** The text contains what is not allowed here, or the file cannot be used: `message` says why. */
export class ContentError extends RefusedError {
  override readonly name = 'ContentError';
}

/** The service cannot answer at the moment; the call may have been carried out all the same. */
export class UnavailableError extends RefusedError {
  override readonly name = 'UnavailableError';
}

type Said = [
  slug: string,
  message: string,
  data?: unknown,
  retryAfter?: number | null,
  requestId?: string,
  appealToken?: string,
  approvalId?: string,
];
type Kind = new (code: number, ...said: Said) => RefusedError;
const KINDS: ReadonlyMap<number, Kind> = new Map<number, Kind>([
  [Code.SERVICE_UNAVAILABLE, UnavailableError],
  [Code.DATABASE_UNAVAILABLE, UnavailableError],
  [Code.MAINTENANCE, UnavailableError],
  [Code.TOKEN_EXPIRED, SignedOutError],
  [Code.TOKEN_INVALID, SignedOutError],
  [Code.USER_NOT_EXISTS, NotFoundError],
  [Code.USER_QUERY_LIMIT, RateLimitedError],
  [Code.ROOM_NOT_EXISTS, NotFoundError],
  [Code.PERMISSION_DENIED, PermissionError],
  [Code.USER_BANNED, BannedError],
  [Code.USER_MUTED, MutedError],
  [Code.RATE_LIMITED, RateLimitedError],
  [Code.ROOM_PASSWORD_INVALID, PasswordError],
  [Code.CONTENT_REFUSED, ContentError],
  [Code.MESSAGE_NOT_EXISTS, NotFoundError],
  [Code.REQUEST_NOT_EXISTS, NotFoundError],
  [Code.REPORT_NOT_EXISTS, NotFoundError],
  [Code.ROOM_PASSWORD_REQUIRED, PasswordError],
  [Code.CONFIRMATION_REQUIRED, PermissionError],
  [Code.SECOND_FACTOR_REQUIRED, PermissionError],
  [Code.SIGN_IN_TOO_OLD, SignedOutError],
  [Code.BATTLE_NOT_EXISTS, NotFoundError],
  [Code.UPLOAD_NOT_EXISTS, NotFoundError],
  [Code.UPLOAD_REFUSED, ContentError],
]);

/** Return the error of a code. */
export function refusal(code: number, ...said: Said): RefusedError {
  return new (KINDS.get(code) ?? RefusedError)(code, ...said);
}

/** Return what an answer holds. Throws `RefusedError`. */
export function unwrap(answer: Answer): unknown {
  const { errorCode, codeStr, errorMessage, data, retryAfter, requestId, appealToken, approvalId } = answer;
  if (errorCode !== 0) throw refusal(errorCode, codeStr ?? '', errorMessage, data, retryAfter, requestId, appealToken, approvalId);
  return data;
}

/** Say whether a failure is the service's refusal, with one of these codes if any are given. */
export function isRefused(failure: unknown, ...codes: number[]): failure is RefusedError {
  return failure instanceof RefusedError && (codes.length === 0 || codes.includes(failure.code));
}

/** Say whether the call may be repeated as it was: it was not answered, or not carried out for certain. */
export function isTransient(failure: unknown): boolean {
  return failure instanceof NetworkError || failure instanceof UnavailableError;
}

/** Say whether a token was refused for good; a service that is down, or was asked too much, says nothing of it. */
export function isFinal(failure: unknown): boolean {
  return isRefused(failure) && failure.code >= 200 && failure.code !== Code.RATE_LIMITED;
}
