/** A room that an operator watches: its state and events as its members have them, without being one. */

import { ChannelEnd, type Connection } from '../connection/connection.js';
import type { Stop } from '../events.js';
import { type EndReason, RoomOverError } from '../room/membership.js';
import { withMessages } from '../room/messages.js';
import { firstState, RoomStore } from '../room/store.js';
import { freshEvents, type RoomView, viewAfter, viewFrom } from '../room/view.js';
import type { ChannelState, Message, RoomNews } from '../types.js';

/** An operator is nobody in the room. */
const NOBODY = { userId: '', name: '', avatar: '' };
const REASONS: ReadonlyMap<number, EndReason> = new Map([
  [ChannelEnd.ROOM_CLOSED, 'closed'],
  [ChannelEnd.NO_SUCH_ROOM, 'missing'],
  [ChannelEnd.NOT_A_MEMBER, 'refused'],
]);

export class WatchedRoom extends RoomStore {
  private constructor(
    private view: RoomView,
    private readonly stop: Stop,
  ) {
    super(firstState(view, NOBODY, ''));
    this.releaseSoon();
  }

  /** Begin to watch. Throws `RoomOverError` for a room that is not live, or not one of the operator's tenant. */
  static async watch(connection: Pick<Connection, 'follow' | 'onStatus'>, roomId: string): Promise<WatchedRoom> {
    return new Promise((resolve, reject) => {
      let room: WatchedRoom | undefined;
      const over = (reason: EndReason, detail: string) => {
        stop();
        if (room) room.end(reason, detail);
        else reject(new RoomOverError({ reason, detail }));
      };
      const unfollow = connection.follow<ChannelState, RoomNews>(`room:${roomId}`, {
        state: (state) => {
          if (room) room.refresh(viewFrom(state));
          else resolve((room = new WatchedRoom(viewFrom(state), stop)));
        },
        news: (news) => room?.take(news),
        ended: (code) => {
          over(REASONS.get(code) ?? 'failed', String(code));
        },
      });
      const unheard = connection.onStatus((status, code) => {
        if (status === 'closed') over('signed_out', String(code));
      });
      function stop(): void {
        unfollow();
        unheard();
      }
    });
  }

  /** Put messages from before among those that are known, as a method of the service returns them. */
  addMessages(messages: readonly Message[]): void {
    this.change({ messages: withMessages(this.state.messages, messages) });
  }

  /** Watch no more. */
  close(): void {
    this.end('left', '');
  }

  private take(news: RoomNews): void {
    const events = freshEvents(this.view, news);
    if (events.length === 0 || this.state.end) return;
    this.view = viewAfter(this.view, events);
    this.hear(this.view, events);
    if (this.view.closed !== null) this.end('closed', this.view.closed);
  }

  private refresh(view: RoomView): void {
    this.view = view;
    this.change({ ...view, likes: view.room.star, status: 'inside' });
    this.emit('refreshed', this.state);
  }

  private end(reason: EndReason, detail: string): void {
    this.stop();
    if (!this.state.end) this.over({ reason, detail });
  }
}
