/**
 * One visit of a room: entering, following what happens, coming back after a cut, and the end.
 *
 * Subscribing is not entering: the membership begins with a call, and when the service has given it up meanwhile (a cut
 * of more than 20 s) the visit enters again by itself.
 */

import { Code, isRefusal } from '../api/answer';
import type { Removal } from '../api/show';
import type { Entered, Room, RoomEvent, RoomNews, RoomState } from '../api/types';
import type { Wire } from '../api/wire';
import { type Scene, sceneAfter, sceneFrom } from './scene';

/** Why there is nothing to be seen (any more). */
export type Ending = 'moved' | 'closed' | 'missing' | 'removed' | 'kicked' | 'full' | 'banned' | 'refused' | 'failed';

export type Stage =
  | { readonly at: 'entering' }
  /** The room has a password; `wrong`: what was given is not it, in the service's words. */
  | { readonly at: 'door'; readonly wrong: string }
  | { readonly at: 'inside'; readonly role: string }
  | { readonly at: 'over'; readonly why: Ending; readonly detail: string; readonly removal?: Removal };

export interface Watcher {
  stage(stage: Stage): void;
  scene(scene: Scene): void;
  /** What has happened, beside what the scene shows of it. */
  events?(events: readonly RoomEvent[]): void;
  /** A state that takes the place of all that was known. */
  afresh?(): void;
}


const UNSUBSCRIBED_REMOVED = 2000;
const UNSUBSCRIBED_CLOSED = 2001;
/** Whoever is not in the room; a room that keeps itself from them does not exist. */
const DENIED: ReadonlySet<number> = new Set([102, 103]);
/** A place that is lost again so soon is not worth another attempt. */
const PATIENCE_MS = 5000;
/** Why a place was taken away is told beside the channel's end, and may come after it. */
const WORD_MS = 400;
const ENDINGS: ReadonlyMap<number, Ending> = new Map([
  [Code.ROOM_NOT_EXISTS, 'missing'],
  [Code.ROOM_FULL, 'full'],
  [Code.USER_BANNED, 'banned'],
  [Code.PERMISSION_DENIED, 'refused'],
]);

export class Visit {
  private unfollow: (() => void) | undefined;
  private readonly unhear: () => void;
  private scene: Scene | undefined;
  private stage: Stage = { at: 'entering' };
  private entered = 0;
  private been = false;
  private gone = false;
  private password = '';
  private readonly now: () => number;
  /** The room, and the key of the link by which the user comes. */
  private readonly named: Record<string, string>;

  constructor(
    private readonly wire: Wire,
    private readonly roomId: string,
    private readonly me: string,
    private readonly watcher: Watcher,
    { now = () => performance.now(), linkKey = '' }: { now?: () => number; linkKey?: string } = {},
  ) {
    this.now = now;
    this.named = { roomId, ...(linkKey === '' ? {} : { linkKey }) };
    this.unhear = wire.onPersonal((event: { type: string; data?: Removal }) => {
      if (event.type === 'user.removed' && event.data && ['', roomId].includes(event.data.roomId)) this.expel(event.data);
    });
  }

  /** Enter, or enter again. */
  async enter(password = this.password): Promise<void> {
    this.password = password;
    try {
      const role = (await this.owns()) ? 'anchor' : 'audience';
      const entered = await this.wire.call<Entered>('rooms/enter_room', {
        ...this.named,
        role,
        ...(password === '' ? {} : { password }),
      });
      if (this.gone || this.stage.at === 'over') return;
      this.entered = this.now();
      this.been = true;
      this.follow();
      this.become({ at: 'inside', role: entered.role });
    } catch (failure) {
      if (!this.gone) this.fail(failure);
    }
  }

  /** Say goodbye, so that everybody sees it at once. */
  async leave(): Promise<void> {
    this.stop();
    await this.wire.call('rooms/leave_room', { roomId: this.roomId });
  }

  /** End the show, for everybody. */
  async end(): Promise<void> {
    await this.wire.call('rooms/destroy_room', { roomId: this.roomId });
  }

