/** The envelope that every call is answered with, over HTTP and over the socket. */

export interface Answer {
  readonly errorCode: number;
  readonly errorMessage: string;
  readonly codeStr?: string;
  readonly data?: unknown;
}

export const Code = {
  SYSTEM_ERROR: 99,
  TOKEN_EXPIRED: 203,
  TOKEN_INVALID: 204,
  ROOM_NOT_EXISTS: 2004,
  PERMISSION_DENIED: 3000,
  ROOM_FULL: 3001,
  USER_BANNED: 3002,
  ROOM_PASSWORD_INVALID: 3006,
  ROOM_PASSWORD_REQUIRED: 3015,
} as const;

/** The service has answered no. `message` is its sentence for people. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly code: number,
    readonly slug: string,
    message: string,
  ) {
    super(message);
  }
}

/** No answer could be had: the network, or the service, is down. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** Return what an answer holds. Raises `Refusal`. */
export function unwrap(answer: Answer): unknown {
  if (answer.errorCode !== 0) throw new Refusal(answer.errorCode, answer.codeStr ?? '', answer.errorMessage);
  return answer.data;
}

/** Say whether a failure is the service's refusal with this code. */
export function isRefusal(failure: unknown, ...codes: number[]): failure is Refusal {
  return failure instanceof Refusal && (codes.length === 0 || codes.includes(failure.code));
}
