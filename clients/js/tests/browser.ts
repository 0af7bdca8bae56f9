/** Tabs of a browser, and a service that signs everybody in. */

import type { Answer } from '../src/errors.js';
import { Liveroom } from '../src/liveroom.js';
import { memoryStorage, type TextStorage } from '../src/session/storage.js';
import { FakeConnection } from './connections.js';

const DAY_MS = 86_400_000;

/** A token that says when it expires, as the service's do. */
function tokenFor(name: string, lastsMs: number): string {
  const claims = { sub: name, exp: Math.floor((Date.now() + lastsMs) / 1000) };
  return `x.${btoa(JSON.stringify(claims))}.${name}`;
}

export class Service {
  readonly calls: { method: string; params: Record<string, unknown>; token: string }[] = [];
  refusal: Pick<Answer, 'errorCode' | 'errorMessage' | 'appealToken'> | null = null;
  down = false;
  /** What an appeal is answered with. */
  statement: object | null = null;
  lastsMs = 30 * DAY_MS;
  private tokens = 0;

  readonly fetch: typeof fetch = (address, init) => {
    const headers = init?.headers as Record<string, string>;
    const method = (address as string).split('/base/v1/')[1] ?? '';
    const params = JSON.parse(init?.body as string) as Record<string, unknown>;
    this.calls.push({ method, params, token: headers.authorization?.replace('Bearer ', '') ?? '' });
    if (this.down) return Promise.reject(new TypeError('down'));
    return Promise.resolve(new Response(JSON.stringify(this.refusal ?? this.success(method))));
  };

  of(method: string) {
    return this.calls.filter((call) => call.method === method);
  }

  /** Accounts with a password are user 2, all others user 1. */
  private success(method: string): Answer {
    if (method.startsWith('moderation/appeal')) return { errorCode: 0, errorMessage: 'ok', data: this.statement };
    this.tokens += 1;
    const userId = method === 'oauth/signature' ? '2' : '1';
    const login = { userId, name: 'Ada', avatar: '', apaasAppId: '', token: tokenFor(`t${this.tokens}`, this.lastsMs) };
    return { errorCode: 0, errorMessage: 'ok', data: { ...login, sessionId: 's1' } };
  }
}

export class Tab {
  readonly connection = new FakeConnection();
  connections = 0;
  readonly liveroom: Liveroom;
  connectWith: () => Promise<string> = () => Promise.resolve('');

  constructor(
    readonly service: Service,
    readonly storage: TextStorage = memoryStorage(),
  ) {
    this.liveroom = new Liveroom('http://live.example.com', {
      storage,
      fetch: service.fetch,
      connect: (token) => {
        this.connections += 1;
        this.connectWith = token;
        return this.connection;
      },
    });
  }
}

/** A storage of several tabs, in which each hears what the others write. */
export class SharedStorage {
  private readonly kept = memoryStorage();
  private readonly tabs: { readonly storage: TextStorage; readonly events: EventTarget }[] = [];

  /** Return what one tab sees of it. */
  tab(): { readonly storage: TextStorage; readonly events: Window } {
    const storage: TextStorage = {
      getItem: (key) => this.kept.getItem(key),
      setItem: (key, value) => {
        this.kept.setItem(key, value);
        this.tell(storage, key);
      },
      removeItem: (key) => {
        this.kept.removeItem(key);
        this.tell(storage, key);
      },
    };
    const events = new EventTarget();
    this.tabs.push({ storage, events });
    return { storage, events: events as Window };
  }

  private tell(writer: TextStorage, key: string): void {
    for (const { storage, events } of this.tabs) {
      if (storage !== writer) events.dispatchEvent(Object.assign(new Event('storage'), { key, storageArea: storage }));
    }
  }
}

/** What tabs say to each other; nobody hears themselves. */
export class Lines {
  private readonly all: EventTarget[] = [];

  open(): BroadcastChannel {
    const line = new EventTarget();
    this.all.push(line);
    const postMessage = (data: unknown) => {
      for (const other of this.all) if (other !== line) other.dispatchEvent(Object.assign(new Event('message'), { data }));
    };
    return Object.assign(line, { postMessage }) as unknown as BroadcastChannel;
  }
}