  async change(fields: Partial<Pick<Room, 'title' | 'cover'>>): Promise<void> {
    const room = await this.wire.call<Room>('rooms/update_room', { roomId: this.roomId, ...fields });
    if (this.scene) this.see({ ...this.scene, room: { ...this.scene.room, title: room.title, cover: room.cover } });
  }

  /** Another tab shows the room, or another one, to the same person. */
  move(): void {
    this.finish('moved', '');
  }

  /** Follow nothing any more; the membership ends by itself. */
  stop(): void {
    this.gone = true;
    this.unhear();
    this.unfollow?.();
  }

  /** Say whether the room is the user's. Of one that they may not see the door says why. */
  private async owns(): Promise<boolean> {
    try {
      const room = await this.wire.call<Room>('rooms/room_detail', this.named);
      return room.ownBy === this.me;
    } catch (failure) {
      if (isRefusal(failure, Code.ROOM_NOT_EXISTS)) return false;
      throw failure;
    }
  }

  private follow(): void {
    this.unfollow?.();
    this.unfollow = this.wire.follow<RoomState, RoomNews>(`room:${this.roomId}`, {
      state: (state) => {
        this.see(sceneFrom(state));
        this.watcher.afresh?.();
      },
      news: (news) => {
        this.hear(news);
      },
      ended: (code) => {
        this.lose(code);
      },
    });
  }

  private hear(news: RoomNews): void {
    if (!this.scene) return;
    this.see(sceneAfter(this.scene, news));
    this.watcher.events?.(news.events);
    if (this.scene.closed !== null) this.finish('closed', this.scene.closed);
    for (const event of news.events) this.heed(event);
  }

  /** What happens to this user. */
  private heed(event: RoomEvent): void {
    if (!('userId' in event) || event.userId !== this.me || this.stage.at !== 'inside') return;
    if (event.type === 'member.role_changed') this.become({ at: 'inside', role: event.role });
    if (event.type !== 'member.left') return;
    if (event.reason === 'kicked') this.finish('kicked', '');
    if (event.reason === 'elsewhere') this.finish('moved', '');
  }

  /** Say why, whatever is known of the end so far. */
  private expel(removal: Removal): void {
    if (this.gone || (this.stage.at === 'over' && this.stage.why === 'closed')) return;
    this.unfollow?.();
    this.become({ at: 'over', why: removal.reason === 'banned' ? 'banned' : 'kicked', detail: '', removal });
  }

  private lose(code: number): void {
    if (this.gone || this.stage.at === 'over') return;
    if (code === UNSUBSCRIBED_CLOSED) this.finish('closed', '');
    else if (code !== UNSUBSCRIBED_REMOVED && !DENIED.has(code)) this.finish('failed', String(code));
    else if (this.now() - this.entered < PATIENCE_MS) this.finish('removed', '');
    else if (DENIED.has(code)) void this.enter();
    else setTimeout(() => void this.comeBack(), WORD_MS);
  }

  private async comeBack(): Promise<void> {
    if (!this.gone && this.stage.at !== 'over') await this.enter();
  }

  private fail(failure: unknown): void {
    if (isRefusal(failure, Code.ROOM_PASSWORD_INVALID, Code.ROOM_PASSWORD_REQUIRED)) {
      this.become({ at: 'door', wrong: failure.code === Code.ROOM_PASSWORD_REQUIRED ? '' : failure.message });
      return;
    }
    const why = isRefusal(failure) ? ENDINGS.get(failure.code) : undefined;
    const detail = failure instanceof Error ? failure.message : '';
    this.finish(why === 'missing' && this.been ? 'closed' : (why ?? 'failed'), isRefusal(failure) ? detail : '');
  }

  private finish(why: Ending, detail: string): void {
    if (this.stage.at === 'over') return;
    this.unfollow?.();
    this.become({ at: 'over', why, detail });
  }

  private become(stage: Stage): void {
    this.stage = stage;
    this.watcher.stage(stage);
  }

  private see(scene: Scene): void {
    this.scene = scene;
    this.watcher.scene(scene);
  }
}
