/** How a session reaches the service: calls, channels, and what is sent to its user. */

import type { Stop } from '../events.js';

/** `reconnecting`: cut, and on the way back by itself. `closed`: over for good. */
export type ConnectionStatus = 'connecting' | 'connected' | 'reconnecting' | 'closed';

export interface ChannelListener<State, News> {
  /** A first state, or a fresh one in place of everything known. */
  state(state: State): void;
  news(news: News): void;
  /** The channel is over and does not come back by itself. */
  ended?(code: number): void;
}

export interface Connection {
  /** States are asked for again and again: nothing is heard between two of them, and nothing that is sent to the user. */
  readonly isPolling: boolean;
  /** Call a method. Throws `RefusedError` or `NetworkError`. */
  call(method: string, params?: object): Promise<unknown>;
  /** Follow a channel until the function that is returned is called. */
  follow<State, News>(channel: string, listener: ChannelListener<State, News>): Stop;
  onUserEvent(heard: (event: { type: string }) => void): Stop;
  /** `code` says why the connection is closed (docs/socket.md, "Codes"). */
  onStatus(changed: (status: ConnectionStatus, code: number) => void): Stop;
  /** The token was renewed: use the new one from now on. */
  refresh(): void;
  close(): void;
}

/** Codes of a channel that has ended. */
export const ChannelEnd = {
  /** The client's own, where it polls: the user was there a moment ago, and is not any more. */
  PUT_OUT: 1,
  NO_SUCH_ROOM: 102,
  NOT_A_MEMBER: 103,
  REMOVED: 2000,
  ROOM_CLOSED: 2001,
} as const;

/** Codes of a connection that is closed for good. */
export const Closed = {
  /** The SDK's own: the service refused to give a token. */
  NO_TOKEN: 1,
  TOKEN_EXPIRED: 109,
  TOKEN_INVALID: 3500,
  SESSION_ENDED: 4500,
  BANNED: 4501,
  REPLACED: 4502,
  ANOTHER_DEVICE: 4503,
} as const;
